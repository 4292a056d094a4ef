// Asynchronous invocations: kept in the store before they are answered, run soon, tried again, and their results sent on.

import { randomUUID } from 'node:crypto';
import type { FunctionResult } from '../data-plane/ports.ts';
import type { Store, Transaction } from '../store/store.ts';
import { deadLetter } from './dead-letter.ts';
import { EVENT_KIND, type EventDocument, eventKey } from './event-document.ts';
import { AGE_SECONDS_DEFAULT, RETRIES_DEFAULT } from './event-invoke-config.ts';
import { functionArn, parseFunctionArn } from './function-arn.ts';
import { chooseVersion, type FunctionEntry } from './function-entry.ts';
import type { FunctionTable } from './function-table.ts';
import { Invocation } from './invocation.ts';
import { type InvocationCondition, invocationRecord } from './invocation-record.ts';
import { ASYNC_REQUEST_BYTES_MAX, type LambdaLimits } from './limits.ts';
import type { Pool } from './pool.ts';
import type { ResultMessage, ResultTargets } from './result-targets.ts';
import { refused, runFunction } from './run-function.ts';

/** The wait after a refusal for want of capacity doubles up to five minutes. */
const THROTTLED_DELAY_MAX_MS = 300_000;
/** AWS: a chain of invocations that comes back to itself is stopped after about 16. Seen: Lambda guide, "Recursive loop detection". */
const HOPS_MAX = 16;

export interface EventQueueOptions {
  readonly store: Store;
  readonly table: FunctionTable;
  readonly pool: Pool;
  readonly results: ResultTargets;
  readonly limits: LambdaLimits;
  /** Whether the store is still there after this process: then events that are not done are no loss. */
  readonly isDurable: boolean;
  readonly notice: (text: string) => void;
}

interface QueuedEvent {
  readonly entry: FunctionEntry;
  document: EventDocument;
  /** Of the queue when it was accepted: another one now means that it was forgotten. */
  readonly generation: number;
}

