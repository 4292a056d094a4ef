// The facts of recent exchanges (level 0) in columns that are allocated once. Keeping them makes no object, so the garbage collector
// has little to carry from one request to the next; a record is made of them when somebody asks for it.

import type { ExchangeRecord, StageName } from '../../model/exchange-record.ts';
import { boundedText, connectionMember } from './exchange-report.ts';
import type { FinishedExchange, ReportedPipeline } from './finished-exchange.ts';
import { redactReason } from './redaction.ts';

/** Longer paths are texts of their own. */
const PATH_BYTES = 192;
/** Longer ids, too; those of REST APIs are UUIDs, the others are shorter. */
const ID_BYTES = 36;
/** Numbers of a slot: at, total microseconds, integration microseconds (NaN for none), bytes in, bytes out. */
const NUMBERS = 5;

/** A fixed number of slots; whoever writes and reads them knows which of them are in use. */
export class FactRing {
  // What slots refer to lives as long as a deployment or a connection does anyway.
  readonly #plans: (ReportedPipeline['plan'] | undefined)[];
  readonly #kinds: FinishedExchange['apiKind'][];
  readonly #routeKeys: string[];
  readonly #methods: string[];
  readonly #sourceIps: string[];
  readonly #refusedAt: (StageName | undefined)[];
  readonly #reasons: (string | undefined)[];
  readonly #connectionIds: (string | undefined)[];
  readonly #farewells: FinishedExchange['farewell'][];
  // A text of each request that lives until the slot's next turn is what the collector would have to carry into the old generation and
  // fetch from there again; it made the slowest of a hundred requests wait twice as long.
  readonly #ids: Buffer;
  readonly #idLengths: Uint8Array;
  readonly #longIds: (string | undefined)[];
  readonly #paths: Buffer;
  readonly #pathLengths: Uint8Array;
  readonly #longPaths: (string | undefined)[];
  readonly #status: Uint16Array;
  readonly #numbers: Float64Array;

  constructor(slots: number) {
    this.#plans = new Array(slots).fill(undefined);
    this.#kinds = new Array(slots).fill('http-api');
    this.#routeKeys = new Array(slots).fill('');
    this.#methods = new Array(slots).fill('');
    this.#sourceIps = new Array(slots).fill('');
    this.#refusedAt = new Array(slots).fill(undefined);
    this.#reasons = new Array(slots).fill(undefined);
    this.#connectionIds = new Array(slots).fill(undefined);
    this.#farewells = new Array(slots).fill(undefined);
    this.#ids = Buffer.alloc(slots * ID_BYTES);
    this.#idLengths = new Uint8Array(slots);
    this.#longIds = new Array(slots).fill(undefined);
    this.#paths = Buffer.alloc(slots * PATH_BYTES);
    this.#pathLengths = new Uint8Array(slots);
    this.#longPaths = new Array(slots).fill(undefined);
    this.#status = new Uint16Array(slots);
    this.#numbers = new Float64Array(slots * NUMBERS);
  }

