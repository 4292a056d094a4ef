// Every recorded CloudWatch Logs test is made again against our server. What the recordings leave out (fixtures, loops) is written
// out here by test name; the answers are compared with AWS's word for word. Differences are listed in known-differences.json
// under `logs`, each with its reason.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as logsModule from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from '../wire/aws-clients.ts';
import { account, createFunction } from '../wire/deployed-api.ts';
import { type StartedServer, startServer } from '../wire/started-server.ts';
import { type Bindings, compare, type Difference } from './compare.ts';
import { type RecordedTest, readRecordings, skipWithoutRecordings } from './recordings.ts';

type Answer = Record<string, unknown>;
type Call = (operation: string, input?: Record<string, unknown>) => Promise<Answer>;
type Records = Record<string, unknown>;

const skip = skipWithoutRecordings();
const files = ['events', 'filter_events', 'groups', 'resource_policies', 'streams'].map((name) => `logs.test_logs_${name}.json`);
const recordings = skip === false ? files.flatMap(readRecordings) : [];
const known = JSON.parse(readFileSync(path.join(import.meta.dirname, 'known-differences.json'), 'utf8')) as {
  readonly logs?: { readonly differences: Readonly<Record<string, Readonly<Record<string, string>>>> };
};

const route53Policy = (resource: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Route53LogsToCloudWatchLogs',
        Effect: 'Allow',
        Principal: { Service: ['route53.amazonaws.com'] },
        Action: 'logs:PutLogEvents',
        Resource: resource,
      },
    ],
  });

