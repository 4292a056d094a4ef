// How long it takes from the start of the process to `Ready.`: `stagegate dev` on the hello example.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverFlags } from '../tools/setup.mjs';
import { freePorts, type Place, stop } from './candidate.ts';
import { root } from './candidates.ts';
import { cpuOf, memoryOf } from './process-tree.ts';

export interface StartupResult {
  readonly kind: 'cold' | 'warm';
  readonly readyMs: number;
  /** CPU the whole process tree had used when it was ready. */
  readonly cpuMs: number;
  /** Resident memory of the gateway process one second later. */
  readonly gatewayMb: number;
  /** … and of everything it started. */
  readonly treeMb: number;
  readonly processes: number;
}

/** One cold start (empty compile cache) and `rounds` warm ones. */
export async function measureStartup(rounds: number, place: Place): Promise<StartupResult[]> {
  const cache = mkdtempSync(path.join(place.folder, 'compile-cache-'));
  const results: StartupResult[] = [];
  try {
    for (let round = 0; round <= rounds; round++) results.push(await startOnce(round === 0 ? 'cold' : 'warm', cache, place));
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
  return results;
}

async function startOnce(kind: 'cold' | 'warm', cache: string, place: Place): Promise<StartupResult> {
  const project = mkdtempSync(path.join(place.folder, 'hello-'));
  cpSync(path.join(root, 'examples/hello'), project, { recursive: true });
  const [port, controlPort] = await freePorts(2);
  const [command = '', ...args] = [
    ...place.candidatePrefix,
    process.execPath,
    ...serverFlags,
    path.join(root, 'src/cli/main.mjs'),
    ...['dev', path.join(project, 'serverless.yml'), '--port', String(port), '--control-port', String(controlPort)],
  ];
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Node keeps compiled modules here; the folder is empty before the cold start.
    env: { ...process.env, NODE_COMPILE_CACHE: cache, TMPDIR: cache },
  });
  let text = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`stagegate dev was not ready within 60 s:\n${text}`)), 60_000);
      const hear = (bytes: Buffer): void => {
        text += bytes.toString();
        if (/^\s*Ready\./m.test(text)) {
          clearTimeout(timer);
          resolve();
        }
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`stagegate dev ended with ${code}:\n${text}`));
      });
    });
    const readyMs = performance.now() - started;
    const cpu = cpuOf(child.pid ?? 0);
    await sleep(1_000);
    const memory = memoryOf(child.pid ?? 0);
    return {
      kind,
      readyMs,
      cpuMs: (cpu.user + cpu.system) * 1000,
      gatewayMb: memory.rootMb,
      treeMb: memory.treeMb,
      processes: memory.processes,
    };
  } finally {
    await stop(child);
    rmSync(project, { recursive: true, force: true });
  }
}
