import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GatewayUnderTest } from '../apigateway/gateway-under-test.ts';
import { awsError, gatewayUnderTest } from '../apigateway/gateway-under-test.ts';
import { bytes, documentOf } from './rest-document-under-test.ts';

async function resourcesOf({ call }: GatewayUnderTest, restApiId: string): Promise<Record<string, string>> {
  const { items } = await call('GetResources', { restApiId });
  return Object.fromEntries(items.map(({ path, id }) => [path ?? '', id ?? '']));
}

describe('ImportRestApi', () => {
  test('201: everything that the document says is made, and nothing else', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const body = bytes(`
swagger: '2.0'
info: {title: pets, version: 2.0, description: All pets}
x-amazon-apigateway-binary-media-types: [image/png]
x-amazon-apigateway-minimum-compression-size: 512
x-amazon-apigateway-endpoint-configuration: {types: [REGIONAL], disableExecuteApiEndpoint: true}
x-amazon-apigateway-policy:
  Version: '2012-10-17'
  Statement: [{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}]
x-amazon-apigateway-gateway-responses:
  THROTTLED: {statusCode: 430, responseTemplates: {text/plain: slow down}}
x-amazon-apigateway-request-validators:
  all: {validateRequestBody: true, validateRequestParameters: true}
x-amazon-apigateway-request-validator: all
x-amazon-apigateway-documentation:
  version: v1
  documentationParts: [{location: {type: API}, properties: {description: Pets}}]
securityDefinitions:
  key: {type: apiKey, in: header, name: x-api-key}
  sigv4: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}
definitions:
  Pet: {type: object, properties: {name: {type: string}, example: {$ref: '#/definitions/Toy'}}}
  Toy: {type: string, example: ball}
paths:
  /pets/{id}:
    parameters: [{name: trace, in: header, required: true, type: string}]
    post:
      operationId: putPet
      consumes: [application/json]
      parameters: [{in: body, name: pet, schema: {$ref: '#/definitions/Pet'}}]
      security: [{sigv4: []}, {key: []}]
      responses:
        201: {description: made, schema: {type: object}, headers: {Location: {type: string}}}
        default: {description: else}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: post
        uri: https://example.com/\${AWS::Region}
        passthroughBehavior: never
        timeoutInMillis: 1000
        cacheKeyParameters: [method.request.path.id]
        requestParameters: {integration.request.header.trace: method.request.header.trace}
        responses:
          default: {statusCode: 201}
          5\\d\\d: {statusCode: 201, contentHandling: CONVERT_TO_TEXT, responseParameters: {method.response.header.Location: "'/'"}}
`);
    const made = await call('ImportRestApi', { body, failOnWarnings: true });
    assert.equal(made.name, 'pets');
    assert.equal(made.version, '2.0');
    assert.equal(made.warnings, undefined);
    const restApiId = made.id;
    const api = await call('GetRestApi', { restApiId });
    assert.deepEqual(api.binaryMediaTypes, ['image/png']);
    assert.equal(api.minimumCompressionSize, 512);
    assert.deepEqual(api.endpointConfiguration.types, ['REGIONAL']);
    assert.equal(api.disableExecuteApiEndpoint, true);
    assert.match(api.policy, /execute-api:Invoke/);

    const models = (await call('GetModels', { restApiId })).items;
    const inline = models.map(({ name }) => name).find((name) => name?.startsWith('MODEL'));
    assert.deepEqual(models.map(({ name }) => name).sort(), [inline, 'Pet', 'Toy']);
    // A property may be called as a keyword is; the keyword itself says nothing about validity.
    assert.deepEqual(JSON.parse(models.find(({ name }) => name === 'Pet')?.schema ?? ''), {
      type: 'object',
      properties: {
        name: { type: 'string' },
        example: { $ref: `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Toy` },
      },
    });
    assert.deepEqual(JSON.parse(models.find(({ name }) => name === 'Toy')?.schema ?? ''), { type: 'string' });

    const resourceId = (await resourcesOf(gateway, restApiId))['/pets/{id}'] ?? '';
    const method = await call('GetMethod', { restApiId, resourceId, httpMethod: 'POST' });
    const validators = (await call('GetRequestValidators', { restApiId })).items;
    assert.deepEqual(
      { ...method, methodIntegration: undefined },
      {
        httpMethod: 'POST',
        authorizationType: 'AWS_IAM',
        apiKeyRequired: true,
        operationName: 'putPet',
        requestValidatorId: validators[0]?.id,
        requestParameters: { 'method.request.path.id': true, 'method.request.header.trace': true },
        requestModels: { 'application/json': 'Pet' },
        methodResponses: {
          201: {
            statusCode: '201',
            responseModels: { 'application/json': inline },
            responseParameters: { 'method.response.header.Location': false },
          },
        },
        methodIntegration: undefined,
      },
    );
    assert.deepEqual(method.methodIntegration, {
      type: 'HTTP',
      httpMethod: 'POST',
      uri: 'https://example.com/eu-west-1',
      connectionType: 'INTERNET',
      requestParameters: { 'integration.request.header.trace': 'method.request.header.trace' },
      passthroughBehavior: 'NEVER',
      timeoutInMillis: 1000,
      cacheNamespace: resourceId,
      cacheKeyParameters: ['method.request.path.id'],
      integrationResponses: {
        201: {
          statusCode: '201',
          selectionPattern: '5\\d\\d',
          contentHandling: 'CONVERT_TO_TEXT',
          responseParameters: { 'method.response.header.Location': "'/'" },
        },
      },
    });
    assert.equal((await call('GetGatewayResponse', { restApiId, responseType: 'THROTTLED' })).statusCode, '430');
    assert.deepEqual((await call('GetDocumentationParts', { restApiId })).items[0]?.properties, '{"description":"Pets"}');
    assert.equal((await call('GetDocumentationVersions', { restApiId })).items[0]?.version, 'v1');
  });

  test('what is left out with `ignore=documentation`, and where the call says the endpoint is', async () => {
    const { call } = gatewayUnderTest();
    const body = documentOf(
      ['/'],
      'x-amazon-apigateway-documentation: {documentationParts: [{location: {type: API}, properties: {a: 1}}]}\n',
    );
    const parameters = { ignore: 'documentation', endpointConfigurationTypes: 'REGIONAL' };
    const made = await call('ImportRestApi', { body, parameters });
    assert.deepEqual(made.endpointConfiguration.types, ['REGIONAL']);
    assert.deepEqual((await call('GetDocumentationParts', { restApiId: made.id })).items, []);
  });

  const places: readonly [desc: string, basepath: string, paths: readonly string[]][] = [
    ['ignore', 'ignore', ['/', '/e']],
    ['prepend', 'prepend', ['/', '/a', '/a/b', '/a/b/c', '/a/b/c/e']],
    ['split', 'split', ['/', '/b', '/b/c', '/b/c/e']],
  ];
  for (const [desc, basepath, paths] of places) {
    test(`basePath of Swagger: ${desc}`, async () => {
      const gateway = gatewayUnderTest();
      const { id } = await gateway.call('ImportRestApi', {
        body: documentOf(['/e'], 'basePath: /a/b/c\n'),
        parameters: { basepath },
      });
      assert.deepEqual(Object.keys(await resourcesOf(gateway, id)).sort(), paths);
    });
  }
});

