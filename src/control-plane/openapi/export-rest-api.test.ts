import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { awsError, type GatewayUnderTest, gatewayUnderTest } from '../apigateway/gateway-under-test.ts';
import type { Input } from '../apigateway/service.ts';

const functionUri =
  'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:f/invocations';

/** Something of everything that has a place in a document. */
const document = {
  openapi: '3.0.1',
  info: { title: 'pets', version: '1"\r\n2' },
  paths: {
    '/pets/{id}': {
      'x-amazon-apigateway-any-method': {
        operationId: 'anyPet',
        parameters: [{ name: 'q', in: 'query', required: true, schema: { type: 'string' } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } },
        security: [{ lambda: [] }, { api_key: [] }],
        responses: {
          200: {
            headers: { 'X-A': { schema: { type: 'string' } } },
            content: { 'text/plain': { schema: { $ref: '#/components/schemas/Toy' } } },
          },
        },
        'x-amazon-apigateway-request-validator': 'body',
        'x-amazon-apigateway-integration': {
          type: 'http',
          httpMethod: 'GET',
          uri: 'https://example.com/',
          timeoutInMillis: 500,
          cacheKeyParameters: ['method.request.querystring.q'],
          requestTemplates: { 'application/json': '' },
          requestParameters: { 'integration.request.header.Q': 'method.request.querystring.q' },
          responses: {
            default: { statusCode: 200, responseParameters: { 'method.response.header.X-A': "'a'" } },
          },
        },
      },
      delete: { security: [{ sigv4: [] }], responses: {}, 'x-amazon-apigateway-integration': { type: 'mock' } },
    },
  },
  components: {
    schemas: {
      Pet: { type: 'object', properties: { toy: { $ref: '#/components/schemas/Toy' } } },
      Toy: { type: 'string' },
      Unused: { type: 'number' },
    },
    securitySchemes: {
      api_key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      sigv4: { type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authtype': 'awsSigv4' },
      lambda: {
        type: 'apiKey',
        in: 'header',
        name: 'Token',
        'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: functionUri, authorizerResultTtlInSeconds: 0 },
      },
    },
  },
  'x-amazon-apigateway-binary-media-types': ['image/png'],
  'x-amazon-apigateway-minimum-compression-size': 10,
  'x-amazon-apigateway-api-key-source': 'AUTHORIZER',
  'x-amazon-apigateway-request-validators': { body: { validateRequestBody: true, validateRequestParameters: false } },
  'x-amazon-apigateway-gateway-responses': {
    THROTTLED: { statusCode: 430, responseTemplates: { 'text/plain': 'slow' } },
  },
  'x-amazon-apigateway-policy': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }],
  },
  'x-amazon-apigateway-documentation': {
    version: 'v1',
    documentationParts: [{ location: { type: 'API' }, properties: { description: 'Pets' } }],
  },
};

async function deployed({ call }: GatewayUnderTest, text = JSON.stringify(document)): Promise<string> {
  const { id } = await call('ImportRestApi', { body: new TextEncoder().encode(text), failOnWarnings: true });
  await call('CreateDeployment', { restApiId: id, stageName: 'prod' });
  return id;
}

type Export = Required<Awaited<ReturnType<typeof exported>>>;

async function exported({ call }: GatewayUnderTest, input: Partial<Input<'GetExport'>>) {
  const wanted = { restApiId: '', stageName: 'prod', exportType: 'oas30', ...input };
  return call('GetExport', wanted);
}

function textOf({ body }: Export): string {
  return new TextDecoder().decode(body);
}

