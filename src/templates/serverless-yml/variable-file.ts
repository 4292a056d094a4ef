// The files that `file(…)` variables read: YAML, JSON, and anything else as text. Code is run: code-file.ts.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Place } from '../../config/user-error.ts';
import { FILE_SIZE_LIMIT_BYTES, parseYaml } from '../parse-yaml.ts';
import type { Problems } from '../problem.ts';
import type { TemplateNode } from '../template-node.ts';

export interface VariableFile {
  /** Absolute. */
  readonly file: string;
  /** Undefined when there is no such file: then a fallback is taken. */
  readonly node: TemplateNode | undefined;
}

/** Absolute; `~` is the home folder. */
export function variableFilePath(serviceFolder: string, name: string): string {
  return path.resolve(serviceFolder, name.trim().replace(/^~(?=\/)/, process.env['HOME'] ?? '~'));
}

/** True for files whose values are computed. */
export function isCodeFile(file: string): boolean {
  return /\.[cm]?[jt]s$/i.test(file);
}

/** Reads a file once per reading of the service; `cache` is by absolute path. */
export function readVariableFile(
  serviceFolder: string,
  name: string,
  cache: Map<string, TemplateNode | undefined>,
  problems: Problems,
  place: Place,
): VariableFile | 'failed' {
  const file = variableFilePath(serviceFolder, name);
  const extension = path.extname(file).toLowerCase();
  if (cache.has(file)) return { file, node: cache.get(file) };
  let text: string;
  try {
    if (statSync(file).size > FILE_SIZE_LIMIT_BYTES) {
      problems.error('SG_YAML', { file }, 'The file is larger than 6 MB.', 'Refer to a smaller file.');
      return 'failed';
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      problems.error(
        'SG_VARIABLE',
        place,
        `file(${name}) cannot be read: ${(error as Error).message}`,
        'Make it a readable file.',
      );
      return 'failed';
    }
    cache.set(file, undefined);
    return { file, node: undefined };
  }
  const structured = ['.yml', '.yaml', '.json', '.tfstate'].includes(extension);
  const node: TemplateNode | undefined = structured
    ? parseYaml(text, file, problems)
    : { kind: 'scalar', place: { file, line: 1, column: 1 }, value: text.trim() };
  if (node === undefined) return 'failed';
  cache.set(file, node);
  return { file, node };
}
