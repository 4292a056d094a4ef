// The golden pairs of service files: testdata/<case>/serverless.yml (with options.json where the command line or the
// environment matter) and testdata/<case>.calls.json, the AWS operations they lead to on an empty system. `npm run golden`
// rewrites the calls, the test compares them, and whoever reviews a change reads their diff.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { applyDesiredState } from './apply-desired-state.ts';
import { InMemoryAws } from './in-memory-aws.ts';
import { type FeatureName, noFeatures } from './running-features.ts';
import { readServerlessYml, type ServerlessYmlOptions, type ServerlessYmlReading } from './serverless-yml/read-serverless-yml.ts';

export const testdata = path.join(import.meta.dirname, 'testdata');

export interface GoldenCase {
  readonly name: string;
  readonly callsFile: string;
  /** The calls as they are made now, as JSON text. */
  readonly calls: string;
}

export async function goldenCases(): Promise<GoldenCase[]> {
  const cases: GoldenCase[] = [];
  for (const entry of readdirSync(testdata, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = path.join(testdata, entry.name);
    const reading = readCase(folder);
    const calls = reading.desired === undefined ? reading.problems : await callsOf(reading);
    const text = `${JSON.stringify(calls, null, 2)}\n`.replaceAll(folder, '<folder>');
    cases.push({
      name: entry.name,
      callsFile: path.join(testdata, `${entry.name}.calls.json`),
      // A hash of the absolute path, which is another on each machine.
      calls: text.replaceAll(/("stagegate:folder": )"[0-9a-f]{16}"/g, '$1"<hash>"'),
    });
  }
  return cases.sort((a, b) => a.name.localeCompare(b.name));
}

/** Reads the service file of a test folder with the options that lie beside it. */
export function readCase(folder: string, more: Partial<ServerlessYmlOptions> = {}): ServerlessYmlReading {
  const optionsFile = path.join(folder, 'options.json');
  const given = (existsSync(optionsFile) ? JSON.parse(readFileSync(optionsFile, 'utf8')) : {}) as {
    options?: Record<string, string>;
    params?: Record<string, string>;
    environment?: Record<string, string>;
    lenient?: boolean;
    /** What the case needs, whether it runs already or not; nothing else counts as running. */
    features?: readonly FeatureName[];
  };
  return readServerlessYml({
    file: path.join(folder, existsSync(path.join(folder, 'serverless.yml')) ? 'serverless.yml' : 'serverless.json'),
    environment: given.environment ?? {},
    options: new Map(Object.entries(given.options ?? {})),
    params: new Map(Object.entries(given.params ?? {})),
    accountId: '000000000000',
    instanceId: 'the-instance',
    lenient: given.lenient ?? false,
    nearestName: () => undefined,
    features: { ...noFeatures, ...Object.fromEntries((given.features ?? []).map((name) => [name, true])) },
    ...more,
  });
}

async function callsOf(reading: ServerlessYmlReading): Promise<readonly unknown[]> {
  const aws = new InMemoryAws();
  if (reading.desired !== undefined) await applyDesiredState(aws.call, reading.desired);
  return aws.calls.map(({ service, operation, input }) => ({ [`${service} ${operation}`]: described(input) }));
}

/** Archives as their size. */
function described(value: unknown): unknown {
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(described);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, described(member)]));
}
