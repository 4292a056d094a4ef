// Makes a fresh clone ready: installs the locked dependencies (among them the Node this project runs on).
// Runs on any Node >= 20; does nothing when the installed tree already matches the lockfile.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const node = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** V8's helper threads (collection, compilation): a processor is left to the requests, and Node's own 4 are enough. */
const helpers = Math.min(4, Math.max(1, availableParallelism() - 1));

/**
 * How the server's Node.js is started. V8's young generation grows to 48 MB when many connections open, and does not shrink; held to half
 * of that, requests cost the same CPU time and an idle WebSocket half the memory (bench/README.md). What starting left behind is
 * collected once (src/cli/startup-memory.ts). Helper threads that take turns with the requests on one processor made one request in a
 * hundred wait: with 1,000 REST APIs 12.5 ms, with one helper 4.4 ms.
 */
export const serverFlags = ['--max-semi-space-size=8', '--expose-gc', `--v8-pool-size=${helpers}`];

/** Installs when needed; ends the process with npm's exit code when npm fails. */
export function setup() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    console.error(
      `stagegate needs Node.js 20 or newer to set itself up; this is ${process.version}. Install a newer Node.js and run the command again.`,
    );
    process.exit(1);
  }
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(root, 'node_modules', '.stagegate-setup');
  if (existsSync(stamp) && existsSync(node) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Setting up: installing the locked dependencies (once, about 400 MB with the Node.js runtime) ...');
  const started = Date.now();
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('npm ci failed (see above). Check the network or proxy settings of npm, then run the command again.');
    process.exit(npm.status ?? 1);
  }
  if (!existsSync(node)) {
    console.error(
      'npm ci ended well, but the Node.js runtime is not there. Allow the install script of the package "node" (npm config: ignore-scripts=false) and run the command again.',
    );
    process.exit(1);
  }
  writeFileSync(stamp, lock);
  console.error(`Set up in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}
