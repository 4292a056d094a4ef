// Sees to the programs the bench needs and this machine may lack.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { peersFolder } from './candidates.ts';

/** True when `command` runs on this machine. */
export function has(command: string): boolean {
  return (
    spawnSync('sh', ['-c', `command -v ${command} || test -x /usr/sbin/${command}`], { stdio: 'ignore', timeout: 10_000 })
      .status === 0
  );
}

/** Installs Debian packages for missing commands when that is possible; the commands that are still missing. */
export function ensureCommands(commands: readonly string[]): string[] {
  const missing = commands.filter((command) => !has(command));
  if (missing.length > 0 && process.getuid?.() === 0 && has('apt-get')) {
    console.error(`Installing ${missing.join(' ')} (apt-get) ...`);
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-q'],
      ['install', '-y', '-q', '--no-install-recommends', ...missing],
    ]) {
      spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment, timeout: 300_000 });
    }
  }
  return commands.filter((command) => !has(command));
}

/** Installs the peers from their own lockfile when they are not there; false when that fails. */
export function ensurePeers(): boolean {
  if (existsSync(path.join(peersFolder, 'node_modules/.package-lock.json'))) return true;
  console.error('Installing the other gateways (bench/peers, once, about 150 MB) ...');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 600_000,
  });
  return npm.status === 0;
}
