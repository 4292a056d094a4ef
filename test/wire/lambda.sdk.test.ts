// Lambda driven by the AWS SDK for JavaScript: functions, every kind of invocation, permissions.

import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvalidParameterValueException,
  InvokeCommand,
  type InvokeCommandInput,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  TooManyRequestsException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, activeFunction, createFunction, createLambdaApi, hostOf, role } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';
import { zipFile } from './zip-file.ts';

let server: StartedServer;
let clients: AwsClients;

const source = `let count = 0;
export const handler = async (event, context) => {
  count += 1;
  if (event.throw) { const error = new TypeError('as asked'); throw error; }
  if (event.exit !== undefined) process.exit(event.exit);
  if (event.sleepMs) await new Promise((done) => setTimeout(done, event.sleepMs));
  if (event.print) { console.log('to stdout', event.print); console.error('to stderr', event.print); }
  return {
    event,
    count,
    name: context.functionName,
    version: context.functionVersion,
    arn: context.invokedFunctionArn,
    requestId: context.awsRequestId,
    memory: context.memoryLimitInMB,
    remaining: context.getRemainingTimeInMillis(),
    logGroup: context.logGroupName,
    environment: { mine: process.env.MINE, function: process.env.AWS_LAMBDA_FUNCTION_NAME, region: process.env.AWS_REGION },
  };
};`;

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  await createFunction(clients, 'worker', source, { environment: { MINE: 'yes' }, timeout: 2 });
});

after(async () => {
  clients?.destroy();
  await server?.stop();
});

async function invoke(input: Omit<InvokeCommandInput, 'FunctionName'> & { FunctionName?: string }) {
  const output = await clients.lambda.send(new InvokeCommand({ FunctionName: 'worker', ...input }));
  const text = Buffer.from(output.Payload ?? []).toString();
  return { ...output, text, json: text === '' ? undefined : JSON.parse(text) };
}

