import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DocumentKey } from '../../store/store.ts';
import { loadDeployedStagesOf } from './documents.ts';
import { awsError, caller, functionArn, gatewayUnderTest, onTheWire } from './gateway-under-test.ts';
import type { Input } from './service.ts';

const scope = { account: caller.account, region: caller.region };
const http = { Name: 'orders', ProtocolType: 'HTTP' } as const;

describe('CreateApi › 201', () => {
  test('answers exactly the recorded members of a plain HTTP API', async () => {
    const { call } = gatewayUnderTest();
    const api = await call('CreateApi', http);
    assert.match(api.ApiId ?? '', /^[a-z0-9]{10}$/);
    const recorded = JSON.parse(
      '{"apiEndpoint":"https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com","apiId":"a1b2c3d4e5","apiKeySelectionExpression":"$request.header.x-api-key","createdDate":"2026-11-23T02:15:30+00:00","disableExecuteApiEndpoint":false,"ipAddressType":"ipv4","name":"orders","protocolType":"HTTP","routeSelectionExpression":"$request.method $request.path","tags":{}}'.replaceAll(
        'a1b2c3d4e5',
        api.ApiId ?? '',
      ),
    );
    assert.deepEqual(onTheWire(api), recorded);
    assert.deepEqual(Object.keys(onTheWire(api)), Object.keys(recorded), 'alphabetical, as recorded');
    assert.deepEqual(await call('GetApi', { ApiId: api.ApiId }), api);
  });

  test('keeps CORS, version, description and tags', async () => {
    const { call } = gatewayUnderTest();
    const { ApiId } = await call('CreateApi', {
      ...http,
      CorsConfiguration: {
        AllowCredentials: false,
        AllowHeaders: ['content-type'],
        AllowMethods: ['GET', 'OPTIONS'],
        AllowOrigins: ['https://shop.example'],
        ExposeHeaders: ['x-total'],
        MaxAge: 300,
      },
      Description: 'order desk',
      Version: 'v1.0',
      Tags: { team: 'north' },
    });
    const recorded = JSON.parse(
      '{"apiEndpoint":"https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com","apiId":"a1b2c3d4e5","apiKeySelectionExpression":"$request.header.x-api-key","corsConfiguration":{"allowCredentials":false,"allowHeaders":["content-type"],"allowMethods":["GET","OPTIONS"],"allowOrigins":["https://shop.example"],"exposeHeaders":["x-total"],"maxAge":300},"createdDate":"2026-11-23T02:15:30+00:00","description":"order desk","disableExecuteApiEndpoint":false,"ipAddressType":"ipv4","name":"orders","protocolType":"HTTP","routeSelectionExpression":"$request.method $request.path","tags":{"team":"north"},"version":"v1.0"}'.replaceAll(
        'a1b2c3d4e5',
        ApiId ?? '',
      ),
    );
    assert.deepEqual(onTheWire(await call('GetApi', { ApiId })), recorded);
  });

  for (const tag of ['_custom_id_', 'floci:override-id', 'ms-custom-id']) {
    test(`takes the id the tag ${tag} asks for`, async () => {
      const { call } = gatewayUnderTest({ apiEndpoint: (_scope, apiId) => `http://${apiId}.execute-api.localhost:8080` });
      const api = await call('CreateApi', { ...http, Tags: { [tag]: 'my-api' } });
      assert.equal(api.ApiId, 'my-api');
      assert.equal(api.ApiEndpoint, 'http://my-api.execute-api.localhost:8080');
      assert.deepEqual(api.Tags, { [tag]: 'my-api' });
    });
  }

  test('the same name twice makes two APIs, each region its own', async () => {
    const { call } = gatewayUnderTest();
    const elsewhere = { ...caller, region: 'us-east-1' };
    const one = await call('CreateApi', http);
    const two = await call('CreateApi', http);
    const three = await call('CreateApi', http, elsewhere);
    assert.equal(new Set([one.ApiId, two.ApiId, three.ApiId]).size, 3);
    assert.equal((await call('GetApis', {})).Items?.length, 2);
    assert.equal((await call('GetApis', {}, elsewhere)).Items?.length, 1);
    await assert.rejects(
      call('GetApi', { ApiId: one.ApiId }, elsewhere),
      awsError('NotFoundException', /Invalid API identifier/),
    );
  });
});

