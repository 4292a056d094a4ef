// PutLogEvents: what may come in, and what of it is kept.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html

import type { Caller } from '../../aws/operations.ts';
import { EVENT_BYTES_MAX, EVENT_OVERHEAD_BYTES, type NewEvent } from './log-event.ts';
import { loadLogGroup, retainedSince } from './log-group-document.ts';
import { type Input, type LogsContext, type LogsOperations, present, scopeOf } from './logs-context.ts';
import { invalidParameter, noLogStream } from './refusals.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** AWS: 1 MB for a request, overheads included. Seen: nhs-england-tools/terraform-aws-opennext#27. */
const REQUEST_BYTES_MAX = 1_048_576;
const OLDEST_MS = 14 * DAY_MS;
const NEWEST_MS = 2 * HOUR_MS;

export function putLogEventsOperations(context: LogsContext) {
  const { store, events, now } = context;
  return {
    async PutLogEvents(input: Input<'PutLogEvents'>, caller: Caller) {
      const { logStreamName = '' } = input;
      const sent = (input.logEvents ?? []).map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
      const group = await loadLogGroup(store, scopeOf(caller), input.logGroupName);
      const ingestionTime = now();
      const { groupId } = group;
      if (events.stream(groupId, logStreamName) === undefined) throw noLogStream();
      checkSizes(sent);
      checkOrder(sent);
      const { kept, rejected } = sorted(sent, ingestionTime, retainedSince(group, ingestionTime));
      events.append([{ groupId, streamName: logStreamName, ingestionTime, events: kept }]);
      context.kept();
      return present({ nextSequenceToken: sequenceToken(ingestionTime), rejectedLogEventsInfo: rejected });
    },
  } satisfies LogsOperations;
}

function checkSizes(sent: readonly NewEvent[]): void {
  let total = 0;
  for (const { message } of sent) {
    const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    // AWS: these words (the limit was 262144 then). Seen: aws/aws-sdk-js-v3#6164, maxbanton/cwh#101.
    if (bytes > EVENT_BYTES_MAX) {
      throw invalidParameter(`Log event too large: ${bytes} bytes exceeds limit of ${EVENT_BYTES_MAX}`);
    }
    total += bytes;
  }
  if (total > REQUEST_BYTES_MAX) {
    throw invalidParameter(`Upload too large: ${total} bytes exceeds limit of ${REQUEST_BYTES_MAX}`);
  }
}

function checkOrder(sent: readonly NewEvent[]): void {
  for (let i = 1; i < sent.length; i++) {
    if ((sent[i] as NewEvent).timestamp >= (sent[i - 1] as NewEvent).timestamp) continue;
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  const [first, last] = [sent[0], sent.at(-1)];
  if (first !== undefined && last !== undefined && last.timestamp - first.timestamp > DAY_MS) {
    // AWS: these words. Seen: aws-greengrass/aws-greengrass-log-manager#59.
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
}

interface Rejected {
  readonly tooNewLogEventStartIndex?: number;
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
}

/** The events are in order of time, so what is refused is a beginning and an end. */
function sorted(
  sent: readonly NewEvent[],
  now: number,
  retainedSinceMs: number,
): { readonly kept: readonly NewEvent[]; readonly rejected: Rejected | undefined } {
  const countBefore = (timestamp: number): number => {
    const index = sent.findIndex((event) => event.timestamp >= timestamp);
    return index < 0 ? sent.length : index;
  };
  const tooOld = countBefore(now - OLDEST_MS);
  const expired = countBefore(retainedSinceMs);
  const tooNew = countBefore(now + NEWEST_MS + 1);
  // AWS: the end indexes are exclusive, the start index is inclusive. Seen: API reference, RejectedLogEventsInfo.
  const rejected: Rejected = present({
    tooNewLogEventStartIndex: tooNew < sent.length ? tooNew : undefined,
    tooOldLogEventEndIndex: tooOld > 0 ? tooOld : undefined,
    expiredLogEventEndIndex: expired > tooOld ? expired : undefined,
  });
  return {
    kept: sent.slice(Math.max(tooOld, expired), tooNew),
    rejected: Object.keys(rejected).length === 0 ? undefined : rejected,
  };
}

let tokens = 0;

/** AWS: 56 digits that nobody has to send back since 2023. Seen: API reference, PutLogEvents. */
function sequenceToken(now: number): string {
  tokens = (tokens + 1) % 1_000_000;
  return `49${`${now}${String(tokens).padStart(6, '0')}`.padStart(54, '0')}`;
}
