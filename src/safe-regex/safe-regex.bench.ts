// What matching costs: nanoseconds a call on short texts beside V8, and nanoseconds a character on long ones and on patterns that
// make a backtracking engine explode.
// Run: node src/safe-regex/safe-regex.bench.ts

import { compileSafeRegex, type SafeRegex } from './safe-regex.ts';

const CALLS = 400_000;
/** The first warms up; the best of the others counts. */
const ROUNDS = 4;

const SHORT: readonly (readonly [pattern: string, text: string])[] = [
  ['.*Error.*', 'ValidationError: no name'],
  ['4\\d{2}', '404'],
  ['Bearer [-0-9a-zA-Z._]*', 'Bearer eyJhbGciOi.eyJz.d'],
  ['^[a-z0-9-]+@[a-z0-9-]+\\.[a-z]{2,}$', 'jane-doe@example-shop.org'],
  ['\\[BadRequest\\].*', '[BadRequest] name missing'],
  ['ValidationError', 'ValidationError: no name'],
];

const LONG: readonly (readonly [name: string, pattern: string, text: string])[] = [
  ['.*Error.* on 100 KB without it', '.*Error.*', 'x'.repeat(100_000)],
  ['(a+)+$ on 100 KB of a and !', '(a+)+$', `${'a'.repeat(100_000)}!`],
  ['(.*a){12} on 100 KB of a', '(.*a){12}', 'a'.repeat(100_000)],
  ['(x+x+)+y on 100 KB of x', '(x+x+)+y', 'x'.repeat(100_000)],
  ['[ab]*a[ab]{12}c on 100 KB of ab', '[ab]*a[ab]{12}c', 'abbab'.repeat(20_000)],
];

for (const [pattern, text] of SHORT) {
  const regex = compiled(pattern);
  const v8 = new RegExp(pattern, 'u');
  const ours = nanoseconds(() => regex.lookingAt(text));
  const theirs = nanoseconds(() => v8.test(text));
  console.log(`${pattern.padEnd(40)} ${text.length} characters: ${ours.toFixed(0)} ns, V8 ${theirs.toFixed(0)} ns`);
}
for (const [name, pattern, text] of LONG) {
  const regex = compiled(pattern);
  const start = performance.now();
  regex.find(text);
  const first = performance.now() - start;
  const again = performance.now();
  regex.find(text);
  console.log(`${name.padEnd(40)} first ${first.toFixed(2)} ms, again ${(performance.now() - again).toFixed(2)} ms`);
}

function compiled(pattern: string): SafeRegex {
  const { regex } = compileSafeRegex(pattern);
  if (regex === undefined) throw new Error(`${pattern} is refused`);
  return regex;
}

function nanoseconds(call: () => boolean): number {
  let best = Number.POSITIVE_INFINITY;
  let hits = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < CALLS; i++) if (call()) hits++;
    if (round > 0) best = Math.min(best, ((performance.now() - start) * 1e6) / CALLS);
  }
  if (hits < 0) throw new Error('never');
  return best;
}
