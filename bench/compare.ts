// Measures the candidates beside one another, in alternating rounds on the same machine, and prints a table.
// Prints figures and ratios; never judges them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launch, type Place, type Running, stop, stopEverything } from './candidate.ts';
import { candidate, entrants, isLambda, isOurs, type Name, names, root, type Scenario, upstream } from './candidates.ts';
import { measureFunctions } from './functions.ts';
import { type Issuer, startIssuer } from './job.ts';
import { load } from './load.ts';
import { cpuOf, memoryOf } from './process-tree.ts';
import { measureRestStartup } from './rest-startup.ts';
import { measureStartup, type StartupResult } from './startup.ts';
import { table } from './table.ts';
import { ensureCommands, ensurePeers, has } from './tools.ts';

interface Round {
  readonly requestsPerSecond: number;
  readonly requestsPerCpuSecond: number;
  readonly microsecondsPerRequest: number;
  readonly kernelMicrosecondsPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly gatewayMb: number;
  readonly treeMb: number;
  readonly processes: number;
}

interface Measured {
  readonly name: string;
  readonly startMs: number;
  readonly rounds: Round[];
}

const { values } = parseArgs({
  options: {
    scenario: {
      type: 'string',
      default: 'get,post,rest-mock,rest-mock-values,rest-get,rest-post,job,lambda,lambda-warm,functions,startup,rest-startup',
    },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: names.join(',') },
    connections: { type: 'string' },
    before: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const known = [...Object.keys(entrants), 'functions', 'startup', 'rest-startup'];
const scenarios = chosen(values.scenario, known, 'scenario');
const only = chosen(values.only, names, 'candidate');
const rounds = count(values.rounds, 'rounds', 100);
const seconds = count(values.seconds, 'seconds', 120);
if (values.help) {
  console.log(
    `npm run bench -- [--scenario ${known.join(',')}] [--rounds 3] [--seconds 5] [--only ${names.join(',')}] [--connections N] [--before CHECKOUT]`,
  );
  process.exit(0);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-bench-'));
const pin = os.availableParallelism() >= 2 && has('taskset');
if (!pin) console.error('NOT PINNED: taskset or a second CPU is missing; the load generator and the candidates share CPUs.');
const place: Place = {
  folder,
  candidatePrefix: pin ? ['taskset', '-c', '0'] : [],
  loadPrefix: pin ? ['taskset', '-c', '1'] : [],
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    void stopEverything().finally(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  });
}

const results: Record<string, unknown> = {};
let failures = 0;
try {
  for (const scenario of scenarios) {
    try {
      if (scenario === 'startup') await startupScenario();
      else if (scenario === 'functions') await functionsScenario();
      else if (scenario === 'rest-startup') await restStartupScenario();
      else await loadScenario(scenario as Scenario);
    } catch (error) {
      failures++;
      console.error(`\nSCENARIO ${scenario} FAILED: ${error instanceof Error ? error.message : error}\n`);
    }
  }
} finally {
  await stopEverything();
  rmSync(folder, { recursive: true, force: true });
}
writeResults();
process.exit(failures === 0 ? 0 : 1);

async function loadScenario(scenario: Scenario): Promise<void> {
  const missing = ensureCommands(isLambda(scenario) ? ['wrk'] : ['wrk', 'nginx']);
  if (missing.length > 0) {
    console.error(
      `\nSKIPPED ${scenario}: ${missing.join(' and ')} missing. As root on Debian: apt-get install -y ${missing.join(' ')}\n`,
    );
    return;
  }
  const wanted = entrants[scenario].filter((name) => only.includes(name) && (name !== 'before' || values.before !== ''));
  const peersWanted = wanted.some((name) => !isOurs(name) && name !== 'nginx');
  const peersThere = !peersWanted || ensurePeers();
  // A function environment serves one request at a time: as many connections as environments keeps exactly these warm.
  const connections = count(values.connections ?? (scenario === 'lambda-warm' ? '4' : '64'), 'connections', 1000);
  const stopList: Running[] = [];
  let issuer: Issuer | undefined;
  try {
    let upstreamUrl = '';
    if (scenario === 'job') issuer = await startIssuer();
    if (!isLambda(scenario)) {
      const origin = await upstream(place);
      stopList.push(await launch(origin.launch, place, place.loadPrefix));
      upstreamUrl = origin.url;
    }
    const field: { running: Running; measured: Measured }[] = [];
    for (const name of wanted) {
      if (!peersThere && !isOurs(name) && name !== 'nginx') {
        console.error(`SKIPPED ${name}: npm ci in bench/peers failed (see above).`);
        continue;
      }
      const surroundings = { place, upstreamUrl, issuer, before: path.resolve(values.before) };
      const started = await launch(await candidate(name as Name, scenario, surroundings), place, place.candidatePrefix);
      stopList.push(started);
      field.push({ running: started, measured: { name, startMs: started.startMs, rounds: [] } });
    }
    const options = { connections, prefix: place.loadPrefix, folder };
    // Warm: code is compiled, connections and environments are there.
    for (const { running } of field) await load(running.target, { ...options, seconds: 2 });
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < field.length; turn++) {
        // Each round begins with another candidate, so that no one always follows the same neighbour.
        const entry = field[(turn + round) % field.length];
        if (entry === undefined) continue;
        entry.measured.rounds.push(await measure(entry.running, { ...options, seconds }));
        process.stderr.write('.');
      }
    }
    process.stderr.write('\n');
    const measured = field.map((entry) => entry.measured);
    results[scenario] = { connections, seconds, rounds, reference: entrants[scenario][0], candidates: measured };
    printScenario(scenario, measured, connections);
  } finally {
    for (const entry of stopList.reverse()) await stop(entry.process);
    issuer?.close();
  }
}