describe('invoke', () => {
  test('RequestResponse returns what the function returned, with AWS’s context', async () => {
    const output = await invoke({ Payload: JSON.stringify({ a: 1 }) });
    assert.equal(output.StatusCode, 200);
    assert.equal(output.ExecutedVersion, '$LATEST');
    assert.equal(output.FunctionError, undefined);
    assert.deepEqual(output.json.event, { a: 1 });
    assert.equal(output.json.name, 'worker');
    assert.equal(output.json.version, '$LATEST');
    assert.equal(output.json.arn, `arn:aws:lambda:us-east-1:${account}:function:worker`);
    assert.match(output.json.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(output.json.requestId, output.$metadata.requestId);
    assert.equal(output.json.memory, '128');
    assert.ok(output.json.remaining > 0 && output.json.remaining <= 2000);
    assert.equal(output.json.logGroup, '/aws/lambda/worker');
    assert.deepEqual(output.json.environment, { mine: 'yes', function: 'worker', region: 'us-east-1' });
  });

  test('keeps a warm environment', async () => {
    await createFunction(clients, 'warm', source);
    assert.equal((await invoke({ FunctionName: 'warm' })).json.count, 1);
    assert.equal((await invoke({ FunctionName: 'warm' })).json.count, 2);
  });

  test('by ARN and by partial ARN', async () => {
    for (const name of [`arn:aws:lambda:us-east-1:${account}:function:worker`, `${account}:function:worker`, 'worker:$LATEST']) {
      assert.equal((await invoke({ FunctionName: name })).StatusCode, 200, name);
    }
  });

  test('Event answers 202 at once, and the function runs', async () => {
    // It has a file system of its own where that works; the network it shares.
    const calls: string[] = [];
    const listener = http.createServer((request, response) => {
      calls.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    try {
      await createFunction(clients, 'later', 'export const handler = async (event) => { await fetch(event.url); };');
      const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/ran`;
      const output = await invoke({ FunctionName: 'later', InvocationType: 'Event', Payload: JSON.stringify({ url }) });
      assert.equal(output.StatusCode, 202);
      assert.equal(output.text, '');
      for (let attempt = 0; attempt < 200 && calls.length === 0; attempt++) await sleep(50);
      assert.deepEqual(calls, ['/ran'], 'the function did not run within 10 s');
    } finally {
      listener.closeAllConnections();
      listener.close();
    }
  });

  test('DryRun answers 204 and runs nothing', async () => {
    await createFunction(clients, 'dry', source);
    const output = await invoke({ FunctionName: 'dry', InvocationType: 'DryRun' });
    assert.equal(output.StatusCode, 204);
    assert.equal(output.text, '');
    assert.equal((await invoke({ FunctionName: 'dry' })).json.count, 1);
  });

  test('with LogType Tail returns the log', async () => {
    const output = await invoke({ LogType: 'Tail', Payload: JSON.stringify({ print: 'hello' }) });
    const log = Buffer.from(output.LogResult ?? '', 'base64').toString();
    assert.match(log, /^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/m);
    assert.match(log, /to stdout hello/);
    assert.match(log, /to stderr hello/);
    assert.match(log, /^END RequestId: [0-9a-f-]{36}$/m);
    assert.match(log, /^REPORT RequestId: [0-9a-f-]{36}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB/m);
  });

  test('of a function that throws', async () => {
    const output = await invoke({ Payload: JSON.stringify({ throw: true }) });
    assert.equal(output.StatusCode, 200);
    assert.equal(output.FunctionError, 'Unhandled');
    assert.equal(output.json.errorType, 'TypeError');
    assert.equal(output.json.errorMessage, 'as asked');
    assert.ok(Array.isArray(output.json.trace));
  });

  test('of a function that takes too long', async () => {
    await createFunction(clients, 'slow', source, { timeout: 2 });
    assert.equal((await invoke({ FunctionName: 'slow' })).json.count, 1);
    const started = Date.now();
    const output = await invoke({ FunctionName: 'slow', Payload: JSON.stringify({ sleepMs: 10_000 }) });
    assert.equal(output.FunctionError, 'Unhandled');
    assert.equal(output.json.errorType, 'Sandbox.Timedout');
    assert.match(output.json.errorMessage, /^RequestId: [0-9a-f-]{36} Error: Task timed out after 2\.00 seconds$/);
    assert.ok(Date.now() - started < 9_000, 'it was stopped');
    // AWS: the environment is thrown away after a timeout.
    assert.equal((await invoke({ FunctionName: 'slow' })).json.count, 1);
  });

  test('of a function that ends its process', async () => {
    const output = await invoke({ Payload: JSON.stringify({ exit: 3 }) });
    assert.equal(output.FunctionError, 'Unhandled');
    assert.equal(output.json.errorType, 'Runtime.ExitError');
    assert.match(output.json.errorMessage, /^RequestId: [0-9a-f-]{36} Error: Runtime exited/);
    assert.equal((await invoke({})).StatusCode, 200);
  });

  test('of code that cannot be loaded', async () => {
    await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'broken',
        Role: role,
        Runtime: 'nodejs22.x',
        Handler: 'missing.handler',
        Code: { ZipFile: zipFile({ 'index.mjs': 'export const handler = 1;' }) },
      }),
    );
    await activeFunction(clients, 'broken');
    const output = await invoke({ FunctionName: 'broken' });
    assert.equal(output.FunctionError, 'Unhandled');
    assert.equal(output.json.errorType, 'Runtime.ImportModuleError');
  });

  test('of a callback-style CommonJS handler in a folder', async () => {
    await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'callback',
        Role: role,
        Runtime: 'nodejs22.x',
        Handler: 'src/app.run',
        Code: { ZipFile: zipFile({ 'src/app.js': 'exports.run = (event, context, done) => done(null, { got: event });' }) },
      }),
    );
    await activeFunction(clients, 'callback');
    assert.deepEqual((await invoke({ FunctionName: 'callback', Payload: '{"x":1}' })).json, { got: { x: 1 } });
  });

  test('of many at once', async () => {
    const outputs = await Promise.all(
      Array.from({ length: 6 }, (_, n) => invoke({ Payload: JSON.stringify({ n, sleepMs: 100 }) })),
    );
    assert.deepEqual(
      outputs.map((output) => output.json.event.n),
      [0, 1, 2, 3, 4, 5],
    );
  });

  test('of what is not there', async () => {
    await assert.rejects(invoke({ FunctionName: 'nobody' }), (error: Error) => {
      assert.ok(error instanceof ResourceNotFoundException, `${error.name}: ${error.message}`);
      assert.match(error.message, /^Function not found: arn:aws:lambda:us-east-1:\d{12}:function:nobody:\$LATEST$/);
      return true;
    });
  });

  test('of a payload over 6 MB is refused', async () => {
    await assert.rejects(
      invoke({ Payload: JSON.stringify('x'.repeat(6.5 * 1024 * 1024)) }),
      (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
        assert.equal(error.$metadata?.httpStatusCode, 413, error.name);
        return true;
      },
    );
  });

  test('of something that is no JSON is refused', async () => {
    await assert.rejects(invoke({ Payload: 'not json' }), { name: 'InvalidRequestContentException' });
  });
});

describe('functions', () => {
  test('are created Pending, become Active, and are shown in full', async () => {
    const zip = zipFile({ 'index.mjs': source });
    const created = await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'shown',
        Role: role,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: zip },
      }),
    );
    assert.equal(created.State, 'Pending');
    assert.equal(created.CodeSize, zip.length);
    assert.equal(created.Timeout, 3);
    assert.equal(created.MemorySize, 128);
    assert.deepEqual(created.Architectures, ['x86_64']);
    assert.equal(created.PackageType, 'Zip');
    assert.equal(created.Version, '$LATEST');
    const active = await activeFunction(clients, 'shown');
    assert.equal(active.CodeSha256, created.CodeSha256);
    const shown = await clients.lambda.send(new GetFunctionCommand({ FunctionName: 'shown' }));
    assert.equal(shown.Code?.RepositoryType, 'S3');
    assert.ok((shown.Code?.Location ?? '').length > 0);
  });

  test('run new code after UpdateFunctionCode and new settings after UpdateFunctionConfiguration', async () => {
    await createFunction(clients, 'changing', 'export const handler = async () => "one";');
    assert.equal((await invoke({ FunctionName: 'changing' })).json, 'one');
    await clients.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'changing',
        ZipFile: zipFile({ 'index.mjs': 'export const handler = async () => "two " + process.env.WORD;' }),
      }),
    );
    await activeFunction(clients, 'changing');
    assert.equal((await invoke({ FunctionName: 'changing' })).json, 'two undefined');
    await clients.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'changing', Environment: { Variables: { WORD: 'set' } } }),
    );
    await activeFunction(clients, 'changing');
    assert.equal((await invoke({ FunctionName: 'changing' })).json, 'two set');
  });

  test('are listed in pages', async () => {
    const region = awsClients(server, { region: 'eu-north-1' });
    try {
      for (let i = 0; i < 5; i++) await createFunction(region, `list-${i}`, source);
      const names: (string | undefined)[] = [];
      let marker: string | undefined;
      let pages = 0;
      do {
        const page = await region.lambda.send(new ListFunctionsCommand({ MaxItems: 2, Marker: marker }));
        names.push(...(page.Functions ?? []).map((known) => known.FunctionName));
        marker = page.NextMarker;
        pages++;
      } while (marker !== undefined && marker !== '' && pages < 10);
      assert.deepEqual(names.sort(), ['list-0', 'list-1', 'list-2', 'list-3', 'list-4']);
      assert.equal(pages, 3);
    } finally {
      region.destroy();
    }
  });

  test('are gone after DeleteFunction', async () => {
    await createFunction(clients, 'deleted', source);
    await clients.lambda.send(new DeleteFunctionCommand({ FunctionName: 'deleted' }));
    await assert.rejects(
      clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'deleted' })),
      ResourceNotFoundException,
    );
  });

  test('are refused when they make no sense', async () => {
    const good = { FunctionName: 'refused', Role: role, Runtime: 'nodejs22.x', Handler: 'index.handler' } as const;
    const zip = zipFile({ 'index.mjs': source });
    await assert.rejects(
      clients.lambda.send(new CreateFunctionCommand({ ...good, Code: { ZipFile: Buffer.from('this is no zip') } })),
      (error: Error) => error instanceof InvalidParameterValueException && /unzip/.test(error.message),
    );
    await assert.rejects(
      clients.lambda.send(new CreateFunctionCommand({ ...good, FunctionName: 'worker', Code: { ZipFile: zip } })),
      ResourceConflictException,
    );
    await assert.rejects(
      clients.lambda.send(new CreateFunctionCommand({ ...good, Timeout: 901, Code: { ZipFile: zip } })),
      (error: Error & { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode === 400,
    );
    await assert.rejects(
      clients.lambda.send(new CreateFunctionCommand({ ...good, Runtime: 'fortran77' as 'nodejs22.x', Code: { ZipFile: zip } })),
      (error: Error & { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode === 400,
    );
  });
});

describe('reserved concurrency', () => {
  test('of 0 stops a function, through the API too, and of nothing lets it run again', async () => {
    const made = await createFunction(clients, 'reserved', source);
    const host = hostOf(await createLambdaApi(clients, made.FunctionArn ?? '', ['GET /x']));
    const reserve = { FunctionName: 'reserved', ReservedConcurrentExecutions: 0 };
    await clients.lambda.send(new PutFunctionConcurrencyCommand(reserve));
    await assert.rejects(invoke({ FunctionName: 'reserved' }), (error: Error & { Reason?: string }) => {
      assert.ok(error instanceof TooManyRequestsException, error.name);
      assert.equal(error.Reason, 'ReservedFunctionConcurrentInvocationLimitExceeded');
      return true;
    });
    const refused = await rawRequest(server.port, { target: '/x', host });
    assert.ok([429, 500, 503].includes(refused.status), String(refused.status));
    await clients.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'reserved' }));
    assert.equal((await invoke({ FunctionName: 'reserved' })).StatusCode, 200);
    assert.equal((await rawRequest(server.port, { target: '/x', host })).status, 200);
  });

  test('of 2 lets two run at once and refuses the third', async () => {
    await createFunction(clients, 'two', source);
    await clients.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'two', ReservedConcurrentExecutions: 2 }));
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map(() => invoke({ FunctionName: 'two', Payload: JSON.stringify({ sleepMs: 1000 }) })),
    );
    assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  });
});

describe('permissions', () => {
  test('are added, shown as a policy document, and removed', async () => {
    await createFunction(clients, 'guarded', source);
    await assert.rejects(clients.lambda.send(new GetPolicyCommand({ FunctionName: 'guarded' })), ResourceNotFoundException);
    const added = await clients.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'guarded',
        StatementId: 'gateway',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: `arn:aws:execute-api:us-east-1:${account}:abc/*/GET/x`,
      }),
    );
    const statement = JSON.parse(added.Statement ?? '{}');
    assert.deepEqual(statement, {
      Sid: 'gateway',
      Effect: 'Allow',
      Principal: { Service: 'apigateway.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: `arn:aws:lambda:us-east-1:${account}:function:guarded`,
      Condition: { ArnLike: { 'AWS:SourceArn': `arn:aws:execute-api:us-east-1:${account}:abc/*/GET/x` } },
    });
    const policy = JSON.parse((await clients.lambda.send(new GetPolicyCommand({ FunctionName: 'guarded' }))).Policy ?? '{}');
    assert.deepEqual(policy.Statement, [statement]);
    await assert.rejects(
      clients.lambda.send(
        new AddPermissionCommand({
          FunctionName: 'guarded',
          StatementId: 'gateway',
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
        }),
      ),
      ResourceConflictException,
    );
    await clients.lambda.send(new RemovePermissionCommand({ FunctionName: 'guarded', StatementId: 'gateway' }));
    await assert.rejects(clients.lambda.send(new GetPolicyCommand({ FunctionName: 'guarded' })), ResourceNotFoundException);
  });
});

test('STS says who calls', async () => {
  const identity = await clients.sts.send(new GetCallerIdentityCommand({}));
  assert.equal(identity.Account, account);
  assert.match(identity.Arn ?? '', new RegExp(`^arn:aws:(iam|sts)::${account}:`));
});
