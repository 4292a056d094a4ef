// Asynchronous invocations: answered at once, run soon, tried again twice when the function fails.

import type { FunctionResult } from '../data-plane/ports.ts';
import type { FunctionEntry } from './function-entry.ts';
import type { FunctionTable } from './function-table.ts';
import { Invocation } from './invocation.ts';
import type { LambdaLimits } from './limits.ts';
import type { Pool } from './pool.ts';
import { runFunction } from './run-function.ts';

/** AWS: an event is kept for six hours. Seen: Lambda guide, "Asynchronous invocation". */
const EVENT_AGE_MAX_MS = 21_600_000;
/** Wait after a refusal for want of capacity; it doubles up to five minutes. */
const THROTTLED_DELAY_MS = 1000;
const THROTTLED_DELAY_MAX_MS = 300_000;

interface QueuedEvent {
  readonly entry: FunctionEntry;
  readonly requestId: string;
  readonly event: string;
  readonly clientContext: string;
  readonly acceptedAt: number;
  /** Of the queue when it was accepted: another one now means that it was forgotten. */
  readonly generation: number;
  failures: number;
  throttles: number;
}

export class EventQueue {
  readonly #table: FunctionTable;
  readonly #pool: Pool;
  readonly #limits: LambdaLimits;
  readonly #notice: (text: string) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #size = 0;
  #generation = 0;
  #closed = false;

  constructor(table: FunctionTable, pool: Pool, limits: LambdaLimits, notice: (text: string) => void) {
    this.#table = table;
    this.#pool = pool;
    this.#limits = limits;
    this.#notice = notice;
  }

  /** Events accepted and not yet done with. */
  get size(): number {
    return this.#size;
  }

  /** False when there is no room. Events live in memory: those not done when the process stops are lost. */
  add(entry: FunctionEntry, requestId: string, event: string, clientContext: string): boolean {
    if (this.#closed || this.#size >= this.#limits.queuedEventsMax) return false;
    this.#size++;
    const queued = {
      entry,
      requestId,
      event,
      clientContext,
      acceptedAt: Date.now(),
      generation: this.#generation,
      failures: 0,
      throttles: 0,
    };
    this.#later(queued, 0);
    return true;
  }

  /** Forgets every event; what one that runs now comes to is of no interest any more. */
  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#generation++;
    this.#size = 0;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#size > 0) this.#notice(`${this.#size} asynchronous events were not done when Lambda was stopped; they are lost.`);
  }

  #later(queued: QueuedEvent, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#run(queued);
    }, delayMs);
    if (delayMs > 0) timer.unref();
    this.#timers.add(timer);
  }

  #run(queued: QueuedEvent): void {
    const invocation = new Invocation({
      requestId: queued.requestId,
      event: queued.event,
      traceId: '',
      clientContext: queued.clientContext,
      receiver: { onFunctionResult: (result) => this.#done(queued, result) },
    });
    runFunction(this.#table, this.#pool, queued.entry, invocation);
  }

  #done(queued: QueuedEvent, result: FunctionResult): void {
    if (this.#closed || queued.generation !== this.#generation) return;
    const [first, second] = this.#limits.retryDelaysMs;
    if (result.kind === 'functionError' && queued.failures < 2) {
      // AWS: the retries carry the request id of the event. Seen: test/parity, test_request_id_async_invoke_with_retry.
      this.#later(queued, queued.failures++ === 0 ? first : second);
    } else if (
      result.kind === 'refused' &&
      result.refusal === 'TooManyRequests' &&
      Date.now() - queued.acceptedAt < EVENT_AGE_MAX_MS
    ) {
      this.#later(queued, Math.min(THROTTLED_DELAY_MS * 2 ** queued.throttles++, THROTTLED_DELAY_MAX_MS));
    } else {
      this.#size--;
      if (result.kind !== 'returned') {
        this.#notice(`An asynchronous event of ${queued.entry.name} was given up (request ${queued.requestId}).`);
      }
    }
  }
}
