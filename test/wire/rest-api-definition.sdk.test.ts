// A REST API of the petstore's size, built, changed, deployed and deleted with the AWS SDK for JavaScript; and what is left after a restart.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  ConflictException,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteRestApiCommand,
  GetExportCommand,
  GetIntegrationCommand,
  GetMethodCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetTagsCommand,
  ImportRestApiCommand,
  NotFoundException,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  PutRestApiCommand,
  TagResourceCommand,
  TestInvokeMethodCommand,
  UntagResourceCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const data = temporaryFolder();
let server: StartedServer;
let clients: AwsClients;

before(async () => {
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  data.remove();
});

const petSchema = JSON.stringify({
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'Pet',
  type: 'object',
  properties: { name: { type: 'string' }, price: { type: 'number' } },
  required: ['name'],
});

const lambdaUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:pets/invocations';

/** /pets and /pets/{petId} with five methods; what tests need to know of it. */
async function petstore() {
  const { restApis } = clients;
  const { id: restApiId, rootResourceId } = await restApis.send(
    new CreateRestApiCommand({ name: 'petstore', endpointConfiguration: { types: ['REGIONAL'] }, tags: { team: 'pets' } }),
  );
  const resource = async (parentId: string | undefined, pathPart: string) =>
    (await restApis.send(new CreateResourceCommand({ restApiId, parentId, pathPart }))).id;
  const pets = await resource(rootResourceId, 'pets');
  const pet = await resource(pets, '{petId}');
  await restApis.send(new CreateModelCommand({ restApiId, name: 'Pet', contentType: 'application/json', schema: petSchema }));
  const { id: requestValidatorId } = await restApis.send(
    new CreateRequestValidatorCommand({ restApiId, name: 'body', validateRequestBody: true }),
  );
  const { id: authorizerId } = await restApis.send(
    new CreateAuthorizerCommand({
      ...{ restApiId, name: 'token', type: 'TOKEN', authorizerUri: lambdaUri },
      ...{ identitySource: 'method.request.header.Authorization', authorizerResultTtlInSeconds: 0 },
    }),
  );
  for (const [resourceId, httpMethod] of [
    [rootResourceId, 'GET'],
    [pets, 'GET'],
    [pets, 'POST'],
    [pets, 'OPTIONS'],
    [pet, 'GET'],
  ] as const) {
    const names = { restApiId, resourceId, httpMethod };
    const isPost = httpMethod === 'POST';
    await restApis.send(
      new PutMethodCommand({
        ...{ ...names, authorizationType: isPost ? 'CUSTOM' : 'NONE' },
        ...(isPost ? { authorizerId, requestValidatorId, requestModels: { 'application/json': 'Pet' } } : {}),
        ...(resourceId === pet ? { requestParameters: { 'method.request.path.petId': true } } : {}),
      }),
    );
    await restApis.send(
      new PutIntegrationCommand(
        httpMethod === 'OPTIONS'
          ? { ...names, type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } }
          : { ...names, type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: lambdaUri },
      ),
    );
  }
  const options = { restApiId, resourceId: pets, httpMethod: 'OPTIONS', statusCode: '200' };
  const allowed = 'method.response.header.Access-Control-Allow-Origin';
  await restApis.send(new PutMethodResponseCommand({ ...options, responseParameters: { [allowed]: false } }));
  await restApis.send(new PutIntegrationResponseCommand({ ...options, responseParameters: { [allowed]: "'*'" } }));
  await restApis.send(
    new PutGatewayResponseCommand({
      ...{ restApiId, responseType: 'DEFAULT_4XX' },
      responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" },
    }),
  );
  return { restApiId: restApiId ?? '', rootResourceId, pets, pet };
}

