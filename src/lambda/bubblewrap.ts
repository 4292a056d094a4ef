// The file system of a function in the `bwrap` tier: an allow-list. What is not named here is not there.

import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { SandboxStart, SeenPaths } from './isolation.ts';

/** AWS's own paths. */
const TASK_ROOT = '/var/task';
const LAYERS = '/opt';
const TEMPORARY = '/tmp';
const CACHE = '/var/cache/stagegate';
const BOOTSTRAPS = `${import.meta.dirname}/bootstraps`;

/** Programs and libraries of the machine. */
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** What programs look up: names, certificates, the time zone, where libraries are. Nothing of it is secret. */
const SYSTEM_FILES = [
  // Each costs a mount at every cold start (0.15 ms).
  ...['alternatives', 'group', 'hosts', 'ld.so.cache', 'localtime', 'nsswitch.conf', 'passwd', 'resolv.conf', 'ssl/certs', 'pki'],
].map((name) => `/etc/${name}`);

/** The machine's part, and the walls. */
export function bubblewrapBase(): string[] {
  const base = ['--unshare-all', '--share-net', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'];
  base.push('--proc', '/proc', '--dev', '/dev', '--dir', '/run');
  for (const folder of SYSTEM_FOLDERS) {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) base.push('--symlink', readlinkSync(folder), folder);
    else if (found !== undefined) base.push('--ro-bind', folder, folder);
  }
  for (const file of SYSTEM_FILES) if (existsSync(file)) base.push('--ro-bind', file, file);
  return base;
}

let base: readonly string[] | undefined;

/** Everything before the command. */
export function bubblewrapArguments(
  { version, temporaryFolder, cacheFolder, reads }: SandboxStart,
  dataFolder: string | undefined,
): string[] {
  base ??= bubblewrapBase();
  const given = [...base, '--bind', temporaryFolder, TEMPORARY, '--ro-bind', BOOTSTRAPS, BOOTSTRAPS];
  const isArchive = version.codeKind === 'zip';
  const codeFolder = isArchive ? TASK_ROOT : version.codeFolder;
  given.push('--ro-bind', version.codeFolder, codeFolder);
  if (!isArchive && dataFolder?.startsWith(codeFolder + path.sep) && existsSync(dataFolder)) given.push('--tmpfs', dataFolder);
  for (const layer of version.layerFolders.slice(0, 1)) given.push('--ro-bind', layer, LAYERS);
  if (cacheFolder !== undefined) given.push('--bind', cacheFolder, CACHE);
  for (const read of reads) if (!isThere(read)) given.push('--ro-bind', read, read);
  given.push('--chdir', codeFolder);
  return given;
}

export function seenInBubblewrap({ version, cacheFolder }: Omit<SandboxStart, 'reads' | 'limits'>): SeenPaths {
  return {
    codeFolder: version.codeKind === 'zip' ? TASK_ROOT : version.codeFolder,
    layerFolders: version.layerFolders.length === 0 ? [] : [LAYERS],
    temporaryFolder: TEMPORARY,
    cacheFolder: cacheFolder === undefined ? undefined : CACHE,
  };
}

function isThere(file: string): boolean {
  return !existsSync(file) || SYSTEM_FOLDERS.some((folder) => file === folder || file.startsWith(folder + path.sep));
}
