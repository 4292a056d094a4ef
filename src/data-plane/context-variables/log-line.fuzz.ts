// Log lines from hostile values in hostile formats: never a control character, never a second line, JSON stays JSON, and what a
// format says literally stays.
// Run with a number of rounds: node src/data-plane/context-variables/log-line.fuzz.ts 1000000

import assert from 'node:assert/strict';
import { type Escaping, escapeValue, escapeWireValue } from './escaping.ts';

const PIECES = [
  ...['"', '\\', "'", '<', '>', '&', '&lt;', '\\u', '\\"', '{', '}', '":"', ',', '$context.status', '%0a', ' '],
  ...[
    '\r',
    '\n',
    '\u0000',
    '\u001b[2J',
    '\t',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u2066',
    '\ufeff',
    '\ud800',
    '\udc00',
  ],
  ...['\u00c3', '\u00a9', '\u00e2\u0080\u00a8', '\u00c2\u0085', '\u00ff', 'a', 'Z', '0', '\u{1F600}', 'ü'],
];
// What no line may hold, with the halves of pairs that a well-formed text has none of.
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const ESCAPINGS: readonly Escaping[] = ['json', 'xml', 'text'];

/** Rounds with a seeded generator; throws with the value that broke something. */
export function fuzzLogValues(rounds: number, seed: number): void {
  let state = seed >>> 0;
  const below = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  for (let round = 0; round < rounds; round++) {
    let value = '';
    for (let pieces = below(12); pieces >= 0; pieces--) {
      value += below(4) === 0 ? String.fromCharCode(below(0x10000)) : (PIECES[below(PIECES.length)] as string);
    }
    if (below(100) === 0) value = value.repeat(500);
    for (const escaping of ESCAPINGS) {
      for (const write of [escapeValue, escapeWireValue]) {
        const written = write(value, escaping);
        const seen = `${write.name}(${JSON.stringify(value)}, ${escaping}) is ${JSON.stringify(written)}`;
        assert.ok(!FORBIDDEN.test(written), seen);
        assert.ok(written.isWellFormed(), seen);
        assert.ok(written.length <= 6 * 4_096, seen);
        if (escaping === 'json') {
          const line = JSON.parse(`{"a":"${written}","b":1}`) as Record<string, unknown>;
          assert.deepEqual(Object.keys(line), ['a', 'b'], seen);
          // What is read back is what was said, as far as it is kept.
          if (write === escapeValue && value.length <= 4_096) assert.equal(line['a'], value.toWellFormed(), seen);
        }
        if (escaping === 'text') assert.match(`"${written}"`, /^"(?:[^"\\]|\\.)*"$/u, seen);
        if (escaping === 'xml') assert.doesNotMatch(written, /[<>"']|&(?!(?:amp|lt|gt|quot|apos);)/, seen);
      }
    }
  }
}

if (import.meta.main) {
  const rounds = Number(process.argv[2] ?? 100_000);
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
  fuzzLogValues(rounds, seed);
  console.log(`${rounds} values from seed ${seed}: every line stayed one line`);
}