/** What a result becomes: an event of another function. */
interface NextEvent {
  readonly entry: FunctionEntry;
  readonly document: EventDocument;
}

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #writing = new Set<Promise<unknown>>();
  #size = 0;
  #bytes = 0;
  #generation = 0;
  #closed = false;

  private constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  /** Goes on with what an earlier process left undone: an event that was running when it ended is run again. */
  static async open(options: EventQueueOptions): Promise<EventQueue> {
    const queue = new EventQueue(options);
    const left = await options.store.scan<EventDocument>(EVENT_KIND);
    for (const { key, document } of left.toSorted((a, b) => a.document.acceptedAt - b.document.acceptedAt)) {
      queue.#take(options.table.entry(key.scope, document.functionName), document);
    }
    return queue;
  }

  /** Events accepted and not yet done with. */
  get size(): number {
    return this.#size;
  }

  /** Resolves when the event is durable; false when there is no room. */
  async add(
    entry: FunctionEntry,
    qualifier: string | undefined,
    requestId: string,
    event: string,
    clientContext: string,
  ): Promise<boolean> {
    const { limits, store } = this.#options;
    if (this.#closed || this.#size >= limits.queuedEventsMax || this.#bytes + event.length > limits.queuedEventBytesMax)
      return false;
    const document = newEvent(entry, qualifier, requestId, event, clientContext, 0);
    const generation = this.#generation;
    this.#size++;
    this.#bytes += event.length;
    try {
      await store.transact((transaction) => transaction.put(eventKey(entry.scope, requestId), document));
    } catch (error) {
      if (generation === this.#generation) this.#forget(document);
      throw error;
    }
    if (generation === this.#generation) this.#later({ entry, document, generation }, 0);
    return true;
  }

  /** Forgets every event; what one that runs now comes to is of no interest any more. The store was emptied by whoever asks for it. */
  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#generation++;
    this.#size = 0;
    this.#bytes = 0;
  }

  /** Starts nothing more; what comes of invocations at work is still kept. */
  stop(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Waits for what is being written. Nothing may be at work any more. */
  async close(): Promise<void> {
    this.stop();
    if (this.#size > 0 && !this.#options.isDurable) {
      this.#options.notice(`${this.#size} asynchronous events were not done when Lambda was stopped; they are lost.`);
    }
    // What was sent outside is written down after that.
    while (this.#writing.size > 0) await Promise.allSettled(this.#writing);
  }

  #take(entry: FunctionEntry, document: EventDocument): void {
    this.#size++;
    this.#bytes += document.event.length;
    this.#later({ entry, document, generation: this.#generation }, 0);
  }

  #forget(document: EventDocument): void {
    this.#size--;
    this.#bytes -= document.event.length;
  }

  #later(queued: QueuedEvent, delayMs: number): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#run(queued);
    }, delayMs);
    if (delayMs > 0) timer.unref();
    this.#timers.add(timer);
  }

  #run(queued: QueuedEvent): void {
    const { table, pool } = this.#options;
    const { entry, document } = queued;
    const { qualifier } = document;
    if (this.#ageLeftMs(queued) <= 0 && document.failures + document.throttles > 0) {
      this.#end(queued, 'EventAgeExceeded', '', refused('TooManyRequests', entry));
      return;
    }
    const target = entry.target(qualifier);
    if (target === undefined) {
      this.#done(queued, '', refused('ResourceNotFound', entry));
      return;
    }
    const version = chooseVersion(target, Math.random);
    const invocation = new Invocation({
      requestId: document.requestId,
      event: document.event,
      traceId: entry.traceOf(''),
      clientContext: document.clientContext,
      invokedArn: qualifier === undefined ? '' : functionArn(entry.scope, entry.name, qualifier),
      receiver: { onFunctionResult: (result) => this.#done(queued, version.number, result) },
    });
    runFunction(table, pool, version, invocation);
  }

  #done(queued: QueuedEvent, executedVersion: string, result: FunctionResult): void {
    if (queued.generation !== this.#generation) return;
    // It is in the store: the next process runs it.
    if (this.#closed && result.kind === 'refused') return;
    const { entry, document } = queued;
    const { limits } = this.#options;
    if (result.kind === 'returned') {
      this.#end(queued, 'Success', executedVersion, result);
    } else if (result.kind === 'functionError') {
      const retries = entry.eventInvokeConfig(document.qualifier)?.retriesMax ?? RETRIES_DEFAULT;
      const delayMs = limits.retryDelaysMs[document.failures === 0 ? 0 : 1];
      if (document.failures >= retries) this.#end(queued, 'RetriesExhausted', executedVersion, result);
      else if (this.#ageLeftMs(queued) <= delayMs) this.#end(queued, 'EventAgeExceeded', executedVersion, result);
      // AWS: the retries carry the request id of the event. Seen: test/parity, test_request_id_async_invoke_with_retry.
      else this.#again(queued, { ...document, failures: document.failures + 1 }, delayMs);
    } else if (entry.document?.reservedConcurrency === 0 && result.refusal === 'TooManyRequests') {
      this.#end(queued, 'ZeroReservedConcurrency', executedVersion, result);
    } else if (result.refusal === 'TooManyRequests' || result.refusal === 'ServiceError') {
      const delayMs = Math.min(limits.throttledDelayMs * 2 ** document.throttles, THROTTLED_DELAY_MAX_MS);
      if (this.#ageLeftMs(queued) <= delayMs) this.#end(queued, 'EventAgeExceeded', executedVersion, result);
      else this.#again(queued, { ...document, throttles: document.throttles + 1 }, delayMs);
    } else {
      this.#end(queued, 'RetriesExhausted', executedVersion, result);
    }
  }

  #ageLeftMs({ entry, document }: QueuedEvent): number {
    const ageSecondsMax = entry.eventInvokeConfig(document.qualifier)?.ageSecondsMax ?? AGE_SECONDS_DEFAULT;
    return document.acceptedAt + ageSecondsMax * 1000 - Date.now();
  }

  /** The next attempt waits in memory; what is left of it is in the store first, so that a restart gives none away. */
  #again(queued: QueuedEvent, document: EventDocument, delayMs: number): void {
    const isFailure = document.failures !== queued.document.failures;
    queued.document = document;
    if (isFailure) {
      this.#write(queued, (transaction) => transaction.put(eventKey(queued.entry.scope, document.requestId), document));
    }
    this.#later(queued, delayMs);
  }

  #end(queued: QueuedEvent, condition: InvocationCondition, executedVersion: string, result: FunctionResult): void {
    const { entry, document } = queued;
    const config = entry.eventInvokeConfig(document.qualifier);
    const destination = condition === 'Success' ? config?.onSuccess : config?.onFailure;
    const attempts = document.failures + (result.kind === 'refused' ? 0 : 1);
    const arn = functionArn(entry.scope, entry.name, document.qualifier ?? '$LATEST');
    const outside: [arn: string, message: ResultMessage][] = [];
    let next: NextEvent | undefined;
    if (destination !== undefined) {
      const record = invocationRecord(document, arn, condition, attempts, executedVersion, result);
      if (parseFunctionArn(destination) !== undefined) next = this.#sentOn(queued, destination, record);
      else {
        const detailType = `Lambda Function Invocation Result - ${condition === 'Success' ? 'Success' : 'Failure'}`;
        outside.push([destination, { body: record, attributes: [], detailType, functionArn: arn }]);
      }
    }
    const deadLetterArn = entry.target(document.qualifier)?.main.document?.deadLetterArn;
    if (condition !== 'Success' && deadLetterArn !== undefined) outside.push([deadLetterArn, deadLetter(document, arn, result)]);
    if (condition !== 'Success' && next === undefined && outside.length === 0) {
      this.#options.notice(`An asynchronous event of ${entry.name} was given up (request ${document.requestId}).`);
    }
    if (outside.length === 0) this.#finish(queued, next);
    else {
      // It stays in the store until it has been sent: who is killed meanwhile runs it again, as everything here at least once.
      const sent = this.#sendOutside(queued, outside).then(() => {
        this.#writing.delete(sent);
        if (queued.generation === this.#generation) this.#finish(queued, next);
      });
      this.#writing.add(sent);
    }
  }

  async #sendOutside({ entry, document }: QueuedEvent, outside: readonly [arn: string, message: ResultMessage][]): Promise<void> {
    const { results, notice } = this.#options;
    await Promise.all(
      outside.map(async ([arn, message]) => {
        const problem = await results.send(arn, message);
        if (problem === undefined) return;
        notice(`A result of ${entry.name} was not sent to ${arn}: ${problem} (request ${document.requestId}).`);
      }),
    );
  }

  /** The event is done with; `next` is what its result becomes. */
  #finish(queued: QueuedEvent, next: NextEvent | undefined): void {
    const { entry, document } = queued;
    this.#forget(document);
    // In one transaction: a result is sent on once, whenever this process ends.
    this.#write(queued, async (transaction) => {
      await transaction.delete(eventKey(entry.scope, document.requestId));
      if (next !== undefined) await transaction.put(eventKey(next.entry.scope, next.document.requestId), next.document);
    });
    if (next !== undefined) this.#take(next.entry, next.document);
  }

  /** The result as an event of its destination; undefined (and said) when it cannot go there. */
  #sentOn({ entry, document }: QueuedEvent, destination: string, record: string): NextEvent | undefined {
    const { notice, table } = this.#options;
    const reference = parseFunctionArn(destination);
    const problem =
      reference === undefined
        ? 'it is no function'
        : document.hops >= HOPS_MAX && entry.document?.allowsLoops !== true
          ? `it is the ${HOPS_MAX + 1}th in a row, which looks like a loop`
          : Buffer.byteLength(record) > ASYNC_REQUEST_BYTES_MAX
            ? `the record is larger than ${ASYNC_REQUEST_BYTES_MAX} bytes`
            : undefined;
    if (reference === undefined || problem !== undefined) {
      notice(`A result of ${entry.name} was not sent to ${destination}: ${problem} (request ${document.requestId}).`);
      return undefined;
    }
    const target = table.entry(reference.scope, reference.name);
    return { entry: target, document: newEvent(target, reference.qualifier, randomUUID(), record, '', document.hops + 1) };
  }

  /** Writes unless the event is gone from the store meanwhile (a reset). An event that cannot be written stays: it is run again later. */
  #write(queued: QueuedEvent, work: (transaction: Transaction) => Promise<unknown>): void {
    const { store, notice } = this.#options;
    const key = eventKey(queued.entry.scope, queued.document.requestId);
    const written = store
      .transact(async (transaction) => {
        if ((await transaction.get(key)) !== undefined) await work(transaction);
      })
      .catch((error: unknown) =>
        notice(`The state of an asynchronous event of ${queued.entry.name} was not kept: ${String(error)}`),
      )
      .finally(() => this.#writing.delete(written));
    this.#writing.add(written);
  }
}

function newEvent(
  entry: FunctionEntry,
  qualifier: string | undefined,
  requestId: string,
  event: string,
  clientContext: string,
  hops: number,
): EventDocument {
  return {
    functionName: entry.name,
    ...(qualifier !== undefined && { qualifier }),
    requestId,
    event,
    clientContext,
    acceptedAt: Date.now(),
    failures: 0,
    throttles: 0,
    hops,
  };
}
