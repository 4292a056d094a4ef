import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, caller, functionArn, gatewayUnderTest, onTheWire } from './gateway-under-test.ts';
import type { Input } from './service.ts';

type Sent = Omit<Input<'CreateStage'>, 'ApiId' | 'StageName'>;

const text = (length: number) => 'v'.repeat(length);

describe('CreateStage › 201', () => {
  test('answers exactly the recorded members of a fresh manual stage', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const stage = await call('CreateStage', { ApiId, StageName: 'dev', AutoDeploy: false });
    const recorded = JSON.parse(
      '{"createdDate":"2026-11-23T02:15:30+00:00","defaultRouteSettings":{"detailedMetricsEnabled":false},"lastUpdatedDate":"2026-11-23T02:15:30+00:00","routeSettings":{},"stageName":"dev","stageVariables":{},"tags":{}}',
    );
    assert.deepEqual(onTheWire(stage), recorded);
    assert.deepEqual(Object.keys(onTheWire(stage)), Object.keys(recorded));
    assert.deepEqual(await call('GetStage', { ApiId, StageName: 'dev' }), stage);
  });

  test('with autoDeploy: the answer has no deployment yet, GetStage has it and says so', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /');
    const created = await call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true });
    assert.equal(created.AutoDeploy, true);
    assert.ok(!Object.hasOwn(created, 'DeploymentId') && !Object.hasOwn(created, 'LastDeploymentStatusMessage'));
    const read = await call('GetStage', { ApiId, StageName: '$default' });
    assert.match(read.DeploymentId ?? '', /^[a-z0-9]{6}$/);
    assert.equal(read.LastDeploymentStatusMessage, `Successfully deployed stage with deployment ID '${read.DeploymentId}'`);
  });

  test('with autoDeploy on an API without routes: the stage is there, nothing is deployed, and it says why', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    await call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true });
    const stage = await call('GetStage', { ApiId, StageName: '$default' });
    assert.equal(stage.LastDeploymentStatusMessage, 'Unable to deploy API because no routes exist in this API');
    assert.ok(!Object.hasOwn(stage, 'DeploymentId'));
  });

  test('with throttles, variables, tags and a deployment', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /orders/{orderId}');
    const { DeploymentId } = await call('CreateDeployment', { ApiId });
    const stage = await call('CreateStage', {
      ApiId,
      StageName: 'dev',
      DeploymentId,
      Description: 'the stage',
      DefaultRouteSettings: { DetailedMetricsEnabled: true, ThrottlingBurstLimit: 50, ThrottlingRateLimit: 25.5 },
      RouteSettings: { 'GET /orders/{orderId}': { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 2000 } },
      StageVariables: { backend: 'blue', none: '' },
      Tags: { team: 'north' },
    });
    assert.deepEqual(onTheWire(stage), {
      createdDate: '2026-11-23T02:15:30+00:00',
      defaultRouteSettings: { detailedMetricsEnabled: true, throttlingBurstLimit: 50, throttlingRateLimit: 25.5 },
      deploymentId: DeploymentId,
      description: 'the stage',
      lastUpdatedDate: '2026-11-23T02:15:30+00:00',
      routeSettings: { 'GET /orders/{orderId}': { throttlingBurstLimit: 100, throttlingRateLimit: 2000 } },
      stageName: 'dev',
      stageVariables: { backend: 'blue' },
      tags: { team: 'north' },
    });
  });

  for (const StageName of ['$default', 'a', 'v1_2-3', text(128), '__proto__']) {
    test(`takes the name ${StageName.slice(0, 20)}`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      await call('CreateStage', { ApiId, StageName });
      assert.equal((await call('GetStage', { ApiId, StageName })).StageName, StageName);
    });
  }
});

