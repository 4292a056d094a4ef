// FilterLogEvents: a group's events by time, stream and pattern. What `aws logs tail` and `sls logs` poll.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Caller } from '../../aws/operations.ts';
import { parseFilterPattern } from './filter-pattern/filter-pattern.ts';
import { PAGE_BYTES, PAGE_EVENTS, positionDigits } from './get-log-events.ts';
import type { Position, StoredEvent } from './log-event.ts';
import { loadLogGroup, namedGroup, retainedSince } from './log-group-document.ts';
import { type Input, type LogsContext, type LogsOperations, present, scopeOf } from './logs-context.ts';
import { fromPageToken, toPageToken } from './paging.ts';
import { invalidParameter, noLogStream } from './refusals.ts';

/** Events looked at in one turn of the event loop, and in one call: then the page ends, perhaps empty, as on AWS. */
const STEP_EVENTS = 1_000;
const STEP_BYTES = 1_048_576;
const SCANNED_EVENTS_MAX = 50_000;
const SCANNED_BYTES_MAX = 16_777_216;

export function filterLogEventsOperations(context: LogsContext) {
  const { store, events } = context;
  return {
    async FilterLogEvents(input: Input<'FilterLogEvents'>, caller: Caller) {
      const scope = scopeOf(caller);
      const group = await loadLogGroup(store, scope, namedGroup(input, scope));
      const { groupId } = group;
      const { logStreamNames: names, logStreamNamePrefix: prefix, limit = PAGE_EVENTS, startFromHead: ascending = true } = input;
      if (names !== undefined && prefix !== undefined) {
        throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
      }
      const matches = parseFilterPattern(input.filterPattern ?? '');
      const list = ['FilterLogEvents', groupId, input.filterPattern ?? '', prefix ?? '', String(ascending), ...(names ?? [])];
      let beyond = toPosition(fromPageToken(input.nextToken, list));
      if (names?.length === 1 && events.stream(groupId, names[0] as string) === undefined) throw noLogStream();
      const only = names === undefined ? undefined : new Set(names);
      const wanted = (event: StoredEvent): boolean =>
        (only === undefined || only.has(event.streamName)) &&
        (prefix === undefined || event.streamName.startsWith(prefix)) &&
        matches(event.message);
      const found: StoredEvent[] = [];
      let foundBytes = 0;
      let scannedEvents = 0;
      let scannedBytes = 0;
      let isEnd = false;
      while (!isEnd && scannedEvents < SCANNED_EVENTS_MAX && scannedBytes < SCANNED_BYTES_MAX) {
        const step = events.read({
          groupId,
          ...(names?.length === 1 ? { streamName: names[0] as string } : {}),
          startTime: Math.max(input.startTime ?? 0, retainedSince(group, context.now())),
          ...(input.endTime === undefined ? {} : { endTime: input.endTime + 1 }),
          descending: !ascending,
          ...(beyond === undefined ? {} : { beyond }),
          rows: STEP_EVENTS,
          bytes: STEP_BYTES,
        });
        isEnd = step.length === 0;
        for (const event of step) {
          beyond = { timestamp: event.timestamp, sequence: event.sequence };
          scannedEvents++;
          scannedBytes += event.message.length;
          if (!wanted(event)) continue;
          found.push(event);
          foundBytes += event.message.length;
          if (found.length >= limit || foundBytes >= PAGE_BYTES) return toPage(beyond);
        }
        if (step.length < STEP_EVENTS && scannedBytes < STEP_BYTES) isEnd = true;
        if (!isEnd) await nextTurn();
      }
      return toPage(isEnd ? undefined : beyond);

      function toPage(next: Position | undefined) {
        return present({
          events: found.map((event) => ({
            logStreamName: event.streamName,
            timestamp: event.timestamp,
            message: event.message,
            ingestionTime: event.ingestionTime,
            eventId: positionDigits(event),
          })),
          // AWS: always empty since 2019. Seen: API reference.
          searchedLogStreams: [],
          nextToken: next && toPageToken(list, [next.timestamp, next.sequence]),
        });
      }
    },
  } satisfies LogsOperations;
}

function toPosition(place: readonly (string | number)[] | undefined): Position | undefined {
  return place && { timestamp: Number(place[0]), sequence: Number(place[1]) };
}