describe('GetExport', () => {
  for (const exportType of ['swagger', 'oas30'] as const) {
    for (const accepts of ['application/json', 'application/yaml'] as const) {
      test(`${exportType} as ${accepts}: imported again it is the same API`, async () => {
        const gateway = gatewayUnderTest();
        const parameters = { extensions: 'apigateway' };
        const restApiId = await deployed(gateway);
        const first = textOf(await exported(gateway, { restApiId, exportType, accepts, parameters }));
        const again = await deployed(gateway, first);
        const second = textOf(await exported(gateway, { restApiId: again, exportType, accepts, parameters }));
        assert.equal(second.replaceAll(again, restApiId), first);
        for (const word of ['any-method', 'awsSigv4', 'cacheKeyParameters', '430', 'Unused', 'execute-api:/*', 'AUTHORIZER']) {
          assert.ok(first.includes(word), `${word} is in the document`);
        }
      });
    }
  }

  test('without extensions it says what clients need to know', async () => {
    const gateway = gatewayUnderTest();
    const restApiId = await deployed(gateway);
    const answer = await exported(gateway, { restApiId });
    assert.equal(answer.contentType, 'application/octet-stream');
    // A version is free text; a header is not.
    assert.equal(answer.contentDisposition, 'attachment; filename="oas30_1___2.json"');
    const written = JSON.parse(textOf(answer)) as Record<string, unknown>;
    assert.deepEqual(written['servers'], [
      {
        url: `https://${restApiId}.execute-api.eu-west-1.amazonaws.com/{basePath}`,
        variables: { basePath: { default: 'prod' } },
      },
    ]);
    const paths = written['paths'] as Record<string, Record<string, object>>;
    assert.deepEqual(paths['/pets/{id}']?.['x-amazon-apigateway-any-method'], {
      operationId: 'anyPet',
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'q', in: 'query', required: true, schema: { type: 'string' } },
      ],
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } }, required: true },
      responses: {
        200: {
          description: '200 response',
          headers: { 'X-A': { schema: { type: 'string' } } },
          content: { 'text/plain': { schema: { $ref: '#/components/schemas/Toy' } } },
        },
      },
      security: [{ lambda: [] }, { api_key: [] }],
    });
    assert.ok(!textOf(answer).includes('x-amazon-apigateway-integration'));
    assert.ok(!textOf(answer).includes(functionUri));
    assert.ok(!textOf(answer).includes('execute-api:/*'));
  });

  test('integrations and authorizers by themselves, in YAML', async () => {
    const gateway = gatewayUnderTest();
    const restApiId = await deployed(gateway);
    const parameters = { extensions: 'integrations, authorizers' };
    const text = textOf(await exported(gateway, { restApiId, exportType: 'swagger', accepts: 'application/yaml', parameters }));
    const written = parse(text) as Record<string, Record<string, Record<string, unknown>>>;
    assert.equal(written['basePath'] as unknown, '/prod');
    assert.ok(text.includes('https://example.com/') && text.includes(functionUri));
    assert.equal(written['x-amazon-apigateway-policy'], undefined);
  });

  test('it is the deployment of the stage, not what was changed since', async () => {
    const gateway = gatewayUnderTest();
    const restApiId = await deployed(gateway);
    await gateway.call('UpdateRestApi', { restApiId, patchOperations: [{ op: 'replace', path: '/name', value: 'dogs' }] });
    const written = JSON.parse(textOf(await exported(gateway, { restApiId }))) as { info: { title: string } };
    assert.equal(written.info.title, 'pets');
  });

  test('the documentation of the version that the stage has', async () => {
    const gateway = gatewayUnderTest();
    const restApiId = await deployed(gateway);
    const parameters = { extensions: 'documentation' };
    const documentation = async () => {
      const written = JSON.parse(textOf(await exported(gateway, { restApiId, parameters }))) as Record<string, unknown>;
      return written['x-amazon-apigateway-documentation'] as { documentationParts: unknown } | undefined;
    };
    assert.equal(await documentation(), undefined);
    const patchOperations = [{ op: 'replace' as const, path: '/documentationVersion', value: 'v1' }];
    await gateway.call('UpdateStage', { restApiId, stageName: 'prod', patchOperations });
    assert.deepEqual((await documentation())?.documentationParts, [
      { location: { type: 'API' }, properties: { description: 'Pets' } },
    ]);
  });

  const refused: readonly [desc: string, input: Partial<Input<'GetExport'>>, code: string, message: RegExp][] = [
    ['another type', { exportType: 'raml' }, 'BadRequestException', /swagger, oas30/],
    ['another form', { accepts: 'text/html' }, 'BadRequestException', /application\/json, application\/yaml/],
    ['Postman', { parameters: { extensions: 'postman' } }, 'BadRequestException', /Postman/],
    ['an extension that nobody knows', { parameters: { extensions: 'all' } }, 'BadRequestException', /among apigateway/],
    ['a stage that is not there', { stageName: 'none' }, 'NotFoundException', /Invalid stage identifier/i],
  ];
  for (const [desc, input, code, message] of refused) {
    test(`${code}: ${desc}`, async () => {
      const gateway = gatewayUnderTest();
      const restApiId = await deployed(gateway);
      await assert.rejects(exported(gateway, { restApiId, ...input }), awsError(code, message));
    });
  }
});
