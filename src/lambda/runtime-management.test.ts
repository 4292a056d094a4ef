import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ACCOUNT, REGION, type StartedLambda, startLambda } from './testing/started-lambda.ts';

let lambda: StartedLambda;

before(async () => {
  lambda = await startLambda();
  await lambda.define('managed', 'exports.handler = async () => 1;');
});

after(() => lambda.close());

const arnOf = (qualifier = '') => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:managed${qualifier}`;
const other = `arn:aws:lambda:${REGION}::runtime:${'a'.repeat(64)}`;

test('what is set is shown, for $LATEST and for a version by itself', async () => {
  const set = { UpdateRuntimeOn: 'FunctionUpdate', FunctionArn: arnOf() };
  assert.deepEqual(
    await lambda.call('PutRuntimeManagementConfig', { FunctionName: 'managed', UpdateRuntimeOn: 'FunctionUpdate' }),
    set,
  );
  assert.deepEqual(await lambda.call('GetRuntimeManagementConfig', { FunctionName: 'managed' }), set);
  const { Version } = await lambda.call('PublishVersion', { FunctionName: 'managed' });
  const version = { FunctionName: 'managed', Qualifier: Version };
  assert.equal((await lambda.call('GetRuntimeManagementConfig', version)).UpdateRuntimeOn, 'Auto');
  const manual = { UpdateRuntimeOn: 'Manual', RuntimeVersionArn: other } as const;
  await lambda.call('PutRuntimeManagementConfig', { ...version, ...manual });
  assert.deepEqual(await lambda.call('GetRuntimeManagementConfig', version), { ...manual, FunctionArn: arnOf(`:${Version}`) });
  assert.equal((await lambda.call('GetRuntimeManagementConfig', { FunctionName: 'managed' })).UpdateRuntimeOn, 'FunctionUpdate');
  // The setting is no change of the function: there is nothing new to publish.
  assert.equal((await lambda.call('PublishVersion', { FunctionName: 'managed' })).Version, Version);
});

test('a runtime version that is not the one here is said', async () => {
  const { RuntimeVersionConfig } = await lambda.call('GetFunctionConfiguration', { FunctionName: 'managed' });
  const said = () => lambda.notices.filter((text) => text.includes('runs on the runtime of this machine')).length;
  const before = said();
  const manual = { FunctionName: 'managed', UpdateRuntimeOn: 'Manual' } as const;
  await lambda.call('PutRuntimeManagementConfig', {
    ...manual,
    RuntimeVersionArn: RuntimeVersionConfig?.RuntimeVersionArn,
  });
  assert.equal(said(), before);
  await lambda.call('PutRuntimeManagementConfig', { ...manual, RuntimeVersionArn: other.replaceAll('aaa', 'bbb') });
  assert.equal(said(), before + 1);
});

for (const [desc, input, message] of [
  ['Manual without an ARN', { UpdateRuntimeOn: 'Manual' }, /needs a RuntimeVersionArn/],
  ['an ARN without Manual', { UpdateRuntimeOn: 'Auto', RuntimeVersionArn: other }, /belongs to the update mode Manual/],
  ['an alias', { UpdateRuntimeOn: 'Auto', Qualifier: 'live' }, /an alias has none of its own/],
  ['a version that is not there', { UpdateRuntimeOn: 'Auto', Qualifier: '77' }, /Function not found: .*:77/],
] as const) {
  test(`refused: ${desc}`, async () => {
    await assert.rejects(lambda.call('PutRuntimeManagementConfig', { FunctionName: 'managed', ...input }), message);
  });
}