describe('CreateApi › quick create', () => {
  test('a function ARN makes integration, $default route and a live $default stage, all managed', async () => {
    const { call, store } = gatewayUnderTest();
    const { ApiId = '' } = await call('CreateApi', { ...http, Target: functionArn });
    const [integration] = (await call('GetIntegrations', { ApiId })).Items ?? [];
    const [route] = (await call('GetRoutes', { ApiId })).Items ?? [];
    const [stage] = (await call('GetStages', { ApiId })).Items ?? [];
    const [deployment] = (await call('GetDeployments', { ApiId })).Items ?? [];
    assert.deepEqual(onTheWire(integration ?? {}), {
      apiGatewayManaged: true,
      connectionType: 'INTERNET',
      integrationId: integration?.IntegrationId,
      integrationMethod: 'POST',
      integrationType: 'AWS_PROXY',
      integrationUri: functionArn,
      payloadFormatVersion: '2.0',
      timeoutInMillis: 30000,
    });
    assert.deepEqual(onTheWire(route ?? {}), {
      apiGatewayManaged: true,
      apiKeyRequired: false,
      authorizationType: 'NONE',
      routeId: route?.RouteId,
      routeKey: '$default',
      target: `integrations/${integration?.IntegrationId}`,
    });
    assert.deepEqual(onTheWire(stage ?? {}), {
      apiGatewayManaged: true,
      autoDeploy: true,
      createdDate: '2026-11-23T02:15:30+00:00',
      defaultRouteSettings: { detailedMetricsEnabled: false },
      deploymentId: deployment?.DeploymentId,
      lastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deployment?.DeploymentId}'`,
      lastUpdatedDate: '2026-11-23T02:15:30+00:00',
      routeSettings: {},
      stageName: '$default',
      stageVariables: {},
      tags: {},
    });
    const [live] = await loadDeployedStagesOf(store, scope, ApiId);
    assert.deepEqual(
      live?.snapshot.routes.map(({ routeKey }) => routeKey),
      ['$default'],
    );
  });

  test('a URL makes an HTTP_PROXY integration, and RouteKey its route', async () => {
    const { call } = gatewayUnderTest();
    const { ApiId } = await call('CreateApi', { ...http, Target: 'https://backend.example/x', RouteKey: 'GET /pets' });
    const [integration] = (await call('GetIntegrations', { ApiId })).Items ?? [];
    assert.deepEqual(
      [
        integration?.IntegrationType,
        integration?.IntegrationMethod,
        integration?.PayloadFormatVersion,
        integration?.IntegrationUri,
      ],
      ['HTTP_PROXY', 'ANY', '1.0', 'https://backend.example/x'],
    );
    assert.equal((await call('GetRoutes', { ApiId })).Items?.[0]?.RouteKey, 'GET /pets');
  });

  test('UpdateApi changes the target and the route key in place, and deploys', async () => {
    const { call, store } = gatewayUnderTest();
    const { ApiId = '' } = await call('CreateApi', { ...http, Target: functionArn });
    await call('UpdateApi', { ApiId, Target: 'http://127.0.0.1:3000', RouteKey: 'ANY /{proxy+}' });
    const [live] = await loadDeployedStagesOf(store, scope, ApiId);
    assert.deepEqual(
      live?.snapshot.integrations.map((integration) => [
        integration.integrationType,
        'integrationUri' in integration ? integration.integrationUri : undefined,
        integration.apiGatewayManaged,
      ]),
      [['HTTP_PROXY', 'http://127.0.0.1:3000', true]],
    );
    assert.deepEqual(
      live?.snapshot.routes.map(({ routeKey }) => routeKey),
      ['ANY /{proxy+}'],
    );
  });
});

