// The control-plane calls of every recorded REST API test are replayed against our server. What differs from AWS's answer is listed in
// known-differences.json with its reason: a difference that is not listed fails, and so does a listed one that is gone. What is not
// compared (operations that are not built, answers of deployed APIs) is counted and named.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { awsClients } from '../wire/aws-clients.ts';
import { type StartedServer, startServer } from '../wire/started-server.ts';
import { callsOf, type RecordedTest, readRecordings, shared, skipWithoutRecordings } from './recordings.ts';
import { restHints } from './rest-hints.ts';
import { replayRest, sendRest } from './rest-replay.ts';

/** Test name, perhaps with `*`, to place to reason. A place that ends in `*` stands for everything below it. */
type Differences = Readonly<Record<string, Readonly<Record<string, string>>>>;

const file = path.join(import.meta.dirname, 'known-differences.json');
const known = (JSON.parse(readFileSync(file, 'utf8')) as { apigateway: Differences }).apigateway;
const folder = path.join(shared, 'aws/recorded');
const skip = skipWithoutRecordings('aws/recorded');
const files =
  skip === false ? readdirSync(folder).filter((name) => name.startsWith('apigateway.') && name.endsWith('.json')) : [];
const recordings = files.map((name) => readRecordings(path.join(folder, name)));
/** `STAGEGATE_PARITY_REPORT=file` writes what was found, for whoever brings known-differences.json up to date. */
const reportFile = process.env['STAGEGATE_PARITY_REPORT'];
const report: Record<string, Record<string, { expected: unknown; actual: unknown }>> = {};

/** Enough for the path of every operation. */
const anyInput = {
  ...{ restApiId: 'any', resourceId: 'any', httpMethod: 'GET', statusCode: '200', stageName: 'any', deploymentId: 'any' },
  ...{ parentId: 'any', authorizerId: 'any', modelName: 'any', requestValidatorId: 'any', responseType: 'THROTTLED' },
  ...{
    documentationPartId: 'any',
    documentationVersion: 'any',
    usagePlanId: 'any',
    keyId: 'any',
    vpcLinkId: 'any',
    apiKey: 'any',
  },
  ...{ domainName: 'any', basePath: 'any', exportType: 'swagger', id: 'any', sdkType: 'any', clientCertificateId: 'any' },
  ...{ resourceArn: 'any', tags: {}, tagKeys: [], body: new Uint8Array(), format: 'csv', location: {}, properties: '' },
};

const built = new Map<string, boolean>();
const compared = { records: 0, differing: 0 };
const notBuilt = new Map<string, number>();
const elsewhere = new Map<string, number>();

let server: StartedServer;
before(async () => {
  if (skip !== false) return;
  server = await startServer();
  const clients = awsClients(server);
  try {
    const calls = recordings.flat().flatMap((recorded) => recorded.calls);
    const operations = new Set(
      calls.flatMap(({ op }) => (op?.startsWith('apigateway.') === true ? [op.split('.')[1] ?? ''] : [])),
    );
    for (const operation of operations) {
      const answer = await sendRest(clients, operation, anyInput);
      built.set(operation, (answer['Error'] as { Code?: string } | undefined)?.Code !== 'NotImplementedException');
    }
  } finally {
    clients.destroy();
  }
});
after(async () => {
  await server?.stop();
  if (reportFile !== undefined) writeFileSync(reportFile, `${JSON.stringify(report, undefined, 2)}\n`);
});

describe('recorded REST API answers', { skip }, () => {
  for (const recording of recordings) {
    for (const recorded of recording) test(recorded.name, () => check(recorded, recording));
  }

  test('at least 95 % of the answers that are compared are AWS’s', (t) => {
    const count = (of: ReadonlyMap<string, number>) => [...of].map(([name, records]) => `${name} (${records})`).join(', ');
    t.diagnostic(`${compared.records} records compared, ${compared.differing} with known differences`);
    t.diagnostic(`not compared, operations that are not built: ${count(notBuilt) || 'none'}`);
    t.diagnostic(`not compared, made by requests to an API or by other services, by test: ${count(elsewhere) || 'none'}`);
    assert.ok(compared.records > 200, `only ${compared.records} records were compared`);
    assert.ok(compared.differing <= compared.records * 0.05, `${compared.differing} of ${compared.records} differ`);
  });

  test('the lists of known differences and of hints name only recorded tests', () => {
    const names = recordings.flat().map((recorded) => recorded.name);
    for (const pattern of [...Object.keys(known), ...Object.keys(restHints)]) {
      assert.ok(
        names.some((name) => covers(pattern, name)),
        `${pattern} is not recorded`,
      );
    }
  });
});

async function check(recorded: RecordedTest, recording: readonly RecordedTest[]): Promise<void> {
  const hint = Object.entries(restHints).find(([name]) => covers(name, recorded.name))?.[1] ?? {};
  const clients = awsClients(server, hint.region === undefined ? {} : { region: hint.region });
  const isBuilt = (operation: string) => built.get(operation) ?? true;
  const outcome = await replayRest(clients, recorded, callsOf(recorded, recording), hint, isBuilt).finally(() =>
    clients.destroy(),
  );
  const differingRecords = new Set(outcome.differences.map(({ path: place }) => place.split('.')[0]));
  compared.records += outcome.compared.length;
  compared.differing += outcome.compared.filter((record) => differingRecords.has(record)).length;
  for (const operation of outcome.notBuilt.values()) notBuilt.set(operation, (notBuilt.get(operation) ?? 0) + 1);
  if (outcome.elsewhere.length > 0) elsewhere.set(recorded.name, outcome.elsewhere.length);
  if (outcome.differences.length > 0) {
    report[recorded.name] = Object.fromEntries(outcome.differences.map(({ path: at, ...rest }) => [at, rest]));
  }
  const listed = Object.entries(known).find(([name]) => covers(name, recorded.name))?.[1] ?? {};
  const added = outcome.differences.filter((difference) => !Object.keys(listed).some((place) => covers(place, difference.path)));
  const gone = Object.keys(listed).filter((place) => !outcome.differences.some((difference) => covers(place, difference.path)));
  const lines = [
    ...added.map((difference) => `  ${difference.path}: AWS ${shown(difference.expected)}, we ${shown(difference.actual)}`),
    ...gone.map((place) => `  ${place}: no difference any more; take it out of known-differences.json`),
  ];
  assert.equal(lines.length, 0, `${recorded.name} differs from AWS in what is not listed:\n${lines.join('\n')}`);
}

/** True when `pattern` is `name`, or stands for it with `*`. */
function covers(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const [before = '', behind = ''] = pattern.split('*');
  return name.length >= before.length + behind.length && name.startsWith(before) && name.endsWith(behind);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
