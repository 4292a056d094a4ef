// A `handler` and the file it names: whether there is one that runs here.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Place } from '../../config/user-error.ts';
import type { PropertyReader } from './property-reader.ts';

const JAVASCRIPT = ['.js', '.mjs', '.cjs'];
const TYPESCRIPT = ['.ts', '.mts', '.cts', '.tsx'];

/** False when no function can be made of it; a file that is not there may still be built, and is a warning. */
export function checkHandler(handler: string, place: Place, where: string, folder: string, reader: PropertyReader): boolean {
  const { problems } = reader;
  const at = handler.indexOf('.', handler.lastIndexOf('/') + 1);
  const name = handler.slice(0, at);
  const exported = handler.slice(at + 1);
  // AWS: refuses such a name when the function starts. Seen: error of its Node.js runtime, "is not a valid handler name".
  if (handler.includes('..')) {
    problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}.handler leads out of the service folder, which Lambda refuses.`,
      'Write a file in the folder that hands the export on, and name that.',
    );
    return false;
  }
  if (at < 0 || exported === '' || /\s/.test(handler) || handler.length > 128) {
    problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}.handler is ${JSON.stringify(handler)}, which names no export of a file.`,
      'Write FILE.EXPORT, e.g. src/orders.list for the export list of src/orders.js.',
    );
    return false;
  }
  const has = (extension: string) => existsSync(path.resolve(folder, name) + extension);
  if ([...JAVASCRIPT, ...TYPESCRIPT].includes(`.${exported}`) && has(`.${exported}`)) {
    problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}.handler is ${JSON.stringify(handler)}, which is a file; a handler is a file without its ending, and an export.`,
      `Write ${name}.EXPORT, e.g. ${name}.handler.`,
    );
    return false;
  }
  if (['', ...JAVASCRIPT].some(has)) return true;
  const source = TYPESCRIPT.find(has);
  if (source !== undefined) {
    problems.unsupported(
      place,
      `${where}.handler: ${name}${source} is TypeScript, which is not built here yet.`,
      `Build a JavaScript file beside it, which is then taken: ${buildCommand(name, source, folder)}`,
      'The function and its routes are left out because of --lenient.',
    );
    return false;
  }
  problems.warning(
    'SG_BAD_VALUE',
    place,
    `${where}.handler: there is no file ${name}.js (or .mjs, .cjs); the function will fail when it is called.`,
    'Correct the path (it begins in the folder of the service file), or build the file.',
  );
  return true;
}

function buildCommand(name: string, extension: string, folder: string): string {
  const isModule = extension === '.mts' || (extension !== '.cts' && packageType(path.resolve(folder, name), folder) === 'module');
  const output = extension === '.mts' ? '.mjs' : extension === '.cts' ? '.cjs' : '.js';
  const format = isModule ? ' --format=esm' : '';
  return `npx esbuild ${name}${extension} --bundle --platform=node${format} --outfile=${name}${output} (--watch follows your edits).`;
}

/** `type` of the nearest package.json inside the service folder; on AWS there is nothing above it. */
function packageType(file: string, folder: string): unknown {
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    try {
      return (JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8')) as { type?: unknown }).type;
    } catch {
      // None here, or one that says nothing.
    }
    if (at === folder || at === path.dirname(at)) return undefined;
  }
}
