// The temporary folders of running gateways. One that was killed could not remove its own; the next start does.

import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Then the owner's process id, a dash and something random. */
export const RUNTIME_FOLDER_PREFIX = 'stagegate-functions-';

/** Removes the folders under `parent` whose owner is gone. What cannot be read or removed is somebody else's and stays. */
export function sweepRuntimeFolders(parent: string): void {
  for (const name of namesIn(parent)) {
    const owner = /^stagegate-functions-(\d{1,10})-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    try {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