describe('a petstore with the AWS SDK', () => {
  test('is built, listed in pages, tagged and deleted', async () => {
    const { restApis } = clients;
    const { restApiId, pets } = await petstore();
    const shown = await restApis.send(new GetRestApiCommand({ restApiId }));
    assert.ok(shown.createdDate instanceof Date && Math.abs(Date.now() - shown.createdDate.getTime()) < 60_000);
    assert.deepEqual(shown.tags, { team: 'pets' });
    const first = await restApis.send(new GetResourcesCommand({ restApiId, limit: 2 }));
    const rest = await restApis.send(new GetResourcesCommand({ restApiId, limit: 2, position: first.position }));
    const found = [...(first.items ?? []), ...(rest.items ?? [])];
    assert.deepEqual(
      found.map(({ path, resourceMethods }) => [path, Object.keys(resourceMethods ?? {})]),
      [
        ['/', ['GET']],
        ['/pets', ['GET', 'OPTIONS', 'POST']],
        ['/pets/{petId}', ['GET']],
      ],
    );
    const post = await restApis.send(new GetMethodCommand({ restApiId, resourceId: pets, httpMethod: 'POST' }));
    assert.deepEqual(post.requestModels, { 'application/json': 'Pet' });
    assert.equal(post.methodIntegration?.uri, lambdaUri);

    const resourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}`;
    await restApis.send(new TagResourceCommand({ resourceArn, tags: { owner: 'me' } }));
    await restApis.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
    assert.deepEqual((await restApis.send(new GetTagsCommand({ resourceArn }))).tags, { owner: 'me' });

    await restApis.send(new DeleteRestApiCommand({ restApiId }));
    await assert.rejects(restApis.send(new GetRestApiCommand({ restApiId })), NotFoundException);
  });

  test('is deployed and given a canary, which is promoted', async () => {
    const { restApis } = clients;
    const { restApiId } = await petstore();
    const deploy = async (input: object) => (await restApis.send(new CreateDeploymentCommand({ restApiId, ...input }))).id;
    const stable = await deploy({ stageName: 'prod', variables: { color: 'blue' } });
    const canary = await deploy({
      stageName: 'prod',
      canarySettings: { percentTraffic: 12.5, stageVariableOverrides: { color: 'green' } },
    });
    const before = await restApis.send(new GetStageCommand({ restApiId, stageName: 'prod' }));
    assert.deepEqual([before.deploymentId, before.canarySettings?.deploymentId], [stable, canary]);
    assert.equal(before.canarySettings?.percentTraffic, 12.5);
    const promoted = await restApis.send(
      new UpdateStageCommand({
        ...{ restApiId, stageName: 'prod' },
        patchOperations: [
          { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
          { op: 'copy', from: '/canarySettings/stageVariableOverrides', path: '/variables' },
          { op: 'remove', path: '/canarySettings' },
          { op: 'replace', path: '/*/*/throttling/rateLimit', value: '10.5' },
        ],
      }),
    );
    assert.deepEqual(
      [promoted.deploymentId, promoted.variables, promoted.canarySettings],
      [canary, { color: 'green' }, undefined],
    );
    assert.equal(promoted.methodSettings?.['*/*']?.throttlingRateLimit, 10.5);
    await restApis.send(new DeleteRestApiCommand({ restApiId }));
  });

  test('refuses in the SDK’s own error classes', async () => {
    const { restApis } = clients;
    const { restApiId, rootResourceId } = await petstore();
    const taken = new CreateResourceCommand({ restApiId, parentId: rootResourceId, pathPart: 'pets' });
    await assert.rejects(restApis.send(taken), ConflictException);
    const none = new PutMethodCommand({ restApiId, resourceId: 'none', httpMethod: 'GET', authorizationType: 'NONE' });
    await assert.rejects(restApis.send(none), NotFoundException);
    const wrong = new UpdateStageCommand({ restApiId, stageName: 'none', patchOperations: [] });
    await assert.rejects(restApis.send(wrong), NotFoundException);
    await assert.rejects(restApis.send(new CreateRestApiCommand({ name: 'a', description: '' })), BadRequestException);
    await restApis.send(new DeleteRestApiCommand({ restApiId }));
  });

  test('is imported from a document', async (t) => {
    const { restApis } = clients;
    const document = {
      ...{ swagger: '2.0', info: { title: 'pets', version: '3' } },
      paths: { '/pets': { get: { responses: { 200: {} }, 'x-amazon-apigateway-integration': { type: 'mock' } } } },
    };
    const body = Buffer.from(JSON.stringify(document));
    const { id: restApiId = '', version } = await restApis.send(new ImportRestApiCommand({ body, failOnWarnings: true }));
    t.after(() => restApis.send(new DeleteRestApiCommand({ restApiId })));
    assert.equal(version, '3');
    const put = new PutRestApiCommand({ restApiId, mode: 'overwrite', parameters: { basepath: 'prepend' }, body });
    assert.equal((await restApis.send(put)).id, restApiId);
    const { items = [] } = await restApis.send(new GetResourcesCommand({ restApiId }));
    assert.deepEqual(items.map(({ path }) => path).sort(), ['/', '/pets']);
  });

  test('is served as its document says, models that refer to each other included', async (t) => {
    const { restApis } = clients;
    const schemas = {
      Person: { type: 'object', required: ['name'], properties: { house: { $ref: '#/components/schemas/House' } } },
      House: { type: 'object', properties: { people: { type: 'array', items: { $ref: '#/components/schemas/Person' } } } },
    };
    const document = {
      ...{ openapi: '3.0.2', info: { title: 'people', version: '1' }, components: { schemas } },
      'x-amazon-apigateway-request-validators': { body: { validateRequestBody: true } },
      'x-amazon-apigateway-request-validator': 'body',
      paths: {
        '/people': {
          post: {
            requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Person' } } } },
            responses: { 200: { description: 'ok' } },
            'x-amazon-apigateway-integration': {
              ...{ type: 'mock', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
              responses: { default: { statusCode: '200', responseTemplates: { 'application/json': '{"ok":true}' } } },
            },
          },
        },
      },
    };
    const body = Buffer.from(JSON.stringify(document));
    const { id: restApiId = '' } = await restApis.send(new ImportRestApiCommand({ body, failOnWarnings: true }));
    t.after(() => restApis.send(new DeleteRestApiCommand({ restApiId })));
    await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
    const post = async (person: object) => {
      const headers = { 'content-type': 'application/json' };
      const url = `${server.apiUrl}/restapis/${restApiId}/prod/_user_request_/people`;
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(person) });
      return [answer.status, await answer.text()];
    };
    assert.deepEqual(await post({ name: 'a', house: { people: [{ name: 'b' }] } }), [200, '{"ok":true}']);
    assert.deepEqual(await post({ name: 'a', house: { people: [{}] } }), [400, '{"message":"Invalid request body"}']);
  });

  test('has methods that are tested before they are deployed', async (t) => {
    const { restApis } = clients;
    const { restApiId, rootResourceId } = await petstore();
    t.after(() => restApis.send(new DeleteRestApiCommand({ restApiId })));
    const names = { restApiId, resourceId: rootResourceId, httpMethod: 'GET' };
    const requestTemplates = { 'application/json': '{"statusCode": 200}' };
    await restApis.send(new PutIntegrationCommand({ ...names, type: 'MOCK', requestTemplates }));
    await restApis.send(new PutMethodResponseCommand({ ...names, statusCode: '200' }));
    const responseTemplates = { 'application/json': '{"q":"$input.params(\'q\')","v":"$stageVariables.v"}' };
    await restApis.send(new PutIntegrationResponseCommand({ ...names, statusCode: '200', responseTemplates }));
    const test = new TestInvokeMethodCommand({ ...names, pathWithQueryString: '/?q=1', stageVariables: { v: '2' } });
    const { status, body, headers, multiValueHeaders, log, latency } = await restApis.send(test);
    assert.equal(status, 200);
    assert.equal(body, '{"q":"1","v":"2"}');
    assert.deepEqual(headers, { 'Content-Type': 'application/json' });
    assert.deepEqual(multiValueHeaders, { 'Content-Type': ['application/json'] });
    assert.match(log ?? '', /^Execution log for request [0-9a-f-]{36}\n.* : Method request query string: \{q=1\}\n/s);
    assert.equal(typeof latency, 'number');
    const refused = new TestInvokeMethodCommand({ ...names, clientCertificateId: 'a1b2c3' });
    await assert.rejects(restApis.send(refused), NotFoundException);
  });

  test('is exported as a document', async (t) => {
    const { restApis } = clients;
    const { restApiId } = await petstore();
    t.after(() => restApis.send(new DeleteRestApiCommand({ restApiId })));
    await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
    const exported = new GetExportCommand({ restApiId, stageName: 'prod', exportType: 'oas30', accepts: 'application/yaml' });
    const { body, contentDisposition, contentType } = await restApis.send(exported);
    assert.match(new TextDecoder().decode(body), /^openapi: 3\.0\.1\n/);
    assert.match(contentDisposition ?? '', /^attachment; filename="oas30_.*\.yaml"$/);
    assert.equal(contentType, 'application/octet-stream');
  });

  test('an empty template comes back as null', async (t) => {
    const { restApiId, rootResourceId } = await petstore();
    t.after(() => clients.restApis.send(new DeleteRestApiCommand({ restApiId })));
    const names = { restApiId, resourceId: rootResourceId, httpMethod: 'GET' };
    await clients.restApis.send(
      new PutIntegrationCommand({ ...names, type: 'MOCK', requestTemplates: { 'application/json': '', 'text/plain': 'x' } }),
    );
    const path = `/restapis/${restApiId}/resources/${rootResourceId}/methods/GET/integration`;
    const raw = (await (await fetch(server.controlUrl + path, { headers: { accept: 'application/json' } })).json()) as object;
    assert.deepEqual((raw as { requestTemplates: unknown }).requestTemplates, { 'application/json': null, 'text/plain': 'x' });
    const { requestTemplates } = await clients.restApis.send(new GetIntegrationCommand(names));
    assert.equal(requestTemplates?.['text/plain'], 'x');
  });

  test('is there after a restart', async () => {
    const { restApiId } = await petstore();
    const { id } = await clients.restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
    clients.destroy();
    await server.stop('SIGKILL');
    server = await startServer({ dataDirectory: data.folder });
    clients = awsClients(server);
    const stage = await clients.restApis.send(new GetStageCommand({ restApiId, stageName: 'prod' }));
    assert.equal(stage.deploymentId, id);
    assert.deepEqual(
      (await clients.restApis.send(new GetRestApisCommand({}))).items?.map((api) => api.id),
      [restApiId],
    );
    await clients.restApis.send(new DeleteRestApiCommand({ restApiId }));
  });
});