describe('CreateStage › BadRequestException', () => {
  for (const StageName of ['', 'a/b', 'a b', '$other', 'ä', 'a.b', '%41', text(129), undefined]) {
    test(`the name ${JSON.stringify(StageName?.slice(0, 20))}`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes();
      await assert.rejects(
        call('CreateStage', { ApiId, StageName }),
        awsError('BadRequestException', 'Stage name only allows a-zA-Z0-9_'),
      );
    });
  }

  const logs = 'Execution logs are not supported on protocolType HTTP';
  const rows: readonly { desc: string; input: Sent; message: string | RegExp }[] = [
    { desc: 'execution logs', input: { DefaultRouteSettings: { LoggingLevel: 'INFO' } }, message: logs },
    { desc: 'data trace', input: { RouteSettings: { 'GET /a': { DataTraceEnabled: true } } }, message: logs },
    { desc: 'a negative rate', input: { DefaultRouteSettings: { ThrottlingRateLimit: -1 } }, message: /ThrottlingRateLimit/ },
    { desc: 'no number', input: { DefaultRouteSettings: { ThrottlingRateLimit: Number.NaN } }, message: /ThrottlingRateLimit/ },
    {
      desc: 'a burst beyond 32 bits',
      input: { DefaultRouteSettings: { ThrottlingBurstLimit: 2 ** 31 } },
      message: /whole number/,
    },
    { desc: 'half a burst', input: { DefaultRouteSettings: { ThrottlingBurstLimit: 1.5 } }, message: /whole number/ },
    { desc: 'a variable name', input: { StageVariables: { 'a-b': 'x' } }, message: /stage variable name "a-b"/ },
    { desc: 'a long variable name', input: { StageVariables: { [text(65)]: 'x' } }, message: /stage variable name/ },
    { desc: 'a variable value', input: { StageVariables: { a: 'x y' } }, message: /stage variable a/ },
    { desc: 'a long value', input: { StageVariables: { a: text(513) } }, message: /stage variable a/ },
    {
      desc: 'too many variables',
      input: { StageVariables: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`v${index}`, 'x'])) },
      message: /a stage can have 100 and this one would have 101/,
    },
    { desc: 'a client certificate', input: { ClientCertificateId: 'abc' }, message: /ClientCertificateId is not supported/ },
    { desc: 'a long description', input: { Description: text(1025) }, message: /Description/ },
    {
      desc: 'a deployment beside autoDeploy',
      input: { AutoDeploy: true, DeploymentId: 'abc' },
      message: /^Deployment ID cannot be set on stage .* because AutoDeploy is enabled$/,
    },
  ];
  for (const { desc, input, message } of rows) {
    test(`${desc}; nothing is kept`, async () => {
      const { call, apiWithRoutes } = gatewayUnderTest();
      const ApiId = await apiWithRoutes('GET /a');
      await assert.rejects(call('CreateStage', { ApiId, StageName: 'dev', ...input }), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetStages', { ApiId })).Items, []);
    });
  }
});

describe('CreateStage › ConflictException, NotFoundException, quota', () => {
  test('a name exists once', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    await call('CreateStage', { ApiId, StageName: 'dev' });
    await assert.rejects(call('CreateStage', { ApiId, StageName: 'dev' }), awsError('ConflictException', 'Stage already exists'));
  });

  test('settings of a route that is not there; a deployment that is not there', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    await assert.rejects(
      call('CreateStage', { ApiId, StageName: 'dev', RouteSettings: { 'GET /some-route': {} } }),
      awsError('NotFoundException', 'Unable to find Route by key GET /some-route within the provided RouteSettings'),
    );
    await assert.rejects(
      call('CreateStage', { ApiId, StageName: 'dev', DeploymentId: 'abcdef' }),
      awsError('NotFoundException', 'Invalid Deployment identifier specified abcdef'),
    );
  });

  test('ten stages and no more', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    for (let index = 0; index < 10; index++) await call('CreateStage', { ApiId, StageName: `s${index}` });
    await assert.rejects(call('CreateStage', { ApiId, StageName: 's10' }), awsError('TooManyRequestsException', /Stages/));
  });
});

