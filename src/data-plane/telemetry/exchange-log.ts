// The most recent exchanges, kept for `stagegate requests` and the console: bounded by number and by memory, oldest out first.

import type { CapturedMessage, ExchangeRecord } from '../../model/exchange-record.ts';
import type { ExchangeSink } from '../ports.ts';
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
const MAX_FIELD = 4_096;

/** Takes finished records. Never throws and never waits: what cannot be kept or told is counted in `dropped`. */
export class ExchangeLog implements ExchangeSink {
  readonly #level: 0 | 1 | 2;
  readonly #maxBytes: number;
  readonly #ring: (ExchangeRecord | undefined)[];
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

  record(record: ExchangeRecord): void {
    try {
      const kept = limitFields(redactRecord(record));
      this.#keep(kept);
      for (const listener of this.#listeners) this.#tell(listener, kept);
    } catch {
      this.#dropped++;
    }
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
      const record = this.#ring[(this.#next - i + this.#ring.length) % this.#ring.length];
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  find(requestId: string): ExchangeRecord | undefined {
    return this.#ring.find((record) => record?.requestId === requestId);
  }

  /** Forgets everything, for test suites. */
  clear(): void {
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

  #forgetOldest(): void {
    const oldest = (this.#next - this.#count + this.#ring.length) % this.#ring.length;
    this.#bytes -= this.#sizes[oldest] as number;
    this.#ring[oldest] = undefined;
    this.#sizes[oldest] = 0;
    this.#count--;
  }

  #tell(listener: ExchangeListener, record: ExchangeRecord): void {
    try {
      listener(record);
    } catch {
      this.#dropped++;
    }
  }
}

/** What a client or a function can make us keep of one text is bounded. */
function limitFields(record: ExchangeRecord): ExchangeRecord {
  const { path, reason } = record;
  if (path.length <= MAX_FIELD && (reason === undefined || reason.length <= MAX_FIELD)) return record;
  return { ...record, path: path.slice(0, MAX_FIELD), reason: reason?.slice(0, MAX_FIELD) };
}

function sizeOf(record: ExchangeRecord): number {
  return 600 + record.path.length + (record.reason?.length ?? 0) + 300 * (record.steps?.length ?? 0) + messageSizes(record);
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
