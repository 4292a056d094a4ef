// `useDotenv: true`: names for `env:` variables from .env files beside the service file.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

/** Nested expansions end here: a name that leads to itself. */
const DEPTH_LIMIT = 20;

/** The files that count, the first that is there alone. Source: Serverless Framework, guide "Environment variables". */
export function dotenvFileNames(stage: string): readonly string[] {
  return [`.env.${stage}`, '.env'];
}

/** The first of them that is there, absolute. */
export function findDotenvFile(serviceFolder: string, stage: string): string | undefined {
  return dotenvFileNames(stage)
    .map((name) => path.join(serviceFolder, name))
    .find((file) => existsSync(file));
}

/** The values with references expanded; `environment` wins over the file. */
export function readDotenvFile(file: string, environment: Environment): Environment {
  const values = parseEnv(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, expand(value ?? '', { ...values, ...environment }, 0)]),
  );
}

/** `$NAME`, `${NAME}` and `${NAME:-fallback}`; `\$` is a dollar sign. */
function expand(text: string, values: Environment, depth: number): string {
  if (depth > DEPTH_LIMIT || !text.includes('$')) return text;
  return text.replace(
    /\\\$|\$\{([A-Za-z_]\w*)(?::?-([^{}]*))?\}|\$([A-Za-z_]\w*)/g,
    (whole, braced: string | undefined, fallback: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare;
      if (name === undefined) return whole.slice(1);
      return expand(values[name] || (fallback ?? ''), values, depth + 1);
    },
  );
}
