// Metrics on disk: a SQLite file of their own, as log events have one. Without a file the same database lives in memory. Every call is
// synchronous and bounded.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Dimension, Distribution, Metric, MetricPoint } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import { openSideDatabase } from '../../store/side-database.ts';
import { toStoreError } from '../../store/sqlite-connection.ts';
import { StoreError } from '../../store/store-error.ts';
import { fromBytes, merge, toBytes } from './distribution.ts';
import { metricStoreMigrations } from './metric-store-schema.ts';

/** The values of one metric and unit in one period of time. */
export interface StoredPoint {
  /** When the period began, milliseconds. */
  readonly at: number;
  /** Seconds. */
  readonly period: number;
  readonly unit: string;
  readonly distribution: Distribution;
}

export interface ReadRequest {
  /** Milliseconds; inclusive. */
  readonly from: number;
  /** Milliseconds; exclusive. */
  readonly to: number;
  /** Whether single values are asked for, or their totals will do. */
  readonly withValues: boolean;
}

export interface ListRequest {
  readonly namespace?: string | undefined;
  readonly metricName?: string | undefined;
  /** Only metrics with values since then, milliseconds. */
  readonly since: number;
  /** The number of the last metric seen. */
  readonly after: number;
  readonly limit: number;
}

export interface ListedMetric extends Metric {
  readonly number: number;
}

/**
 * How long values are kept as fine as they came, and what they are told in afterwards; the last are forgotten.
 * AWS: Seen: CloudWatch user guide, metrics retention.
 */
const RETENTION: readonly { readonly period: number; readonly keptMs: number; readonly coarser: number | undefined }[] = [
  { period: 1, keptMs: 3 * 3_600_000, coarser: 60 },
  { period: 60, keptMs: 15 * 86_400_000, coarser: 300 },
  { period: 300, keptMs: 63 * 86_400_000, coarser: 3_600 },
  { period: 3_600, keptMs: 455 * 86_400_000, coarser: undefined },
];

/** Points moved or forgotten in one step: some milliseconds of work. */
const STEP_POINTS = 200;
const KNOWN_METRICS_MAX = 50_000;

interface PointRow {
  readonly metric: number;
  readonly at: number;
  readonly period: number;
  readonly unit: string;
  readonly sample_count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly distribution?: Uint8Array | null;
}

const TOTALS = 'metric, at, period, unit, sample_count, sum, minimum, maximum';

export class MetricStore {
  readonly #file: string;
  readonly #database: DatabaseSync;
  /** Numbers of metrics seen lately, and when each was last written as having values. */
  readonly #known = new Map<string, { readonly number: number; lastAt: number }>();
  readonly #statements: Readonly<Record<'metric' | 'newMetric' | 'touch' | 'point' | 'put' | 'remove', StatementSync>>;
  #closed = false;

  /** Opens or creates the file; undefined keeps the metrics in memory. Throws StoreError. */
  constructor(file: string | undefined) {
    this.#file = file ?? ':memory:';
    try {
      this.#database = openSideDatabase(file, metricStoreMigrations);
      this.#statements = statements(this.#database);
    } catch (error) {
      throw toStoreError(error, 'opening', this.#file);
    }
  }

  /** Keeps all points, or none of them. */
  add(points: readonly MetricPoint[]): void {
    this.#do('writing', () => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        for (const point of points) this.#addOne(point);
        this.#database.exec('COMMIT');
      } catch (error) {
        this.#known.clear();
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #addOne({ scope, metric, unit, at, resolution, distribution }: MetricPoint): void {
    const begin = Math.floor(at / (resolution * 1000)) * resolution * 1000;
    this.#mergePoint({ metric: this.#numberOf(scope, metric, at), at: begin, period: resolution, unit }, distribution);
  }

  #mergePoint(key: Pick<PointRow, 'metric' | 'at' | 'period' | 'unit'>, added: Distribution): void {
    const { point, put } = this.#statements;
    const row = point.get(key.metric, key.at, key.period, key.unit) as PointRow | undefined;
    const now = row === undefined ? added : merge(toDistribution(row), added);
    const totals = [now.sampleCount, now.sum, now.minimum, now.maximum];
    put.run(key.metric, key.at, key.period, key.unit, ...totals, toBytes(now) ?? null);
  }

  #numberOf(scope: Scope, metric: Metric, at: number): number {
    const dimensionKey = keyOf(metric.dimensions);
    const name = [scope.account, scope.region, metric.namespace, metric.metricName, dimensionKey] as const;
    const mapKey = JSON.stringify(name);
    let known = this.#known.get(mapKey);
    if (known === undefined) {
      const row = this.#statements.metric.get(...name) as { number: number; last_at: number } | undefined;
      if (row === undefined) {
        const { lastInsertRowid } = this.#statements.newMetric.run(...name, JSON.stringify(metric.dimensions), at);
        known = { number: Number(lastInsertRowid), lastAt: at };
      } else known = { number: row.number, lastAt: row.last_at };
      if (this.#known.size >= KNOWN_METRICS_MAX) this.#known.clear();
      this.#known.set(mapKey, known);
    }
    if (at > known.lastAt) {
      this.#statements.touch.run(at, known.number);
      known.lastAt = at;
    }
    return known.number;
  }