/** What each recorded test did. A group and a stream are there before, as the recorded tests' fixtures made them. */
const tests: Readonly<Record<string, (call: Call, names: { group: string; stream: string; uid: string }) => Promise<Records>>> = {
  'TestLogsEvents::test_put_log_events_wrong_order': async (call, { group, stream }) => ({
    'error-wrong-order': await call('PutLogEvents', {
      logGroupName: group,
      logStreamName: stream,
      logEvents: [
        { message: 'Message 0', timestamp: Date.now() },
        { message: 'Message 1', timestamp: Date.now() - 5_000 },
      ],
    }),
  }),
  'TestLogsEvents::test_put_log_events_too_new': async (call, { group, stream }) => ({
    'response-too-new': await call('PutLogEvents', {
      logGroupName: group,
      logStreamName: stream,
      logEvents: [{ message: 'Future message', timestamp: Date.now() + 86_400_000 }],
    }),
  }),
  'TestLogsEvents::test_get_log_events_invalid_token': async (call, { group, stream }) => ({
    'error-invalid-token': await call('GetLogEvents', { logGroupName: group, logStreamName: stream, nextToken: 'invalid-token' }),
  }),
  'TestLogsEvents::test_get_log_events_limit_validation': async (call, { group, stream }) => ({
    'error-limit-exceeded': await call('GetLogEvents', { logGroupName: group, logStreamName: stream, limit: 10_001 }),
  }),
  'TestLogsEventsErrors::test_resource_does_not_exist': async (call, { uid }) => {
    const names = { logGroupName: `log-group-${uid}`, logStreamName: `log-stream-${uid}` };
    const noGroup = await call('GetLogEvents', names);
    await call('CreateLogGroup', { logGroupName: names.logGroupName });
    return {
      'error-log-group-does-not-exist': noGroup,
      'error-log-stream-does-not-exist': await call('GetLogEvents', names),
    };
  },
  'TestFilterLogEvents::test_filter_log_events_unknown_token': async (call, { group, stream }) => ({
    'invalid-token': await call('FilterLogEvents', {
      logGroupName: group,
      logStreamNames: [stream],
      limit: 20,
      nextToken: 'invalid-token',
    }),
  }),
  'TestLogsGroups::test_create_log_group_with_kms_key': async (call, { uid }) => {
    const name = `test-log-group-kms-${uid}`;
    await call('CreateLogGroup', { logGroupName: name, kmsKeyId: `arn:aws:kms:us-east-1:${account}:key/${uid}` });
    return { 'describe-log-groups-with-kms': await call('DescribeLogGroups', { logGroupNamePrefix: name }) };
  },
  'TestLogsGroups::test_create_log_group_invalid_name_length': async (call) => ({
    'error-invalid-name-length': await call('CreateLogGroup', { logGroupName: 'a'.repeat(513) }),
  }),
  'TestLogsGroups::test_describe_log_groups_with_prefix': async (call, { uid }) => {
    for (const each of ['a', 'b', 'c']) await call('CreateLogGroup', { logGroupName: `test-prefix-${uid}-${each}` });
    return { 'describe-log-groups-prefix': await call('DescribeLogGroups', { logGroupNamePrefix: `test-prefix-${uid}` }) };
  },
  'TestLogsGroups::test_describe_log_groups_prefix_and_pattern_error': async (call, { uid }) => ({
    'error-prefix-and-pattern': await call('DescribeLogGroups', { logGroupNamePattern: uid, logGroupNamePrefix: uid }),
  }),
  'TestLogsGroups::test_list_log_groups_with_pattern': async (call, { uid }) => {
    await call('CreateLogGroup', { logGroupName: `test-list-${uid}` });
    const found = await call('DescribeLogGroups', { logGroupNamePattern: `test-list-${uid}` });
    return {
      'list-log-groups-no-match': await call('ListLogGroups', { logGroupNamePattern: 'no-such-group' }),
      'list-log-groups-match': found['logGroups'],
    };
  },
  'TestLogsGroupsTags::test_tag_log_group': async (call, { uid }) => {
    const logGroupName = `test-tags-${uid}`;
    await call('CreateLogGroup', { logGroupName });
    await call('TagLogGroup', { logGroupName, tags: { tag_key_1: 'tag_value_1' } });
    return { 'list-tags-after-tag': await call('ListTagsLogGroup', { logGroupName }) };
  },
  'TestLogsGroupsTags::test_tag_resource_api': async (call, { uid }) => {
    const logGroupName = `test-tags-${uid}`;
    const resourceArn = `arn:aws:logs:us-east-1:${account}:log-group:${logGroupName}`;
    await call('CreateLogGroup', { logGroupName, tags: { env: 'testing1' } });
    const created = await call('ListTagsLogGroup', { logGroupName });
    await call('TagResource', { resourceArn, tags: { test1: 'val1', test2: 'val2' } });
    const byName = await call('ListTagsLogGroup', { logGroupName });
    const byArn = await call('ListTagsForResource', { resourceArn });
    await call('TagLogGroup', { logGroupName, tags: { test3: 'val3' } });
    const byName3 = await call('ListTagsLogGroup', { logGroupName });
    const byArn3 = await call('ListTagsForResource', { resourceArn });
    await call('UntagLogGroup', { logGroupName, tags: ['test3'] });
    await call('UntagResource', { resourceArn, tagKeys: ['env', 'test1'] });
    return {
      'list-tags-after-create': created,
      'list-tags-log-group-after-tag-resource': byName,
      'list-tags-for-resource-after-tag-resource': byArn,
      'list-tags-log-group-after-tag-log-group': byName3,
      'list-tags-for-resource-after-tag-log-group': byArn3,
      'list-tags-log-group-after-untag': await call('ListTagsLogGroup', { logGroupName }),
      'list-tags-for-resource-after-untag': await call('ListTagsForResource', { resourceArn }),
    };
  },
  'TestResourcePolicies::test_put_resource_policy': async (call, { uid, group }) => {
    // The recording knows the ARN without its last character.
    const policyDocument = route53Policy(`arn:aws:logs:us-east-1:${account}:log-group:${group}:*`);
    const put = await call('PutResourcePolicy', { policyName: `test-policy-${uid}`, policyDocument });
    await call('DeleteResourcePolicy', { policyName: `test-policy-${uid}` });
    return { 'put-resource-policy': put };
  },
  'TestResourcePolicies::test_describe_resource_policies': async (call, { uid }) => {
    const names = [0, 1, 2].map((i) => `test-policy-${uid}-${i}`);
    for (const policyName of names) await call('PutResourcePolicy', { policyName, policyDocument: route53Policy('log_arn') });
    const described = await call('DescribeResourcePolicies');
    for (const policyName of names) await call('DeleteResourcePolicy', { policyName });
    return { 'describe-resource-policies': described, policies: described['resourcePolicies'] };
  },
  'TestResourcePoliciesLimits::test_put_resource_policy_limit_exceeded': async (call, { uid }) => {
    const policyDocument = route53Policy('log_arn');
    const names = Array.from({ length: 10 }, (_, i) => `test-policy-limit-${uid}-${i}`);
    for (const policyName of names) await call('PutResourcePolicy', { policyName, policyDocument });
    const refused = await call('PutResourcePolicy', { policyName: `test-policy-limit-${uid}-too-many`, policyDocument });
    for (const policyName of names) await call('DeleteResourcePolicy', { policyName });
    return { 'error-limit-exceeded': refused };
  },
  'TestLogsStreams::test_create_log_stream_duplicate_error': async (call, { group, stream }) => ({
    'error-duplicate-log-stream': await call('CreateLogStream', { logGroupName: group, logStreamName: stream }),
  }),
  'TestLogsStreams::test_describe_log_streams_with_log_group_identifier': async (call, { group }) => ({
    'describe-streams-identifier-name': await call('DescribeLogStreams', { logGroupIdentifier: group }),
    'describe-streams-identifier-arn': await call('DescribeLogStreams', {
      logGroupIdentifier: `arn:aws:logs:us-east-1:${account}:log-group:${group}`,
    }),
    'error-both-name-and-identifier': await call('DescribeLogStreams', { logGroupName: group, logGroupIdentifier: group }),
  }),
  'TestLogsStreams::test_log_stream_arn_format': async (call, { group }) => ({
    'describe-log-streams-with-arn': await call('DescribeLogStreams', { logGroupName: group }),
  }),
};