describe('UpdateStage › 200', () => {
  test('changes what is sent; "" removes a variable; settings merge member by member', async () => {
    const { call, apiWithRoutes, later } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a', 'GET /b');
    await call('CreateStage', {
      ApiId,
      StageName: 'dev',
      StageVariables: { a: '1', b: '2' },
      RouteSettings: { 'GET /a': { ThrottlingBurstLimit: 1 } },
      Description: 'd',
    });
    later(60);
    const stage = await call('UpdateStage', {
      ApiId,
      StageName: 'dev',
      StageVariables: { a: '', c: '3' },
      DefaultRouteSettings: { ThrottlingRateLimit: 5 },
      RouteSettings: { 'GET /a': { ThrottlingRateLimit: 2 }, 'GET /b': { DetailedMetricsEnabled: true } },
      AccessLogSettings: {},
    });
    assert.deepEqual(onTheWire(stage), {
      createdDate: '2026-11-23T02:15:30+00:00',
      defaultRouteSettings: { detailedMetricsEnabled: false, throttlingRateLimit: 5 },
      description: 'd',
      lastUpdatedDate: '2026-11-23T02:16:30+00:00',
      routeSettings: {
        'GET /a': { throttlingBurstLimit: 1, throttlingRateLimit: 2 },
        'GET /b': { detailedMetricsEnabled: true },
      },
      stageName: 'dev',
      stageVariables: { b: '2', c: '3' },
      tags: {},
    });
    assert.deepEqual(await call('GetStage', { ApiId, StageName: 'dev' }), stage);
  });

  test('autoDeploy switched on deploys at once; switched off leaves what is live', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    await call('CreateStage', { ApiId, StageName: 'dev' });
    const on = await call('UpdateStage', { ApiId, StageName: 'dev', AutoDeploy: true });
    assert.equal(on.AutoDeploy, true);
    assert.notEqual(on.DeploymentId, undefined);
    const off = await call('UpdateStage', { ApiId, StageName: 'dev', AutoDeploy: false });
    assert.ok(!Object.hasOwn(off, 'AutoDeploy'));
    assert.equal(off.DeploymentId, on.DeploymentId);
    await call('CreateRoute', { ApiId, RouteKey: 'GET /b' });
    assert.equal((await call('GetStage', { ApiId, StageName: 'dev' })).DeploymentId, on.DeploymentId);
  });

  test('settings of a stage that follows the API change without a new deployment', async () => {
    const { call } = gatewayUnderTest();
    const { ApiId } = await call('CreateApi', { Name: 'q', ProtocolType: 'HTTP', Target: functionArn });
    const before = await call('GetStage', { ApiId, StageName: '$default' });
    const after = await call('UpdateStage', { ApiId, StageName: '$default', StageVariables: { a: '1' } });
    assert.equal(after.DeploymentId, before.DeploymentId);
  });

  test('moves to a deployment by hand, unless the stage deploys itself', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    const { DeploymentId } = await call('CreateDeployment', { ApiId });
    await call('CreateStage', { ApiId, StageName: 'dev', AutoDeploy: true });
    await assert.rejects(
      call('UpdateStage', { ApiId, StageName: 'dev', DeploymentId }),
      awsError('BadRequestException', /AutoDeploy is enabled/),
    );
    const stage = await call('UpdateStage', { ApiId, StageName: 'dev', DeploymentId, AutoDeploy: false });
    assert.equal(stage.DeploymentId, DeploymentId);
    assert.ok(!Object.hasOwn(stage, 'LastDeploymentStatusMessage'));
    await assert.rejects(
      call('UpdateStage', { ApiId, StageName: 'dev', DeploymentId: 'nosuch' }),
      awsError('NotFoundException', 'Invalid Deployment identifier specified nosuch'),
    );
  });
});

