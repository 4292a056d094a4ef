// The way in for what Stagegate itself logs: function lines and access logs. Lines wait in memory for a moment and are kept by the
// hundred, off the path of the request or invocation they tell about. What does not fit is dropped and counted.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scope } from '../../model/scope.ts';
import type { Store } from '../../store/store.ts';
import type { EventStore } from './event-store.ts';
import type { NewEvent } from './log-event.ts';
import { type LogGroupDocument, logGroupKey, newLogGroup } from './log-group-document.ts';

/** One log stream as a writer knows it; the object itself is what lines are queued under. */
export interface LogStream {
  readonly scope: Scope;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

export interface LogWriterOptions {
  readonly store: Store;
  readonly events: EventStore;
  readonly now: () => number;
  /** Characters that may wait. */
  readonly queueMax?: number;
  /** Called after events were kept. */
  readonly onKept: () => void;
  /** Lines could not be kept: the disk failed, or too many came at once. */
  readonly onLoss: (lines: number, reason: string) => void;
}

/** Lines wait so long at most. */
const DELAY_MS = 100;
const QUEUE_MAX = 64 * 2 ** 20;
/** From so many waiting characters on nobody waits for the clock. */
const HURRY = 4 * 2 ** 20;
/** And from so many lines on: kept at once they are young when they are let go, and no turn of the event loop has much to do. */
const HURRY_LINES = 500;
/** Events kept in one turn of the event loop: about two milliseconds. */
const STEP_EVENTS = 500;
const LINE_OVERHEAD = 64;

export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #queueMax: number;
  #queued = new Map<LogStream, NewEvent[]>();
  #size = 0;
  #lines = 0;
  #timer: NodeJS.Timeout | undefined;
  #hurried = false;
  #flushing: Promise<void> | undefined;
  #dropped = 0;
  #droppedSinceFlush = 0;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#queueMax = options.queueMax ?? QUEUE_MAX;
  }

  /** Lines that were lost since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Queues one line. Never waits and never throws. */
  append(stream: LogStream, timestamp: number, message: string): void {
    const size = message.length + LINE_OVERHEAD;
    if (this.#size + size > this.#queueMax) {
      this.#dropped++;
      this.#droppedSinceFlush++;
      return;
    }
    this.#size += size;
    const waiting = this.#queued.get(stream);
    if (waiting === undefined) this.#queued.set(stream, [{ timestamp, message }]);
    else waiting.push({ timestamp, message });
    this.#lines++;
    if ((this.#lines >= HURRY_LINES || this.#size > HURRY) && !this.#hurried) {
      this.#hurried = true;
      setImmediate(() => void this.flush());
    }
    this.#timer ??= setTimeout(() => void this.flush(), DELAY_MS).unref();
  }

  /** Resolves when everything that was queued before is kept, or counted as lost. Never rejects. */
  async flush(): Promise<void> {
    // One under way may have begun before the caller's last line; one that begins after it has everything.
    if (this.#flushing !== undefined) await this.#flushing;
    if (this.#flushing !== undefined) return this.#flushing;
    if (this.#queued.size === 0 && this.#droppedSinceFlush === 0) return;
    this.#flushing = this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  /** Forgets what is queued. */
  clear(): void {
    this.#queued.clear();
    this.#size = 0;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#hurried = false;
    this.#lines = 0;
    const queued = this.#queued;
    this.#queued = new Map();
    this.#reportFullQueue();
    for (const [stream, events] of queued) {
      try {
        await this.#keep(stream, events);
      } catch (error) {
        this.#dropped += events.length;
        this.#options.onLoss(events.length, error instanceof Error ? error.message : String(error));
      }
      const size = events.reduce((sum, { message }) => sum + message.length + LINE_OVERHEAD, 0);
      this.#size = Math.max(0, this.#size - size);
    }
  }

  async #keep(stream: LogStream, lines: NewEvent[]): Promise<void> {
    const { events, now } = this.#options;
    const groupId = await this.#groupIdOf(stream);
    const { logStreamName: streamName } = stream;
    for (let from = 0; from < lines.length; from += STEP_EVENTS) {
      if (from > 0) await nextTurn();
      events.append([{ groupId, streamName, ingestionTime: now(), events: lines.slice(from, from + STEP_EVENTS) }]);
      this.#options.onKept();
    }
  }

  /** AWS: Lambda makes its log group with the first line. Seen: Lambda guide, "Log groups". */
  async #groupIdOf({ scope, logGroupName }: LogStream): Promise<string> {
    const { store, events, now } = this.#options;
    const key = logGroupKey(scope, logGroupName);
    const known = await store.get<LogGroupDocument>(key);
    if (known !== undefined) return known.groupId;
    const group = await store.transact(async (transaction) => {
      const other = await transaction.get<LogGroupDocument>(key);
      if (other !== undefined) return other;
      const made = newLogGroup(logGroupName, now());
      await transaction.put(key, made);
      return made;
    });
    events.addGroup(group.groupId);
    return group.groupId;
  }

  #reportFullQueue(): void {
    if (this.#droppedSinceFlush === 0) return;
    this.#options.onLoss(this.#droppedSinceFlush, 'they came faster than they can be kept');
    this.#droppedSinceFlush = 0;
  }
}
