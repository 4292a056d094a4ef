// Files that this process itself writes: where its output was sent (`stagegate dev > out.txt`). In a watched folder they would
// make it reload, print that, and reload again.

import { fstatSync, statSync } from 'node:fs';

/** True for a file that standard output or standard error goes to. */
export function ownOutput(descriptors: readonly number[] = [1, 2]): (file: string) => boolean {
  const own = new Set(descriptors.map((descriptor) => identityOf(() => fstatSync(descriptor))));
  own.delete(undefined);
  return own.size === 0 ? () => false : (file) => own.has(identityOf(() => statSync(file)));
}

function identityOf(stat: () => { readonly dev: number; readonly ino: number; isFile(): boolean }): string | undefined {
  try {
    const found = stat();
    return found.isFile() ? `${found.dev}:${found.ino}` : undefined;
  } catch {
    // Closed, or gone again.
    return undefined;
  }
}
