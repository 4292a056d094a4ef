// What functions cost that hardly do anything: the first call of an empty one, a hundred that nobody calls, four environments of one.

import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { awsClients } from '../test/wire/aws-clients.ts';
import { activeFunction, role } from '../test/wire/deployed-api.ts';
import { zipFile } from '../test/wire/zip-file.ts';
import { serverFlags } from '../tools/setup.mjs';
import { freePorts, launch, type Place, stop } from './candidate.ts';
import { root } from './candidates.ts';
import { memoryOf } from './process-tree.ts';

const UNCALLED = 100;
const ENVIRONMENTS = 4;

interface EmptyFunction {
  readonly name: string;
  readonly runtime: 'nodejs22.x' | 'python3.12';
  readonly file: string;
  readonly source: string;
}

const empty: readonly EmptyFunction[] = [
  { name: 'node', runtime: 'nodejs22.x', file: 'index.js', source: 'exports.handler = async () => ({});' },
  { name: 'python', runtime: 'python3.12', file: 'index.py', source: 'def handler(event, context):\n    return {}\n' },
];

export interface FunctionCosts {
  /** Milliseconds of a first call over the AWS SDK, by round; each function is a new one. */
  readonly coldStartMs: Readonly<Record<string, readonly number[]>>;
  /** The gateway with functions that nobody calls. */
  readonly uncalledMb: number;
  /** What the processes of four environments of an empty Node function take besides the gateway. */
  readonly environmentsMb: number;
}

export async function measureFunctions(rounds: number, place: Place): Promise<FunctionCosts> {
  const [port, controlPort] = await freePorts(2);
  const controlUrl = `http://127.0.0.1:${controlPort}`;
  const folder = mkdtempSync(path.join(place.folder, 'functions-'));
  const started = await launch(
    {
      name: 'functions',
      command: [
        ...[process.execPath, ...serverFlags, path.join(root, 'src/cli/main.mjs'), 'start', '--data', folder, '--auth', 'open'],
        ...['--host', '127.0.0.1', '--port', String(port), '--control-port', String(controlPort)],
      ],
      probe: `${controlUrl}/_stagegate/health`,
      prepare: async () => ({ url: `${controlUrl}/_stagegate/health`, method: 'GET', headers: {} }),
    },
    place,
    place.candidatePrefix,
  );
  const clients = awsClients({ controlUrl });
  const create = async ({ runtime, file, source }: EmptyFunction, name: string): Promise<void> => {
    const Code = { ZipFile: zipFile({ [file]: source }) };
    await clients.lambda.send(
      new CreateFunctionCommand({ FunctionName: name, Role: role, Runtime: runtime, Handler: 'index.handler', Code }),
    );
    await activeFunction(clients, name);
  };
  const call = async (name: string): Promise<void> => {
    const { FunctionError } = await clients.lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{}' }));
    if (FunctionError !== undefined) throw new Error(`the empty function ${name} failed`);
  };
  try {
    const [node] = empty;
    for (let index = 0; node !== undefined && index < UNCALLED; index++) await create(node, `uncalled-${index}`);
    const uncalledMb = memoryOf(started.pid).treeMb;
    const coldStartMs: Record<string, number[]> = {};
    for (const kind of empty) {
      const times: number[] = [];
      // The first of a runtime also finds its interpreter and is left out.
      for (let round = 0; round <= rounds; round++) {
        const name = `${kind.name}-${round}`;
        await create(kind, name);
        const before = performance.now();
        await call(name);
        if (round > 0) times.push(performance.now() - before);
      }
      coldStartMs[kind.name] = times;
    }
    const before = memoryOf(started.pid);
    await Promise.all(Array.from({ length: ENVIRONMENTS }, () => call('uncalled-0')));
    const after = memoryOf(started.pid);
    const environmentsMb = after.treeMb - after.rootMb - (before.treeMb - before.rootMb);
    return { coldStartMs, uncalledMb, environmentsMb };
  } finally {
    clients.destroy();
    await stop(started.process);
  }
}