  /** Metrics of an account and region in the order in which they were first put. */
  list(scope: Scope, { namespace, metricName, since, after, limit }: ListRequest): ListedMetric[] {
    const conditions = ['account = ?', 'region = ?', 'number > ?', 'last_at >= ?'];
    const values: (string | number)[] = [scope.account, scope.region, after, since];
    if (namespace !== undefined) {
      conditions.push('namespace = ?');
      values.push(namespace);
    }
    if (metricName !== undefined) {
      conditions.push('name = ?');
      values.push(metricName);
    }
    const sql = `SELECT number, namespace, name, dimensions FROM metrics WHERE ${conditions.join(' AND ')} ORDER BY number LIMIT ?`;
    const rows = this.#do('reading', () => this.#database.prepare(sql).all(...values, limit)) as unknown as {
      number: number;
      namespace: string;
      name: string;
      dimensions: string;
    }[];
    return rows.map(({ number, namespace: space, name, dimensions }) => ({
      ...{ number, namespace: space, metricName: name, dimensions: JSON.parse(dimensions) as Dimension[] },
    }));
  }

  /** Points of a metric, oldest first, `limit` at most; those of the last period that fits are all there. */
  read(scope: Scope, metric: Metric, { from, to, withValues }: ReadRequest, limit: number): StoredPoint[] {
    return this.#do('reading', () => {
      const name = [scope.account, scope.region, metric.namespace, metric.metricName, keyOf(metric.dimensions)];
      const found = this.#statements.metric.get(...name) as { number: number } | undefined;
      if (found === undefined) return [];
      const columns = withValues ? `${TOTALS}, distribution` : TOTALS;
      const rows = this.#database
        .prepare(`SELECT ${columns} FROM points WHERE metric = ? AND at >= ? AND at < ? ORDER BY at, period, unit LIMIT ?`)
        .all(found.number, from, to, limit) as unknown as PointRow[];
      return rows.map((row) => ({ at: row.at, period: row.period, unit: row.unit, distribution: toDistribution(row) }));
    });
  }

  /** Moves a bounded number of old points into longer periods, or forgets them; true when there may be more. */
  age(now: number): boolean {
    return RETENTION.some(({ period, keptMs, coarser }) => this.#ageOne(period, now - keptMs, coarser) === STEP_POINTS);
  }

  #ageOne(period: number, before: number, coarser: number | undefined): number {
    return this.#do('writing', () => {
      const rows = this.#database
        .prepare(`SELECT ${TOTALS}, distribution FROM points WHERE period = ? AND at < ? ORDER BY at LIMIT ${STEP_POINTS}`)
        .all(period, before) as unknown as PointRow[];
      if (rows.length === 0) return 0;
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        for (const row of rows) {
          this.#statements.remove.run(row.metric, row.at, row.period, row.unit);
          if (coarser === undefined) continue;
          const at = Math.floor(row.at / (coarser * 1000)) * coarser * 1000;
          this.#mergePoint({ metric: row.metric, at, period: coarser, unit: row.unit }, toDistribution(row));
        }
        // Metrics without any point left are not found any more.
        if (coarser === undefined) this.#database.prepare('DELETE FROM metrics WHERE last_at < ?').run(before);
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      } finally {
        if (coarser === undefined) this.#known.clear();
      }
      return rows.length;
    });
  }

  /** Forgets everything. */
  clear(): void {
    this.#known.clear();
    this.#do('writing', () => this.#database.exec('DELETE FROM points; DELETE FROM metrics'));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #do<T>(what: 'reading' | 'writing', work: () => T): T {
    if (this.#closed) throw new StoreError('closed', 'The metric store is closed.');
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, what, this.#file);
    }
  }
}

function statements(database: DatabaseSync) {
  return {
    metric: database.prepare(
      'SELECT number, last_at FROM metrics WHERE account = ? AND region = ? AND namespace = ? AND name = ? AND dimension_key = ?',
    ),
    newMetric: database.prepare(
      'INSERT INTO metrics (account, region, namespace, name, dimension_key, dimensions, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    touch: database.prepare('UPDATE metrics SET last_at = ? WHERE number = ?'),
    point: database.prepare(`SELECT ${TOTALS}, distribution FROM points WHERE metric = ? AND at = ? AND period = ? AND unit = ?`),
    put: database.prepare(`INSERT OR REPLACE INTO points (${TOTALS}, distribution) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    remove: database.prepare('DELETE FROM points WHERE metric = ? AND at = ? AND period = ? AND unit = ?'),
  };
}

/** The same for dimensions in any order. */
function keyOf(dimensions: readonly Dimension[]): string {
  if (dimensions.length === 0) return '[]';
  const sorted = dimensions.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return JSON.stringify(sorted.map(({ name, value }) => [name, value]));
}

function toDistribution(row: PointRow): Distribution {
  const totals = { sampleCount: row.sample_count, sum: row.sum, minimum: row.minimum, maximum: row.maximum };
  return row.distribution === undefined || row.distribution === null ? totals : { ...totals, ...fromBytes(row.distribution) };
}
