// What integrations may ask of an invocation beyond its event, through the data plane's port.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FunctionCallOptions } from '../data-plane/function-call-options.ts';
import type { FunctionResult } from '../data-plane/ports.ts';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const sourceArn = 'arn:aws:execute-api:us-east-1:000000000000:abc123/prod/GET/pets';
const base64 = (text: string) => Buffer.from(text).toString('base64');

let lambda: StartedLambda;

before(async () => {
  lambda = await startLambda();
  await lambda.define(
    'f',
    'exports.handler = async (e, c) => { console.log("here"); return { version: c.functionVersion, ...c.clientContext }; };',
  );
  await lambda.call('PublishVersion', { FunctionName: 'f' });
  for (const Qualifier of [undefined, '1']) {
    const permission = { StatementId: 'all', Action: 'lambda:InvokeFunction', Principal: '*' };
    await lambda.call('AddPermission', { FunctionName: 'f', ...(Qualifier === undefined ? {} : { Qualifier }), ...permission });
  }
});

after(() => lambda.close());

function invoke(options: FunctionCallOptions, arn = functionArn): Promise<FunctionResult & { version?: string | undefined }> {
  const scope = { account: '000000000000', region: 'us-east-1' };
  const bound = lambda.service.functions.bind({ scope, functionArn: arn, sourceArn });
  return new Promise((resolve) => {
    let version: string | undefined;
    bound.invoke(
      '{}',
      '',
      {
        onFunctionRequest: (_id, _trace, running) => {
          version = running;
        },
        onFunctionResult: (result) => resolve({ ...result, version }),
      },
      undefined,
      options,
    );
  });
}

test('a qualifier chooses the version that runs', async () => {
  assert.deepEqual(await invoke({ qualifier: '1' }), { kind: 'returned', payload: '{"version":"1"}', version: '1' });
  assert.equal((await invoke({})).version, '$LATEST');
  const missing = await invoke({ qualifier: '2' });
  assert.equal(missing.kind === 'refused' && missing.refusal, 'ResourceNotFound');
  const other = await invoke({ qualifier: '2' }, `${functionArn}:1`);
  assert.equal(other.kind === 'refused' && other.refusal, 'InvalidRequest');
});

test('a client context reaches the function; one that is none is refused', async () => {
  const result = await invoke({ clientContext: base64('{"custom":{"a":1}}') });
  assert.equal(result.kind === 'returned' && result.payload, '{"version":"$LATEST","custom":{"a":1}}');
  const refused = await invoke({ clientContext: '***' });
  assert.equal(refused.kind === 'refused' && refused.refusal, 'InvalidRequest');
});

test('the end of the log comes with the result, when it is asked for', async () => {
  const result = await invoke({ wantsLog: true });
  assert.ok(result.kind === 'returned');
  const log = Buffer.from(result.log ?? '', 'base64').toString();
  assert.match(log, /^START RequestId: [\s\S]*here[\s\S]*\nREPORT RequestId: /);
});

test('a dry run says whether the function may run, and does not run it', async () => {
  assert.deepEqual(await invoke({ isDryRun: true }), { kind: 'returned', payload: '', version: undefined });
});
