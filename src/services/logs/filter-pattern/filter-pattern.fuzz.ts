// Filter patterns made at random: parsing one gives a predicate or InvalidParameterException, the predicate gives a boolean for any
// message, and neither takes long.
// Run with a number of rounds: node src/services/logs/filter-pattern/filter-pattern.fuzz.ts 1000000

import assert from 'node:assert/strict';
import { AwsError } from '../../../aws/aws-error.ts';
import { parseFilterPattern } from './filter-pattern.ts';

const TOKENS = [
  ...'{ } [ ] ( ) && || = != < > <= >= , ... $. $.a $.a.b $.a[0] $["a b"] $.__proto__ NOT EXISTS IS NULL TRUE FALSE'.split(' '),
  ...'word ERROR -x ?y "quoted" "open \\" % * a*b 5* 1e3 -0.5 1e999 ip status status = 4* -'.split(' '),
  ...[' ', '  ', '\t', '"', '\\', 'ü', '\u0000', ''],
];
const SEEDS = [
  'ERROR "quoted phrase" -x',
  '?WARN ?FATAL',
  '{ ( $.a = 5* || $.b NOT EXISTS ) && $.a.b[0] >= 1e3 }',
  '{ $.a IS NULL || $["a b"] != "x" && $.a < 7 }',
  '[ ip , id , ..., status = 4* || status = 5* , bytes > 1000 ]',
];
const MESSAGES = [
  ...['', 'ERROR a word', '{"a":1}', '{"a":{"b":[1,2]}}', '{"a":"5xx","__proto__":{"b":1}}', '{"a":', '[1]', 'null', '{}'],
  ...['10.0.0.1 - alice [22/Nov/2026:15:04:05 +0000] "GET / HTTP/1.1" 404 15', '[[[ "" ""', `{"a":"${'*a'.repeat(2_000)}"}`],
];
const LONGEST_MS = 200;

/** Rounds with a seeded generator; throws with the pattern that broke something. */
export function fuzzFilterPatterns(rounds: number, seed: number): { readonly accepted: number } {
  let state = seed >>> 0;
  const below = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const token = (): string => TOKENS[below(TOKENS.length)] as string;
  const random = (): string => Array.from({ length: below(10) }, () => `${token()}${below(2) === 0 ? ' ' : ''}`).join('');
  /** A pattern with one to three words of it replaced, doubled or taken out. */
  const mutated = (seed: string): string => {
    const words = seed.split(' ');
    for (let changes = below(3); changes >= 0; changes--) {
      const at = below(words.length);
      words.splice(at, below(2), ...([[token()], [words[at] ?? ''], []][below(3)] as string[]));
    }
    return words.join(' ');
  };
  let accepted = 0;
  for (let round = 0; round < rounds; round++) {
    let pattern = below(2) === 0 ? mutated(SEEDS[below(SEEDS.length)] as string) : random();
    pattern = pattern.slice(0, 1_024);
    const startedAt = performance.now();
    try {
      const matches = parseFilterPattern(pattern);
      accepted++;
      for (const message of MESSAGES) assert.equal(typeof matches(message), 'boolean');
    } catch (error) {
      const isRefusal = error instanceof AwsError && error.code === 'InvalidParameterException';
      assert.ok(isRefusal, `seed ${seed} round ${round}: ${JSON.stringify(pattern)} threw ${String(error)}`);
    }
    const took = performance.now() - startedAt;
    assert.ok(took < LONGEST_MS, `${JSON.stringify(pattern)} took ${took} ms`);
  }
  return { accepted };
}

if (import.meta.main) {
  const rounds = Number(process.argv[2] ?? 100_000);
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
  const { accepted } = fuzzFilterPatterns(rounds, seed);
  console.log(`${rounds} patterns from seed ${seed}, ${accepted} accepted`);
}
