// One line per request, and one more where the gateway itself made the answer: why, and which request it was.

import type { ExchangeRecord } from '../model/exchange-record.ts';
import { formatMicroseconds } from './duration.ts';
import { shortReason } from './function-error.ts';
import { type Colour, plainText, type Terminal } from './terminal.ts';

/** Lines a second; beyond that they are counted, so that a load test does not drown in its own printing. */
const LINES_PER_SECOND = 100;

export interface RequestPrinter {
  print(record: ExchangeRecord): void;
  /** Tells of requests that were only counted. */
  close(): void;
}

export function createRequestPrinter(
  terminal: Terminal,
  functionOf: (record: ExchangeRecord) => string | undefined,
  noteFor: (record: ExchangeRecord) => string | undefined,
  hintFor: (record: ExchangeRecord) => string | undefined,
): RequestPrinter {
  let second = 0;
  let printed = 0;
  let counted = 0;
  const tellCounted = () => {
    if (counted > 0) terminal.line(terminal.paint('dim', `... and ${counted} more requests in that second`));
    counted = 0;
  };
  return {
    print(record) {
      const now = Math.floor(record.at / 1000);
      if (now !== second) {
        tellCounted();
        second = now;
        printed = 0;
      }
      printed += 1;
      if (printed > LINES_PER_SECOND) counted += 1;
      else {
        for (const line of requestLines(record, functionOf(record), terminal, hintFor(record))) terminal.line(line);
        const note = noteFor(record);
        if (note !== undefined) terminal.line(terminal.paint('yellow', `        ${plainText(note)}`));
      }
    },
    close: tellCounted,
  };
}

/** `GET     /orders/17                       200   3.2 ms  get` and, for an answer of the gateway's own, why. */
export function requestLines(
  record: ExchangeRecord,
  functionName: string | undefined,
  terminal: Terminal,
  hint?: string,
): string[] {
  const status = terminal.paint(statusColour(record.status), String(record.status));
  const { verb, what } = requestWords(record);
  const line = [
    terminal.paint('bold', plainText(verb).padEnd(7)),
    plainText(what).padEnd(32 - Math.max(0, verb.length - 7)),
    status,
    formatMicroseconds(record.totalUs).padStart(8),
    functionName === undefined ? '' : terminal.paint('dim', functionName),
  ]
    .join('  ')
    .trimEnd();
  if (record.reason === undefined) return [line];
  const reason = plainText(shortReason(record.reason));
  const why = `        why: ${hint === undefined ? reason : `${reason.replace(/\.$/, '')} (${plainText(hint)})`}`;
  const more = terminal.paint('dim', `        stagegate requests ${plainText(record.requestId)}`);
  return [line, terminal.paint('yellow', why), more];
}

/** What was done to what: of WebSocket APIs the event and its route, message or close code. */
export function requestWords(record: ExchangeRecord): { readonly verb: string; readonly what: string } {
  const { connection, method, path, routeKey, bytesIn, bytesOut } = record;
  if (connection === undefined) return { verb: method, what: path };
  const { eventType: verb, closeCode, closeReason } = connection;
  if (verb === 'MESSAGE') {
    const answer = bytesOut === 0 ? '' : `, ${bytesOut} B back`;
    return { verb, what: `${path} ${routeKey === '' ? 'no route' : routeKey}  ${bytesIn} B${answer}` };
  }
  if (verb === 'DISCONNECT') return { verb, what: `${path} closed with ${closeCode}${closeReason ? ` ${closeReason}` : ''}` };
  return { verb, what: path };
}

export function statusColour(status: number): Colour {
  if (status >= 500) return 'red';
  if (status >= 400) return 'yellow';
  return status >= 300 ? 'cyan' : 'green';
}
