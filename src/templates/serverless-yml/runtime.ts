// Runtime names of Lambda, and which of them run here.

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Place } from '../../config/user-error.ts';
import type { FeatureName, Features } from '../running-features.ts';
import type { TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';

/** Used when neither the function nor the provider names one. */
export const DEFAULT_RUNTIME = 'nodejs22.x';

const NODE_RUNTIMES = ['nodejs26.x', 'nodejs24.x', 'nodejs22.x', 'nodejs20.x', 'nodejs18.x', 'nodejs16.x'];
// AWS: CreateFunction refuses those of both lists. Seen: Lambda guide, "Runtimes"; src/lambda/runtimes.ts.

/** What functions of these run as here: their code mostly works on what followed them. */
const HEIRS: ReadonlyMap<string, string> = new Map([
  ...['nodejs14.x', 'nodejs12.x', 'nodejs10.x', 'nodejs8.10', 'nodejs6.10', 'nodejs4.3', 'nodejs'].map(
    (name) => [name, DEFAULT_RUNTIME] as const,
  ),
  ['python3.7', 'python3.12'],
  ['python3.6', 'python3.12'],
  ['ruby2.7', 'ruby3.4'],
  ['ruby2.5', 'ruby3.4'],
  ['provided', 'provided.al2023'],
]);
/** Those with nothing that would run their code, and what to do. */
const GIVEN_UP: ReadonlyMap<string, string> = new Map([
  ['go1.x', 'Set it to provided.al2023; the program of a function is then named bootstrap.'],
  ['python2.7', 'Set it to python3.13 and move the code to Python 3.'],
]);

const OTHER_RUNTIMES = /^(python|java|dotnet|dotnetcore|go|ruby|provided)[\w.-]*$/;

/** True for the runtimes of Lambda that are not Node.js. */
export function isOtherRuntime(name: string): boolean {
  return OTHER_RUNTIMES.test(name);
}

const FEATURES: readonly (readonly [beginning: string, feature: FeatureName])[] = [
  ['python', 'pythonRuntimes'],
  ['provided', 'providedRuntimes'],
  ['ruby', 'rubyRuntimes'],
  ['java', 'javaRuntimes'],
];

/** Whether functions of a runtime that is not Node.js run in this system. */
export function runsHere(runtime: string, features: Features): boolean {
  const feature = FEATURES.find(([beginning]) => runtime.startsWith(beginning))?.[1];
  return feature !== undefined && features[feature];
}

function runtimesHere({ pythonRuntimes, rubyRuntimes, providedRuntimes }: Features): string {
  const others = [pythonRuntimes && 'Python', rubyRuntimes && 'Ruby', providedRuntimes && 'custom (provided.al2023)'];
  const names = ['Node.js', ...others.filter((name) => name !== false)];
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Notes what is wrong with the handler of a function that is not Node.js; a file that is not there may still be built. */
export function checkOtherHandler(
  handler: string,
  place: Place,
  where: string,
  { folder, runtime, isPacked }: { readonly folder: string; readonly runtime: string; readonly isPacked: boolean },
  reader: PropertyReader,
): void {
  // Compiled languages are run from what their build makes.
  if (runtime.startsWith('java') && !isPacked) {
    reader.problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}: a function for ${runtime} runs from its archive, and there is none.`,
      'Build it and set package.artifact, e.g. package: { artifact: build/distributions/function.zip }.',
    );
    return;
  }
  if (isPacked) return;
  const dot = handler.lastIndexOf('.');
  const file = runtime.startsWith('python')
    ? `${handler.slice(0, dot).replaceAll('.', '/')}.py`
    : runtime.startsWith('ruby')
      ? `${handler.slice(0, dot)}.rb`
      : 'bootstrap';
  const candidates = runtime.startsWith('python') ? [file, file.replace(/\.py$/, '/__init__.py')] : [file];
  if (candidates.some((name) => existsSync(path.join(folder, name)))) return;
  reader.problems.warning(
    'SG_BAD_VALUE',
    place,
    `${where}.handler: there is no file ${file}; the function will fail when it is called.`,
    file === 'bootstrap'
      ? 'Build the program that the runtime starts, beside the service file, or set package.artifact.'
      : 'Correct the path (it begins in the folder of the service file), or build the file.',
  );
}

/** A runtime name, or undefined when it is absent or is none (then a problem was noted). One that is not run here is noted, too. */
export function readRuntime(node: TemplateNode | undefined, path: string, reader: PropertyReader): string | undefined {
  if (node === undefined) return undefined;
  const written = reader.text(node, path, DEFAULT_RUNTIME);
  if (written === undefined) return undefined;
  const noWay = GIVEN_UP.get(written);
  if (noWay !== undefined) {
    reader.problems.error('SG_BAD_VALUE', node.place, `${path}: Lambda no longer takes functions for ${written}.`, noWay);
    // What its handlers name is not for Node.js to judge.
    return written;
  }
  const heir = HEIRS.get(written);
  if (heir !== undefined) {
    const what = `${path}: Lambda no longer takes functions for ${written}; here they run as ${heir}.`;
    reader.problems.warning('SG_BAD_VALUE', node.place, what, `Set it to ${heir} before they are deployed again.`);
  }
  const name = heir ?? written;
  if (NODE_RUNTIMES.includes(name)) return name;
  if (isOtherRuntime(name) && runsHere(name, reader.features)) return name;
  if (isOtherRuntime(name)) {
    reader.problems.unsupported(
      node.place,
      `${path}: the runtime ${name} does not run from a service file yet; ${runtimesHere(reader.features)} functions do.`,
      'Keep functions of other runtimes in a file of their own for now, or run with --lenient to leave them out.',
      'Functions with it are left out, and their routes with them, because of --lenient.',
    );
    return name;
  }
  reader.problems.error(
    'SG_BAD_VALUE',
    node.place,
    `${path}: Lambda has no runtime ${name}.`,
    reader.suggestion(name, NODE_RUNTIMES, `Use ${DEFAULT_RUNTIME}.`),
  );
  return undefined;
}
