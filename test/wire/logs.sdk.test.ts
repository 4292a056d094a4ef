// CloudWatch Logs through the SDK, the CLI and boto3: what a user does by hand, the logs of functions, and polling as
// `aws logs tail --follow` does it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  StartLiveTailCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { createFunction } from './deployed-api.ts';
import { awsCommand, pythonWithBoto3, runClient, skipWithout } from './other-clients.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
const data = temporaryFolder();

before(async () => {
  server = await startServer({ dataDirectory: `${data.folder}/data` });
  clients = awsClients(server);
});
after(async () => {
  clients.destroy();
  await server.stop();
  data.remove();
});

const source = `export const handler = async (event) => { console.log('hello', event.n); return event.n; };`;

test('what a function writes is in its log group, in a stream named as AWS names it, and is there after a restart', async () => {
  await createFunction(clients, 'writer', source);
  await clients.lambda.send(new InvokeCommand({ FunctionName: 'writer', Payload: '{"n":41}' }));
  const read = async () => {
    const { logStreams = [] } = await clients.logs.send(new DescribeLogStreamsCommand({ logGroupName: '/aws/lambda/writer' }));
    assert.equal(logStreams.length, 1);
    assert.match(logStreams[0]?.logStreamName ?? '', /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    const { events = [] } = await clients.logs.send(
      new GetLogEventsCommand({
        logGroupName: '/aws/lambda/writer',
        logStreamName: logStreams[0]?.logStreamName,
        startFromHead: true,
      }),
    );
    return events.map(({ message = '' }) => message);
  };
  let lines = await read();
  // REPORT is written after the answer.
  for (let i = 0; i < 100 && !lines.some((line) => line.startsWith('REPORT ')); i++) {
    await sleep(50);
    lines = await read();
  }
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]?.replace(/^\d{4}-.*/, 'line')),
    ['INIT_START', 'START', 'line', 'END', 'REPORT'],
  );
  assert.match(lines[2] ?? '', /\tINFO\thello 41\n$/);
  assert.match(lines[1] ?? '', /^START RequestId: [0-9a-f-]{36} Version: \$LATEST\n$/);

  clients.destroy();
  await server.stop();
  server = await startServer({ dataDirectory: `${data.folder}/data` });
  clients = awsClients(server);
  assert.deepEqual(await read(), lines);
});

test('polling FilterLogEvents sees every event once, in order, while they come', async () => {
  const logGroupName = '/polled';
  await clients.logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of ['a', 'b']) await clients.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const startTime = Date.now() - 1_000;
  const put = (logStreamName: string, message: string) =>
    clients.logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [{ timestamp: Date.now(), message }] }));
  // As the CLI does it: the next poll begins at the last timestamp, and events seen at that time are left out by their id.
  const seen = new Map<string, string>();
  let from = startTime;
  for (let i = 0; i < 6; i++) {
    await put(i % 2 === 0 ? 'a' : 'b', `event ${i}`);
    let nextToken: string | undefined;
    do {
      const page: { events?: { eventId?: string; message?: string; timestamp?: number }[]; nextToken?: string } =
        await clients.logs.send(new FilterLogEventsCommand({ logGroupName, interleaved: true, startTime: from, nextToken }));
      for (const event of page.events ?? []) {
        seen.set(event.eventId ?? '', event.message ?? '');
        from = Math.max(from, event.timestamp ?? 0);
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
  assert.deepEqual(
    [...seen.values()],
    [0, 1, 2, 3, 4, 5].map((i) => `event ${i}`),
  );
});

test('StartLiveTail is refused by its name', async () => {
  const command = new StartLiveTailCommand({ logGroupIdentifiers: ['arn:aws:logs:us-east-1:000000000000:log-group:/polled'] });
  // The SDK would put `stream-` before the host, which no resolver knows here.
  const client = new CloudWatchLogsClient({
    endpoint: server.controlUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    disableHostPrefix: true,
  });
  await assert.rejects(client.send(command), {
    name: 'NotImplementedException',
    message: /^StartLiveTail of service logs is not implemented yet by Stagegate$/,
  });
  client.destroy();
});

const aws = awsCommand();
test('aws logs', { skip: skipWithout(aws, 'the AWS CLI', 'install it with: apt-get install awscli') }, async () => {
  const call = async (...args: string[]) => {
    const text = await runClient(
      aws?.command ?? 'aws',
      ['--endpoint-url', server.controlUrl, '--output', 'json', 'logs', ...args],
      {
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'thing',
        AWS_DEFAULT_REGION: 'us-east-1',
      },
    );
    return text.trim() === '' ? undefined : JSON.parse(text);
  };
  await call('create-log-group', '--log-group-name', '/cli');
  await call('create-log-stream', '--log-group-name', '/cli', '--log-stream-name', 's');
  const put = ['--log-group-name', '/cli', '--log-stream-name', 's', '--log-events'];
  await call('put-log-events', ...put, JSON.stringify([{ timestamp: Date.now(), message: '{"status":503}' }]));
  await call('put-log-events', ...put, JSON.stringify([{ timestamp: Date.now(), message: '{"status":200}' }]));
  const found = await call('filter-log-events', '--log-group-name', '/cli', '--filter-pattern', '{ $.status = 5* }');
  assert.deepEqual(
    found.events.map((event: { message: string }) => event.message),
    ['{"status":503}'],
  );
  if (aws?.version.startsWith('aws-cli/2')) {
    const tail = await runClient(
      aws.command,
      ['--endpoint-url', server.controlUrl, 'logs', 'tail', '/cli', '--format', 'short', '--since', '1h'],
      { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'thing', AWS_DEFAULT_REGION: 'us-east-1' },
    );
    assert.match(tail, /503[\s\S]*200/);
  }
});

const python = pythonWithBoto3();
test('boto3: paginators and errors', { skip: skipWithout(python, 'boto3', 'install it with: pip install boto3') }, async () => {
  const program = `
import boto3, json, sys, time
logs = boto3.client('logs', endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='a', aws_secret_access_key='b')
logs.create_log_group(logGroupName='/boto3', tags={'a': 'b'})
logs.create_log_stream(logGroupName='/boto3', logStreamName='s')
now = int(time.time() * 1000)
logs.put_log_events(logGroupName='/boto3', logStreamName='s', logEvents=[{'timestamp': now + i, 'message': f'event {i}'} for i in range(7)])
pages = logs.get_paginator('filter_log_events').paginate(logGroupName='/boto3', PaginationConfig={'PageSize': 3})
messages = [event['message'] for page in pages for event in page['events']]
try:
    logs.delete_log_group(logGroupName='/none')
except logs.exceptions.ResourceNotFoundException as error:
    message = error.response['Error']['Message']
print(json.dumps({'messages': messages, 'message': message, 'tags': logs.list_tags_log_group(logGroupName='/boto3')['tags']}))
`;
  const answer = JSON.parse(await runClient(python ?? 'python3', ['-c', program, server.controlUrl]));
  assert.deepEqual(
    answer.messages,
    [0, 1, 2, 3, 4, 5, 6].map((i) => `event ${i}`),
  );
  assert.equal(answer.message, 'The specified log group does not exist.');
  assert.deepEqual(answer.tags, { a: 'b' });
});
