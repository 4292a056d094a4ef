// Objective-C on this machine: generated clients are checked as for iOS, and run with GNUstep and a stand-in for AWS's library.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const library = path.join(import.meta.dirname, 'ios');

/** Calls `use` with a folder of the sources among `files`. */
function withSources<T>(files: Readonly<Record<string, string>>, use: (folder: string, sources: readonly string[]) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'objective-c-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      if (/\.[hm]$/.test(name)) writeFileSync(path.join(folder, path.basename(name)), text);
    }
    return use(
      folder,
      readdirSync(folder).filter((name) => name.endsWith('.m')),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function clang(folder: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('clang', args, { cwd: folder, encoding: 'utf8', timeout: 120_000 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`clang ${args.join(' ')}\n${stderr.slice(0, 20_000)}`);
  return stdout;
}

/** What clang says of the sources, compiled as for iOS; throws where it takes one not, or warns. Answers the names that they define. */
export function checkObjectiveC(files: Readonly<Record<string, string>>): string {
  return withSources(files, (folder, sources) =>
    clang(folder, [
      ...['-fsyntax-only', '-target', 'arm64-apple-ios12.0', '-fobjc-arc', '-fblocks', '-nostdinc'],
      ...['-Wall', '-Wextra', '-Werror', '-Wtrigraphs', '-Wcomment', '-Winvalid-source-encoding'],
      ...['-I', path.join(library, 'apple'), '-I', library, '-I', '.'],
      ...sources,
    ]),
  );
}

/** Compiles the sources into the program `output`, with GNUstep. */
export function linkObjectiveC(folder: string, sources: readonly string[], output: string): void {
  const { stdout: include } = spawnSync('cc', ['-print-file-name=include'], { encoding: 'utf8' });
  clang(folder, [
    // The runtime of GCC, which Debian's GNUstep is made for. It has no automatic reference counting, and makes no accessors.
    ...['-fobjc-runtime=gcc', '-fobjc-exceptions', '-fexceptions', '-fconstant-string-class=NSConstantString'],
    ...['-Wall', '-Werror', '-Wno-objc-property-implementation', '-O0'],
    ...['-I', library, '-I', '.', '-I', '/usr/include/GNUstep', '-idirafter', include.trim()],
    ...[...sources, path.join(library, 'AWSFake.m'), '-lgnustep-base', '-lobjc', '-o', output],
  ]);
}
