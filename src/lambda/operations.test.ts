// Control operations against what AWS was recorded to answer: members, defaults, error texts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import type { AwsError } from '../aws/aws-error.ts';
import { ROLE, type StartedLambda, startLambda } from './testing/started-lambda.ts';
import { writeZip } from './testing/zip-writer.ts';

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda();
});
after(async () => {
  await lambda.close();
});

const zip = writeZip([{ name: 'index.js', data: 'exports.handler = async () => 1;' }]);
const otherZip = writeZip([{ name: 'index.js', data: 'exports.handler = async () => 2;' }]);
const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const input = (name: string, settings: Partial<CreateFunctionCommandInput> = {}): CreateFunctionCommandInput => ({
  FunctionName: name,
  Role: ROLE,
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Code: { ZipFile: zip },
  ...settings,
});

async function create(name: string, settings: Partial<CreateFunctionCommandInput> = {}): Promise<void> {
  await lambda.call('CreateFunction', input(name, settings));
  await active(name);
}

/** Waits as AWS's clients do. */
async function active(name: string): Promise<string> {
  for (;;) {
    const { State, LastUpdateStatus, RevisionId } = await lambda.call('GetFunctionConfiguration', { FunctionName: name });
    if (State === 'Active' && LastUpdateStatus === 'Successful') return RevisionId ?? '';
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Refused {
  readonly code: string;
  readonly message: string;
  readonly fields: object;
}

async function refusal(work: Promise<unknown>): Promise<Refused> {
  const error = (await work.then(
    () => assert.fail('must be refused'),
    (thrown: unknown) => thrown,
  )) as AwsError;
  return { code: error.code, message: error.message, fields: error.fields };
}

const user = { Type: 'User' };

// test_lambda_code_location_zipfile: no Environment was given, so none is shown.
test('CreateFunction › 201 with AWS’s members and defaults', async () => {
  const { CodeSha256, CodeSize, LastModified, RevisionId, RuntimeVersionConfig, ...rest } = await lambda.call(
    'CreateFunction',
    input('made'),
  );
  assert.deepEqual(rest, {
    Architectures: ['x86_64'],
    Description: '',
    EphemeralStorage: { Size: 512 },
    FunctionArn: arnOf('made'),
    FunctionName: 'made',
    Handler: 'index.handler',
    LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/made' },
    MemorySize: 128,
    PackageType: 'Zip',
    Role: ROLE,
    Runtime: 'nodejs22.x',
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
    Timeout: 3,
    TracingConfig: { Mode: 'PassThrough' },
    Version: '$LATEST',
  });
  assert.equal(CodeSize, zip.length);
  assert.match(CodeSha256 ?? '', /^[A-Za-z0-9+/]{43}=$/);
  assert.match(LastModified ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  assert.match(RevisionId ?? '', /^[0-9a-f-]{36}$/);
  assert.match(RuntimeVersionConfig?.RuntimeVersionArn ?? '', /^arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$/);
  assert.notEqual(await active('made'), RevisionId, 'becoming Active is a revision of its own');
  const read = await lambda.call('GetFunction', { FunctionName: 'made' });
  assert.equal(read.Configuration?.StateReason, undefined);
  assert.equal(read.Code?.RepositoryType, 'S3');
  assert.deepEqual(Object.keys(read), ['Configuration', 'Code']);
});

test('GetFunction › its link gives the archive, once signed and not to others', async () => {
  await create('linked');
  const { Code } = await lambda.call('GetFunction', { FunctionName: 'linked' });
  const url = new URL(Code?.Location ?? '');
  assert.equal(url.pathname, '/_stagegate/lambda/code');
  assert.deepEqual(Buffer.from((await lambda.service.downloadCode(url.search)) ?? []), zip);
  assert.equal(await lambda.service.downloadCode(url.search.replace('signature=', 'signature=A')), undefined);
  assert.equal(await lambda.service.downloadCode(url.search.replace(/expires=\d+/, 'expires=9999999999999')), undefined);
});

// test_function_lifecycle
test('UpdateFunctionConfiguration and UpdateFunctionCode › InProgress, then Successful', async () => {
  await create('updated', { Environment: { Variables: {} } });
  const changed = await lambda.call('UpdateFunctionConfiguration', {
    FunctionName: 'updated',
    Description: 'Changed',
    MemorySize: 512,
    Timeout: 10,
    Environment: { Variables: { ENV_A: 'a' } },
  });
  assert.equal(changed.State, 'Active');
  assert.equal(changed.LastUpdateStatus, 'InProgress');
  assert.equal(changed.LastUpdateStatusReason, 'The function is being created.');
  assert.equal(changed.LastUpdateStatusReasonCode, 'Creating');
  assert.deepEqual(changed.Environment, { Variables: { ENV_A: 'a' } });
  const dry = await lambda.call('UpdateFunctionCode', { FunctionName: 'updated', ZipFile: otherZip, DryRun: true });
  const code = await lambda.call('UpdateFunctionCode', { FunctionName: arnOf('updated'), ZipFile: otherZip });
  assert.equal(dry.CodeSha256, code.CodeSha256);
  assert.notEqual(code.CodeSha256, changed.CodeSha256);
  assert.equal(code.MemorySize, 512);
  await active('updated');
  assert.equal((await lambda.invoke('updated')).payload, 2);
});

test('an update during an update is refused where updates take their time', async () => {
  const slow = await startLambda({ limits: { settleMs: 100 } });
  try {
    await slow.define('busy', 'exports.handler = async () => 1;');
    assert.deepEqual(await refusal(slow.call('UpdateFunctionConfiguration', { FunctionName: 'busy', Timeout: 5 })), {
      code: 'ResourceConflictException',
      message: `The operation cannot be performed at this time. An update is in progress for resource: ${arnOf('busy')}`,
      fields: user,
    });
    assert.equal((await slow.invoke('busy')).payload, 1);
  } finally {
    await slow.close();
  }
});

// TestLoggingConfig
const loggings: readonly { desc: string; given: object; shown: object }[] = [
  {
    desc: 'JSON alone',
    given: { LogFormat: 'JSON' },
    shown: { ApplicationLogLevel: 'INFO', LogFormat: 'JSON', LogGroup: '/aws/lambda/<name>', SystemLogLevel: 'INFO' },
  },
  {
    desc: 'an application level',
    given: { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' },
    shown: { ApplicationLogLevel: 'DEBUG', LogFormat: 'JSON', LogGroup: '/aws/lambda/<name>', SystemLogLevel: 'INFO' },
  },
  {
    desc: 'a system level',
    given: { LogFormat: 'JSON', SystemLogLevel: 'DEBUG' },
    shown: { ApplicationLogLevel: 'INFO', LogFormat: 'JSON', LogGroup: '/aws/lambda/<name>', SystemLogLevel: 'DEBUG' },
  },
  { desc: 'a group', given: { LogGroup: 'cool_lambda' }, shown: { LogFormat: 'Text', LogGroup: 'cool_lambda' } },
];
for (const [index, row] of loggings.entries()) {
  test(`LoggingConfig › ${row.desc}`, async () => {
    const name = `logging-${index}`;
    await create(name);
    const { LoggingConfig } = await lambda.call('UpdateFunctionConfiguration', { FunctionName: name, LoggingConfig: row.given });
    assert.deepEqual(LoggingConfig, JSON.parse(JSON.stringify(row.shown).replace('<name>', name)));
  });
}

test('ListFunctions › pages, qualified ARNs, no states', async () => {
  const fresh = await startLambda();
  try {
    for (const name of ['a', 'b', 'c']) await fresh.define(name, 'exports.handler = 1;');
    const first = await fresh.call('ListFunctions', { MaxItems: 2 });
    assert.deepEqual(
      first.Functions?.map(({ FunctionName }) => FunctionName),
      ['a', 'b'],
    );
    const second = await fresh.call('ListFunctions', { MaxItems: 2, Marker: first.NextMarker });
    assert.deepEqual(
      second.Functions?.map(({ FunctionName }) => FunctionName),
      ['c'],
    );
    assert.equal(second.NextMarker, undefined);
    const all = await fresh.call('ListFunctions', { FunctionVersion: 'ALL' });
    assert.equal(all.Functions?.[0]?.FunctionArn, `${arnOf('a')}:$LATEST`);
    for (const member of ['State', 'LastUpdateStatus', 'RuntimeVersionConfig'])
      assert.equal(member in (all.Functions?.[0] ?? {}), false);
    assert.deepEqual((await fresh.call('ListFunctions', { FunctionVersion: 'ALL', MasterRegion: 'eu-west-1' })).Functions, []);
    const versions = await fresh.call('ListVersionsByFunction', { FunctionName: 'a' });
    assert.deepEqual(
      versions.Versions?.map(({ FunctionArn, Version }) => [FunctionArn, Version]),
      [[`${arnOf('a')}:$LATEST`, '$LATEST']],
    );
  } finally {
    await fresh.close();
  }
});

test('DeleteFunction › 204, then 404', async () => {
  await create('gone');
  assert.deepEqual(await lambda.call('DeleteFunction', { FunctionName: 'gone' }), { StatusCode: 204 });
  assert.deepEqual(await refusal(lambda.call('DeleteFunction', { FunctionName: 'gone' })), {
    code: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('gone')}`,
    fields: user,
  });
});

for (const name of [
  'forms',
  '000000000000:forms',
  '000000000000:function:forms',
  'us-east-1:000000000000:function:forms',
  arnOf('forms'),
  `${arnOf('forms')}:$LATEST`,
  'forms:$LATEST',
  'function:forms',
]) {
  test(`a function may be named ${name}`, async () => {
    await create('forms').catch(() => {});
    assert.equal((await lambda.call('GetFunctionConfiguration', { FunctionName: name })).FunctionName, 'forms');
  });
}

interface RefusedCall {
  readonly desc: string;
  readonly call: () => Promise<unknown>;
  readonly code: string;
  readonly message: string | RegExp;
  readonly untyped?: true;
}

const nothing = { FunctionName: 'nothing' };
const refusals: readonly RefusedCall[] = [
  {
    desc: 'GetFunction, missing',
    call: () => lambda.call('GetFunction', nothing),
    code: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('nothing')}`,
  },
  {
    desc: 'GetFunction, missing version',
    call: () => lambda.call('GetFunction', { FunctionName: 'forms', Qualifier: '1221' }),
    code: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('forms')}:1221`,
  },
  {
    desc: 'qualifiers disagree',
    call: () => lambda.call('GetFunction', { FunctionName: `${arnOf('forms')}:1`, Qualifier: '$LATEST' }),
    code: 'InvalidParameterValueException',
    message: 'The derived qualifier from the function name does not match the specified qualifier.',
  },
  {
    desc: 'deleting $LATEST',
    call: () => lambda.call('DeleteFunction', { FunctionName: 'forms', Qualifier: '$LATEST' }),
    code: 'InvalidParameterValueException',
    message: '$LATEST version cannot be deleted without deleting the function.',
  },
  {
    desc: 'Invoke, missing',
    call: () => lambda.call('Invoke', nothing),
    code: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('nothing')}:$LATEST`,
  },
  {
    desc: 'Invoke, no name',
    call: () => lambda.call('Invoke', { FunctionName: 'arn:aws:lambda:us-east-1:123400000000@function:myfn' }),
    code: 'ValidationException',
    message:
      /^1 validation error detected: Value 'arn:aws:lambda:us-east-1:123400000000@function:myfn' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: \(arn:/,
    untyped: true,
  },
  {
    desc: 'Invoke, not JSON',
    call: () => lambda.call('Invoke', { FunctionName: 'forms', Payload: Buffer.from('{') }),
    code: 'InvalidRequestContentException',
    message: /^Could not parse request body into json: /,
  },
  {
    desc: 'Invoke, too large',
    call: () => lambda.call('Invoke', { FunctionName: 'forms', Payload: Buffer.alloc(6_291_457, 32) }),
    code: 'RequestTooLargeException',
    message: '6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
  },
  {
    desc: 'Invoke, bad client context',
    call: () => lambda.call('Invoke', { FunctionName: 'forms', ClientContext: 'e30x' }),
    code: 'InvalidRequestContentException',
    message: /Base64/,
  },
  {
    desc: 'CreateFunction twice',
    call: () => lambda.call('CreateFunction', input('forms')),
    code: 'ResourceConflictException',
    message: 'Function already exist: forms',
  },
  {
    desc: 'not a zip',
    call: () =>
      lambda.call(
        'CreateFunction',
        input('x', { Code: { ZipFile: Buffer.from('this is not a zipfile, just a random string') } }),
      ),
    code: 'InvalidParameterValueException',
    message: 'Could not unzip uploaded file. Please check your file, then try to upload again.',
  },
  {
    desc: 'an unknown runtime',
    call: () => lambda.call('CreateFunction', input('x', { Runtime: 'non-existent-runtime' as 'nodejs' })),
    code: 'InvalidParameterValueException',
    message:
      "Value non-existent-runtime at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2] or be a valid ARN",
  },
  {
    desc: 'a runtime AWS gave up',
    call: () => lambda.call('CreateFunction', input('x', { Runtime: 'nodejs14.x' })),
    code: 'InvalidParameterValueException',
    message:
      'The runtime parameter of nodejs14.x is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.',
  },
  {
    desc: 'a runtime that needs a command of the user’s',
    call: () => lambda.call('CreateFunction', input('x', { Runtime: 'java21' })),
    code: 'InvalidParameterValueException',
    message: /^Stagegate does not run java21 functions by itself/,
  },
  {
    desc: 'a timeout over 15 minutes',
    call: () => lambda.call('UpdateFunctionConfiguration', { FunctionName: 'forms', Timeout: 901 }),
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
    untyped: true,
  },
  {
    desc: 'memory over 10,240 MB',
    call: () => lambda.call('CreateFunction', input('x', { MemorySize: 10_241 })),
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '10241' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 10240",
    untyped: true,
  },
  {
    desc: 'variables over 4 KB',
    call: () =>
      lambda.call('CreateFunction', input('x', { Environment: { Variables: { SMALL_VAR: 'ok', LARGE_VAR: 'x'.repeat(4096) } } })),
    code: 'InvalidParameterValueException',
    message: `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: {"SMALL_VAR":"ok","LARGE_VAR":"${'x'.repeat(4096)}"}`,
  },
  {
    desc: 'reserved variables',
    call: () => lambda.call('CreateFunction', input('x', { Environment: { Variables: { AWS_REGION: 'x', OTHER: 'y' } } })),
    code: 'InvalidParameterValueException',
    message: /Reserved keys used in this request: AWS_REGION$/,
  },
  {
    desc: 'a VPC',
    call: () => lambda.call('CreateFunction', input('x', { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } })),
    code: 'InvalidParameterValueException',
    message: /VpcConfig/,
  },
  {
    desc: 'an image',
    call: () => lambda.call('CreateFunction', input('x', { PackageType: 'Image', Code: { ImageUri: 'x' } })),
    code: 'InvalidParameterValueException',
    message: /container image/,
  },
  {
    desc: 'a dead letter queue',
    call: () =>
      lambda.call('UpdateFunctionConfiguration', {
        FunctionName: 'forms',
        DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:q' },
      }),
    code: 'InvalidParameterValueException',
    message: /\(DeadLetterConfig\) with keys of its own, and has none/,
  },
  {
    desc: 'SnapStart',
    call: () =>
      lambda.call('UpdateFunctionConfiguration', { FunctionName: 'forms', SnapStart: { ApplyOn: 'PublishedVersions' } }),
    code: 'InvalidParameterValueException',
    message: /SnapStart/,
  },
  {
    desc: 'publishing for a capacity provider',
    call: () =>
      lambda.call('UpdateFunctionCode', { FunctionName: 'forms', ZipFile: zip, Publish: true, PublishTo: 'LATEST_PUBLISHED' }),
    code: 'InvalidParameterValueException',
    message: /does not publish to \$LATEST.PUBLISHED yet/,
  },
  {
    desc: 'code in S3',
    call: () => lambda.call('CreateFunction', input('x', { Code: { S3Bucket: 'bucket', S3Key: 'key' } })),
    code: 'InvalidParameterValueException',
    message: /^Stagegate does not read function code from S3 yet/,
  },
  {
    desc: 'no code',
    call: () => lambda.call('CreateFunction', input('x', { Code: {} })),
    code: 'InvalidParameterValueException',
    message: 'Please provide a source for function code.',
  },
  {
    desc: 'another revision of the function',
    call: () => lambda.call('UpdateFunctionCode', { FunctionName: 'forms', ZipFile: zip, RevisionId: 'wrong' }),
    code: 'PreconditionFailedException',
    message:
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  },
  {
    desc: 'tags of nothing',
    call: () => lambda.call('ListTags', { Resource: arnOf('nothing') }),
    code: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('nothing')}`,
  },
  {
    desc: 'tags of an alias',
    call: () => lambda.call('ListTags', { Resource: `${arnOf('forms')}:alias` }),
    code: 'InvalidParameterValueException',
    message: 'Tags on function aliases and versions are not supported. Please specify a function ARN.',
  },
  {
    desc: 'tags of something else',
    call: () => lambda.call('ListTags', { Resource: 'arn:aws:lambda:us-east-1:000000000000:foobar:x' }),
    code: 'ValidationException',
    message: /^1 validation error detected: Value 'arn:aws:lambda:us-east-1:000000000000:foobar:x' at 'resource' failed/,
    untyped: true,
  },
  {
    desc: 'concurrency of nothing',
    call: () => lambda.call('GetFunctionConcurrency', nothing),
    code: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('nothing')}`,
  },
  {
    desc: 'reserving for nothing',
    call: () => lambda.call('PutFunctionConcurrency', { ...nothing, ReservedConcurrentExecutions: 0 }),
    code: 'ResourceNotFoundException',
    message: `Function not found: ${arnOf('nothing')}:$LATEST`,
  },
  {
    desc: 'reserving for a version',
    call: () =>
      lambda.call('PutFunctionConcurrency', { FunctionName: `${arnOf('forms')}:$LATEST`, ReservedConcurrentExecutions: 0 }),
    code: 'InvalidParameterValueException',
    message:
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  },
  {
    desc: 'the policy of nothing',
    call: () => lambda.call('GetPolicy', nothing),
    code: 'ResourceNotFoundException',
    message: 'The resource you requested does not exist.',
  },
  {
    desc: 'a permission for $LATEST',
    call: () =>
      lambda.call('AddPermission', {
        FunctionName: 'forms',
        Qualifier: '$LATEST',
        StatementId: 'a',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
      }),
    code: 'InvalidParameterValueException',
    message: 'We currently do not support adding policies for $LATEST.',
  },
  {
    desc: 'a permission for nobody',
    call: () =>
      lambda.call('AddPermission', {
        FunctionName: 'forms',
        StatementId: 'a',
        Action: 'lambda:InvokeFunction',
        Principal: 'invalid.nonaws.com',
      }),
    code: 'InvalidParameterValueException',
    message: 'The provided principal was invalid. Please check the principal and try again.',
  },
];
for (const row of refusals) {
  test(`refused › ${row.desc}`, async () => {
    await create('forms').catch(() => {});
    const { code, message, fields } = await refusal(row.call());
    assert.equal(code, row.code);
    if (typeof row.message === 'string') assert.equal(message, row.message);
    else assert.match(message, row.message);
    assert.deepEqual(fields, row.untyped ? {} : user);
  });
}

// TestLambdaPermissions
test('permissions › added, read, removed, as AWS words them', async () => {
  await create('shared');
  const base = { FunctionName: 'shared', Action: 'lambda:InvokeFunction' };
  const added = await lambda.call('AddPermission', {
    ...base,
    StatementId: 's3',
    Principal: 's3.amazonaws.com',
    SourceArn: 'arn:aws:s3:::bucket',
  });
  const statement = {
    Sid: 's3',
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: arnOf('shared'),
    Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::bucket' } },
  };
  assert.deepEqual(JSON.parse(added.Statement ?? ''), statement);
  const { Policy, RevisionId } = await lambda.call('GetPolicy', { FunctionName: 'shared' });
  assert.deepEqual(JSON.parse(Policy ?? ''), { Version: '2012-10-17', Id: 'default', Statement: [statement] });
  assert.deepEqual(await refusal(lambda.call('AddPermission', { ...base, StatementId: 's3', Principal: '*' })), {
    code: 'ResourceConflictException',
    message:
      'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
    fields: user,
  });
  assert.deepEqual(
    await refusal(lambda.call('AddPermission', { ...base, StatementId: 'b', Principal: '*', RevisionId: 'wrong' })),
    {
      code: 'PreconditionFailedException',
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
      fields: user,
    },
  );
  await lambda.call('AddPermission', {
    ...base,
    StatementId: 'account',
    Principal: '123456789012',
    SourceAccount: '123456789012',
    PrincipalOrgID: 'o-abcdefghij',
    RevisionId,
  });
  const url = await lambda.call('AddPermission', {
    ...base,
    Action: 'lambda:InvokeFunctionUrl',
    StatementId: 'urlPermission',
    Principal: '*',
    FunctionUrlAuthType: 'NONE',
  });
  assert.deepEqual(JSON.parse(url.Statement ?? ''), {
    Sid: 'urlPermission',
    Effect: 'Allow',
    Principal: '*',
    Action: 'lambda:InvokeFunctionUrl',
    Resource: arnOf('shared'),
    Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
  });
  const all = JSON.parse((await lambda.call('GetPolicy', { FunctionName: 'shared' })).Policy ?? '');
  assert.deepEqual(all.Statement[1].Principal, { AWS: 'arn:aws:iam::123456789012:root' });
  assert.deepEqual(all.Statement[1].Condition, {
    StringEquals: { 'AWS:SourceAccount': '123456789012', 'aws:PrincipalOrgID': 'o-abcdefghij' },
  });
  assert.deepEqual(await refusal(lambda.call('RemovePermission', { FunctionName: 'shared', StatementId: 'non-existent' })), {
    code: 'ResourceNotFoundException',
    message: 'Statement non-existent is not found in resource policy.',
    fields: user,
  });
  for (const StatementId of ['s3', 'account', 'urlPermission'])
    await lambda.call('RemovePermission', { FunctionName: 'shared', StatementId });
  assert.equal(
    (await refusal(lambda.call('GetPolicy', { FunctionName: 'shared' }))).message,
    'The resource you requested does not exist.',
  );
});

// TestLambdaTag
test('tags › merged, removed, unknown keys ignored', async () => {
  await create('tagged', { Tags: { A: 'tag-a' } });
  const Resource = arnOf('tagged');
  await lambda.call('TagResource', { Resource, Tags: { B: 'tag-b', C: 'tag-c' } });
  await lambda.call('TagResource', { Resource, Tags: { C: 'tag-c-newsuffix', D: 'tag-d' } });
  assert.deepEqual((await lambda.call('ListTags', { Resource })).Tags, {
    A: 'tag-a',
    B: 'tag-b',
    C: 'tag-c-newsuffix',
    D: 'tag-d',
  });
  await lambda.call('UntagResource', { Resource, TagKeys: ['A', 'F'] });
  assert.deepEqual((await lambda.call('GetFunction', { FunctionName: 'tagged' })).Tags, {
    B: 'tag-b',
    C: 'tag-c-newsuffix',
    D: 'tag-d',
  });
  await lambda.call('UntagResource', { Resource, TagKeys: ['B', 'C', 'D'] });
  assert.deepEqual((await lambda.call('ListTags', { Resource })).Tags, {});
});

test('Invoke › DryRun runs nothing', async () => {
  await create('dry');
  const before = lambda.service.stats().invocations;
  const { response } = await lambda.invoke('dry', {}, { InvocationType: 'DryRun' });
  assert.equal(response.StatusCode, 204);
  assert.equal(lambda.service.stats().invocations, before);
});

test('what tools ask afterwards is answered', async () => {
  await create('asked');
  assert.deepEqual(await lambda.call('GetFunctionCodeSigningConfig', { FunctionName: 'asked' }), {});
  assert.deepEqual(await lambda.call('GetFunctionConcurrency', { FunctionName: 'asked' }), {});
  assert.deepEqual(await lambda.call('GetFunctionRecursionConfig', { FunctionName: 'asked' }), { RecursiveLoop: 'Terminate' });
  assert.deepEqual(await lambda.call('GetRuntimeManagementConfig', { FunctionName: 'asked' }), {
    UpdateRuntimeOn: 'Auto',
    FunctionArn: arnOf('asked'),
  });
  const { AccountLimit, AccountUsage } = await lambda.call('GetAccountSettings', {});
  assert.equal(AccountLimit?.ConcurrentExecutions, 1000);
  assert.ok((AccountUsage?.FunctionCount ?? 0) >= 1);
});

test('a runtime of another Node is said once', () => {
  assert.equal(lambda.notices.filter((text) => text.includes('nodejs22.x')).length, 1);
});

test('tags › 50 and none of aws:, also at CreateFunction', async () => {
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
  await create('taggedfull', { Tags: tags(50) });
  const Resource = arnOf('taggedfull');
  const tooMany = {
    code: 'InvalidParameterValueException',
    message: 'Number of tags exceeds resource tag limit of 50.',
    fields: user,
  };
  const reserved = {
    code: 'InvalidParameterValueException',
    message: 'The tag key aws:x is not allowed: the prefix aws: is reserved.',
    fields: user,
  };
  assert.deepEqual(await refusal(lambda.call('TagResource', { Resource, Tags: { one: 'more' } })), tooMany);
  assert.deepEqual(await refusal(lambda.call('CreateFunction', input('tagged51', { Tags: tags(51) }))), tooMany);
  assert.deepEqual(await refusal(lambda.call('TagResource', { Resource, Tags: { 'aws:x': 'y' } })), reserved);
  assert.deepEqual(await refusal(lambda.call('CreateFunction', input('taggedaws', { Tags: { 'aws:x': 'y' } }))), reserved);
  for (const FunctionName of ['tagged51', 'taggedaws']) {
    assert.equal((await refusal(lambda.call('GetFunction', { FunctionName }))).code, 'ResourceNotFoundException');
  }
});

test('CreateFunction › AccessDeniedException for the ARN of another account', async () => {
  const there = 'arn:aws:lambda:us-east-1:999999999999:function:there';
  const { code, message } = await refusal(lambda.call('CreateFunction', input(there)));
  assert.equal(code, 'AccessDeniedException');
  assert.equal(
    message,
    `User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:CreateFunction on resource: ${there}`,
  );
  assert.equal((await refusal(lambda.call('GetFunction', { FunctionName: there }))).code, 'ResourceNotFoundException');
});

test('what is not run is refused, never ignored', async () => {
  await create('plain');
  const rows: readonly (readonly [Promise<unknown>, RegExp])[] = [
    [
      lambda.call('CreateFunction', input('keyed', { Code: { ZipFile: zip, SourceKMSKeyArn: 'arn:aws:kms:us-east-1:0:key/k' } })),
      /SourceKMSKeyArn/,
    ],
    [
      lambda.call('UpdateFunctionCode', {
        FunctionName: 'plain',
        ZipFile: zip,
        SourceKMSKeyArn: 'arn:aws:kms:us-east-1:0:key/k',
      }),
      /SourceKMSKeyArn/,
    ],
    [lambda.call('Invoke', { FunctionName: 'plain', TenantId: 'blue' }), /TenantId/],
    [lambda.call('Invoke', { FunctionName: 'plain', DurableExecutionName: 'once' }), /DurableExecutionName/],
    [lambda.call('ListFunctions', { Marker: 'made up' }), /Marker/],
  ];
  for (const [work, words] of rows) {
    const { code, message } = await refusal(work);
    assert.equal(code, 'InvalidParameterValueException');
    assert.match(message, words);
  }
});
