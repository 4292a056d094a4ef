// Reads of what cannot be made yet, against what AWS was recorded to answer when there is none.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AwsError } from '../aws/aws-error.ts';
import { ROLE, type StartedLambda, startLambda } from './testing/started-lambda.ts';

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda();
  await lambda.define('here', 'exports.handler = async () => 1;', { Role: ROLE });
  // Becoming Active is a change of its own; it must not fall between two looks at the store's revision.
  while ((await lambda.call('GetFunctionConfiguration', { FunctionName: 'here' })).State !== 'Active') {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});
after(async () => {
  await lambda.close();
});

const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const signing = 'arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0';

/** Any operation of the table, also those the test's own list of types does not know. */
async function call(operation: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return (lambda.call as (operation: string, input: unknown) => Promise<unknown>)(operation, input);
}

describe('200 or 204', () => {
  const rows: readonly (readonly [string, Readonly<Record<string, unknown>>, unknown])[] = [
    ['ListEventSourceMappings', {}, { EventSourceMappings: [] }],
    ['ListEventSourceMappings', { FunctionName: 'here' }, { EventSourceMappings: [] }],
    ['ListCodeSigningConfigs', {}, { CodeSigningConfigs: [] }],
    ['DeleteFunctionCodeSigningConfig', { FunctionName: 'here' }, {}],
    ['ListCapacityProviders', {}, { CapacityProviders: [] }],
  ];
  for (const [operation, input, output] of rows) {
    test(`${operation} ${JSON.stringify(input)}`, async () => assert.deepEqual(await call(operation, input), output));
  }
});

describe('refusals in AWS’s words', () => {
  const missing = 'ResourceNotFoundException';
  const nothing = 'The resource you requested does not exist.';
  const rows: readonly (readonly [string, Readonly<Record<string, unknown>>, string, string])[] = [
    ...['Get', 'Update', 'Delete'].flatMap(
      (verb) =>
        [
          [`${verb}EventSourceMapping`, { UUID: 'a' }, missing, nothing],
          [
            `${verb}CodeSigningConfig`,
            { CodeSigningConfigArn: signing },
            missing,
            `The Lambda code signing configuration ${signing} can not be found.`,
          ],
        ] as const,
    ),
    [
      'GetCodeSigningConfig',
      { CodeSigningConfigArn: signing },
      missing,
      `The Lambda code signing configuration ${signing} can not be found.`,
    ],
    ['DeleteFunctionCodeSigningConfig', { FunctionName: 'gone' }, missing, `Function not found: ${arn('gone')}`],
  ];
  for (const [operation, input, code, message] of rows) {
    test(`${operation} ${JSON.stringify(input)}`, async () => {
      const before = lambda.store.revision();
      await assert.rejects(call(operation, input), (error) => {
        assert.ok(error instanceof AwsError, String(error));
        assert.deepEqual([error.code, error.message, error.fields], [code, message, { Type: 'User' }]);
        return true;
      });
      assert.equal(lambda.store.revision(), before);
    });
  }
});
