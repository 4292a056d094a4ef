// Every recorded Lambda test is replayed against our server, or known-differences.json says why not. What differs from AWS's answer
// is listed there too, each with its reason: a difference that is not listed fails, and so does a listed one that is gone.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Interpreters } from '../../src/lambda/interpreters.ts';
import { awsClients } from '../wire/aws-clients.ts';
import { type StartedServer, startServer } from '../wire/started-server.ts';
import type { Difference } from './compare.ts';
import { hints } from './hints.ts';
import { callsOf, type RecordedTest, readRecordings, skipWithoutRecordings } from './recordings.ts';
import { type Hint, type Language, languageOf, replay, send } from './replay.ts';

interface KnownDifferences {
  /** Test name, perhaps with `*`, to the reason why it is not replayed. */
  readonly notReplayed: Readonly<Record<string, string>>;
  /** The operation that a reason for not replaying is about. When it is built, its tests are to be replayed. */
  readonly notBuilt: Readonly<Record<string, string>>;
  /** Test name to place to reason. A place that ends in `*` stands for everything below it. */
  readonly differences: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const file = path.join(import.meta.dirname, 'known-differences.json');
const known = JSON.parse(readFileSync(file, 'utf8')) as KnownDifferences;
const skip = skipWithoutRecordings();
const recordings = skip === false ? ['lambda_.test_lambda.json', 'lambda_.test_lambda_api.json'].map(readRecordings) : [];
const every = recordings.flat();
/** `STAGEGATE_PARITY_REPORT=file` writes what was found, for whoever brings known-differences.json up to date. */
const reportFile = process.env['STAGEGATE_PARITY_REPORT'];
const report: Record<string, Record<string, { expected: unknown; actual: unknown }>> = {};

/** Enough for the path of every operation. */
const anyInput = { FunctionName: 'any', LayerName: 'any', Qualifier: '1', Content: {}, AllowedPublishers: {}, AuthType: 'NONE' };

const hasPython = new Interpreters().has('python3.12');

let server: StartedServer;
before(async () => {
  if (skip === false) server = await startServer();
});
after(async () => {
  await server?.stop();
  if (reportFile !== undefined) writeFileSync(reportFile, `${JSON.stringify(report, undefined, 2)}\n`);
});

describe('recorded Lambda answers', { skip, concurrency: 2 }, () => {
  for (const recording of recordings) {
    for (const recorded of recording) {
      if (notReplayed(recorded.name) !== undefined) continue;
      const language = languageOf(recorded, callsOf(recorded, recording));
      test(recorded.name, { skip: skipWithout(language) }, () => check(recorded, recording, language));
      // What a test says of errors, exits and time holds for any language: its twin tries the other one.
      const { code, python, region } = hintOf(recorded);
      if (language === 'python' && code !== undefined && python !== undefined && region === undefined) {
        test(twinOf(recorded.name), () => check(recorded, recording, 'nodejs', twinOf(recorded.name)));
      }
    }
  }

  test('what is not replayed because it is not built, is not built', async () => {
    const clients = awsClients(server);
    try {
      for (const [reason, operation] of Object.entries(known.notBuilt)) {
        assert.ok(Object.values(known.notReplayed).includes(reason), `no test is left out because ${reason}`);
        const answer = await send(clients, operation, anyInput);
        assert.equal(
          (answer['Error'] as { Code?: string } | undefined)?.Code,
          'NotImplementedException',
          `${operation} is built now: replay the tests that are left out because ${reason}`,
        );
      }
    } finally {
      clients.destroy();
    }
  });

  test('the list of known differences names only recorded tests', () => {
    const names = every.map((recorded) => recorded.name);
    for (const pattern of Object.keys(known.notReplayed)) {
      assert.ok(
        names.some((name) => covers(pattern, name)),
        `notReplayed names ${pattern}, which is not recorded`,
      );
    }
    for (const name of Object.keys(known.differences)) {
      assert.ok(
        names.some((recorded) => name === recorded || name === twinOf(recorded)),
        `differences names ${name}, which is not recorded`,
      );
      assert.equal(notReplayed(name), undefined, `${name} is listed as not replayed and has differences`);
    }
    for (const name of Object.keys(hints))
      assert.ok(
        names.some((recorded) => covers(name, recorded)),
        `there is a hint for ${name}`,
      );
  });
});

async function check(
  recorded: RecordedTest,
  recording: readonly RecordedTest[],
  language: Language,
  name = recorded.name,
): Promise<void> {
  const hint = hintOf(recorded);
  const clients = awsClients(server, hint.region === undefined ? {} : { region: hint.region });
  let differences: Difference[];
  try {
    differences = await replay(clients, recorded, callsOf(recorded, recording), hint, server.port, language);
  } finally {
    clients.destroy();
  }
  if (differences.length > 0) {
    report[name] = Object.fromEntries(differences.map(({ path: at, ...rest }) => [at, rest]));
  }
  const listed = known.differences[name] ?? {};
  const added = differences.filter((difference) => !Object.keys(listed).some((place) => covers(place, difference.path)));
  const gone = Object.keys(listed).filter((place) => !differences.some((difference) => covers(place, difference.path)));
  const lines = [
    ...added.map((difference) => `  ${difference.path}: AWS ${shown(difference.expected)}, we ${shown(difference.actual)}`),
    ...gone.map((place) => `  ${place}: no difference any more; take it out of known-differences.json`),
  ];
  assert.equal(lines.length, 0, `${name} differs from AWS in what is not listed:\n${lines.join('\n')}`);
}

function hintOf({ name: recordedName }: RecordedTest): Hint {
  return Object.entries(hints).find(([name]) => covers(name, recordedName))?.[1] ?? {};
}

/** The name of a test whose functions are made in Node.js instead. */
function twinOf(name: string): string {
  return `${name} (Node.js)`;
}

function skipWithout(language: Language): string | false {
  if (language === 'nodejs' || hasPython) return false;
  const reason = 'no python3 on the PATH';
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

function notReplayed(name: string): string | undefined {
  return Object.entries(known.notReplayed).find(([pattern]) => covers(pattern, name))?.[1];
}

/** True when `pattern` is `name`, or stands for it with `*`. */
function covers(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const [before = '', behind = ''] = pattern.split('*');
  return name.length >= before.length + behind.length && name.startsWith(before) && name.endsWith(behind);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