  /** Copies what is kept of a finished exchange; the exchange itself is not held. */
  put(slot: number, exchange: FinishedExchange): void {
    const { request, refusal, route } = exchange;
    keep(this.#plans, slot, exchange.pipeline.plan);
    keep(this.#kinds, slot, exchange.apiKind);
    keep(this.#routeKeys, slot, route === undefined ? '' : route.routeKey);
    keep(this.#methods, slot, exchange.httpMethod ?? request.method);
    keep(this.#sourceIps, slot, request.remoteAddress);
    keep(this.#refusedAt, slot, exchange.refusedAt);
    const reason = refusal === undefined ? undefined : redactReason(boundedText(refusal.reason), exchange.refusedAt);
    keep(this.#reasons, slot, reason);
    keep(this.#connectionIds, slot, exchange.connectionId);
    keep(this.#farewells, slot, exchange.farewell);
    this.#putId(slot, exchange.requestId);
    // Events of connections have the path of their stage.
    if (exchange.connectionId === undefined) this.#putPath(slot, exchange.address.pathWithStage);
    this.#status[slot] = exchange.status;
    const numbers = this.#numbers;
    const at = slot * NUMBERS;
    numbers[at] = exchange.at;
    numbers[at + 1] = exchange.totalUs;
    numbers[at + 2] = exchange.integrationUs ?? Number.NaN;
    numbers[at + 3] = exchange.bytesIn;
    numbers[at + 4] = request.bytesOut;
  }

  /** The record of a slot that was put, or undefined when there is none. */
  read(slot: number): ExchangeRecord | undefined {
    const plan = this.#plans[slot];
    if (plan === undefined) return undefined;
    const number = (index: number) => this.#numbers[slot * NUMBERS + index] as number;
    const integrationUs = number(2);
    return {
      requestId: this.#idOf(slot),
      apiId: plan.apiId,
      apiKind: this.#kinds[slot] as FinishedExchange['apiKind'],
      ...connectionMember(this.#connectionIds[slot], this.#methods[slot] as string, this.#farewells[slot]),
      stage: plan.stageName,
      deploymentId: plan.deploymentId,
      at: number(0),
      method: this.#methods[slot] as string,
      path: this.#connectionIds[slot] === undefined ? this.#pathOf(slot) : `/${plan.stageName}`,
      routeKey: this.#routeKeys[slot] as string,
      status: this.#status[slot] as number,
      totalUs: number(1),
      integrationUs: Number.isNaN(integrationUs) ? undefined : integrationUs,
      refusedAt: this.#refusedAt[slot],
      reason: this.#reasons[slot],
      sourceIp: this.#sourceIps[slot] as string,
      bytesIn: number(3),
      bytesOut: number(4),
      level: 0,
    };
  }

  /** True when the slot holds the exchange with this id. */
  holds(slot: number, requestId: string): boolean {
    return this.#plans[slot] !== undefined && this.#idOf(slot) === requestId;
  }

  /** Lets go of what the slot refers to. */
  drop(slot: number): void {
    this.#plans[slot] = undefined;
    this.#reasons[slot] = undefined;
    this.#longPaths[slot] = undefined;
    this.#longIds[slot] = undefined;
    this.#connectionIds[slot] = undefined;
    this.#farewells[slot] = undefined;
  }

  #putId(slot: number, id: string): void {
    if (id.length <= ID_BYTES) {
      this.#idLengths[slot] = writeText(this.#ids, slot * ID_BYTES, id, id.length);
      if (this.#longIds[slot] !== undefined) this.#longIds[slot] = undefined;
    } else {
      this.#longIds[slot] = id;
    }
  }

  #putPath(slot: number, path: string): void {
    if (path.length <= PATH_BYTES) {
      this.#pathLengths[slot] = writeText(this.#paths, slot * PATH_BYTES, path, path.length);
      if (this.#longPaths[slot] !== undefined) this.#longPaths[slot] = undefined;
    } else {
      this.#longPaths[slot] = boundedText(path);
    }
  }

  #pathOf(slot: number): string {
    const from = slot * PATH_BYTES;
    return this.#longPaths[slot] ?? this.#paths.toString('latin1', from, from + (this.#pathLengths[slot] as number));
  }

  #idOf(slot: number): string {
    const from = slot * ID_BYTES;
    return this.#longIds[slot] ?? this.#ids.toString('latin1', from, from + (this.#idLengths[slot] as number));
  }
}

/** Most slots held the same before: reading costs less than writing, which the garbage collector has to be told of. */
function keep<T>(column: T[], slot: number, value: T): void {
  if (column[slot] !== value) column[slot] = value;
}

/** Targets and ids are ASCII. For texts this short a loop is faster than the call into native code. Returns `length`. */
function writeText(bytes: Buffer, at: number, text: string, length: number): number {
  for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
  return length;
}
