// GetLogEvents: one stream, page by page in both directions.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html

import type { Caller } from '../../aws/operations.ts';
import type { Position } from './log-event.ts';
import { loadLogGroup, namedGroup, retainedSince } from './log-group-document.ts';
import { type Input, type LogsContext, type LogsOperations, scopeOf } from './logs-context.ts';
import { invalidToken, noLogStream } from './refusals.ts';

/** AWS: a page is at most 1 MB or 10,000 events. Seen: API reference, GetLogEvents. */
export const PAGE_BYTES = 1_048_576;
export const PAGE_EVENTS = 10_000;

export function getLogEventsOperations(context: LogsContext) {
  const { store, events } = context;
  return {
    async GetLogEvents(input: Input<'GetLogEvents'>, caller: Caller) {
      const scope = scopeOf(caller);
      const group = await loadLogGroup(store, scope, namedGroup(input, scope));
      const { groupId } = group;
      const { logStreamName = '', startTime = 0, endTime, limit = PAGE_EVENTS, startFromHead = false } = input;
      const token = input.nextToken === undefined ? undefined : fromToken(input.nextToken);
      if (events.stream(groupId, logStreamName) === undefined) throw noLogStream();
      const descending = token === undefined ? !startFromHead : token.direction === 'b';
      const page = events.read({
        groupId,
        streamName: logStreamName,
        startTime: Math.max(startTime, retainedSince(group, context.now())),
        ...(endTime === undefined ? {} : { endTime }),
        descending,
        ...(token === undefined ? {} : { beyond: token.position }),
        rows: limit,
        bytes: PAGE_BYTES,
      });
      if (descending) page.reverse();
      const [first, last] = [page[0], page.at(-1)];
      // AWS: at the end of the stream the token that was sent comes back. Seen: API reference.
      const here = token?.position ?? START;
      return {
        events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
        nextForwardToken: toToken('f', last ?? here),
        nextBackwardToken: toToken('b', first ?? here),
      };
    },
  } satisfies LogsOperations;
}

const START: Position = { timestamp: 0, sequence: 0 };
/** Sixteen digits of time and forty of arrival: AWS's tokens have 56 digits behind `f/` and `b/`. */
const TIME_DIGITS = 16;
const TOKEN = /^([fb])\/(\d{16})(\d{40})$/;

/** The 56 digits that name an event: its id in FilterLogEvents and its place in a token. */
export function positionDigits({ timestamp, sequence }: Position): string {
  return `${String(timestamp).padStart(TIME_DIGITS, '0')}${String(sequence).padStart(40, '0')}`;
}

function toToken(direction: 'f' | 'b', position: Position): string {
  return `${direction}/${positionDigits(position)}`;
}

function fromToken(token: string): { readonly direction: 'f' | 'b'; readonly position: Position } {
  const [, direction, timestamp, sequence] = TOKEN.exec(token) ?? [];
  if (direction === undefined) throw invalidToken();
  const position = { timestamp: Number(timestamp), sequence: Number(sequence) };
  if (!Number.isSafeInteger(position.timestamp) || !Number.isSafeInteger(position.sequence)) throw invalidToken();
  return { direction: direction as 'f' | 'b', position };
}
