#!/usr/bin/env node
// `npm run -s stagegate -- ARGS`: runs the command line on the project's own Node.js.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { node, root, setup } from './setup.mjs';

setup();
export function run(args) {
  const child = spawn(node, [path.join(root, 'src/cli/main.ts'), ...args], {
    stdio: 'inherit',
    cwd: process.env.INIT_CWD ?? process.cwd(),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
}
if (import.meta.main !== false && process.argv[1] === import.meta.filename) run(process.argv.slice(2));
