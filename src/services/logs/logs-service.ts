// CloudWatch Logs in this process: its operations, and the way in for the lines that functions and APIs write.

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Scope } from '../../model/scope.ts';
import { openOrPutAside } from '../../store/side-database.ts';
import type { Store } from '../../store/store.ts';
import { Checkpointer } from './checkpointer.ts';
import { EventStore } from './event-store.ts';
import { Housekeeping } from './housekeeping.ts';
import { type LogGroupDocument, logGroupKind } from './log-group-document.ts';
import { type LogStream, LogWriter } from './log-writer.ts';
import type { LogsOperations } from './logs-context.ts';
import { logsOperations } from './operations.ts';

export interface LogsServiceOptions {
  readonly store: Store;
  /** Where the events are kept (`logs.sqlite`); undefined keeps them in memory. */
  readonly dataDirectory: string | undefined;
  /** Bytes that events may take; then the oldest go. */
  readonly bytesMax?: number;
  readonly now?: () => number;
  /** Something the operator should read: lines were lost, the store is full. */
  readonly onNotice?: (text: string) => void;
  readonly onError?: (error: unknown) => void;
}

export interface LogsService {
  readonly operations: LogsOperations;
  /** Queues one line; its group and stream are made when they are not there. Never waits and never throws. */
  append(stream: LogStream, timestamp: number, message: string): void;
  /** Lines that could not be kept since the start. */
  readonly dropped: number;
  /** Resolves when every queued line is kept. */
  flush(): Promise<void>;
  /** Forgets every event; groups follow the store. */
  clear(): void;
  /** Keeps what is queued, then closes. */
  close(): Promise<void>;
}

const BYTES_MAX = 1024 * 2 ** 20;
/** In memory there is less room. */
const BYTES_MAX_IN_MEMORY = 64 * 2 ** 20;

/** Opens the log store beside a store. Throws StoreError. */
export async function createLogsService(options: LogsServiceOptions): Promise<LogsService> {
  const { store, dataDirectory, onNotice = () => {}, onError = () => {} } = options;
  const now = options.now ?? Date.now;
  const file = dataDirectory === undefined ? undefined : path.join(dataDirectory, 'logs.sqlite');
  const events = openOrPutAside((kept) => new EventStore(kept), { file, what: 'log events', onNotice });
  const checkpointer =
    file === undefined
      ? undefined
      : new Checkpointer({ file, onTakenOver: (takenOver) => events.checkpointsItself(!takenOver), onError });
  const bytesMax = Math.min(
    options.bytesMax ?? BYTES_MAX,
    dataDirectory === undefined ? BYTES_MAX_IN_MEMORY : Number.POSITIVE_INFINITY,
  );
  // A crash may have come between the two halves of making or deleting a group.
  const groups = await store.scan<LogGroupDocument>(logGroupKind);
  events.keepOnly(new Set(groups.map(({ document }) => document.groupId)));
  for (const { document } of groups) events.addGroup(document.groupId);

  let toldFull = false;
  const housekeeping = new Housekeeping({
    store,
    events,
    bytesMax,
    now,
    onTrimmed() {
      if (!toldFull) {
        onNotice(`The log store is full (${Math.round(bytesMax / 2 ** 20)} MB): the oldest log events go. See --log-storage-mb.`);
      }
      toldFull = true;
    },
    onError,
  });
  // Nobody waits for it: readers do not see what is past its retention, nor what was deleted.
  void housekeeping
    .removeHidden()
    .then(() => housekeeping.sweep())
    .catch(onError);
  const kept = (): void => {
    housekeeping.kept();
    checkpointer?.written(events.bytesWritten);
  };
  const writer = new LogWriter({
    store,
    events,
    now,
    onKept: kept,
    onLoss: (lines, reason) => onNotice(`${lines} log lines were lost: ${reason}.`),
  });
  const operations = logsOperations({
    store,
    events,
    now,
    flush: () => writer.flush(),
    removeHidden: () => housekeeping.removeHidden(),
    kept,
  });
  return {
    operations,
    append: (stream, timestamp, message) => writer.append(stream, timestamp, message),
    get dropped() {
      return writer.dropped;
    },
    flush: () => writer.flush(),
    clear() {
      writer.clear();
      events.clear();
      void housekeeping.removeHidden().catch(onError);
    },
    async close() {
      housekeeping.close();
      await writer.close();
      await checkpointer?.close();
      events.close();
    },
  };
}

/** A new stream of a log group, named as AWS names those that have no other name: 32 hex digits. */
export function newLogStream(scope: Scope, logGroupName: string): LogStream {
  return { scope, logGroupName, logStreamName: randomBytes(16).toString('hex') };
}