async function measure(running: Running, options: Parameters<typeof load>[1]): Promise<Round> {
  const before = cpuOf(running.pid);
  const result = await load(running.target, options);
  const after = cpuOf(running.pid);
  const system = after.system - before.system;
  const cpu = after.user - before.user + system;
  const memory = memoryOf(running.pid);
  return {
    requestsPerSecond: result.requestsPerSecond,
    requestsPerCpuSecond: result.requests / cpu,
    microsecondsPerRequest: (cpu / result.requests) * 1e6,
    kernelMicrosecondsPerRequest: (system / result.requests) * 1e6,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    errors: result.errors,
    gatewayMb: memory.rootMb,
    treeMb: memory.treeMb,
    processes: memory.processes,
  };
}

async function functionsScenario(): Promise<void> {
  const measured = await measureFunctions(rounds, place);
  results['functions'] = measured;
  const rows = Object.entries(measured.coldStartMs).map(([name, times]) => [
    `first call of an empty ${name} function, ms`,
    median(times).toFixed(0),
    spread(times, 0),
  ]);
  rows.push(['the gateway with 100 functions that nobody calls, rssMB', measured.uncalledMb.toFixed(0), '-']);
  rows.push(['four environments of an empty node function, rssMB', measured.environmentsMb.toFixed(0), '-']);
  console.log('\n== functions: what they cost that do nothing');
  console.log(table(['what', 'median', '[min-max]'], rows));
}

async function startupScenario(): Promise<void> {
  const measured = await measureStartup(rounds, place);
  results['startup'] = measured;
  const warm = measured.filter((entry) => entry.kind === 'warm');
  const row = (name: string, of: readonly StartupResult[]): string[] => [
    name,
    String(of.length),
    median(of.map((entry) => entry.readyMs)).toFixed(0),
    spread(
      of.map((entry) => entry.readyMs),
      0,
    ),
    median(of.map((entry) => entry.cpuMs)).toFixed(0),
    median(of.map((entry) => entry.gatewayMb)).toFixed(0),
    median(of.map((entry) => entry.treeMb)).toFixed(0),
    median(of.map((entry) => entry.processes)).toFixed(0),
  ];
  console.log('\n== startup: process start to `Ready.` of `stagegate dev examples/hello`');
  console.log(
    table(
      ['start', 'runs', 'ready ms', '[min-max]', 'cpu ms', 'rssMB gateway', 'rssMB tree', 'processes'],
      [
        row(
          'cold compile cache',
          measured.filter((entry) => entry.kind === 'cold'),
        ),
        row('warm', warm),
      ],
    ),
  );
}

