// Reads answers that were recorded from AWS. They lie beside the project (../shared), are data only and are not part of it.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One call of a recorded test, with the arguments that were written out in it. */
export interface RecordedCall {
  /** `lambda.get_function` */
  readonly op?: string;
  /** A plain HTTP request instead of an AWS call. */
  readonly http?: string;
  /** A step of the test's own that is no call. */
  readonly helper?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly record?: string;
  readonly expect?: 'error';
  /** The loop or helper of the test that makes the call. */
  readonly in?: string;
}

export interface RecordedTest {
  /** `TestLambdaFunction::test_function_lifecycle` */
  readonly name: string;
  /** The year it was recorded in. */
  readonly year: number;
  readonly calls: readonly RecordedCall[];
  readonly records: Readonly<Record<string, unknown>>;
}

/** Where everything recorded lies. */
export const shared = process.env['STAGEGATE_SHARED'] ?? path.resolve(import.meta.dirname, '../../../shared');
const folder = path.join(shared, 'aws/recorded-neighbours');

/** False when the recordings are there; otherwise why the tests that need them are skipped. Under CI nothing is skipped. */
export function skipWithoutRecordings(below = 'aws/recorded-neighbours'): false | string {
  const wanted = path.join(shared, below);
  if (existsSync(wanted)) return false;
  const reason = `no recordings at ${wanted} (set STAGEGATE_SHARED to the folder that holds ${below})`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  console.error(`SKIPPED: ${reason}`);
  return reason;
}

/** The tests of one recording. Of two with the same name the newer is taken: AWS changed its answer in between. */
export function readRecordings(file: string): RecordedTest[] {
  const { tests } = JSON.parse(readFileSync(path.resolve(folder, file), 'utf8')) as {
    tests: { id: string; recorded?: string; calls?: RecordedCall[]; records?: Record<string, unknown> | null }[];
  };
  const newest = new Map<string, RecordedTest>();
  for (const test of tests) {
    const name = test.id.slice(test.id.indexOf('::') + 2);
    const year = Number(/\d{2}-\d{2}-(\d{4})/.exec(test.recorded ?? '')?.[1] ?? 0);
    const known = newest.get(name);
    if (known === undefined || known.year <= year) {
      newest.set(name, { name, year, calls: test.calls ?? [], records: test.records ?? {} });
    }
  }
  return [...newest.values()];
}

/** The calls of a test, or those of the parametrised sibling that was written out (`test_x[a]` for `test_x[b]`). */
export function callsOf(test: RecordedTest, all: readonly RecordedTest[]): readonly RecordedCall[] {
  if (test.calls.length > 0) return test.calls;
  const stem = test.name.split('[')[0];
  return all.find((other) => other.name.split('[')[0] === stem && other.calls.length > 0)?.calls ?? [];
}
