// Log streams: create, delete, describe.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html

import type { Caller } from '../../aws/operations.ts';
import type { StreamSummary } from './event-store-streams.ts';
import { loadLogGroup, logGroupArn, namedGroup } from './log-group-document.ts';
import { type Input, type LogsContext, type LogsOperations, present, scopeOf } from './logs-context.ts';
import { fromPageToken, toPageToken } from './paging.ts';
import { alreadyExists, invalidParameter, noLogGroup, noLogStream } from './refusals.ts';

export function logStreamOperations(context: LogsContext) {
  const { store, events, now } = context;
  return {
    async CreateLogStream(input: Input<'CreateLogStream'>, caller: Caller) {
      const { groupId } = await loadLogGroup(store, scopeOf(caller), input.logGroupName);
      if (!events.hasGroup(groupId)) throw noLogGroup();
      if (!events.createStream(groupId, input.logStreamName ?? '', now())) throw alreadyExists('log stream');
      return {};
    },

    async DeleteLogStream(input: Input<'DeleteLogStream'>, caller: Caller) {
      const { groupId } = await loadLogGroup(store, scopeOf(caller), input.logGroupName);
      if (!events.hideStream(groupId, input.logStreamName ?? '')) throw noLogStream();
      await context.removeHidden();
      return {};
    },

    async DescribeLogStreams(input: Input<'DescribeLogStreams'>, caller: Caller) {
      const scope = scopeOf(caller);
      const group = await loadLogGroup(store, scope, namedGroup(input, scope));
      const { logStreamNamePrefix: prefix = '', orderBy = 'LogStreamName', descending = false, limit = 50 } = input;
      if (prefix !== '' && orderBy === 'LastEventTime') {
        // From memory of the service; the rule is in the API reference.
        throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const list = ['DescribeLogStreams', group.groupId, prefix, orderBy, String(descending)];
      const [streamName, lastEventTimestamp] = fromPageToken(input.nextToken, list) ?? [];
      const page = events.streams(group.groupId, {
        prefix,
        orderBy,
        descending,
        limit,
        ...(streamName === undefined
          ? {}
          : { after: { streamName: String(streamName), lastEventTimestamp: Number(lastEventTimestamp) } }),
      });
      const last = page.streams.at(-1);
      const arn = logGroupArn(scope, group.logGroupName);
      return present({
        logStreams: page.streams.map((stream) => toOutput(stream, arn)),
        nextToken: page.more && last ? toPageToken(list, [last.streamName, last.lastEventTimestamp ?? 0]) : undefined,
      });
    },
  } satisfies LogsOperations;
}

function toOutput(stream: StreamSummary, groupArn: string) {
  return present({
    logStreamName: stream.streamName,
    creationTime: stream.creationTime,
    firstEventTimestamp: stream.firstEventTimestamp,
    lastEventTimestamp: stream.lastEventTimestamp,
    lastIngestionTime: stream.lastIngestionTime,
    arn: `${groupArn}:log-stream:${stream.streamName}`,
    // AWS: always 0 since June 2019. Seen: API reference, LogStream.
    storedBytes: 0,
  });
}
