// Custom domain names of REST APIs driven by the AWS SDK for JavaScript, and traffic that arrives by Host on both listeners.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  ConflictException,
  CreateBasePathMappingCommand,
  type CreateBasePathMappingCommandInput,
  CreateDeploymentCommand,
  CreateDomainNameCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteBasePathMappingCommand,
  DeleteDomainNameCommand,
  DeleteRestApiCommand,
  GetBasePathMappingCommand,
  GetBasePathMappingsCommand,
  GetDomainNameCommand,
  GetDomainNamesCommand,
  GetTagsCommand,
  NotFoundException,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  TagResourceCommand,
  UpdateBasePathMappingCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CreateApiMappingCommand,
  GetApiMappingsCommand,
  GetDomainNameCommand as GetDomainNameOfV2Command,
} from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, allowApi, createFunction, createLambdaApi, echoSource } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const certificate = 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555';
const data = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;
let restApiId = '';

/** GET /pets answers with the event, GET /context with what a mapping template sees of the path. */
async function createRestApi(): Promise<string> {
  const { restApis } = clients;
  const api = await restApis.send(new CreateRestApiCommand({ name: 'pets', endpointConfiguration: { types: ['REGIONAL'] } }));
  const id = api.id ?? '';
  const resource = async (pathPart: string) => {
    const parentId = api.rootResourceId;
    const { id: resourceId } = await restApis.send(new CreateResourceCommand({ restApiId: id, parentId, pathPart }));
    const method = { restApiId: id, resourceId, httpMethod: 'GET' };
    await restApis.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }));
    return method;
  };
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:echo/invocations`;
  const pets = await resource('pets');
  await restApis.send(new PutIntegrationCommand({ ...pets, type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri }));
  const context = await resource('context');
  const requestTemplates = { 'application/json': '{"statusCode": 200}' };
  await restApis.send(new PutIntegrationCommand({ ...context, type: 'MOCK', requestTemplates }));
  await restApis.send(new PutMethodResponseCommand({ ...context, statusCode: '200' }));
  const shown = '$context.path $context.resourcePath $context.domainName $context.domainPrefix $context.stage';
  const responseTemplates = { 'application/json': shown };
  await restApis.send(new PutIntegrationResponseCommand({ ...context, statusCode: '200', responseTemplates }));
  await restApis.send(new CreateDeploymentCommand({ restApiId: id, stageName: 'prod' }));
  await allowApi(clients, 'echo', id);
  return id;
}

before(async () => {
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  await createFunction(clients, 'echo', echoSource);
  restApiId = await createRestApi();
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
});

const makeDomain = (domainName: string) =>
  clients.restApis.send(
    new CreateDomainNameCommand({
      domainName,
      regionalCertificateArn: certificate,
      endpointConfiguration: { types: ['REGIONAL'] },
    }),
  );
const map = (domainName: string, more: Partial<CreateBasePathMappingCommandInput>) =>
  clients.restApis.send(new CreateBasePathMappingCommand({ domainName, restApiId, ...more }));
const get = async (host: string, target: string, port = server.port) => {
  const response = await rawRequest(port, { target, host });
  return { status: response.status, body: response.text() };
};

interface Event {
  readonly path: string;
  readonly resource: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
}

describe('a REST API under a custom domain', () => {
  const cases: [desc: string, mapping: object, target: string, shown: string][] = [
    ['a base path and a stage', { basePath: 'shop', stage: 'prod' }, '/shop', '/shop'],
    ['a base path without a stage', { basePath: 'any' }, '/any/prod', '/any/prod'],
    ['no base path', { stage: 'prod' }, '', ''],
    ['neither', {}, '/prod', '/prod'],
  ];
  for (const [i, [desc, mapping, begin, shown]] of cases.entries()) {
    test(`by ${desc}, on both listeners`, async () => {
      const domainName = `d${i}.shop.test`;
      await makeDomain(domainName);
      await map(domainName, mapping);
      for (const port of [server.port, server.controlPort]) {
        const answer = await get(domainName, `${begin}/pets`, port);
        assert.equal(answer.status, 200, answer.body);
        const event = JSON.parse(answer.body) as Event;
        assert.equal(event.path, `${shown}/pets`);
        assert.equal(event.resource, '/pets');
        assert.equal(event.headers['Host'], domainName);
        const { path, resourcePath, domainName: name, domainPrefix, stage, apiId } = event.requestContext;
        assert.deepEqual(
          { path, resourcePath, name, domainPrefix, stage, apiId },
          {
            path: `${shown}/pets`,
            resourcePath: '/pets',
            name: domainName,
            domainPrefix: `d${i}`,
            stage: 'prod',
            apiId: restApiId,
          },
        );
        const context = await get(domainName, `${begin}/context`, port);
        assert.deepEqual([context.status, context.body], [200, `${shown}/context /context ${domainName} d${i} prod`]);
      }
    });
  }

  test('goes where the mappings lead at the moment, also after a restart', async () => {
    const domainName = 'api.shop.test';
    const made = await makeDomain(domainName);
    assert.equal(made.$metadata.httpStatusCode, 201);
    assert.match(made.regionalDomainName ?? '', /^d-\w{10}\.execute-api\.us-east-1\.amazonaws\.com$/);
    assert.deepEqual([made.domainNameStatus, made.regionalHostedZoneId], ['AVAILABLE', 'Z1UJRXOUMOOFQ8']);
    const mapped = await map(domainName, { basePath: 'shop', stage: 'prod' });
    assert.equal(mapped.$metadata.httpStatusCode, 201);
    const forbidden = { status: 403, body: '{"message":"Forbidden"}' };
    const check = async () => {
      assert.equal((await get(domainName, '/shop/pets')).status, 200);
      assert.deepEqual(await get(domainName, '/other/pets'), forbidden);
    };
    await check();
    await server.stop();
    clients.destroy();
    server = await startServer({ dataDirectory: data.folder });
    clients = awsClients(server);
    await check();

    const { restApis } = clients;
    const patchOperations = [{ op: 'replace' as const, path: '/basePath', value: 'store' }];
    await restApis.send(new UpdateBasePathMappingCommand({ domainName, basePath: 'shop', patchOperations }));
    assert.equal((await get(domainName, '/store/pets')).status, 200);
    assert.deepEqual(await get(domainName, '/shop/pets'), forbidden);
    await assert.rejects(restApis.send(new DeleteRestApiCommand({ restApiId })), BadRequestException);
    const deleted = await restApis.send(new DeleteBasePathMappingCommand({ domainName, basePath: 'store' }));
    assert.equal(deleted.$metadata.httpStatusCode, 202);
    assert.notEqual((await get(domainName, '/store/pets')).status, 200);
    assert.equal((await restApis.send(new DeleteDomainNameCommand({ domainName }))).$metadata.httpStatusCode, 202);
    assert.match((await get(domainName, '/store/pets')).body, /No API is meant/);
  });

  test('shares a name with an HTTP API through v2, at several levels', async () => {
    const domainName = 'both.shop.test';
    await makeDomain(domainName);
    const DomainName = domainName;
    const echo = `arn:aws:lambda:us-east-1:${account}:function:echo`;
    const ApiId = await createLambdaApi(clients, echo, ['GET /pets'], { stageName: 'dev', name: 'orders' });
    await clients.apis.send(new CreateApiMappingCommand({ DomainName, ApiId, Stage: 'dev' }));
    const ApiMappingKey = 'shop/v1';
    await clients.apis.send(new CreateApiMappingCommand({ DomainName, ApiId: restApiId, Stage: 'prod', ApiMappingKey }));
    const rest = JSON.parse((await get(domainName, '/shop/v1/pets')).body) as Event;
    assert.deepEqual([rest.path, rest.requestContext['path']], ['/shop/v1/pets', '/shop/v1/pets']);
    const http = JSON.parse((await get(domainName, '/pets')).body) as { readonly rawPath: string };
    assert.equal(http.rawPath, '/dev/pets');
    assert.deepEqual(await get(domainName, '/none'), { status: 404, body: '{"message":"Not Found"}' });
    const { items } = await clients.restApis.send(new GetBasePathMappingsCommand({ domainName }));
    assert.deepEqual(items, [
      { basePath: '(none)', restApiId: ApiId, stage: 'dev' },
      { basePath: 'shop/v1', restApiId, stage: 'prod' },
    ]);
  });
});

test('an edge-optimized name is made, moved, listed by pages and tagged, and v2 shows it', async () => {
  const { restApis } = clients;
  const domainName = 'edge.shop.test';
  const made = await restApis.send(
    new CreateDomainNameCommand({ domainName, certificateArn: certificate, tags: { team: 'north' } }),
  );
  assert.ok(made.certificateUploadDate instanceof Date);
  assert.deepEqual(
    [made.endpointConfiguration?.types, made.distributionHostedZoneId, made.domainNameStatus],
    [['EDGE'], 'Z2FDTNDATAQYW2', 'AVAILABLE'],
  );
  await map(domainName, { basePath: 'shop', stage: 'prod' });
  assert.equal((await get(domainName, '/shop/pets')).status, 200);
  const v2 = await clients.apis.send(new GetDomainNameOfV2Command({ DomainName: domainName }));
  assert.equal(v2.DomainNameConfigurations?.[0]?.ApiGatewayDomainName, made.distributionDomainName);
  assert.equal(
    (await clients.apis.send(new GetApiMappingsCommand({ DomainName: domainName }))).Items?.[0]?.ApiMappingKey,
    'shop',
  );

  const patchOperations = [
    { op: 'replace' as const, path: '/endpointConfiguration/types/0', value: 'REGIONAL' },
    { op: 'replace' as const, path: '/regionalCertificateArn', value: certificate },
  ];
  const moved = await restApis.send(new UpdateDomainNameCommand({ domainName, patchOperations }));
  assert.deepEqual(moved.endpointConfiguration?.types, ['REGIONAL']);
  assert.deepEqual(moved.tags, { team: 'north' });
  assert.equal((await get(domainName, '/shop/pets')).status, 200);

  const resourceArn = `arn:aws:apigateway:us-east-1::/domainnames/${domainName}`;
  await restApis.send(new TagResourceCommand({ resourceArn, tags: { tier: 'gold' } }));
  assert.deepEqual((await restApis.send(new GetTagsCommand({ resourceArn }))).tags, { team: 'north', tier: 'gold' });
  await makeDomain('*.pages.test');
  const names: (string | undefined)[] = [];
  let position: string | undefined;
  do {
    const page = await restApis.send(new GetDomainNamesCommand({ limit: 1, position }));
    names.push(...(page.items ?? []).map((item) => item.domainName));
    position = page.position;
  } while (position !== undefined);
  assert.ok(names.includes(domainName) && names.includes('*.pages.test'), names.join());
  const wild = await restApis.send(new GetDomainNameCommand({ domainName: '*.pages.test' }));
  assert.equal(wild.domainNameArn, 'arn:aws:apigateway:us-east-1::/domainnames/*.pages.test');
});

test('errors have the types of the SDK', async () => {
  const { restApis } = clients;
  const domainName = 'errors.test';
  await makeDomain(domainName);
  await assert.rejects(makeDomain(domainName), BadRequestException);
  await assert.rejects(restApis.send(new GetDomainNameCommand({ domainName: 'none.test' })), NotFoundException);
  await map(domainName, { stage: 'prod' });
  const mapping = await restApis.send(new GetBasePathMappingCommand({ domainName, basePath: '(none)' }));
  assert.equal(mapping.restApiId, restApiId);
  await assert.rejects(map(domainName, { stage: 'prod' }), ConflictException);
  await assert.rejects(map(domainName, { basePath: 'a/b', stage: 'prod' }), /doesn't support the slash/);
  const patchOperations = [{ op: 'replace' as const, path: '/mutualTlsAuthentication/truststoreUri', value: 's3://a/ca.pem' }];
  await assert.rejects(restApis.send(new UpdateDomainNameCommand({ domainName, patchOperations })), /mutual TLS/);
});
