// `useDotenv: true`: names for `env:` variables from .env files beside the service file.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** The files that count, the first that is there alone. Source: Serverless Framework, guide "Environment variables". */
export function dotenvFileNames(stage: string): readonly string[] {
  return [`.env.${stage}`, '.env'];
}

/** The values, or undefined when there is no such file. */
export function readDotenvFile(serviceFolder: string, stage: string): Readonly<Record<string, string | undefined>> | undefined {
  for (const name of dotenvFileNames(stage)) {
    try {
      return parseEnv(readFileSync(path.join(serviceFolder, name), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}
