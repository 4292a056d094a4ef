import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scope } from '../../model/scope.ts';
import { loadDeployedRestStagesOf } from './documents.ts';
import { awsError, caller, gatewayUnderTest } from './gateway-under-test.ts';
import type { ApiGatewayOptions } from './operations.ts';
import type { Input } from './service.ts';

const scope: Scope = { account: caller.account, region: caller.region };

async function deployed(options: Partial<ApiGatewayOptions> = {}) {
  const gateway = gatewayUnderTest(options);
  const names = await gateway.mockApi();
  const { restApiId } = names;
  const { id: deploymentId } = await gateway.call('CreateDeployment', { restApiId });
  await gateway.call('CreateStage', { restApiId, stageName: 'dev', deploymentId, variables: { a: '1', b: '2' } });
  const update = (...patchOperations: NonNullable<Input<'UpdateStage'>['patchOperations']>) =>
    gateway.call('UpdateStage', { restApiId, stageName: 'dev', patchOperations });
  return { ...gateway, names, restApiId, deploymentId: deploymentId as string, update };
}

describe('a deployment', () => {
  test('freezes the definition: what is changed later is not in it', async () => {
    const { call, store, names, restApiId, deploymentId } = await deployed();
    await call('DeleteMethod', names);
    const [live] = await loadDeployedRestStagesOf(store, scope, restApiId);
    assert.deepEqual(
      live?.snapshot.methods.map(({ httpMethod }) => httpMethod),
      ['GET'],
    );
    assert.equal(live?.snapshot.deploymentId, deploymentId);
    assert.deepEqual(
      live?.snapshot.models.map(({ name }) => name),
      ['Empty', 'Error'],
    );
    assert.equal(live?.stage.stageName, 'dev');
  });

  test('makes the stage that it names, or points it at itself', async () => {
    const { call, restApiId } = await deployed();
    const first = await call('CreateDeployment', {
      restApiId,
      stageName: 'prod',
      stageDescription: 'live',
      variables: { x: 'y' },
    });
    const made = await call('GetStage', { restApiId, stageName: 'prod' });
    assert.deepEqual([made.deploymentId, made.description, made.variables], [first.id, 'live', { x: 'y' }]);
    const second = await call('CreateDeployment', { restApiId, stageName: 'prod' });
    const moved = await call('GetStage', { restApiId, stageName: 'prod' });
    assert.deepEqual([moved.deploymentId, moved.description, moved.variables], [second.id, 'live', { x: 'y' }]);
  });

  test('shows its methods when asked to embed them', async () => {
    const { call, restApiId, deploymentId } = await deployed();
    assert.equal((await call('GetDeployment', { restApiId, deploymentId })).apiSummary, undefined);
    const { apiSummary } = await call('GetDeployment', { restApiId, deploymentId, embed: ['apisummary'] });
    assert.deepEqual(apiSummary, { '/': { GET: { authorizationType: 'NONE', apiKeyRequired: false } } });
  });

  test('stays while a stage or its canary points at it', async () => {
    const { call, restApiId, deploymentId, update } = await deployed();
    const { id: next } = await call('CreateDeployment', { restApiId });
    await update({ op: 'replace', path: '/canarySettings/deploymentId', value: next });
    const active = awsError('BadRequestException', 'Active stages pointing to this deployment must be moved or deleted');
    for (const id of [deploymentId, next])
      await assert.rejects(call('DeleteDeployment', { restApiId, deploymentId: id }), active);
    await call('DeleteStage', { restApiId, stageName: 'dev' });
    await call('DeleteDeployment', { restApiId, deploymentId });
    const gone = awsError('NotFoundException', 'Invalid Deployment identifier specified');
    await assert.rejects(call('GetDeployment', { restApiId, deploymentId }), gone);
  });

  test('of an API without methods or integrations is refused', async () => {
    const { call, api } = gatewayUnderTest();
    const names = await api();
    const deploy = () => call('CreateDeployment', { restApiId: names.restApiId });
    await assert.rejects(deploy(), awsError('BadRequestException', "The REST API doesn't contain any methods"));
    await call('PutMethod', { ...names, httpMethod: 'GET', authorizationType: 'NONE' });
    await assert.rejects(deploy(), awsError('BadRequestException', 'No integration defined for method'));
  });
});

