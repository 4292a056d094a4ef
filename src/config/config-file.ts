// stagegate.config.json: the options of a project, one JSON object.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ConfigurationFile } from './resolve-options.ts';
import { UserError } from './user-error.ts';

export const CONFIG_FILE_NAME = 'stagegate.config.json';
const SIZE_LIMIT_BYTES = 1024 * 1024;

/** The configuration file of `folder`, or undefined when there is none. */
export function readConfigFile(folder: string): ConfigurationFile | undefined {
  const file = path.join(folder, CONFIG_FILE_NAME);
  let text: string;
  try {
    if (statSync(file).size > SIZE_LIMIT_BYTES) {
      throw new UserError('SG_CONFIG_FILE', 'The configuration file is larger than 1 MB.', {
        place: { file },
        fix: 'It holds options only; move everything else out of it.',
      });
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError('SG_CONFIG_FILE', `The configuration file cannot be read: ${(error as Error).message}`, {
      place: { file },
      fix: 'Make it readable for this user, or remove it.',
      cause: error,
    });
  }
  return { path: file, values: parseConfig(file, text) };
}

function parseConfig(file: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError('SG_CONFIG_FILE', `The configuration file is not valid JSON: ${(error as Error).message}`, {
      place: { file, ...positionOf(text, (error as Error).message) },
      fix: 'Correct the JSON there. Comments and trailing commas are not part of JSON.',
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError('SG_CONFIG_FILE', 'The configuration file must hold one JSON object.', {
      place: { file },
      fix: 'For example: { "port": 3000, "stage": "dev" }',
    });
  }
  return value as Record<string, unknown>;
}

/** V8 tells the offset in its message, sometimes. */
function positionOf(text: string, message: string): { line?: number; column?: number } {
  const offset = /at position (\d+)/.exec(message)?.[1];
  if (offset === undefined) return {};
  const before = text.slice(0, Number(offset)).split('\n');
  return { line: before.length, column: before[before.length - 1]!.length + 1 };
}
