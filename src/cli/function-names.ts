// Functions by the names a service file gives them, for commands that take one.

import { nearestName } from '../config/nearest-name.ts';
import { UserError } from '../config/user-error.ts';
import type { ControlTarget } from './control-client.ts';

const NAMES_SHOWN = 12;

/** The name on AWS for a name in the service file; any other name as it is. */
export function functionNameOf(target: ControlTarget, named: string): string {
  return target.running?.functions?.[named] ?? named;
}

/** False for a name that the running service, as far as one is known, has not. */
export function mayExist(target: ControlTarget, named: string): boolean {
  const functions = target.running?.functions;
  return functions === undefined || Object.hasOwn(functions, named) || Object.values(functions).includes(named);
}

export function noSuchFunction(target: ControlTarget, named: string): UserError {
  const known = Object.keys(target.running?.functions ?? {});
  const near = nearestName(named, known);
  const shown = known.slice(0, NAMES_SHOWN).join(', ');
  const more = known.length > NAMES_SHOWN ? ` and ${known.length - NAMES_SHOWN} more` : '';
  const fix =
    near !== undefined
      ? `Did you mean ${near}?`
      : known.length > 0
        ? `The service has: ${shown}${more}.`
        : 'Run the command in the folder of the service, or give the name that the function has on AWS: SERVICE-STAGE-FUNCTION.';
  return new UserError('SG_NOT_FOUND', `There is no function ${named}.`, { fix });
}