const oddValue =
  /^Invalid stage variable value of key ab\. {2}Please use values with alphanumeric characters and the symbols ' ', -', '\.', '_', ':', '\/', '\?', '&', '=', and ','\.$/;

describe('a stage', () => {
  test('may have hyphens in its name, and blanks in the values of its variables', async () => {
    const { call, restApiId, deploymentId } = await deployed();
    const { stageName, variables } = await call('CreateStage', {
      ...{ restApiId, deploymentId, stageName: 'v4-stg' },
      variables: { a: 'b c', d: '-._~:/?#&=,' },
    });
    assert.deepEqual([stageName, variables], ['v4-stg', { a: 'b c', d: '-._~:/?#&=,' }]);
  });

  const refused: readonly [description: string, input: Partial<Input<'CreateStage'>>, message: RegExp][] = [
    ['with a slash in its name', { stageName: 'a/b' }, /^Stage name only allows a-zA-Z0-9_$/],
    ['without deployment', { deploymentId: '' }, /^DeploymentId cannot be empty/],
    ['with a deployment that is not there', { deploymentId: 'none' }, /^Deployment id does not exist/],
    [
      'with a variable of odd characters',
      { variables: { 'a-b': 'c' } },
      /^Invalid stage variable name: a-b\. {2}Please use names with only word characters\.$/,
    ],
    ['with a variable of a long name', { variables: { ['a'.repeat(65)]: 'c' } }, /has more than 64 characters$/],
    ['with a value of odd characters', { variables: { ab: 'c d!' } }, oddValue],
    ['with an empty value', { variables: { ab: '' } }, oddValue],
    ['with a long value', { variables: { ab: 'a'.repeat(513) } }, /^Invalid stage variable value of key ab: .*512/],
    ['with a canary above 100 percent', { canarySettings: { percentTraffic: 101 } }, /percentTraffic/],
    ['with a cache size of its own', { cacheClusterEnabled: true, cacheClusterSize: '3' as never }, /cache cluster size/],
  ];
  for (const [description, input, message] of refused) {
    test(`${description} is refused`, async () => {
      const { call, restApiId, deploymentId } = await deployed();
      const made = call('CreateStage', { restApiId, stageName: 'new', deploymentId, ...input });
      await assert.rejects(made, awsError('BadRequestException', message));
    });
  }

  test('is made once, up to the quota', async () => {
    const { call, restApiId, deploymentId } = await deployed({ quotas: { stagesPerApi: 1 } });
    const again = call('CreateStage', { restApiId, stageName: 'dev', deploymentId });
    await assert.rejects(again, awsError('ConflictException', 'Stage already exists'));
    const second = call('CreateStage', { restApiId, stageName: 'two', deploymentId });
    await assert.rejects(second, awsError('LimitExceededException', /^Maximum number of Stages/));
    const deploys = call('CreateDeployment', { restApiId, stageName: 'three' });
    await assert.rejects(deploys, awsError('LimitExceededException', /^Maximum number of Stages/));
  });

  test('shows when it was changed last', async () => {
    const { later, update } = await deployed();
    later(5);
    const { createdDate, lastUpdatedDate } = await update({ op: 'replace', path: '/description', value: 'x' });
    assert.equal(Number(lastUpdatedDate) - Number(createdDate), 5000);
  });
});

