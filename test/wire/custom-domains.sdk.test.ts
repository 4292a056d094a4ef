// Custom domain names and API mappings driven by the AWS SDK for JavaScript, and traffic that arrives by Host on both listeners.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  ConflictException,
  CreateApiMappingCommand,
  CreateDomainNameCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteApiMappingCommand,
  DeleteDomainNameCommand,
  GetApiMappingsCommand,
  GetDomainNameCommand,
  GetDomainNamesCommand,
  GetTagsCommand,
  NotFoundException,
  TagResourceCommand,
  UpdateApiCommand,
  UpdateApiMappingCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const certificate = 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555';
const data = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;
let echoArn: string;

before(async () => {
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  echoArn = (await createFunction(clients, 'echo', echoSource)).FunctionArn ?? '';
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
});

const makeDomain = (DomainName: string) =>
  clients.apis.send(
    new CreateDomainNameCommand({
      DomainName,
      DomainNameConfigurations: [{ CertificateArn: certificate, EndpointType: 'REGIONAL' }],
    }),
  );
const get = async (host: string, target: string, port = server.port) => {
  const response = await rawRequest(port, { target, host });
  return { status: response.status, body: response.text() };
};

interface Event {
  readonly path?: string;
  readonly rawPath?: string;
  readonly requestContext: { readonly domainName: string; readonly domainPrefix: string; readonly stage: string };
}

