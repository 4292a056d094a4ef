// What AWS can do and this gateway does not run yet. Asking for it is refused at the call, so that nobody believes in an
// authorizer, a mapping or a log that is not there. Whoever builds a feature deletes its rows.

import { isEmpty } from './member-rules.ts';
import { badRequest } from './refusals.ts';

export interface NotYetEnforced {
  readonly operations: readonly string[];
  /** The input member that asks for the feature. */
  readonly member: string;
  /** Completes "Stagegate does not run … yet". */
  readonly feature: string;
  /** When the member asks for the feature; any value that is not empty, when left out. */
  readonly asksForIt?: (value: unknown) => boolean;
  /** What to do about it, when leaving the member out is not it. */
  readonly instead?: string;
}

/** Removing what cannot be there ("" for a parameter, {} for a status code) is no wish for a mapping. */
const setsSomething = (value: unknown) => Object.values(value ?? {}).some((inner) => !isEmpty(inner));

export const notYetEnforced: readonly NotYetEnforced[] = [
  {
    operations: ['CreateDomainName', 'UpdateDomainName'],
    member: 'MutualTlsAuthentication',
    feature: 'mutual TLS',
    asksForIt: setsSomething,
  },
];

/** Throws BadRequestException when the call asks for something in the table. */
export function refuseNotYetEnforced(
  rows: readonly NotYetEnforced[],
  operation: string,
  input: Readonly<Record<string, unknown>>,
): void {
  for (const { operations, member, feature, instead, asksForIt = (value: unknown) => !isEmpty(value) } of rows) {
    if (!operations.includes(operation)) continue;
    if (asksForIt(input[member])) {
      throw badRequest(
        `Stagegate does not run ${feature} yet: ${operation} with ${member} was refused and changed nothing. ${instead ?? `Leave ${member} out.`}`,
      );
    }
  }
}
