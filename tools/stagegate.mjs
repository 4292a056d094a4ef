#!/usr/bin/env node
// `npm run -s stagegate -- ARGS`: runs the command line on the project's own Node.js.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { node, root, serverFlags, setup } from './setup.mjs';

setup();
export function run(args) {
  const child = spawn(node, [...serverFlags, path.join(root, 'src/cli/main.mjs'), ...args], {
    stdio: 'inherit',
    cwd: process.env.INIT_CWD ?? process.cwd(),
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  // npm does not pass every signal on: when it was killed, its server goes too. Run by hand, the shell may come and go.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => {
      if (process.ppid !== parent) child.kill('SIGTERM');
    }, 500).unref();
  }
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Ended by a signal: end the same way, so that a shell sees it.
    for (const each of signals) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}
if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) run(process.argv.slice(2));
