// `package: { artifact: FILE.zip }`: code that somebody else has packed.

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DesiredArtifact } from '../desired-state.ts';
import type { TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';
import { packageProperties } from './property-tables.ts';

/** AWS: a direct upload of code has at most this size. Source: Lambda quotas. */
const ARCHIVE_BYTES_MAX = 52_428_800;

/** Undefined when none is named, or after noting a problem. */
export function readArtifact(
  node: TemplateNode | undefined,
  where: string,
  folder: string,
  reader: PropertyReader,
): DesiredArtifact | undefined {
  if (node?.kind !== 'map') return undefined;
  const properties = reader.properties(node, packageProperties, where, where.replace(/^functions\.[^.]+/, 'functions.*'));
  const named = properties.get('artifact');
  const name = reader.text(named, `${where}.artifact`, '.build/function.zip');
  if (name === undefined || named === undefined) return undefined;
  const file = path.resolve(folder, name);
  reader.variables.filesRead.add(file);
  try {
    if (statSync(file).size > ARCHIVE_BYTES_MAX) {
      const what = `${where}.artifact: ${name} is larger than the 50 MB that Lambda takes.`;
      reader.problems.error('SG_BAD_VALUE', named.place, what, 'Leave out of it what the function does not need.');
      return undefined;
    }
    return { file, sha256: createHash('sha256').update(readFileSync(file)).digest('base64') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT'
        ? `${where}.artifact: there is no file ${name}.`
        : `${where}.artifact: ${name} cannot be read (${code ?? (error as Error).message}).`;
    reader.problems.error(
      'SG_BAD_VALUE',
      named.place,
      what,
      'Build it first; the path begins in the folder of the service file.',
    );
    return undefined;
  }
}
