// The sources of variables: what each has, which are not asked, and what to do about one without a value.

import type { Piece, Variable } from './variable-syntax.ts';

/** Sources of variables that are read, and what each has. */
export const VARIABLE_SOURCES: ReadonlyMap<string, string> = new Map([
  ['self', 'the file itself: `self:custom.name`'],
  ['env', 'the environment, and `.env` files with `useDotenv`'],
  ['opt', '`--stage` and `--region`: `opt:stage`, `opt:region`'],
  ['param', '`--param NAME=VALUE`, then `params` and `stages` of the file'],
  ['sls', '`sls:stage`, `sls:instanceId`'],
  ['aws', '`aws:accountId`, `aws:region`, `aws:partition`'],
  [
    'file',
    '`file(./x.yml):key`: YAML, JSON, or the whole of a text file; JavaScript and TypeScript give what they export or what the exported function returns (`options`, `resolveVariable`), run in a process of their own',
  ],
  ['strToBool', '`strToBool(text)`: true, false, 1 or 0 as a truth value'],
]);

/** Sources that are not asked, and what they stand for. */
export const UNSUPPORTED_SOURCES: ReadonlyMap<string, string> = new Map([
  ['ssm', 'the SSM Parameter Store'],
  ['cf', 'a CloudFormation stack'],
  ['s3', 'an S3 object'],
  ['git', 'the git repository'],
  ['vault', 'HashiCorp Vault'],
  ['terraform', 'a Terraform state'],
  ['doppler', 'Doppler'],
  ['output', 'the outputs of another service'],
  ['state', 'the state of another service'],
]);

/** What to do about a variable without a value. */
export function missingFix(variable: Variable, sources: readonly string[], unreadDotenv: string | undefined): string {
  const name = /:\s*([^,}\s]+)/.exec(variable.text)?.[1] ?? 'NAME';
  const fallback = "or add a fallback: '...' after a comma.";
  if (sources.includes('env')) {
    const dotenv = unreadDotenv === undefined ? '' : `add useDotenv: true to the file so that ${unreadDotenv} is read, `;
    return `Set the environment variable ${name}, ${dotenv}${fallback}`;
  }
  if (sources.includes('param')) return `Give it with --param ${name}=value or under params, ${fallback}`;
  if (sources.includes('opt')) return `Give the option --${name}, ${fallback}`;
  if (sources.includes('file')) return `Check the path and the key; paths begin in the folder of the service file, ${fallback}`;
  return `Check the spelling of ${name}, ${fallback}`;
}

/** The sources that a text's variables name. */
export function sourcesOf(pieces: readonly Piece[]): string[] {
  const variables = pieces.filter((piece) => typeof piece !== 'string');
  return variables.flatMap(({ alternatives }) =>
    alternatives.flatMap((one): string[] => {
      if (one.kind === 'literal') return [];
      if (one.kind === 'nested') return sourcesOf([one.variable]);
      return [one.source, ...sourcesOf(one.parameters ?? []), ...sourcesOf(one.address ?? [])];
    }),
  );
}
