// Results of asynchronous invocations at queues, topics and buses: signed calls at the AWS endpoints of the options.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction } from './deployed-api.ts';
import { type AwsCall, awsKeys, type FakeAws, startFakeAws } from './fake-aws.ts';
import { type StartedServer, startServer } from './started-server.ts';

let aws: FakeAws;
let server: StartedServer;
let clients: AwsClients;
before(async () => {
  aws = await startFakeAws();
  server = await startServer({ environment: awsKeys, arguments: ['--aws-endpoint', `${aws.url}/base`] });
  clients = awsClients(server);
  await createFunction(clients, 'works', 'export const handler = async (event) => ({ done: event.a });');
  await createFunction(clients, 'fails', "export const handler = async () => { throw new TypeError('no ü'); };");
});
after(async () => {
  clients?.destroy();
  await server?.stop();
  await aws?.close();
});

const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:${account}:function:${name}:$LATEST`;
const queue = `arn:aws:sqs:eu-west-1:${account}:results`;
const topic = `arn:aws:sns:us-east-1:${account}:results`;
const bus = `arn:aws:events:us-east-1:${account}:event-bus/results`;

async function configure(name: string, onSuccess: string | undefined, onFailure: string | undefined): Promise<void> {
  await clients.lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: name,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: { Destination: onSuccess }, OnFailure: { Destination: onFailure } },
    }),
  );
}

/** Sends an event and waits for `count` calls. */
async function sendEvent(name: string, event: object, count = 1): Promise<readonly AwsCall[]> {
  const known = aws.calls.length;
  await clients.lambda.send(
    new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event)) }),
  );
  for (let attempt = 0; attempt < 400 && aws.calls.length < known + count; attempt++) await sleep(20);
  return aws.calls.slice(known);
}

interface InvocationRecordText {
  readonly requestContext: { readonly condition: string; readonly functionArn: string };
  readonly requestPayload: unknown;
  readonly responsePayload: unknown;
}

describe('a destination', () => {
  test('that is a queue gets the record', async () => {
    await configure('works', queue, undefined);
    const [call] = await sendEvent('works', { a: 1 });
    assert.equal(call?.signature, 'sqs in eu-west-1');
    assert.deepEqual([call?.method, call?.target, call?.headers['x-amz-target']], ['POST', '/base/', 'AmazonSQS.SendMessage']);
    const { QueueUrl, MessageBody, ...others } = JSON.parse(call?.body ?? '') as { QueueUrl: string; MessageBody: string };
    assert.deepEqual([QueueUrl, others], [`https://sqs.eu-west-1.amazonaws.com/${account}/results`, {}]);
    const record = JSON.parse(MessageBody) as InvocationRecordText;
    assert.equal(record.requestContext.condition, 'Success');
    assert.equal(record.requestContext.functionArn, functionArn('works'));
    assert.deepEqual([record.requestPayload, record.responsePayload], [{ a: 1 }, { done: 1 }]);
  });

  test('that is a topic gets the record', async () => {
    await configure('fails', undefined, topic);
    const [call] = await sendEvent('fails', { text: 'a+b & ü' });
    assert.equal(call?.signature, 'sns in us-east-1');
    const form = new URLSearchParams(call?.body);
    assert.deepEqual([form.get('Action'), form.get('TopicArn')], ['Publish', topic]);
    const record = JSON.parse(form.get('Message') ?? '') as InvocationRecordText;
    assert.equal(record.requestContext.condition, 'RetriesExhausted');
    assert.deepEqual(record.requestPayload, { text: 'a+b & ü' });
  });

  test('that is an event bus gets the record as an event', async () => {
    await configure('works', bus, undefined);
    const [call] = await sendEvent('works', { a: 2 });
    assert.equal(call?.signature, 'events in us-east-1');
    const { Entries } = JSON.parse(call?.body ?? '') as { Entries: Record<string, unknown>[] };
    const { Detail, ...entry } = Entries[0] ?? {};
    assert.deepEqual(entry, {
      Source: 'lambda',
      DetailType: 'Lambda Function Invocation Result - Success',
      EventBusName: 'results',
      Resources: [functionArn('works'), bus],
    });
    assert.deepEqual((JSON.parse(String(Detail)) as InvocationRecordText).responsePayload, { done: 2 });
  });
});

describe('a dead-letter queue', () => {
  const setTarget = (name: string, arn: string) =>
    clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, DeadLetterConfig: { TargetArn: arn } }));

  test('gets the event with what went wrong, beside the destination’s record', async () => {
    await configure('fails', undefined, topic);
    assert.deepEqual((await setTarget('fails', queue)).DeadLetterConfig, { TargetArn: queue });
    const published = await clients.lambda.send(new PublishVersionCommand({ FunctionName: 'fails' }));
    assert.deepEqual(published.DeadLetterConfig, { TargetArn: queue });
    const calls = await sendEvent('fails', { a: 3 }, 2);
    assert.equal(calls.length, 2);
    const dead = calls.find(({ signature }) => signature.startsWith('sqs'));
    const { MessageBody, MessageAttributes } = JSON.parse(dead?.body ?? '') as {
      MessageBody: string;
      MessageAttributes: Record<string, { DataType: string; StringValue: string }>;
    };
    assert.equal(MessageBody, '{"a":3}');
    assert.match(MessageAttributes['RequestID']?.StringValue ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(MessageAttributes['ErrorCode'], { DataType: 'Number', StringValue: '200' });
    assert.deepEqual(MessageAttributes['ErrorMessage'], { DataType: 'String', StringValue: 'no ü' });
  });

  test('that is a topic gets the same as attributes of a message', async () => {
    await configure('fails', undefined, undefined);
    await setTarget('fails', topic);
    const [call] = await sendEvent('fails', { a: 4 });
    const form = new URLSearchParams(call?.body);
    assert.equal(form.get('Message'), '{"a":4}');
    assert.equal(form.get('MessageAttributes.entry.3.Name'), 'ErrorMessage');
    assert.equal(form.get('MessageAttributes.entry.3.Value.StringValue'), 'no ü');
  });

  test('is none any more when it is set to nothing', async () => {
    await setTarget('fails', '');
    const shown = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'fails' }));
    assert.equal(shown.DeadLetterConfig, undefined);
  });

  for (const arn of [bus, `arn:aws:lambda:us-east-1:${account}:function:works`]) {
    test(`is no ${arn.split(':')[2]}`, async () => {
      await assert.rejects(setTarget('fails', arn), /InvalidParameterValueException|ValidationException|does not send results/);
    });
  }
});

describe('nothing is lost in silence', () => {
  test('a service that refuses is told of, and not asked again', async () => {
    // The small AWS knows no such operation of the key that signs for another one.
    await configure('works', queue, undefined);
    const answers = aws.refuse('SendMessage', 403);
    const calls = await sendEvent('works', { a: 5 });
    await sleep(500);
    answers.restore();
    assert.equal(calls.length, 1);
    assert.equal(aws.calls.at(-1), calls[0]);
    assert.match(server.output(), /A result of works was not sent to arn:aws:sqs:.*it answered 403/);
  });

  test('a service that is busy is asked again', async () => {
    const answers = aws.refuse('SendMessage', 503);
    const known = aws.calls.length;
    await sendEvent('works', { a: 6 });
    answers.restore();
    for (let attempt = 0; attempt < 200 && aws.calls.length < known + 2; attempt++) await sleep(20);
    const [first, second] = aws.calls.slice(known);
    assert.ok(first !== undefined && second !== undefined, 'it was asked once');
    assert.equal(second.body, first.body);
  });
});