describe('PutRestApi', () => {
  const first = documentOf(['/a', '/b'], 'definitions: {Pet: {type: string}}\nx-amazon-apigateway-minimum-compression-size: 9\n');
  const second = documentOf(['/b', '/c'], 'definitions: {Pet: {type: number}, Toy: {type: string}}\n');

  test('merge takes documentation again that is there', async () => {
    const { call } = gatewayUnderTest();
    const written = (description: string) =>
      bytes(
        JSON.stringify({
          swagger: '2.0',
          info: { title: 'pets', version: '1' },
          paths: {},
          'x-amazon-apigateway-documentation': {
            version: '1',
            documentationParts: [{ location: { type: 'API' }, properties: { description } }],
          },
        }),
      );
    const { id: restApiId } = await call('ImportRestApi', { body: written('first') });
    const before = await call('GetDocumentationParts', { restApiId });
    await call('PutRestApi', { restApiId, mode: 'merge', body: written('second') });
    const { items } = await call('GetDocumentationParts', { restApiId });
    assert.deepEqual(items, [{ ...before.items?.[0], properties: '{"description":"second"}' }]);
  });

  test('merge (the default) adds to what is there', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const { id: restApiId } = await call('ImportRestApi', { body: first });
    const before = await resourcesOf(gateway, restApiId);
    const pet = await call('GetModel', { restApiId, modelName: 'Pet' });
    const merged = await call('PutRestApi', { restApiId, body: second });
    assert.equal(merged.minimumCompressionSize, 9);
    const after = await resourcesOf(gateway, restApiId);
    assert.deepEqual(Object.keys(after).sort(), ['/', '/a', '/b', '/c']);
    assert.equal(after['/b'], before['/b']);
    const changed = await call('GetModel', { restApiId, modelName: 'Pet' });
    assert.equal(changed.id, pet.id);
    assert.deepEqual(JSON.parse(changed.schema), { type: 'number' });
  });

  test('overwrite leaves what the document has, under the ids from before', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const { restApiId, resourceId } = await gateway.mockApi();
    await call('PutRestApi', { restApiId, body: first, mode: 'overwrite' });
    const before = await resourcesOf(gateway, restApiId);
    const overwritten = await call('PutRestApi', { restApiId, body: second, mode: 'overwrite' });
    assert.equal(overwritten.id, restApiId);
    assert.equal(overwritten.rootResourceId, resourceId);
    assert.equal(overwritten.minimumCompressionSize, undefined);
    const after = await resourcesOf(gateway, restApiId);
    assert.deepEqual(Object.keys(after).sort(), ['/', '/b', '/c']);
    assert.equal(after['/b'], before['/b']);
    assert.deepEqual(
      (await call('GetModels', { restApiId })).items.map(({ name }) => name),
      ['Pet', 'Toy'],
    );
    await assert.rejects(
      call('GetMethod', { restApiId, resourceId, httpMethod: 'GET' }),
      awsError('NotFoundException', /Invalid Method identifier/),
    );
  });

  test('an authorizer and a validator with the same name keep their ids, so that other methods stay guarded', async () => {
    const { call } = gatewayUnderTest();
    const uri =
      'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:f/invocations';
    const guarded = (path: string, ttl: number) =>
      documentOf(
        [path],
        `x-amazon-apigateway-request-validators: {all: {validateRequestBody: true}}
x-amazon-apigateway-request-validator: all
security: [{lambda: []}]
securityDefinitions:
  lambda:
    {type: apiKey, in: header, name: Auth, x-amazon-apigateway-authorizer: {type: token, authorizerUri: '${uri}', authorizerResultTtlInSeconds: ${ttl}}}
`,
      );
    const { id: restApiId } = await call('ImportRestApi', { body: guarded('/a', 10) });
    const before = (await call('GetAuthorizers', { restApiId })).items;
    await call('PutRestApi', { restApiId, body: guarded('/b', 20) });
    const after = (await call('GetAuthorizers', { restApiId })).items;
    assert.deepEqual(after, [{ ...before[0], authorizerResultTtlInSeconds: 20 }]);
    assert.equal((await call('GetRequestValidators', { restApiId })).items.length, 1);
  });

  test('overwrite has room for as many authorizers as there may be, whatever was there before', async () => {
    const { call } = gatewayUnderTest();
    const uri =
      'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:f/invocations';
    const ten = (prefix: string) => {
      const schemes = Array.from(
        { length: 10 },
        (_, i) =>
          `  ${prefix}${i}: {type: apiKey, in: header, name: A, x-amazon-apigateway-authorizer: {type: token, authorizerUri: '${uri}'}}\n`,
      );
      return documentOf(['/'], `securityDefinitions:\n${schemes.join('')}`);
    };
    const { id: restApiId } = await call('ImportRestApi', { body: ten('a') });
    await call('PutRestApi', { restApiId, body: ten('b'), mode: 'overwrite' });
    const { items } = await call('GetAuthorizers', { restApiId });
    assert.deepEqual(
      items.map(({ name }) => name).sort(),
      Array.from({ length: 10 }, (_, i) => `b${i}`),
    );
  });

  test('BadRequestException changes nothing', async () => {
    const gateway = gatewayUnderTest();
    const { id: restApiId } = await gateway.call('ImportRestApi', { body: first });
    const before = await resourcesOf(gateway, restApiId);
    const broken = documentOf(['/b', '/c', '/d e']);
    await assert.rejects(
      gateway.call('PutRestApi', { restApiId, body: broken, mode: 'overwrite' }),
      awsError('BadRequestException', /^Errors found during import:/),
    );
    assert.deepEqual(await resourcesOf(gateway, restApiId), before);
  });

  test('NotFoundException for an API that is not there', async () => {
    const { call } = gatewayUnderTest();
    await assert.rejects(
      call('PutRestApi', { restApiId: 'nobody', body: first }),
      awsError('NotFoundException', /Invalid API id/),
    );
  });
});
