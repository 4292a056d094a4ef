// Where the service file is: named, or in a folder under one of its usual names.

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../config/user-error.ts';

const NAMES = ['serverless.yml', 'serverless.yaml', 'serverless.json'];
/** Code that builds a definition, and formats of other tools: named so that the message can say what to do. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['serverless.ts', 'Write its values to serverless.yml, or print them: serverless print > serverless.yml.'],
  ['serverless.js', 'Write its values to serverless.yml, or print them: serverless print > serverless.yml.'],
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
    if (/\.(ya?ml|json)$/.test(target) && !OTHERS.some(([name]) => path.basename(target) === name)) return target;
    throw new UserError('SG_NO_SERVICE_FILE', `${named} is not a serverless.yml, .yaml or .json.`, {
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
    { fix: other?.[1] ?? 'Go to the folder of your service, or name it: stagegate dev FOLDER.' },
  );
}