describe('a patch of a stage', () => {
  const rows: readonly [path: string, op: 'add' | 'replace' | 'remove', value: string, member: string, shown: unknown][] = [
    ['/variables/a', 'replace', 'x', 'variables', { a: 'x', b: '2' }],
    ['/variables/c', 'replace', '3', 'variables', { a: '1', b: '2', c: '3' }],
    ['/variables/a', 'remove', '', 'variables', { b: '2' }],
    ['/accessLogSettings/format', 'add', '$context.requestId', 'accessLogSettings', { format: '$context.requestId' }],
    ['/cacheClusterEnabled', 'replace', 'true', 'cacheClusterStatus', 'AVAILABLE'],
    ['/cacheClusterSize', 'replace', '1.6', 'cacheClusterSize', '1.6'],
    ['/canarySettings/percentTraffic', 'replace', '33.330000', 'canarySettings', { percentTraffic: 33.33, useStageCache: false }],
  ];
  for (const [path, op, value, member, shown] of rows) {
    test(`${op} ${path}`, async () => {
      const { deploymentId, update } = await deployed();
      const updated = (await update({ op, path, value })) as unknown as Record<string, unknown>;
      const wanted = member === 'canarySettings' ? { ...(shown as object), deploymentId } : shown;
      assert.deepEqual(updated[member], wanted);
    });
  }

  test('keeps a method setting under the path as it was addressed, and shows a log level only when it was set', async () => {
    const { update } = await deployed();
    const { methodSettings } = await update(
      { op: 'replace', path: '/*/*/caching/ttlInSeconds', value: '60' },
      { op: 'replace', path: '/~1pets~1{id}/GET/logging/loglevel', value: 'INFO' },
      { op: 'replace', path: '/a/b/PUT/throttling/rateLimit', value: '0.5' },
    );
    assert.deepEqual(Object.keys(methodSettings), ['*/*', '~1pets~1{id}/GET', 'a/b/PUT']);
    assert.equal(methodSettings['*/*']?.loggingLevel, undefined);
    assert.equal(methodSettings['~1pets~1{id}/GET']?.loggingLevel, 'INFO');
    assert.equal(methodSettings['~1pets~1{id}/GET']?.cacheTtlInSeconds, 60, 'begins with what is set for all methods');
    assert.equal(methodSettings['a/b/PUT']?.throttlingRateLimit, 0.5);
    const { methodSettings: left } = await update({ op: 'remove', path: '/~1pets~1{id}/GET' });
    assert.deepEqual(Object.keys(left), ['*/*', 'a/b/PUT']);
  });

  const refused: readonly [op: 'add' | 'replace' | 'copy' | 'remove', path: string, value: string, message: RegExp][] = [
    ['replace', '/*/*/throttling/burstLimit', 'many', /^Invalid throttling limit/],
    ['replace', '/*/*/caching/ttlInSeconds', '3601', /^Invalid time-to-live setting, must be an integer no greater than 3600$/],
    ['replace', '/*/*/logging/loglevel', 'ALL', /Valid options are OFF,ERROR,INFO$/],
    ...['/*/FOO', '/~1x/FOO', '/__proto__', '/GET'].map((method): ['replace', string, string, RegExp] => [
      'replace',
      `${method}/metrics/enabled`,
      'true',
      /^Invalid method setting path: \/.*\/metrics\/enabled\. Must be one of: \[\/deploymentId, .*, \/tracingEnabled\]$/,
    ]),
    ['replace', '/deploymentId', 'none', /^Deployment id does not exist$/],
    ['replace', '/canarySettings/percentTraffic', ' ', /percentTraffic/],
    ['replace', '/variables/ab', 'b!', oddValue],
    ['replace', '/canarySettings/stageVariableOverrides/ab', '', oddValue],
    [
      'replace',
      '/accessLogSettings/format',
      '$context.stage',
      /^Access Log format must include either \$context\.requestId or \$context\.extendedRequestId : '\$context\.stage'$/,
    ],
    [
      'replace',
      '/accessLogSettings/destinationArn',
      'arn:aws:s3:::logs',
      /^Invalid ARN specified in the request\. The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose delivery stream ARN\.$/,
    ],
    [
      'replace',
      '/accessLogSettings/destinationArn',
      'arn:aws:firehose:eu-west-1:000000000000:deliverystream/wrongprefix',
      /^Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-': 'deliverystream\/wrongprefix'$/,
    ],
    [
      'replace',
      '/accessLogSettings/destinationArn',
      'arn:aws:firehose:eu-west-1:000000000000:deliverystream/amazon-apigateway-logs',
      /^Stagegate writes access logs of REST APIs to log groups only/,
    ],
    ['add', '/description', 'x', /^Invalid add operation with path: \/description$/],
    ['copy', '/deploymentId', '', /^Invalid copy operation with path: \/deploymentId and from null/],
  ];
  for (const [op, path, value, message] of refused) {
    test(`${op} ${path} "${value}" is refused`, async () => {
      const { update } = await deployed();
      await assert.rejects(update({ op, path, value }), awsError('BadRequestException', message));
    });
  }
});

