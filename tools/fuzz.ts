// Fuzzes the HTTP/1.1 parsers, the reader of WebSocket frames, parameter mapping, the verifier of tokens, regular expressions and JSON schemas for as long as you like:
// `npm run fuzz -- [cases] [seed] [request|response|mapping|jwt|regex|schema|websocket|all]`. Prints what was tried and every disagreement; exits with 1 when there is one. The same numbers make the same cases.

import { fuzzParameterMapping } from '../src/compile/http-api/parameter-mapping.fuzz.ts';
import { type FuzzReport, fuzzRequestParser } from '../src/http1/request-parser.fuzz.ts';
import { fuzzResponseParser } from '../src/http1/response-parser.fuzz.ts';
import { fuzzJsonSchema } from '../src/json-schema/json-schema.fuzz.ts';
import { fuzzJwtVerifier } from '../src/jwt/jwt-verifier.fuzz.ts';
import { fuzzSafeRegex } from '../src/safe-regex/safe-regex.fuzz.ts';
import { fuzzWebSocketReader } from '../src/websocket/message-reader.fuzz.ts';

const CASES_PER_ROUND = 20_000;

const surfaces: Readonly<Record<string, (cases: number, seed: number) => Promise<FuzzReport>>> = {
  request: fuzzRequestParser,
  response: fuzzResponseParser,
  mapping: fuzzParameterMapping,
  jwt: fuzzJwtVerifier,
  regex: fuzzSafeRegex,
  schema: fuzzJsonSchema,
  websocket: fuzzWebSocketReader,
};

const cases = wholeNumber(process.argv[2], 1_000_000, 'cases');
const firstSeed = wholeNumber(process.argv[3], Date.now() % 1_000_000_000, 'seed');
const chosen = process.argv[4] ?? 'all';
if (chosen !== 'all' && surfaces[chosen] === undefined)
  fail(`"${chosen}" is none of request, response, mapping, jwt, regex, schema, websocket and all`);

for (const [name, fuzz] of Object.entries(surfaces)) {
  if (chosen === 'all' || chosen === name) await fuzzSurface(name, fuzz);
}

async function fuzzSurface(name: string, fuzz: (cases: number, seed: number) => Promise<FuzzReport>): Promise<void> {
  let done = 0;
  let accepted = 0;
  let compared = 0;
  let failed = 0;
  for (let seed = firstSeed; done < cases && failed === 0; seed++) {
    const round = Math.min(CASES_PER_ROUND, cases - done);
    const report = await fuzz(round, seed);
    done += round;
    accepted += report.accepted;
    compared += report.requests;
    for (const { case: number, wire, what } of report.disagreements) {
      failed++;
      console.log(`seed ${seed} case ${number}: ${what}\n  ${JSON.stringify(wire)}`);
    }
  }
  console.log(
    `${name} with Node ${process.version}: ${done} cases from seed ${firstSeed}, ${accepted} accepted, ` +
      `${compared} messages compared, ${failed} disagreements`,
  );
  if (failed > 0) process.exitCode = 1;
}

function wholeNumber(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : fail(`${name} must be a whole number, not "${text}"`);
}

function fail(what: string): never {
  console.error(`${what}. Usage: npm run fuzz -- [cases] [seed] [request|response|mapping|jwt|regex|schema|websocket|all]`);
  process.exit(2);
}