describe('DeleteRouteSettings, DeleteAccessLogSettings, DeleteStage', () => {
  test('204 for settings that are there, 404 for a key that is not', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes('GET /a');
    const RouteSettings = { 'GET /a': { ThrottlingBurstLimit: 1 } };
    await call('CreateStage', { ApiId, StageName: 'dev', RouteSettings });
    const at = { ApiId, StageName: 'dev', RouteKey: 'GET /a' };
    assert.deepEqual(await call('DeleteRouteSettings', at), {});
    assert.deepEqual((await call('GetStage', at)).RouteSettings, {});
    await assert.rejects(
      call('DeleteRouteSettings', at),
      awsError('NotFoundException', 'Unable to find Route by key GET /a within the provided RouteSettings'),
    );
    assert.deepEqual(await call('DeleteAccessLogSettings', at), {});
    assert.deepEqual(await call('DeleteStage', at), {});
  });

  test('NotFoundException for a stage that is not there', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const missing = awsError('NotFoundException', 'Invalid stage identifier specified');
    const at = { ApiId, StageName: 'nosuch', RouteKey: 'GET /' };
    await assert.rejects(call('GetStage', at), missing);
    await assert.rejects(call('UpdateStage', at), missing);
    await assert.rejects(call('DeleteStage', at), missing);
    await assert.rejects(call('DeleteRouteSettings', at), missing);
    await assert.rejects(call('DeleteAccessLogSettings', at), missing);
  });
});

describe('tags', () => {
  test('of an API and of a stage: add, replace, remove, read', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    await call('CreateStage', { ApiId, StageName: '$default', Tags: { a: '1' } });
    for (const ResourceArn of [
      `arn:aws:apigateway:eu-west-1::/apis/${ApiId}`,
      `arn:aws:apigateway:eu-west-1::/apis/${ApiId}/stages/$default`,
    ]) {
      assert.deepEqual(await call('TagResource', { ResourceArn, Tags: { a: '2', b: '3', ['__proto__']: 'p' } }), {});
      assert.deepEqual(Object.entries((await call('GetTags', { ResourceArn })).Tags ?? {}).sort(), [
        ['__proto__', 'p'],
        ['a', '2'],
        ['b', '3'],
      ]);
      assert.deepEqual(await call('UntagResource', { ResourceArn, TagKeys: ['a', 'never', '__proto__'] }), {});
      assert.deepEqual(await call('GetTags', { ResourceArn }), { Tags: { b: '3' } });
    }
    assert.deepEqual((await call('GetApi', { ApiId })).Tags, { b: '3' });
    assert.deepEqual((await call('GetStage', { ApiId, StageName: '$default' })).Tags, { b: '3' });
  });

  test('NotFoundException and BadRequestException', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const arn = `arn:aws:apigateway:eu-west-1::/apis/${ApiId}`;
    await assert.rejects(call('GetTags', { ResourceArn: 'x' }), awsError('BadRequestException', /ResourceArn/));
    for (const ResourceArn of [
      `${arn}x`,
      `${arn}/stages/dev`,
      arn.replace('eu-west', 'us-east'),
      `${arn}/routes/abc`,
      arn.replace('apis', 'restapis'),
    ]) {
      await assert.rejects(
        call('GetTags', { ResourceArn }),
        awsError('NotFoundException', /^Invalid (API|stage|resource) identifier/),
      );
    }
    await assert.rejects(
      call('GetTags', { ResourceArn: arn }, { ...caller, account: '111111111111' }),
      awsError('NotFoundException', /API/),
    );
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, '']));
    await assert.rejects(call('TagResource', { ResourceArn: arn, Tags: many }), awsError('BadRequestException', /50/));
    const bad: Record<string, string>[] = [{ 'aws:a': 'b' }, { '': 'b' }, { [text(129)]: 'b' }, { a: text(257) }];
    for (const Tags of bad) {
      await assert.rejects(call('TagResource', { ResourceArn: arn, Tags }), awsError('BadRequestException', /tag/));
    }
    assert.deepEqual(await call('GetTags', { ResourceArn: arn }), { Tags: {} });
  });
});
