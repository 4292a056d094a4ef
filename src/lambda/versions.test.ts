// Versions and aliases: what is published stays, what an alias names can be moved, and who may invoke each.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AwsError } from '../aws/aws-error.ts';
import { chooseVersion, FunctionEntry } from './function-entry.ts';
import { invokeBound, type StartedLambda, startLambda } from './testing/started-lambda.ts';
import { writeZip } from './testing/zip-writer.ts';

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda();
});
after(async () => {
  await lambda.close();
});

const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const source = (text: string): string =>
  `exports.handler = async (event, context) => ({ text: '${text}', stage: process.env.STAGE, version: context.functionVersion, arn: context.invokedFunctionArn });`;
const zip = (text: string): Uint8Array => writeZip([{ name: 'index.js', data: source(text) }]);
const publish = async (name: string): Promise<string> =>
  (await lambda.call('PublishVersion', { FunctionName: name })).Version ?? '';

async function refusal(work: Promise<unknown>): Promise<[string, string]> {
  const error = await work.then(
    () => assert.fail('must be refused'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AwsError, String(error));
  return [error.code, error.message];
}

test('a published version keeps its code and its settings', async () => {
  await lambda.define('kept', source('one'), { Environment: { Variables: { STAGE: 'a' } } });
  assert.equal(await publish('kept'), '1');
  await lambda.call('UpdateFunctionCode', { FunctionName: 'kept', ZipFile: zip('two') });
  await lambda.call('UpdateFunctionConfiguration', { FunctionName: 'kept', Environment: { Variables: { STAGE: 'b' } } });
  const first = await lambda.invoke('kept', {}, { Qualifier: '1' });
  assert.deepEqual(first.payload, { text: 'one', stage: 'a', version: '1', arn: `${arnOf('kept')}:1` });
  assert.equal(first.response.ExecutedVersion, '1');
  const latest = await lambda.invoke('kept');
  assert.deepEqual(latest.payload, { text: 'two', stage: 'b', version: '$LATEST', arn: arnOf('kept') });
  assert.equal(latest.response.ExecutedVersion, '$LATEST');
});

test('nothing is published when nothing has changed; a deleted number is not given again', async () => {
  await lambda.define('counted', source('one'));
  assert.equal(await publish('counted'), '1');
  assert.equal(await publish('counted'), '1');
  await lambda.call('DeleteFunction', { FunctionName: 'counted', Qualifier: '1' });
  assert.equal(await publish('counted'), '2');
  assert.deepEqual(
    (await lambda.call('ListVersionsByFunction', { FunctionName: 'counted' })).Versions?.map(({ Version }) => Version),
    ['$LATEST', '2'],
  );
});

test('versions are listed by number, page by page', async () => {
  await lambda.define('many', source('one'));
  for (let number = 1; number <= 11; number++) {
    await lambda.call('UpdateFunctionConfiguration', { FunctionName: 'many', Description: String(number) });
    await publish('many');
  }
  const numbers: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page = await lambda.call('ListVersionsByFunction', { FunctionName: 'many', MaxItems: 5, Marker });
    numbers.push(...(page.Versions ?? []).map(({ Version }) => Version));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  assert.deepEqual(numbers, ['$LATEST', ...Array.from({ length: 11 }, (_, index) => String(index + 1))]);
});

test('a deleted function takes its versions, aliases and policies along', async () => {
  await lambda.define('gone', source('one'));
  await publish('gone');
  await lambda.call('CreateAlias', { FunctionName: 'gone', Name: 'live', FunctionVersion: '1' });
  await lambda.call('AddPermission', {
    FunctionName: 'gone',
    Qualifier: 'live',
    StatementId: 'a',
    Action: 'lambda:*',
    Principal: '*',
  });
  await lambda.call('DeleteFunction', { FunctionName: 'gone' });
  await lambda.define('gone', source('two'));
  assert.deepEqual(await refusal(lambda.invoke('gone', {}, { Qualifier: 'live' })), [
    'ResourceNotFoundException',
    `Function not found: ${arnOf('gone')}:live`,
  ]);
  assert.equal(
    (await refusal(lambda.call('GetPolicy', { FunctionName: 'gone', Qualifier: 'live' })))[0],
    'ResourceNotFoundException',
  );
  assert.equal(await publish('gone'), '1');
  assert.equal(((await lambda.invoke('gone', {}, { Qualifier: '1' })).payload as { text: string }).text, 'two');
});

describe('an alias', () => {
  const sourceArn = 'arn:aws:execute-api:us-east-1:000000000000:abc/$default/GET/x';
  const bound = async (name: string): Promise<unknown> => {
    const result = await invokeBound(lambda, arnOf(name), sourceArn);
    return result.kind === 'refused' ? result.refusal : JSON.parse(result.payload);
  };
  before(async () => {
    await lambda.define('moved', source('one'));
    await publish('moved');
    await lambda.call('UpdateFunctionCode', { FunctionName: 'moved', ZipFile: zip('two'), Publish: true });
    await lambda.call('CreateAlias', { FunctionName: 'moved', Name: 'live', FunctionVersion: '1' });
  });

  test('has a resource policy of its own, which the function’s does not replace', async () => {
    assert.equal(await bound('moved:live'), 'AccessDenied');
    const permission = { StatementId: 'api', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };
    await lambda.call('AddPermission', { FunctionName: 'moved', ...permission });
    assert.equal(await bound('moved:live'), 'AccessDenied');
    await lambda.call('AddPermission', { FunctionName: 'moved', Qualifier: 'live', ...permission });
    assert.deepEqual(await bound('moved:live'), { text: 'one', version: '1', arn: `${arnOf('moved')}:live` });
    assert.equal(await bound('moved:1'), 'AccessDenied');
  });

  test('is followed by what was bound before it moved', async () => {
    const target = lambda.service.functions.bind({
      scope: { account: '000000000000', region: 'us-east-1' },
      functionArn: arnOf('moved:live'),
      sourceArn,
    });
    const ask = (): Promise<string> =>
      new Promise((resolve) =>
        target.invoke('{}', '', {
          onFunctionResult: (result) => resolve(result.kind === 'returned' ? JSON.parse(result.payload).text : result.kind),
        }),
      );
    assert.equal(await ask(), 'one');
    await lambda.call('UpdateAlias', { FunctionName: 'moved', Name: 'live', FunctionVersion: '2' });
    assert.equal(await ask(), 'two');
    await lambda.call('UpdateAlias', {
      FunctionName: 'moved',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { '1': 1 } },
    });
    assert.equal(await ask(), 'one');
    await lambda.call('UpdateAlias', { FunctionName: 'moved', Name: 'live', RoutingConfig: {} });
    assert.equal(await ask(), 'two');
  });

  test('that was removed is not found any more', async () => {
    await lambda.call('CreateAlias', { FunctionName: 'moved', Name: 'short', FunctionVersion: '1' });
    await lambda.call('DeleteAlias', { FunctionName: 'moved', Name: 'short' });
    assert.equal(await bound('moved:short'), 'ResourceNotFound');
    assert.deepEqual(await lambda.call('DeleteAlias', { FunctionName: 'moved', Name: 'short' }), {});
  });

  const live = { FunctionName: 'moved', Name: 'live' };
  const other = { FunctionName: 'moved', Name: 'other' };
  const invalid = 'InvalidParameterValueException';
  const rows: readonly (readonly [desc: string, work: () => Promise<unknown>, code: string, message: string])[] = [
    [
      'of a missing function',
      () => lambda.call('CreateAlias', { FunctionName: 'none', Name: 'a', FunctionVersion: '1' }),
      'ResourceNotFoundException',
      `Function not found: ${arnOf('none')}:1`,
    ],
    [
      'to a missing version',
      () => lambda.call('CreateAlias', { ...other, FunctionVersion: '99' }),
      'ResourceNotFoundException',
      `Function not found: ${arnOf('moved')}:99`,
    ],
    [
      'to another alias',
      () => lambda.call('CreateAlias', { ...other, FunctionVersion: 'live' }),
      'ResourceNotFoundException',
      `Function not found: ${arnOf('moved')}:live`,
    ],
    [
      'that is there',
      () => lambda.call('CreateAlias', { ...live, FunctionVersion: '1' }),
      'ResourceConflictException',
      `Alias already exists: ${arnOf('moved')}:live`,
    ],
    [
      'with two more versions',
      () =>
        lambda.call('CreateAlias', {
          ...other,
          FunctionVersion: '1',
          RoutingConfig: { AdditionalVersionWeights: { '2': 0.1, '3': 0.1 } },
        }),
      invalid,
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    ],
    [
      'with its own version a second time',
      () =>
        lambda.call('CreateAlias', { ...other, FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { '1': 0.1 } } }),
      invalid,
      'Invalid function version 1. Function version 1 is already included in routing configuration.',
    ],
    [
      'with $LATEST beside a version',
      () =>
        lambda.call('CreateAlias', {
          ...other,
          FunctionVersion: '1',
          RoutingConfig: { AdditionalVersionWeights: { $LATEST: 0.1 } },
        }),
      invalid,
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ],
    [
      'at another revision',
      () => lambda.call('UpdateAlias', { ...live, RevisionId: 'old' }),
      'PreconditionFailedException',
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    ],
    [
      'whose version is deleted',
      () => lambda.call('DeleteFunction', { FunctionName: 'moved', Qualifier: '2' }),
      'ResourceConflictException',
      'Unable to delete version because the following aliases reference it: [live]',
    ],
    [
      'deleted as if it were a version',
      () => lambda.call('DeleteFunction', { FunctionName: 'moved', Qualifier: 'live' }),
      invalid,
      'Deletion of aliases is not currently supported.',
    ],
    [
      'read that is missing',
      () => lambda.call('GetAlias', other),
      'ResourceNotFoundException',
      `Cannot find alias arn: ${arnOf('moved')}:other`,
    ],
    [
      'changed that is missing',
      () => lambda.call('UpdateAlias', other),
      'ResourceNotFoundException',
      `Alias not found: ${arnOf('moved')}:other`,
    ],
  ];
  for (const [desc, work, code, message] of rows) {
    test(`refused › ${desc}`, async () => assert.deepEqual(await refusal(work()), [code, message]));
  }
});

test('the weight of an alias is the share of random numbers below it', () => {
  const entry = new FunctionEntry({ account: '000000000000', region: 'us-east-1' }, 'f');
  const target = { main: entry.published('1'), other: entry.published('2'), share: 0.2 };
  const rows: readonly (readonly [number, string])[] = [
    [0, '2'],
    [0.1999, '2'],
    [0.2, '1'],
    [0.9999, '1'],
  ];
  for (const [random, number] of rows) assert.equal(chooseVersion(target, () => random).number, number, String(random));
  assert.equal(chooseVersion({ ...target, share: 0 }, () => 0).number, '1');
  assert.equal(chooseVersion({ ...target, share: 1 }, () => 0.9999).number, '2');
});

test('a folder’s code cannot be a version: it may change', async () => {
  await lambda.call('CreateFunction', {
    FunctionName: 'folder',
    Role: 'arn:aws:iam::000000000000:role/r',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { S3Bucket: 'hot-reload', S3Key: import.meta.dirname },
  });
  const [code, message] = await refusal(publish('folder'));
  assert.equal(code, 'InvalidParameterValueException');
  assert.match(message, /folder, which may change/);
});
