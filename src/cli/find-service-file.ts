// Where the service file is: named, or in a folder under one of its usual names.

import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../config/user-error.ts';

const CODE = ['serverless.ts', 'serverless.mts', 'serverless.js', 'serverless.cjs', 'serverless.mjs'];
const NAMES = ['serverless.yml', 'serverless.yaml', 'serverless.json', ...CODE];
/** Folders looked at on each level. */
const FOLDERS_MAX = 50;
/** Formats of other tools: named so that the message can say what to do. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['serverless-compose.yml', 'Run each of its services on its own: stagegate dev FOLDER for the folder in its path.'],
  ['serverless-compose.yaml', 'Run each of its services on its own: stagegate dev FOLDER for the folder in its path.'],
  ['template.yaml', 'SAM templates are not read yet; deploy with the AWS APIs to stagegate start, or write a serverless.yml.'],
  ['template.yml', 'SAM templates are not read yet; deploy with the AWS APIs to stagegate start, or write a serverless.yml.'],
];

/** The absolute path of the service file. Throws UserError when there is none. */
export function findServiceFile(named: string | undefined, workingDirectory: string): string {
  const target = path.resolve(workingDirectory, named ?? '.');
  if (!existsSync(target)) {
    throw new UserError('SG_NO_SERVICE_FILE', `There is no ${named}.`, {
      fix: 'Name a serverless.yml or the folder that holds it, e.g. stagegate dev examples/hello.',
    });
  }
  if (!statSync(target).isDirectory()) {
    const other = OTHERS.find(([name]) => path.basename(target) === name || path.extname(target) === path.extname(name));
    const isCode = /^serverless\b.*\.[cm]?[jt]s$/.test(path.basename(target));
    if ((isCode || /\.(ya?ml|json)$/.test(target)) && !OTHERS.some(([name]) => path.basename(target) === name)) return target;
    throw new UserError('SG_NO_SERVICE_FILE', `${named} is not a serverless.yml, .yaml, .json, .ts or .js.`, {
      fix: other?.[1] ?? 'Name a serverless.yml or the folder that holds it.',
    });
  }
  for (const name of NAMES) {
    const file = path.join(target, name);
    if (existsSync(file)) return file;
  }
  const other = OTHERS.find(([name]) => existsSync(path.join(target, name)));
  throw new UserError(
    'SG_NO_SERVICE_FILE',
    other === undefined
      ? `There is no serverless.yml in ${target}.`
      : `There is no serverless.yml in ${target}, only ${other[0]}.`,
    { fix: other?.[1] ?? nearestFix(target, workingDirectory) },
  );
}

/** Names the service file of a folder above or just below, when there is one. */
function nearestFix(folder: string, workingDirectory: string): string {
  const hasOne = (at: string) => NAMES.some((name) => existsSync(path.join(at, name)));
  const show = (at: string) => path.relative(workingDirectory, at) || '.';
  for (let at = path.dirname(folder); at !== path.dirname(at); at = path.dirname(at)) {
    if (hasOne(at)) return `There is one in ${at}; go there, or name it: stagegate dev ${show(at)}`;
  }
  const below = foldersBelow(folder).filter(hasOne);
  if (below.length > 0) {
    const shown = below.slice(0, 5).map(show);
    const more = below.length > shown.length ? ` and ${below.length - shown.length} more` : '';
    return `Services are in ${shown.join(', ')}${more}: stagegate dev ${shown[0]}.`;
  }
  return 'Go to the folder of your service, or name it: stagegate dev FOLDER.';
}

/** Two levels deep, as monorepos have them; dependencies and hidden folders are left out. */
function foldersBelow(folder: string): readonly string[] {
  const inside = (at: string): string[] => {
    try {
      return readdirSync(at, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
        .slice(0, FOLDERS_MAX)
        .map((entry) => path.join(at, entry.name));
    } catch {
      return [];
    }
  };
  return inside(folder).flatMap((at) => [at, ...inside(at)]);
}
