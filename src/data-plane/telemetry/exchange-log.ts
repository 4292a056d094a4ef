// The most recent exchanges, kept for `stagegate requests` and the console: bounded by number and by memory, oldest out first.

import type { CapturedMessage, ExchangeRecord } from '../../model/exchange-record.ts';
import type { ExchangeSink } from '../ports.ts';
import { toRecord } from './exchange-report.ts';
import { FactRing } from './fact-ring.ts';
import type { FinishedExchange } from './finished-exchange.ts';
import { redactRecord } from './redaction.ts';

export interface ExchangeLogOptions {
  /** What to gather for every stage unless a watch asks for more. */
  readonly level: 0 | 1 | 2;
  /** Records kept. */
  readonly maxRecords?: number;
  /** Approximate memory of the records kept. */
  readonly maxBytes?: number;
}

export type ExchangeListener = (record: ExchangeRecord) => void;

const MAX_RECORDS = 2_000;
const MAX_BYTES = 64 * 2 ** 20;

/** Takes finished exchanges. Never throws and never waits: what cannot be kept or told is counted in `dropped`. */
export class ExchangeLog implements ExchangeSink {
  readonly #level: 0 | 1 | 2;
  readonly #maxBytes: number;
  /** Slots in use that hold no record hold facts. */
  readonly #ring: (ExchangeRecord | undefined)[];
  readonly #facts: FactRing;
  readonly #sizes: number[];
  /** Where the next record goes, and how many there are before it. */
  #next = 0;
  #count = 0;
  #bytes = 0;
  #dropped = 0;
  readonly #listeners = new Set<ExchangeListener>();
  readonly #watches = new Map<string, { readonly level: 0 | 1 | 2; readonly until: number }>();

  constructor(options: ExchangeLogOptions) {
    this.#level = options.level;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    const records = options.maxRecords ?? MAX_RECORDS;
    this.#ring = new Array(records).fill(undefined);
    this.#facts = new FactRing(records);
    this.#sizes = new Array(records).fill(0);
  }

  /** Records that were too large to keep, or that a listener failed on. */
  get dropped(): number {
    return this.#dropped;
  }

  level(apiId: string, stageName: string): 0 | 1 | 2 {
    if (this.#watches.size === 0) return this.#level;
    const watch = this.#watches.get(`${apiId}/${stageName}`);
    if (watch === undefined) return this.#level;
    if (watch.until > Date.now()) return watch.level === 2 || this.#level === 0 ? watch.level : this.#level;
    this.#watches.delete(`${apiId}/${stageName}`);
    return this.#level;
  }

  /** Gathers more of one stage's exchanges for a while. */
  watch(apiId: string, stageName: string, level: 0 | 1 | 2, durationMs: number): void {
    this.#watches.set(`${apiId}/${stageName}`, { level, until: Date.now() + durationMs });
  }

  record(exchange: FinishedExchange): void {
    try {
      if (exchange.capture?.forRecord !== true && this.#listeners.size === 0) this.#keepFacts(exchange);
      else this.add(toRecord(exchange));
    } catch {
      this.#dropped++;
    }
  }

  /** Redacts a record, keeps it, and tells the listeners. */
  add(record: ExchangeRecord): void {
    const redacted = redactRecord(record);
    this.#keep(redacted);
    for (const listener of this.#listeners) this.#tell(listener, redacted);
  }

  /** Called with every record from now on, already redacted. Returns how to stop. */
  onExchange(listener: ExchangeListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The newest first. */
  recent(limit: number = this.#ring.length): readonly ExchangeRecord[] {
    const records: ExchangeRecord[] = [];
    for (let i = 1; i <= Math.min(limit, this.#count); i++) {
      const record = this.#at((this.#next - i + this.#ring.length) % this.#ring.length);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  find(requestId: string): ExchangeRecord | undefined {
    const slot = this.#ring.findIndex((record, at) => record?.requestId === requestId || this.#facts.holds(at, requestId));
    return slot < 0 ? undefined : this.#at(slot);
  }

  /** Forgets everything, for test suites. */
  clear(): void {
    for (let slot = 0; slot < this.#ring.length; slot++) this.#facts.drop(slot);
    this.#ring.fill(undefined);
    this.#sizes.fill(0);
    this.#next = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  #keep(record: ExchangeRecord): void {
    const size = sizeOf(record);
    if (size > this.#maxBytes || this.#ring.length === 0) {
      this.#dropped++;
      return;
    }
    if (this.#count === this.#ring.length) this.#forgetOldest();
    while (this.#bytes + size > this.#maxBytes) this.#forgetOldest();
    this.#ring[this.#next] = record;
    this.#sizes[this.#next] = size;
    this.#bytes += size;
    this.#next = (this.#next + 1) % this.#ring.length;
    this.#count++;
  }

  #at(slot: number): ExchangeRecord | undefined {
    return this.#ring[slot] ?? this.#facts.read(slot);
  }

  #keepFacts(exchange: FinishedExchange): void {
    if (this.#ring.length === 0) {
      this.#dropped++;
      return;
    }
    if (this.#count < this.#ring.length) this.#count++;
    // The oldest is in the slot that comes next: facts are written over.
    else if (this.#ring[this.#next] !== undefined) this.#letGo(this.#next);
    this.#facts.put(this.#next, exchange);
    this.#next = this.#next + 1 === this.#ring.length ? 0 : this.#next + 1;
  }

  #forgetOldest(): void {
    this.#letGo((this.#next - this.#count + this.#ring.length) % this.#ring.length);
    this.#count--;
  }

  #letGo(slot: number): void {
    this.#bytes -= this.#sizes[slot] as number;
    this.#ring[slot] = undefined;
    this.#facts.drop(slot);
    this.#sizes[slot] = 0;
  }

  #tell(listener: ExchangeListener, record: ExchangeRecord): void {
    try {
      listener(record);
    } catch {
      this.#dropped++;
    }
  }
}

function sizeOf(record: ExchangeRecord): number {
  return (
    600 +
    record.path.length +
    (record.reason?.length ?? 0) +
    300 * (record.steps?.length ?? 0) +
    templateSizes(record) +
    messageSizes(record)
  );
}

function templateSizes({ templates = [] }: ExchangeRecord): number {
  let size = 0;
  for (const { lines } of templates) for (const { source, value } of lines) size += 100 + source.length + value.length;
  return size;
}

function messageSizes(record: ExchangeRecord): number {
  return (
    messageSize(record.request) +
    messageSize(record.response) +
    messageSize(record.integrationRequest) +
    messageSize(record.integrationResponse)
  );
}

function messageSize(message: CapturedMessage | undefined): number {
  if (message === undefined) return 0;
  let size = 2 * (message.body?.length ?? 0);
  for (const [name, value] of message.headers) size += 64 + name.length + value.length;
  return size;
}
