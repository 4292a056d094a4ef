// The JavaScript file that a handler names, as Lambda's runtime finds it.

import { existsSync } from 'node:fs';
import path from 'node:path';

const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/** Absolute; undefined when there is none. */
export function handlerFileOf(folder: string, handler: string): string | undefined {
  const name = handler.slice(0, handler.indexOf('.', handler.lastIndexOf('/') + 1));
  return EXTENSIONS.map((extension) => path.resolve(folder, name) + extension).find((file) => existsSync(file));
}