test('a canary is deployed, promoted and removed', async () => {
  const { call, store, restApiId, deploymentId, update } = await deployed();
  const canarySettings = { percentTraffic: 10, stageVariableOverrides: { b: 'canary' } };
  const { id: canary } = await call('CreateDeployment', { restApiId, stageName: 'dev', canarySettings });
  const before = await call('GetStage', { restApiId, stageName: 'dev' });
  assert.equal(before.deploymentId, deploymentId);
  assert.deepEqual(before.canarySettings, { ...canarySettings, deploymentId: canary, useStageCache: false });
  const [live] = await loadDeployedRestStagesOf(store, scope, restApiId);
  assert.deepEqual([live?.snapshot.deploymentId, live?.canarySnapshot?.deploymentId], [deploymentId, canary]);
  const promoted = await update(
    { op: 'copy', path: '/deploymentId', from: '/canarySettings/deploymentId' },
    { op: 'copy', path: '/variables', from: '/canarySettings/stageVariableOverrides' },
    { op: 'remove', path: '/canarySettings' },
  );
  assert.deepEqual(
    [promoted.deploymentId, promoted.variables, promoted.canarySettings],
    [canary, { a: '1', b: 'canary' }, undefined],
  );
});

test('responses are flushed through the port, and authorizers with the stage; only of stages that are there', async () => {
  const flushed: string[] = [];
  const caches = {
    flushResponses: async (_: Scope, id: string, stage: string) => void flushed.push(`${id}/${stage}`),
  };
  const { call, restApiId } = await deployed({ caches });
  await call('FlushStageCache', { restApiId, stageName: 'dev' });
  await call('FlushStageAuthorizersCache', { restApiId, stageName: 'dev' });
  const unknown = awsError('NotFoundException', 'Invalid stage identifier specified');
  await assert.rejects(call('FlushStageCache', { restApiId, stageName: 'none' }), unknown);
  await assert.rejects(call('FlushStageAuthorizersCache', { restApiId, stageName: 'none' }), unknown);
  assert.deepEqual(flushed, [`${restApiId}/dev`]);
});

test('what is kept and not run is said, once', async () => {
  const notices: string[] = [];
  const { call, update } = await deployed({ onNotice: (notice) => notices.push(notice) });
  // What runs is not said.
  await update({ op: 'replace', path: '/tracingEnabled', value: 'true' });
  await update({ op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO' });
  await update({ op: 'replace', path: '/cacheClusterEnabled', value: 'true' });
  await update({ op: 'replace', path: '/*/*/metrics/enabled', value: 'true' });
  assert.deepEqual(notices, []);
  const policy = { securityPolicy: 'SecurityPolicy_TLS13_2025_EDGE', endpointAccessMode: 'STRICT' } as const;
  const { id } = await call('CreateRestApi', { name: 'strict', ...policy });
  await call('CreateRestApi', { name: 'strict too', ...policy });
  assert.deepEqual(notices, [`A TLS security policy: kept and not run yet (first asked for by REST API ${id}).`]);
});