async function restStartupScenario(): Promise<void> {
  const missing = ensureCommands(['wrk']);
  if (missing.length > 0) {
    console.error('\nSKIPPED rest-startup: wrk missing.\n');
    return;
  }
  const measured = await measureRestStartup(rounds, seconds, place);
  results['rest-startup'] = measured;
  const rows = [...new Set(measured.rounds.map(({ apis, requested }) => `${requested} of ${apis}`))].map((requested) => {
    const loads = measured.rounds.filter((round) => `${round.requested} of ${round.apis}` === requested);
    const starts = measured.starts.filter((start) => start.apis === loads[0]?.apis);
    const readyMs = starts.map((start) => start.readyMs);
    const p99Ms = loads.map((round) => round.p99Ms);
    return [
      ...[requested, median(readyMs).toFixed(0), spread(readyMs, 0)],
      median(starts.map((start) => start.cpuMs)).toFixed(0),
      median(starts.map((start) => start.mb)).toFixed(0),
      median(loads.map((round) => round.microsecondsPerRequest)).toFixed(1),
      median(loads.map((round) => round.p50Ms)).toFixed(2),
      ...[median(p99Ms).toFixed(2), spread(p99Ms, 2)],
      String(loads.reduce((sum, round) => sum + round.errors, 0)),
    ];
  });
  console.log(
    '\n== rest-startup: `stagegate start` with REST APIs of 30 methods in the SQLite store, and requests to as many of them in turn',
  );
  const head = ['requested', 'ready ms', '[min-max]', 'cpu ms', 'rssMB', 'cpu us/req', 'p50 ms', 'p99 ms', '[min-max]', 'errors'];
  console.log(table(head, rows));
}

function printScenario(scenario: Scenario, measured: readonly Measured[], connections: number): void {
  // Without the reference itself the two checkouts are put in relation.
  const referenceName = [entrants[scenario][0], 'before'].find((name) => measured.some((entry) => entry.name === name)) ?? '-';
  const reference = measured.find((entry) => entry.name === referenceName);
  const of = (entry: Measured, member: keyof Round) => median(entry.rounds.map((round) => round[member]));
  const rows = measured.map((entry) => {
    const ratios = entry.rounds.map((round, index) => {
      const same = reference?.rounds[index];
      return same === undefined ? Number.NaN : round.requestsPerCpuSecond / same.requestsPerCpuSecond;
    });
    return [
      entry.name,
      of(entry, 'requestsPerCpuSecond').toFixed(0),
      reference === undefined ? '-' : median(ratios).toFixed(2),
      reference === undefined ? '-' : spread(ratios, 2),
      of(entry, 'microsecondsPerRequest').toFixed(1),
      of(entry, 'kernelMicrosecondsPerRequest').toFixed(1),
      of(entry, 'requestsPerSecond').toFixed(0),
      of(entry, 'p50Ms').toFixed(2),
      of(entry, 'p99Ms').toFixed(2),
      of(entry, 'gatewayMb').toFixed(0),
      of(entry, 'treeMb').toFixed(0),
      of(entry, 'processes').toFixed(0),
      String(entry.rounds.reduce((sum, round) => sum + round.errors, 0)),
      entry.startMs.toFixed(0),
    ];
  });
  console.log(
    `\n== ${scenario}  (rounds=${rounds} seconds=${seconds} connections=${connections}; ratio = requests per CPU-second / ${referenceName} in the same round)`,
  );
  console.log(
    table(
      [
        ...['candidate', 'req/cpu-s', 'ratio', '[min-max]', 'cpu us/req', 'kernel us', 'wall req/s', 'p50 ms', 'p99 ms'],
        ...['rssMB root', 'rssMB tree', 'processes', 'errors', 'start ms'],
      ],
      rows,
    ),
  );
}

function writeResults(): void {
  if (Object.keys(results).length === 0) return;
  const at = new Date().toISOString();
  const target = path.join(root, 'bench/results');
  mkdirSync(target, { recursive: true });
  const file = path.join(target, `${at.replaceAll(/[:.]/g, '-')}.json`);
  const machine = {
    cpus: os.cpus().map((cpu) => cpu.model),
    memoryMb: Math.round(os.totalmem() / 1e6),
    kernel: os.release(),
    pinned: pin,
  };
  writeFileSync(file, `${JSON.stringify({ at, node: process.version, machine, results }, undefined, 2)}\n`);
  console.log(`\nWritten to ${path.relative(root, file)}`);
}

function median(of: readonly number[]): number {
  const sorted = of.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function spread(of: readonly number[], digits: number): string {
  return `${Math.min(...of).toFixed(digits)}-${Math.max(...of).toFixed(digits)}`;
}

function chosen(text: string, from: readonly string[], what: string): string[] {
  const asked = text.split(',').filter((word) => word !== '');
  const wrong = asked.filter((word) => !from.includes(word));
  if (asked.length === 0 || wrong.length > 0) {
    console.error(`Unknown ${what}: ${wrong.join(', ') || '(none)'}. Known: ${from.join(', ')}.`);
    process.exit(2);
  }
  return asked;
}

function count(text: string, what: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    console.error(`--${what} must be a whole number from 1 to ${most}, not ${text}.`);
    process.exit(2);
  }
  return value;
}