test('quick create › credentials are those of the integration, and UpdateApi changes them', async () => {
  const { call } = gatewayUnderTest();
  const role = 'arn:aws:iam::111122223333:role/gateway';
  const { ApiId = '' } = await call('CreateApi', { ...http, Target: functionArn, CredentialsArn: role });
  const kept = async () => {
    const { Items = [] } = await call('GetIntegrations', { ApiId });
    return Items.map(({ CredentialsArn, IntegrationUri }) => [CredentialsArn, IntegrationUri]);
  };
  assert.deepEqual(await kept(), [[role, functionArn]]);
  await call('UpdateApi', { ApiId, CredentialsArn: `${role}-2` });
  assert.deepEqual(await kept(), [[`${role}-2`, functionArn]]);
  await call('UpdateApi', { ApiId, Target: `${functionArn}:live` });
  assert.deepEqual(await kept(), [[`${role}-2`, `${functionArn}:live`]]);
});

test('CreateApi › apiEndpoint in the China partition', async () => {
  const { call } = gatewayUnderTest();
  const { ApiEndpoint, ApiId } = await call('CreateApi', http, { ...caller, region: 'cn-north-1' });
  assert.equal(ApiEndpoint, `https://${ApiId}.execute-api.cn-north-1.amazonaws.com.cn`);
});

