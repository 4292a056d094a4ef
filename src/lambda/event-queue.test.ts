// Asynchronous invocations: attempts, ages, destinations, and what a stop leaves for the next start.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type * as Sdk from '@aws-sdk/client-lambda';
import { AwsError } from '../aws/aws-error.ts';
import type { FunctionResult } from '../data-plane/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import { EVENT_KIND } from './event-document.ts';
import type { LambdaServiceOptions } from './lambda-service.ts';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';

const started: StartedLambda[] = [];
afterEach(async () => {
  for (const lambda of started.splice(0)) await lambda.close();
});

async function start(options: Partial<LambdaServiceOptions> = {}): Promise<StartedLambda> {
  const lambda = await startLambda({ limits: { retryDelaysMs: [5, 5], throttledDelayMs: 5 }, ...options });
  started.push(lambda);
  return lambda;
}

const fails = "exports.handler = async (event) => { console.log('ran', JSON.stringify(event)); throw new Error('no'); };";
const tells = "exports.handler = async (event) => { console.log('ran', JSON.stringify(event)); return { told: true }; };";
const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`did not happen: ${what}`);
}

/** The events a function was given, in order. */
function ran(lambda: StartedLambda, name: string): unknown[] {
  return lambda.service.logs(name).flatMap(({ text }) => {
    const event = /\tran (.*)$/.exec(text)?.[1];
    return event === undefined ? [] : [JSON.parse(event)];
  });
}

async function config(lambda: StartedLambda, input: Sdk.PutFunctionEventInvokeConfigCommandInput): Promise<void> {
  await lambda.call('PutFunctionEventInvokeConfig', input);
}

async function send(lambda: StartedLambda, name: string, event: unknown = {}, qualifier?: string): Promise<void> {
  const { response } = await lambda.invoke(name, event, { InvocationType: 'Event', Qualifier: qualifier });
  assert.equal(response.StatusCode, 202);
}

const idle = (lambda: StartedLambda) => until(() => lambda.service.stats().queuedEvents === 0, 'no event is left');

describe('attempts', () => {
  const rows: readonly (readonly [desc: string, settings: object, attempts: number])[] = [
    ['three when nothing is said', {}, 3],
    ['one without retries', { MaximumRetryAttempts: 0 }, 1],
    ['two with one retry', { MaximumRetryAttempts: 1 }, 2],
  ];
  for (const [desc, settings, attempts] of rows) {
    test(desc, async () => {
      const lambda = await start();
      await lambda.define('f', fails);
      if (Object.keys(settings).length > 0) await config(lambda, { FunctionName: 'f', ...settings });
      await send(lambda, 'f', { a: 1 });
      await idle(lambda);
      assert.deepEqual(ran(lambda, 'f'), Array(attempts).fill({ a: 1 }));
      assert.match(lambda.notices.join('\n'), /An asynchronous event of f was given up/);
    });
  }

  test('no retry that would be later than the age of the event allows', async () => {
    const lambda = await start({ limits: { retryDelaysMs: [61_000, 61_000] } });
    await lambda.define('f', fails);
    await config(lambda, { FunctionName: 'f', MaximumEventAgeInSeconds: 60 });
    await send(lambda, 'f');
    await idle(lambda);
    assert.equal(ran(lambda, 'f').length, 1);
  });

  test('an alias has a configuration of its own', async () => {
    const lambda = await start();
    await lambda.define('f', fails);
    await lambda.call('PublishVersion', { FunctionName: 'f' });
    await lambda.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
    await config(lambda, { FunctionName: 'f', Qualifier: 'live', MaximumRetryAttempts: 0 });
    await send(lambda, 'f', {}, 'live');
    await idle(lambda);
    assert.equal(ran(lambda, 'f').length, 1);
  });
});

