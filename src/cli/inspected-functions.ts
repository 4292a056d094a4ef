// `--inspect`: which functions a debugger may attach to, and on which port each.

import { UserError } from '../config/user-error.ts';
import type { DesiredFunction } from '../templates/desired-state.ts';

/** Node's own. */
const FIRST_PORT = 9229;
const PORT_MAX = 65_535;

/** Ports by function name; empty when nothing was asked for. Throws UserError for a function that is not there or not Node.js. */
export function inspectedFunctions(
  asked: string | undefined,
  functions: readonly DesiredFunction[],
): ReadonlyMap<string, number> {
  if (asked === undefined) return new Map();
  const [named = '', portText] = asked.split('=');
  // `--inspect 9230` is a port unless a function is called so.
  const isPort = /^\d+$/.test(named) && !functions.some((one) => one.key === named);
  const first = Number(portText ?? (isPort ? named : FIRST_PORT));
  const nodeFunctions = functions.filter((one) => one.runtime.startsWith('nodejs'));
  if (first < 1 || first + nodeFunctions.length > PORT_MAX) {
    throw new UserError('SG_BAD_OPTION', `--inspect ${asked}: there is no port ${first}.`, {
      fix: 'For example: --inspect hello=9230',
    });
  }
  if (named === '' || isPort) return new Map(nodeFunctions.map((one, at) => [one.functionName, first + at]));
  const found = functions.find((one) => one.key === named || one.functionName === named);
  if (found === undefined) {
    throw new UserError('SG_BAD_OPTION', `--inspect ${asked}: the service has no function ${named}.`, {
      fix: `Its functions are: ${functions.map((one) => one.key).join(', ') || 'none'}.`,
    });
  }
  if (!found.runtime.startsWith('nodejs')) {
    throw new UserError(
      'SG_BAD_OPTION',
      `--inspect ${asked}: ${named} runs on ${found.runtime}; only Node.js has an inspector here.`,
      {
        fix: 'Start the debugger of that language in the handler itself.',
      },
    );
  }
  return new Map([[found.functionName, first]]);
}