describe('a custom domain', () => {
  test('serves two APIs by the longest key, on both listeners, and outlives a restart', async () => {
    const made = await makeDomain('api.shop.test');
    assert.equal(made.$metadata.httpStatusCode, 201);
    assert.equal(made.DomainNameConfigurations?.[0]?.CertificateArn, certificate);
    assert.equal(made.DomainNameConfigurations?.[0]?.DomainNameStatus, 'AVAILABLE');
    assert.match(
      made.DomainNameConfigurations?.[0]?.ApiGatewayDomainName ?? '',
      /^d-\w{10}\.execute-api\.us-east-1\.amazonaws\.com$/,
    );
    assert.equal((await get('api.shop.test', '/orders/v1/pets')).status, 404);

    const orders = await createLambdaApi(clients, echoArn, ['GET /pets', 'GET /'], { stageName: 'dev', name: 'orders' });
    const root = await createLambdaApi(clients, echoArn, ['ANY /{proxy+}'], { name: 'root', payloadFormatVersion: '1.0' });
    const map = (ApiId: string, Stage: string, ApiMappingKey?: string) =>
      clients.apis.send(new CreateApiMappingCommand({ DomainName: 'api.shop.test', ApiId, Stage, ApiMappingKey }));
    const first = await map(orders, 'dev', 'orders/v1');
    assert.deepEqual([first.ApiMappingKey, first.Stage, first.ApiId], ['orders/v1', 'dev', orders]);
    assert.equal((await map(root, '$default')).ApiMappingKey, '');

    const check = async () => {
      for (const port of [server.port, server.controlPort]) {
        const mapped = await get('api.shop.test', '/orders/v1/pets', port);
        assert.equal(mapped.status, 200, mapped.body);
        const event = JSON.parse(mapped.body) as Event;
        assert.equal(event.rawPath, '/dev/pets');
        assert.equal(event.requestContext.domainName, 'api.shop.test');
        assert.equal(event.requestContext.domainPrefix, 'api');
        assert.equal(event.requestContext.stage, 'dev');
        const other = JSON.parse((await get('api.shop.test:443', '/orders/v2/pets', port)).body) as Event;
        assert.equal(other.path, '/orders/v2/pets');
        assert.equal(other.requestContext.stage, '$default');
      }
    };
    await check();
    await server.stop();
    clients.destroy();
    server = await startServer({ dataDirectory: data.folder });
    clients = awsClients(server);
    await check();

    const mappings = await clients.apis.send(new GetApiMappingsCommand({ DomainName: 'api.shop.test' }));
    assert.deepEqual(mappings.Items?.map(({ ApiMappingKey }) => ApiMappingKey).sort(), ['', 'orders/v1']);
    const moved = { DomainName: 'api.shop.test', ApiMappingId: first.ApiMappingId, ApiId: orders, ApiMappingKey: 'shop' };
    await clients.apis.send(new UpdateApiMappingCommand(moved));
    assert.equal((await get('api.shop.test', '/shop/pets')).status, 200);
    const before = JSON.parse((await get('api.shop.test', '/orders/v1/pets')).body) as Event;
    assert.equal(before.requestContext.stage, '$default');

    await assert.rejects(clients.apis.send(new DeleteApiCommand({ ApiId: orders })), {
      name: 'BadRequestException',
      message: `Deleting API ${orders} failed. Please remove all API mappings for the API from your custom domain names.`,
    });
    await clients.apis.send(new DeleteApiMappingCommand({ DomainName: 'api.shop.test', ApiMappingId: first.ApiMappingId }));
    await clients.apis.send(new DeleteApiCommand({ ApiId: orders }));
    await clients.apis.send(new DeleteDomainNameCommand({ DomainName: 'api.shop.test' }));
    const gone = await get('api.shop.test', '/orders/v1/pets');
    assert.equal(gone.status, 404);
    assert.match(gone.body, /No API is meant/);
  });

  test('works while the default endpoint is disabled', async () => {
    await makeDomain('only.shop.test');
    const ApiId = await createLambdaApi(clients, echoArn, ['GET /pets'], { name: 'only' });
    await clients.apis.send(new CreateApiMappingCommand({ DomainName: 'only.shop.test', ApiId, Stage: '$default' }));
    await clients.apis.send(new UpdateApiCommand({ ApiId, DisableExecuteApiEndpoint: true }));
    const direct = await get(hostOf(ApiId), '/pets');
    assert.deepEqual([direct.status, direct.body], [404, '{"message":"Not Found"}']);
    assert.equal((await get(`localhost:${server.port}`, `/_aws/execute-api/${ApiId}/$default/pets`)).status, 404);
    assert.equal((await get('only.shop.test', '/pets')).status, 200);
  });

  test('of one label is served by a wildcard, an exact name comes first', async () => {
    const [wild, exact] = ['*.wild.test', 'one.wild.test'];
    for (const domain of [wild, exact]) await makeDomain(domain);
    const ApiId = await createLambdaApi(clients, echoArn, ['GET /pets'], { name: 'wild' });
    await clients.apis.send(new CreateStageCommand({ ApiId, StageName: 'one', AutoDeploy: true }));
    await clients.apis.send(new CreateApiMappingCommand({ DomainName: wild, ApiId, Stage: '$default' }));
    await clients.apis.send(new CreateApiMappingCommand({ DomainName: exact, ApiId, Stage: 'one' }));
    const { requestContext } = JSON.parse((await get('two.wild.test', '/pets')).body) as Event;
    assert.deepEqual([requestContext.domainName, requestContext.domainPrefix], ['two.wild.test', 'two']);
    assert.equal((JSON.parse((await get('one.wild.test', '/pets')).body) as Event).requestContext.stage, 'one');
    const shown = await clients.apis.send(new GetDomainNameCommand({ DomainName: wild }));
    assert.equal(shown.DomainNameArn, 'arn:aws:apigateway:us-east-1::/domainnames/*.wild.test');
  });

  test('is listed by pages, tagged and updated', async () => {
    for (const name of ['p1.pages.test', 'p2.pages.test']) await makeDomain(name);
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await clients.apis.send(new GetDomainNamesCommand({ MaxResults: '1', NextToken }));
      names.push(...(page.Items ?? []).map(({ DomainName }) => DomainName));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    assert.ok(names.includes('p1.pages.test') && names.includes('p2.pages.test'), names.join());
    const ResourceArn = 'arn:aws:apigateway:us-east-1::/domainnames/p1.pages.test';
    await clients.apis.send(new TagResourceCommand({ ResourceArn, Tags: { team: 'north' } }));
    assert.deepEqual((await clients.apis.send(new GetTagsCommand({ ResourceArn }))).Tags, { team: 'north' });
    const updated = await clients.apis.send(
      new UpdateDomainNameCommand({
        DomainName: 'p1.pages.test',
        DomainNameConfigurations: [{ CertificateArn: `${certificate}6` }],
      }),
    );
    assert.equal(updated.DomainNameConfigurations?.[0]?.CertificateArn, `${certificate}6`);
    assert.deepEqual(updated.Tags, { team: 'north' });
  });

  test('errors have the types of the SDK', async () => {
    await makeDomain('errors.test');
    await assert.rejects(makeDomain('errors.test'), BadRequestException);
    await assert.rejects(clients.apis.send(new GetDomainNameCommand({ DomainName: 'none.test' })), NotFoundException);
    const ApiId = await createLambdaApi(clients, echoArn, ['GET /pets'], { name: 'errors' });
    const command = () =>
      new CreateApiMappingCommand({ DomainName: 'errors.test', ApiId, Stage: '$default', ApiMappingKey: 'k' });
    await clients.apis.send(command());
    await assert.rejects(clients.apis.send(command()), ConflictException);
    const mutual = { TruststoreUri: 's3://trust/ca.pem' };
    await assert.rejects(
      clients.apis.send(new UpdateDomainNameCommand({ DomainName: 'errors.test', MutualTlsAuthentication: mutual })),
      /mutual TLS/,
    );
  });
});