describe('CreateApi › BadRequestException', () => {
  const rows: readonly { desc: string; input: Partial<Input<'CreateApi'>>; message: string | RegExp }[] = [
    {
      desc: 'unknown protocol',
      input: { ProtocolType: 'REST' as 'HTTP' },
      message: 'Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]',
    },
    { desc: 'empty name', input: { Name: '' }, message: 'Invalid API name specified' },
    { desc: 'name too long', input: { Name: 'n'.repeat(129) }, message: /Name/ },
    { desc: 'description too long', input: { Description: 'd'.repeat(1025) }, message: /Description/ },
    {
      desc: 'CORS with credentials and any origin',
      input: { CorsConfiguration: { AllowCredentials: true, AllowOrigins: ['*'] } },
      message: "allow-credentials is not supported if 'allow-origin' is *",
    },
    {
      desc: 'an origin with a path',
      input: { CorsConfiguration: { AllowOrigins: ['https://a.example/x'] } },
      message: /allow-origin/,
    },
    { desc: 'no method', input: { CorsConfiguration: { AllowMethods: ['FETCH'] } }, message: /allow-method/ },
    {
      desc: 'a header with a line break',
      input: { CorsConfiguration: { AllowHeaders: ['a\r\nb: c'] } },
      message: /allow-header/,
    },
    {
      desc: 'an exposed header with a space',
      input: { CorsConfiguration: { ExposeHeaders: ['a b'] } },
      message: /expose-header/,
    },
    { desc: 'max-age too long', input: { CorsConfiguration: { MaxAge: 86_401 } }, message: /max-age/ },
    {
      desc: 'another route selection',
      input: { RouteSelectionExpression: '$request.body.action' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's notation, not a template
      message: 'Route selection expression is currently limited to "${request.method} ${request.path}"',
    },
    { desc: 'another key selection', input: { ApiKeySelectionExpression: '$request.header.key' }, message: /apiKeySelection/ },
    { desc: 'a route key without target', input: { RouteKey: 'GET /x' }, message: /needs a Target/ },
    { desc: 'credentials without target', input: { CredentialsArn: 'arn:aws:iam::1:role/a' }, message: /needs a Target/ },
    { desc: 'credentials of nobody', input: { Target: functionArn, CredentialsArn: 'a' }, message: /Invalid ARN/ },
    { desc: 'a target that is nothing', input: { Target: 'orders' }, message: 'Invalid function ARN or invalid uri' },
    { desc: 'a target that is no URL', input: { Target: 'http://' }, message: 'Invalid HTTP endpoint specified for URI' },
    { desc: 'a bad quick-create key', input: { Target: functionArn, RouteKey: '/pets' }, message: /route key is not formatted/ },
    { desc: 'a chosen id that cannot be a host name', input: { Tags: { _custom_id_: 'My.Api' } }, message: /host name/ },
    { desc: 'a reserved tag', input: { Tags: { 'aws:x': 'y' } }, message: /reserved/ },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc}; nothing is kept`, async () => {
      const { call, store } = gatewayUnderTest();
      await assert.rejects(call('CreateApi', { ...http, ...input }), awsError('BadRequestException', message));
      assert.equal(store.revision(), 0);
    });
  }
});

describe('CreateApi › ConflictException and quota', () => {
  test('a chosen id exists once, whatever the region', async () => {
    const { call } = gatewayUnderTest();
    const chosen = { ...http, Tags: { _custom_id_: 'mine' } };
    await call('CreateApi', chosen);
    for (const by of [caller, { ...caller, region: 'us-east-1' }]) {
      await assert.rejects(call('CreateApi', chosen, by), awsError('ConflictException', /mine exists in account .* eu-west-1/));
    }
  });

  test('TooManyRequestsException when the region is full', async () => {
    const { call } = gatewayUnderTest({ quotas: { apisPerRegion: 2 } });
    await call('CreateApi', http);
    await call('CreateApi', http);
    await assert.rejects(call('CreateApi', http), awsError('TooManyRequestsException', /Maximum number of Apis/));
  });
});

describe('GetApis › 200', () => {
  test('pages through everything once; the last page has no NextToken', async () => {
    const { call } = gatewayUnderTest();
    for (let index = 0; index < 7; index++) await call('CreateApi', http);
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined;
    let pages = 0;
    do {
      const page = await call('GetApis', { MaxResults: '3', NextToken });
      seen.push(...(page.Items ?? []).map((api) => api.ApiId));
      assert.equal('NextToken' in page, page.NextToken !== undefined);
      NextToken = page.NextToken;
      pages += 1;
    } while (NextToken !== undefined);
    assert.equal(pages, 3);
    assert.equal(new Set(seen).size, 7);
    assert.deepEqual(await gatewayUnderTest().call('GetApis', {}), { Items: [] });
  });

  test('BadRequestException for a token that is not of this list, and for a bad number', async () => {
    const { call } = gatewayUnderTest();
    for (let index = 0; index < 3; index++) await call('CreateApi', http);
    const { NextToken } = await call('GetApis', { MaxResults: '1' });
    const ApiId = (await call('GetApis', {})).Items?.[0]?.ApiId;
    for (const bad of ['x', 'bm90IGpzb24', Buffer.from('["a"]').toString('base64url'), Buffer.from('{}').toString('base64url')]) {
      await assert.rejects(call('GetApis', { NextToken: bad }), awsError('BadRequestException', /nextToken/));
    }
    await assert.rejects(call('GetRoutes', { ApiId, NextToken }), awsError('BadRequestException', /nextToken/));
    await assert.rejects(
      call('GetApis', { NextToken }, { ...caller, region: 'us-east-1' }),
      awsError('BadRequestException', /nextToken/),
    );
    for (const MaxResults of ['0', '-1', 'ten', '1.5', '9'.repeat(30)]) {
      await assert.rejects(call('GetApis', { MaxResults }), awsError('BadRequestException', /maxResults/));
    }
    assert.equal((await call('GetApis', { MaxResults: '9999' })).Items?.length, 3);
  });
});

describe('UpdateApi › 200', () => {
  test('replaces what is sent and leaves the rest; CORS goes only with DeleteCorsConfiguration', async () => {
    const { call } = gatewayUnderTest();
    const created = await call('CreateApi', {
      ...http,
      Description: 'old',
      Version: '1',
      CorsConfiguration: { AllowOrigins: ['*'], MaxAge: 5 },
    });
    const { ApiId } = created;
    const renamed = await call('UpdateApi', { ApiId, Name: 'new' });
    assert.deepEqual(renamed, { ...created, Name: 'new' });
    const cors = await call('UpdateApi', { ApiId, CorsConfiguration: { AllowOrigins: ['https://a.example'] } });
    assert.deepEqual(cors.CorsConfiguration, { AllowCredentials: false, AllowOrigins: ['https://a.example'] });
    const cleared = await call('UpdateApi', { ApiId, Description: '', Version: '', DisableExecuteApiEndpoint: true });
    assert.ok(!Object.hasOwn(cleared, 'Description') && !Object.hasOwn(cleared, 'Version'));
    assert.equal(cleared.DisableExecuteApiEndpoint, true);
    assert.notEqual(cleared.CorsConfiguration, undefined);
    assert.deepEqual(await call('DeleteCorsConfiguration', { ApiId }), {});
    assert.ok(!Object.hasOwn(await call('GetApi', { ApiId }), 'CorsConfiguration'));
    assert.deepEqual(await call('DeleteCorsConfiguration', { ApiId }), {}, 'deleting what is not there is fine');
  });

  test('CORS keeps header names in lower case and methods as they were sent', async () => {
    const { call } = gatewayUnderTest();
    const CorsConfiguration = {
      AllowHeaders: ['X-Mine', 'Authorization'],
      AllowMethods: ['GET', 'put'],
      ExposeHeaders: ['X-Total'],
    };
    const shown = {
      AllowCredentials: false,
      AllowHeaders: ['x-mine', 'authorization'],
      AllowMethods: ['GET', 'put'],
      ExposeHeaders: ['x-total'],
    };
    const { ApiId, CorsConfiguration: created } = await call('CreateApi', { ...http, CorsConfiguration });
    assert.deepEqual(created, shown);
    assert.deepEqual((await call('UpdateApi', { ApiId, CorsConfiguration })).CorsConfiguration, shown);
    assert.deepEqual((await call('GetApi', { ApiId })).CorsConfiguration, shown);
  });

  test('BadRequestException for a target on an API that was not quick-created', async () => {
    const { call } = gatewayUnderTest();
    const { ApiId } = await call('CreateApi', http);
    await assert.rejects(call('UpdateApi', { ApiId, Target: functionArn }), awsError('BadRequestException', /quick create/));
    const CredentialsArn = 'arn:aws:iam::111122223333:role/gateway';
    await assert.rejects(call('UpdateApi', { ApiId, CredentialsArn }), awsError('BadRequestException', /quick create/));
    await assert.rejects(call('UpdateApi', { ApiId, RouteKey: 'GET /x' }), awsError('BadRequestException', /quick create/));
  });
});

describe('DeleteApi › 204', () => {
  test('takes everything under the API with it and nothing else', async () => {
    const { call, store } = gatewayUnderTest();
    const kept = await call('CreateApi', { ...http, Target: functionArn });
    const before = await allKeys();
    const { ApiId } = await call('CreateApi', { ...http, Target: functionArn });
    assert.deepEqual(await call('DeleteApi', { ApiId }), {});
    assert.deepEqual(await allKeys(), before);
    assert.ok(before.length >= 6 && kept.ApiId !== undefined);
    await assert.rejects(
      call('GetStages', { ApiId }),
      awsError('NotFoundException', `Invalid API identifier specified 000000000000:${ApiId}`),
    );

    async function allKeys(): Promise<DocumentKey[]> {
      const kinds = ['api', 'route', 'integration', 'stage', 'deployment', 'snapshot'].map((noun) => `apigatewayv2/${noun}`);
      return (await Promise.all(kinds.map((kind) => store.scan(kind)))).flat().map(({ key }) => key);
    }
  });
});

describe('every operation on an API › NotFoundException', () => {
  test('names the id, also when the id could not exist', async () => {
    const { call } = gatewayUnderTest();
    for (const ApiId of ['nosuchapi1', 'NOSUCHAPI1', '', 'a\0b', '\ud800', '__proto__']) {
      const missing = awsError('NotFoundException', `Invalid API identifier specified 000000000000:${ApiId}`);
      await assert.rejects(call('GetApi', { ApiId }), missing);
      await assert.rejects(call('UpdateApi', { ApiId }), missing);
      await assert.rejects(call('DeleteApi', { ApiId }), missing);
      await assert.rejects(call('DeleteCorsConfiguration', { ApiId }), missing);
      await assert.rejects(call('GetRoutes', { ApiId }), missing);
      await assert.rejects(call('CreateRoute', { ApiId, RouteKey: 'GET /' }), missing);
      await assert.rejects(call('CreateStage', { ApiId, StageName: 's' }), missing);
      await assert.rejects(call('CreateDeployment', { ApiId }), missing);
      await assert.rejects(
        call('CreateIntegration', { ApiId, IntegrationType: 'HTTP_PROXY', IntegrationUri: 'http://a.example' }),
        missing,
      );
    }
  });
});