let server: StartedServer;
let clients: AwsClients;
before(async () => {
  if (skip !== false) return;
  server = await startServer();
  clients = awsClients(server);
});
after(async () => {
  clients?.destroy();
  await server?.stop();
});

describe('recorded CloudWatch Logs answers', { skip }, () => {
  for (const recorded of recordings) test(recorded.name, () => check(recorded));

  test("Lambda's own lines in a function's log group, byte for byte but for their figures", async () => {
    const recorded = readRecordings('lambda_.test_lambda.json').find(
      ({ name }) => name === 'TestLambdaFeatures::test_invocation_type_event_error',
    );
    const events = recorded?.records['log_events'] as readonly { message: string }[];
    // The recorded function failed once more a minute later; what it printed itself is the Python runtime's affair.
    const expected = events.map(({ message }) => message).filter((message) => !message.startsWith('[ERROR]'));
    await createFunction(clients, 'lines', 'export const handler = async () => null;');
    for (let i = 0; i < 2; i++) await clients.lambda.send(new InvokeCommand({ FunctionName: 'lines' }));
    let lines: string[] = [];
    // REPORT is written after the answer.
    for (let i = 0; i < 200 && lines.length < expected.length; i++) {
      await sleep(25);
      const answer = await send('FilterLogEvents', { logGroupName: '/aws/lambda/lines' });
      lines = (answer['events'] as { message: string }[]).map(({ message }) => message);
    }
    assert.deepEqual(lines.map(withoutFigures), expected.map(withoutFigures));
  });

  test('every recorded test is made again', () => {
    assert.deepEqual(Object.keys(tests).sort(), recordings.map(({ name }) => name).sort());
  });
});

async function check(recorded: RecordedTest): Promise<void> {
  const made = tests[recorded.name];
  assert.ok(made !== undefined, `nothing says how to make ${recorded.name}`);
  const uid = randomBytes(4).toString('hex');
  const names = { group: `group-${uid}`, stream: `stream-${uid}`, uid };
  await send('CreateLogGroup', { logGroupName: names.group });
  await send('CreateLogStream', { logGroupName: names.group, logStreamName: names.stream });
  const records = await made(send, names);
  const bindings: Bindings = new Map();
  const differences: Difference[] = [];
  for (const [name, expected] of Object.entries(recorded.records)) {
    const options = { account, laterMembers: new Set<string>() };
    differences.push(...compare(asTemplate(expected), records[name], name, bindings, options));
  }
  const listed = Object.keys(known.logs?.differences[recorded.name] ?? {});
  const found = differences.map(({ path: at }) => at);
  assert.deepEqual(found.sort(), listed.sort(), JSON.stringify(differences, undefined, 2));
}

/** The answer in the recordings' form: the members, or `Error`, and the status. */
async function send(operation: string, input: Record<string, unknown> = {}): Promise<Answer> {
  const Command = (logsModule as unknown as Record<string, new (input: unknown) => never>)[`${operation}Command`];
  assert.ok(Command !== undefined, `the SDK has no ${operation}`);
  try {
    const { $metadata: metadata, ...members } = (await clients.logs.send(new Command(input))) as Answer & {
      $metadata: { httpStatusCode?: number };
    };
    return { ...members, ResponseMetadata: { HTTPStatusCode: metadata.httpStatusCode } };
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    const { httpStatusCode } = (error as Error & { $metadata: { httpStatusCode?: number } }).$metadata;
    return { Error: { Code: error.name, Message: error.message }, ResponseMetadata: { HTTPStatusCode: httpStatusCode } };
  }
}

function withoutFigures(line: string): string {
  return line
    .replace(/RequestId: \S+/, 'RequestId: id')
    .replace(
      /\d+(\.\d+)? (ms|MB)/g,
      (_, fraction: string | undefined, unit: string) => `${fraction === undefined ? '0' : '0.00'} ${unit}`,
    )
    .replace(/Runtime Version: \S+\tRuntime Version ARN: \S+/, 'Runtime Version: x\tRuntime Version ARN: x');
}

/** Values that the recordings replaced by a word of their own, as placeholders; without what depends on the connection. */
function asTemplate(record: unknown): unknown {
  return JSON.parse(JSON.stringify(record), (key, value: unknown) => {
    if (key === 'HTTPHeaders') return undefined;
    return /^(timestamp|last-updated-time|too-new-log-event-start-index)$/.test(String(value)) ? `<${String(value)}>` : value;
  });
}