describe('destinations', () => {
  const record = (lambda: StartedLambda): Record<string, unknown> => {
    const [given] = ran(lambda, 'told') as [{ timestamp: string; requestContext: { requestId: string } }];
    assert.ok(!Number.isNaN(Date.parse(given.timestamp)));
    assert.match(given.requestContext.requestId, /^[0-9a-f-]{36}$/);
    const { timestamp: _, requestContext, ...rest } = given;
    const { requestId: __, ...context } = requestContext;
    return { ...rest, requestContext: context };
  };

  test('OnSuccess is told what the function returned', async () => {
    const lambda = await start();
    await lambda.define('f', 'exports.handler = async (event) => ({ got: event });');
    await lambda.define('told', tells);
    await config(lambda, { FunctionName: 'f', DestinationConfig: { OnSuccess: { Destination: arnOf('told') } } });
    await send(lambda, 'f', { a: 1 });
    await idle(lambda);
    assert.deepEqual(record(lambda), {
      version: '1.0',
      requestContext: { functionArn: `${arnOf('f')}:$LATEST`, condition: 'Success', approximateInvokeCount: 1 },
      requestPayload: { a: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { got: { a: 1 } },
    });
  });

  test('OnFailure is told after the last attempt', async () => {
    const lambda = await start();
    await lambda.define('f', "exports.handler = async () => { throw new TypeError('no'); };");
    await lambda.define('told', tells);
    await config(lambda, {
      FunctionName: 'f',
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: arnOf('told') } },
    });
    await send(lambda, 'f', { a: 1 });
    await idle(lambda);
    const { responsePayload, ...rest } = record(lambda);
    assert.deepEqual(rest, {
      version: '1.0',
      requestContext: { functionArn: `${arnOf('f')}:$LATEST`, condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { a: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    });
    assert.equal((responsePayload as { errorType: string }).errorType, 'TypeError');
  });

  // AWS: Seen: test/parity, test_reserved_concurrency (its record goes to SQS).
  test('a function without concurrency is given up at once', async () => {
    const lambda = await start();
    await lambda.define('f', fails);
    await lambda.define('told', tells);
    await lambda.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await config(lambda, { FunctionName: 'f', DestinationConfig: { OnFailure: { Destination: arnOf('told') } } });
    await send(lambda, 'f');
    await idle(lambda);
    assert.deepEqual(ran(lambda, 'f'), []);
    assert.deepEqual(record(lambda), {
      version: '1.0',
      requestContext: { functionArn: `${arnOf('f')}:$LATEST`, condition: 'ZeroReservedConcurrency', approximateInvokeCount: 0 },
      requestPayload: {},
    });
  });

  test('functions that are each other’s destination come to an end', async () => {
    const lambda = await start();
    await lambda.define('a', tells);
    await lambda.define('b', tells);
    await config(lambda, { FunctionName: 'a', DestinationConfig: { OnSuccess: { Destination: arnOf('b') } } });
    await config(lambda, { FunctionName: 'b', DestinationConfig: { OnSuccess: { Destination: arnOf('a') } } });
    await send(lambda, 'a');
    await idle(lambda);
    assert.equal(ran(lambda, 'a').length + ran(lambda, 'b').length, 17);
    assert.match(lambda.notices.join('\n'), /was not sent to .*looks like a loop/);
  });

  test('unless their recursion configuration allows it', async () => {
    const lambda = await start();
    for (const [name, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      await lambda.define(name, tells);
      await lambda.call('PutFunctionRecursionConfig', { FunctionName: name, RecursiveLoop: 'Allow' });
      assert.equal((await lambda.call('GetFunctionRecursionConfig', { FunctionName: name })).RecursiveLoop, 'Allow');
      await lambda.call('UpdateFunctionConfiguration', { FunctionName: name, Description: other });
    }
    await config(lambda, { FunctionName: 'a', DestinationConfig: { OnSuccess: { Destination: arnOf('b') } } });
    await config(lambda, { FunctionName: 'b', DestinationConfig: { OnSuccess: { Destination: arnOf('a') } } });
    await send(lambda, 'a', {});
    await until(() => ran(lambda, 'a').length > 12, 'they go on');
    await config(lambda, { FunctionName: 'a', MaximumRetryAttempts: 0, DestinationConfig: {} });
    await idle(lambda);
  });

  for (const service of ['sqs', 'sns', 'events', 's3']) {
    test(`refused by name, without keys › ${service}`, async () => {
      const lambda = await start();
      await lambda.define('f', tells);
      const Destination = `arn:aws:${service}:us-east-1:000000000000:x`;
      await assert.rejects(config(lambda, { FunctionName: 'f', DestinationConfig: { OnFailure: { Destination } } }), (error) => {
        assert.ok(error instanceof AwsError);
        assert.equal(error.code, 'InvalidParameterValueException');
        assert.match(
          error.message,
          service === 's3' || service === 'events'
            ? /^Stagegate does not send results of asynchronous invocations to arn:.* yet/
            : /^Stagegate sends to arn:.* with keys of its own, and has none/,
        );
        return true;
      });
    });
  }
});

describe('the next start', () => {
  test('goes on with what was not done, and gives no attempt twice', async () => {
    const store = createMemoryStore();
    const first = await startLambda({ store, limits: { retryDelaysMs: [3_600_000, 3_600_000] } });
    await first.define('f', fails);
    await config(first, { FunctionName: 'f', MaximumRetryAttempts: 1 });
    await send(first, 'f', { a: 1 });
    await until(
      async () => (await store.scan<{ failures: number }>(EVENT_KIND))[0]?.document.failures === 1,
      'the failure is kept',
    );
    await first.service.close();
    const second = await start({ store });
    await idle(second);
    assert.deepEqual(ran(second, 'f'), [{ a: 1 }]);
    await until(async () => (await store.scan(EVENT_KIND)).length === 0, 'the event is gone from the store');
  });

  test('keeps what came of an invocation that was at work', async () => {
    const store = createMemoryStore();
    const first = await startLambda({ store });
    await first.define(
      'f',
      "exports.handler = async () => { console.log('ran {}'); await new Promise((r) => setTimeout(r, 300)); };",
    );
    await send(first, 'f');
    await until(() => ran(first, 'f').length === 1, 'it runs');
    await first.service.close(10_000);
    assert.deepEqual(await store.scan(EVENT_KIND), []);
    await store.close();
  });
});

test('an event is in the store before its caller is answered, and refused when there is no room', async () => {
  const lambda = await start({ limits: { queuedEventsMax: 1, retryDelaysMs: [3_600_000, 3_600_000] } });
  await lambda.define('f', fails);
  await send(lambda, 'f');
  assert.equal((await lambda.store.scan(EVENT_KIND)).length, 1);
  await assert.rejects(send(lambda, 'f'), { code: 'TooManyRequestsException' });
});

test('a reset forgets events; one at work writes nothing afterwards', async () => {
  const lambda = await start();
  await lambda.define(
    'f',
    "exports.handler = async () => { console.log('ran {}'); await new Promise((r) => setTimeout(r, 200)); throw 1; };",
  );
  await send(lambda, 'f');
  await until(() => ran(lambda, 'f').length === 1, 'it runs');
  await lambda.store.reset();
  lambda.service.clear();
  await until(() => lambda.service.stats().executing === 0, 'it is over');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(await lambda.store.scan(EVENT_KIND), []);
  assert.equal(lambda.service.stats().queuedEvents, 0);
});

describe('events of APIs', () => {
  const addPermission = (lambda: StartedLambda) =>
    lambda.call('AddPermission', {
      FunctionName: 'f',
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    });
  const enqueue = (lambda: StartedLambda, event: string): Promise<FunctionResult> => {
    const bound = lambda.service.functions.bind({
      scope: { account: '000000000000', region: 'us-east-1' },
      functionArn: arnOf('f'),
      sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/POST/p',
    });
    return new Promise((resolve) => bound.enqueue(event, { onFunctionResult: resolve }));
  };

  test('are accepted when they are durable, tried again like any other, and sent on', async () => {
    const store = createMemoryStore();
    const lambda = await start({ store });
    await lambda.define('f', fails);
    await lambda.define('told', tells);
    await addPermission(lambda);
    await config(lambda, { FunctionName: 'f', DestinationConfig: { OnFailure: { Destination: arnOf('told') } } });
    assert.deepEqual(await enqueue(lambda, '{"a":1}'), { kind: 'returned', payload: '' });
    assert.equal((await store.scan(EVENT_KIND)).length, 1);
    await idle(lambda);
    assert.deepEqual(ran(lambda, 'f'), Array(3).fill({ a: 1 }));
    assert.equal(ran(lambda, 'told').length, 1);
  });

  test('are refused without permission, when they are too large, and when there is no room', async () => {
    const lambda = await start({ limits: { queuedEventsMax: 0 } });
    await lambda.define('f', tells);
    const refusal = async (event: string): Promise<string> => {
      const result = await enqueue(lambda, event);
      return result.kind === 'refused' ? result.refusal : result.kind;
    };
    assert.equal(await refusal('{}'), 'AccessDenied');
    await addPermission(lambda);
    assert.equal(await refusal(JSON.stringify('x'.repeat(1_048_576))), 'RequestTooLarge');
    assert.equal(await refusal('{}'), 'TooManyRequests');
    assert.deepEqual(ran(lambda, 'f'), []);
  });
});
