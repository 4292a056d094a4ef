// `npm run bench`: the speed of Stagegate beside nginx and other gateways on this machine. README.md says how to read it.
// Runs on any Node >= 20; sets up the project and hands over to the project's own Node.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { node, root, setup } from '../tools/setup.mjs';

setup();
const child = spawn(node, [path.join(root, 'bench/compare.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
