// The entry of the command line. It turns on the compile cache before anything else is loaded: a command's own modules are
// imported after that, and only those it needs.

import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runCommandLine } = await import('./command-line.ts');
process.exit(
  await runCommandLine({
    args: process.argv.slice(2),
    environment: process.env,
    workingDirectory: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
  }),
);
