// Counts of one stage in the shared counters buffer: AWS's Count, 4xx, 5xx, Latency and IntegrationLatency. All threads add to the
// same words; nothing is allocated per request.

/** Words that one stage's metrics take in the counters buffer. */
export const METRICS_WORDS = 8;

const COUNT = 0;
const CLIENT_ERRORS = 1;
const SERVER_ERRORS = 2;
const LATENCY_LOW = 3;
const INTEGRATION_COUNT = 5;
const INTEGRATION_LOW = 6;

/** Totals since the counters were made; differences of two snapshots are a period's figures. */
export interface HttpMetricsSnapshot {
  readonly count: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
  /** Sum over all requests, microseconds. */
  readonly latencyUs: number;
  /** Requests that reached their integration. */
  readonly integrationCount: number;
  readonly integrationLatencyUs: number;
}

export class HttpMetrics {
  readonly #counters: Int32Array<SharedArrayBuffer>;
  readonly #slot: number;

  constructor(counters: Int32Array<SharedArrayBuffer>, slot: number) {
    this.#counters = counters;
    this.#slot = slot;
  }

  /** Counts one finished request; `integrationUs` is undefined when no integration was called. */
  record(status: number, totalUs: number, integrationUs: number | undefined): void {
    const counters = this.#counters;
    const slot = this.#slot;
    Atomics.add(counters, slot + COUNT, 1);
    if (status >= 500) Atomics.add(counters, slot + SERVER_ERRORS, 1);
    else if (status >= 400) Atomics.add(counters, slot + CLIENT_ERRORS, 1);
    addWide(counters, slot + LATENCY_LOW, totalUs);
    if (integrationUs === undefined) return;
    Atomics.add(counters, slot + INTEGRATION_COUNT, 1);
    addWide(counters, slot + INTEGRATION_LOW, integrationUs);
  }

  snapshot(): HttpMetricsSnapshot {
    const word = (index: number) => Atomics.load(this.#counters, this.#slot + index) >>> 0;
    return {
      count: word(COUNT),
      clientErrors: word(CLIENT_ERRORS),
      serverErrors: word(SERVER_ERRORS),
      latencyUs: word(LATENCY_LOW) + word(LATENCY_LOW + 1) * 2 ** 32,
      integrationCount: word(INTEGRATION_COUNT),
      integrationLatencyUs: word(INTEGRATION_LOW) + word(INTEGRATION_LOW + 1) * 2 ** 32,
    };
  }
}

/** A 64-bit sum in two words: whoever makes the low word wrap carries one. */
function addWide(counters: Int32Array<SharedArrayBuffer>, low: number, value: number): void {
  const amount = Math.max(0, Math.floor(value));
  const before = Atomics.add(counters, low, amount | 0) >>> 0;
  if (before + amount >= 2 ** 32) Atomics.add(counters, low + 1, 1);
}
