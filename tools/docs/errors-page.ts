// The page docs/guides/errors.md, made from the table of error codes.

import { type ErrorCodeEntry, errorCodes } from '../../src/config/error-codes.ts';

/** The whole page as Markdown. */
export function renderErrorsPage(): string {
  return [
    '# Errors of the command line',
    '',
    'Made by `npm run generate:docs` from `src/config/error-codes.ts`; edit that.',
    '',
    'Every error has the same form: a code, where it is, what is wrong, how to put it right. Problems of a service file are',
    'told all at once.',
    '',
    '```',
    'serverless.yml:8:18 error SG_BAD_VALUE FETCH is no method of an HTTP API route.',
    "  8 |       - httpApi: 'FETCH /orders'",
    '    |                  ^',
    "  fix Use one of GET, POST, PUT, PATCH, OPTIONS, HEAD, DELETE, or '*' for all.",
    '```',
    '',
    'Exit codes: 0 all went well; 1 something is wrong with the service, the machine or the running Stagegate, or the answer',
    'is no (`explain` without a route, `doctor` with a problem); 2 the command line, the environment or the configuration',
    'file is wrong; 70 Stagegate itself failed, which is a bug; 130 ended by a second Ctrl-C.',
    '',
    ...Object.entries(errorCodes).flatMap(([code, entry]) => errorSection(code, entry)),
  ].join('\n');
}

function errorSection(code: string, { meaning, remedy, exitCode }: ErrorCodeEntry): string[] {
  return [`## ${code}`, '', `${meaning} Exit code ${exitCode}.`, '', `What to do: ${remedy}`, ''];
}
