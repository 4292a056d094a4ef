// Mutated service files: reading one never throws, never takes long, and gives a state exactly when there are no errors.
// Run with a number of rounds: node src/templates/serverless-yml/read-serverless-yml.fuzz.ts 100000

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nearestName } from '../../config/nearest-name.ts';
import { readServerlessYml } from './read-serverless-yml.ts';

const TESTDATA = path.join(import.meta.dirname, '../testdata');
const TOKENS = [
  ...`\${ } \${self: \${self:} \${file( \${env:A,  !Ref  !Sub  &x  *x  <<: [ ] { } ' " | > # null ~ 1e999 0x10 * \\ \${sls:stage}`.split(
    ' ',
  ),
  ...'httpApi events: functions: provider: handler: /{p+} /{ $default __proto__ constructor'.split(' '),
  ...[': ', '- ', '\n', '  ', ' ', 'ANY ', '!GetAtt a.b', '<<: *x', '\u0000', '\u2028'],
];
const LONGEST_MS = 2000;

/** Rounds with a seeded generator; throws with the file that broke it. */
export function fuzzServiceFiles(rounds: number, seed: number): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-fuzz-'));
  const seeds = readdirSync(TESTDATA, { recursive: true, encoding: 'utf8' })
    .filter((name) => /serverless\.(yml|json)$/.test(name))
    .map((name) => readFileSync(path.join(TESTDATA, name), 'utf8'));
  let state = seed >>> 0;
  const below = (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % most;
  };
  const file = path.join(folder, 'serverless.yml');
  try {
    for (let round = 0; round < rounds; round++) {
      let text = seeds[below(seeds.length)] ?? '';
      for (let change = below(4); change >= 0; change--) {
        const at = below(text.length + 1);
        const kind = below(4);
        if (kind === 0) text = text.slice(0, at) + text.slice(at + below(20));
        else if (kind === 1) text = text.slice(0, at) + text.slice(Math.max(0, at - below(40)), at) + text.slice(at);
        else text = text.slice(0, at) + TOKENS[below(TOKENS.length)] + text.slice(at + below(3));
      }
      writeFileSync(file, text);
      check(file, text, round);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function check(file: string, text: string, round: number): void {
  const startedAt = performance.now();
  try {
    const { desired, problems } = readServerlessYml({
      file,
      environment: {},
      options: new Map(),
      params: new Map(),
      accountId: '000000000000',
      instanceId: 'x',
      lenient: round % 3 === 0,
      nearestName,
    });
    assert.equal(
      desired === undefined,
      problems.some((problem) => problem.severity === 'error'),
    );
    for (const problem of problems) assert.ok(problem.what !== '' && problem.fix !== '' && problem.place.file !== '');
    assert.ok(performance.now() - startedAt < LONGEST_MS, 'it took too long');
  } catch (error) {
    throw new Error(`round ${round}, file:\n${text}`, { cause: error });
  }
}

if (import.meta.main) {
  const rounds = Number(process.argv[2] ?? 10_000);
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
  fuzzServiceFiles(rounds, seed);
  console.log(`${rounds} rounds with seed ${seed}: nothing broke`);
}
