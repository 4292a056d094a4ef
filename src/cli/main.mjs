// The entry of the command line. It turns on the compile cache before anything else is loaded: a command's own modules are imported
// after that, and only those it needs. Not TypeScript itself: what strips types (16 MB, 60 ms) would be loaded for this file alone, since
// everything else comes out of the cache.

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
