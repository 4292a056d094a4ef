import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { awsError, functionArn, type GatewayUnderTest, gatewayUnderTest } from '../apigatewayv2/gateway-under-test.ts';
import { testdata } from './golden-cases.ts';

const petstore = readFileSync(path.join(testdata, 'petstore.yml'), 'utf8');

const integration = `x-amazon-apigateway-integration: {type: aws_proxy, payloadFormatVersion: '2.0', uri: '${functionArn}'}`;

/** A document with one GET operation for each path. */
function documentOf(...paths: string[]): string {
  const items = paths.map((one) => `  ${one}:\n    get:\n      responses: {}\n      ${integration}\n`);
  return `openapi: 3.0.1\ninfo: {title: pets, version: '1'}\npaths:\n${items.join('')}`;
}

async function routesOf({ call }: GatewayUnderTest, ApiId: string): Promise<Record<string, string>> {
  const { Items } = await call('GetRoutes', { ApiId });
  return Object.fromEntries(Items.map(({ RouteKey, RouteId }) => [RouteKey ?? '', RouteId ?? '']));
}

describe('ImportApi', () => {
  test('201: the API, its routes and integrations as the document says', async () => {
    const { call } = gatewayUnderTest();
    const api = await call('ImportApi', { Body: petstore, FailOnWarnings: true });
    assert.equal(api.Name, 'Petstore');
    assert.equal(api.Version, '1.0');
    assert.equal(api.ProtocolType, 'HTTP');
    assert.deepEqual(api.Tags, { team: 'north' });
    assert.deepEqual(api.CorsConfiguration?.AllowMethods, ['GET', 'POST']);
    assert.deepEqual(api.ImportInfo, ['/components/schemas: HTTP APIs have no models; schemas were ignored.']);
    assert.equal(api.Warnings, undefined);
    assert.deepEqual(await call('GetApi', { ApiId: api.ApiId }), api);
    const routes = (await call('GetRoutes', { ApiId: api.ApiId })).Items;
    assert.deepEqual(routes.map(({ RouteKey }) => RouteKey).sort(), [
      '$default',
      'ANY /pets/{petId}',
      'GET /pets',
      'GET /pets/{petId}',
      'POST /pets',
    ]);
    const targets = new Map(routes.map(({ RouteKey, Target }) => [RouteKey, Target]));
    assert.equal(targets.get('ANY /pets/{petId}'), targets.get('GET /pets/{petId}'));
    const integrations = (await call('GetIntegrations', { ApiId: api.ApiId })).Items;
    assert.equal(integrations.length, 4);
    const backend = integrations.find(({ IntegrationType }) => IntegrationType === 'HTTP_PROXY');
    assert.equal(backend?.TimeoutInMillis, 5000);
    assert.match(integrations[0]?.IntegrationUri ?? '', /eu-west-1:000000000000:function:pets|backend/);
  });

  test('201 with warnings, which GetApi shows, too', async () => {
    const { call } = gatewayUnderTest();
    const Body = documentOf('/pets').replace('      responses: {}\n', '');
    const made = await call('ImportApi', { Body });
    assert.deepEqual(made.Warnings, ["Parse issue: attribute paths.'/pets'(get).responses is missing"]);
    assert.deepEqual((await call('GetApi', { ApiId: made.ApiId })).Warnings, made.Warnings);
  });

  test('201 with a warning for what OpenAPI requires of a document and this one does not have', async () => {
    const { call } = gatewayUnderTest();
    const made = await call('ImportApi', { Body: '{"openapi":"3.0.1","info":{"title":"bare"}}' });
    assert.deepEqual(made.Warnings, [
      'Parse issue: attribute info.version is missing',
      'Parse issue: attribute paths is missing',
    ]);
  });

  test('201 with methods of CORS in lower case', async () => {
    const { call } = gatewayUnderTest();
    const Body = `${documentOf('/pets')}x-amazon-apigateway-cors: {allowMethods: [delete], allowOrigins: ['https://a.example']}\n`;
    const made = await call('ImportApi', { Body });
    assert.deepEqual(made.CorsConfiguration?.AllowMethods, ['delete']);
  });

  test('BadRequestException for the same with FailOnWarnings', async () => {
    const { call, store } = gatewayUnderTest();
    const Body = documentOf('/pets').replace('      responses: {}\n', '');
    await assert.rejects(
      call('ImportApi', { Body, FailOnWarnings: true }),
      awsError(
        'BadRequestException',
        "Warnings found during import:\n\tParse issue: attribute paths.'/pets'(get).responses is missing",
      ),
    );
    assert.equal(store.revision(), 0);
  });

  const refused: [desc: string, body: string, code: string, message: string | RegExp][] = [
    [
      'what an operation refuses, with its place',
      documentOf('/a', '/b').replace(functionArn, 'nonsense'),
      'BadRequestException',
      'Invalid function ARN or invalid uri. At /paths/~1a/get/x-amazon-apigateway-integration (line 7).',
    ],
    [
      'a path that is no route',
      documentOf('/a/'),
      'BadRequestException',
      /route key is not formatted.*At \/paths\/~1a~1\/get \(line 5\)\.$/,
    ],
    [
      'an operation that stands twice',
      documentOf('/a').replace('paths:', "paths:\n  '/x': {$ref: '#/paths/~1a'}").replace("'/x'", "'$default'") +
        '  /$default: {x-amazon-apigateway-any-method: {isDefaultRoute: true}}\n',
      'ConflictException',
      /Route with key \$default already exists for this API\. At/,
    ],
    [
      'a mock integration',
      documentOf('/a').replace('aws_proxy', 'mock'),
      'BadRequestException',
      /proxy integrations.*At \/paths/,
    ],
    [
      'bad CORS',
      `${documentOf('/a')}x-amazon-apigateway-cors: {allowMethods: [FETCH]}\n`,
      'BadRequestException',
      /allow-method.*At \/info/,
    ],
    [
      'a value that the model does not have',
      documentOf('/a').replace("'2.0'", "'2.0', connectionType: pigeon"),
      'BadRequestException',
      /connectionType|ConnectionType/,
    ],
    ['no document', '', 'BadRequestException', /Invalid OpenAPI input/],
  ];
  for (const [desc, Body, code, message] of refused) {
    test(`${code} for ${desc}; nothing is made`, async () => {
      const { call, store } = gatewayUnderTest();
      await assert.rejects(call('ImportApi', { Body }), awsError(code, message));
      assert.equal(store.revision(), 0);
      assert.deepEqual((await call('GetApis', {})).Items, []);
    });
  }

  test('BadRequestException for an unknown basepath mode', async () => {
    await assert.rejects(
      gatewayUnderTest().call('ImportApi', { Body: petstore, Basepath: 'append' }),
      awsError('BadRequestException', /must be one of ignore, prepend, split/),
    );
  });

  test('TooManyRequestsException for the 301st route', async () => {
    const { call, store } = gatewayUnderTest();
    const Body = documentOf(...Array.from({ length: 301 }, (_, i) => `/p${i}`)).replaceAll(integration, '');
    await assert.rejects(call('ImportApi', { Body }), awsError('TooManyRequestsException', /Routes.*At \/paths\/~1p300\/get/));
    assert.equal(store.revision(), 0);
  });

  test('prepend and split', async () => {
    const gateway = gatewayUnderTest();
    const Body = `${documentOf('/e')}servers: [{url: /a/b/c}]\n`;
    for (const [Basepath, key] of [
      ['ignore', 'GET /e'],
      ['PREPEND', 'GET /a/b/c/e'],
      ['split', 'GET /b/c/e'],
    ] as const) {
      const { ApiId } = await gateway.call('ImportApi', { Body, Basepath });
      assert.deepEqual(Object.keys(await routesOf(gateway, ApiId)), [key]);
    }
  });
});

