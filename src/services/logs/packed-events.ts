// Events of one stream and one millisecond, one behind the other, are kept as one row: a function that is called a lot writes its lines
// by the dozen, and what a row costs is mostly the row, not what is in it. A row has one timestamp, so that order, retention and paging
// are those of single events.

import type { NewEvent } from './log-event.ts';

/** Events in a row at most. */
export const PACKED_EVENTS_MAX = 64;
/** UTF-16 code units in a packed row at most: it then fits a page of the database. */
const PACKED_LENGTH_MAX = 2_048;

/** What a row holds besides whose it is. */
export interface PackedEvents {
  readonly timestamp: number;
  readonly count: number;
  /** The messages' lengths in UTF-16 code units; null for one message. */
  readonly lengths: string | null;
  /** The messages, one directly behind the other. */
  readonly message: string;
}

/** The events in rows, in their order. */
export function packEvents(events: readonly NewEvent[]): PackedEvents[] {
  const rows: PackedEvents[] = [];
  for (let from = 0; from < events.length; ) {
    const { timestamp, message: first } = events[from] as NewEvent;
    let message = first;
    let lengths = `${first.length}`;
    let to = from + 1;
    for (let last = first; to < events.length && to - from < PACKED_EVENTS_MAX; to++) {
      const next = events[to] as NewEvent;
      if (next.timestamp !== timestamp || message.length + next.message.length > PACKED_LENGTH_MAX || endsInHalf(last)) break;
      message += next.message;
      lengths += `,${next.message.length}`;
      last = next.message;
    }
    rows.push({ timestamp, count: to - from, lengths: to - from === 1 ? null : lengths, message });
    from = to;
  }
  return rows;
}

/** The messages of a row. */
export function unpackMessages({ lengths, message }: Pick<PackedEvents, 'lengths' | 'message'>): string[] {
  if (lengths === null) return [message];
  const messages: string[] = [];
  let from = 0;
  for (const length of lengths.split(',')) {
    const to = from + Number(length);
    messages.push(message.slice(from, to));
    from = to;
  }
  return messages;
}

/** Half of a surrogate pair, which would become a character together with what follows. */
function endsInHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
