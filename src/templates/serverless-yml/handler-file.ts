// A `handler` and the file it names: whether there is one that runs here, and whether it is built first.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Place } from '../../config/user-error.ts';
import type { BundlerReading } from './bundler-settings.ts';
import type { PropertyReader } from './property-reader.ts';

const JAVASCRIPT = ['.js', '.mjs', '.cjs'];
const SOURCE = ['.ts', '.mts', '.cts', '.tsx', '.jsx'];
// AWS: nothing; the order in which Serverless Framework 4 looks for a handler's file.
const ENDINGS = ['.js', '.ts', '.cjs', '.mjs', '.cts', '.mts', '.jsx', '.tsx'];

export interface HandlerFile {
  /** Relative to the service folder, when it is built before it runs. */
  readonly bundle?: { readonly entry: string; readonly output: string };
}

/** Undefined when no function can be made of it; a file that is not there may still be built, and is a warning. */
export function readHandlerFile(
  handler: string,
  place: Place,
  where: string,
  { folder, bundler }: { readonly folder: string; readonly bundler: BundlerReading },
  reader: PropertyReader,
): HandlerFile | undefined {
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
    return undefined;
  }
  if (at < 0 || exported === '' || /\s/.test(handler) || handler.length > 128) {
    problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}.handler is ${JSON.stringify(handler)}, which names no export of a file.`,
      'Write FILE.EXPORT, e.g. src/orders.list for the export list of src/orders.js.',
    );
    return undefined;
  }
  const has = (extension: string) => existsSync(path.resolve(folder, name) + extension);
  if ([...JAVASCRIPT, ...SOURCE].includes(`.${exported}`) && has(`.${exported}`)) {
    problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}.handler is ${JSON.stringify(handler)}, which is a file; a handler is a file without its ending, and an export.`,
      `Write ${name}.EXPORT, e.g. ${name}.handler.`,
    );
    return undefined;
  }
  const ending = ENDINGS.find(has);
  const isBundled = (file: string) =>
    SOURCE.includes(path.extname(file)) || bundler.bundlesJavaScript || (bundler.bundlesModules && isModule(file));
  if (ending !== undefined && !bundler.isOff && isBundled(path.resolve(folder, name) + ending)) {
    const relative = path.relative(folder, path.resolve(folder, name)).split(path.sep).join('/');
    return { bundle: { entry: `${relative}${ending}`, output: `${relative}.js` } };
  }
  if (['', ...JAVASCRIPT].some(has)) return {};
  problems.warning(
    'SG_BAD_VALUE',
    place,
    `${where}.handler: there is no file ${name}.js (or ${[...JAVASCRIPT, ...SOURCE].slice(1).join(', ')}); the function will fail when it is called.`,
    'Correct the path (it begins in the folder of the service file), or build the file.',
  );
  return {};
}

/** Whether a file is written as a module. CommonJS runs without a bundler, and finds what lies beside it. */
function isModule(file: string): boolean {
  try {
    return /^\s*(?:import\s*["'{*\w$]|export\s+(?:default|async|const|let|var|class|function)\b|export\s*[{*])/m.test(
      readFileSync(file, 'utf8'),
    );
  } catch {
    return false;
  }
}