describe('ReimportApi', () => {
  test('201: what the document does not have goes, a route that it has again keeps its id', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const { ApiId } = await call('ImportApi', {
      Body: `${documentOf('/a', '/b')}x-amazon-apigateway-cors: {allowMethods: [GET]}\n`,
    });
    await call('TagResource', { ResourceArn: `arn:aws:apigateway:eu-west-1::/apis/${ApiId}`, Tags: { kept: 'yes' } });
    const before = await routesOf(gateway, ApiId);
    const next = `${documentOf('/b', '/c').replace('title: pets', "title: cats, description: 'all of them'")}tags: [{name: team, x-amazon-apigateway-tag-value: north}]\n`;
    const api = await call('ReimportApi', { ApiId, Body: next });
    assert.deepEqual([api.ApiId, api.Name, api.Description, api.Version], [ApiId, 'cats', 'all of them', '1']);
    assert.equal(api.CorsConfiguration, undefined);
    assert.deepEqual(api.Tags, { kept: 'yes', team: 'north' });
    const after = await routesOf(gateway, ApiId);
    assert.deepEqual(Object.keys(after).sort(), ['GET /b', 'GET /c']);
    assert.equal(after['GET /b'], before['GET /b']);
    assert.equal((await call('GetIntegrations', { ApiId })).Items.length, 2);
    assert.equal((await call('ReimportApi', { ApiId, Body: documentOf('/b') })).Description, undefined);
  });

  test('a stage that follows is deployed once, and its snapshot is the new definition', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const { ApiId } = await call('ImportApi', { Body: documentOf('/a') });
    await call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true });
    const { DeploymentId } = await call('GetStage', { ApiId, StageName: '$default' });
    await call('ReimportApi', { ApiId, Body: documentOf('/b', '/c', '/d') });
    const deployments = (await call('GetDeployments', { ApiId })).Items;
    assert.equal(deployments.length, 2);
    const stage = await call('GetStage', { ApiId, StageName: '$default' });
    assert.notEqual(stage.DeploymentId, DeploymentId);
    const { body } = await call('ExportApi', { ApiId, Specification: 'OAS30', OutputType: 'JSON', StageName: '$default' });
    const document = JSON.parse(Buffer.from(body).toString()) as { paths: object };
    assert.deepEqual(Object.keys(document.paths), ['/b', '/c', '/d']);
  });

  test('nothing is changed when the document is refused', async () => {
    const gateway = gatewayUnderTest();
    const { call, store } = gateway;
    const { ApiId } = await call('ImportApi', { Body: documentOf('/a') });
    await call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true });
    const before = [await call('GetApi', { ApiId }), await routesOf(gateway, ApiId), store.revision()];
    for (const [Body, code] of [
      [documentOf('/b', '/c/'), 'BadRequestException'],
      [documentOf('/b').replace('aws_proxy', 'aws'), 'BadRequestException'],
      ['{', 'BadRequestException'],
    ] as const) {
      await assert.rejects(call('ReimportApi', { ApiId, Body }), awsError(code, /At|JSON/));
      assert.deepEqual([await call('GetApi', { ApiId }), await routesOf(gateway, ApiId), store.revision()], before);
    }
  });

  test('warnings and information are those of the last import', async () => {
    const { call } = gatewayUnderTest();
    const { ApiId } = await call('ImportApi', { Body: documentOf('/a').replace('      responses: {}\n', '') });
    const api = await call('ReimportApi', { ApiId, Body: documentOf('/a') });
    assert.equal(api.Warnings, undefined);
    assert.equal((await call('GetApi', { ApiId })).Warnings, undefined);
  });

  test('NotFoundException for an API that is not there', async () => {
    await assert.rejects(
      gatewayUnderTest().call('ReimportApi', { ApiId: 'none', Body: petstore }),
      awsError('NotFoundException', 'Invalid API identifier specified 000000000000:none'),
    );
  });
});
