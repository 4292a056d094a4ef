// requestParameters and responseParameters as a plan: parsed, stage variables put in, in the order in which they are applied.

import type { ParameterChange, ParameterValue } from '../../model/parameter-mapping.ts';
import { parseParameterChange } from '../../parameter-mapping/parameter-change.ts';
import type { MappingSide } from '../../parameter-mapping/parameter-value.ts';

type Entries = Readonly<Record<string, string>>;
type Variables = Readonly<Record<string, string>>;

export function planRequestParameters(
  entries: Entries | undefined,
  variables: Variables,
): { readonly requestParameters?: readonly ParameterChange[] } {
  const requestParameters = planChanges(entries, 'request', variables);
  return requestParameters.length === 0 ? {} : { requestParameters };
}

export function planResponseParameters(
  byStatus: Readonly<Record<string, Entries>> | undefined,
  variables: Variables,
): { readonly responseParameters?: Readonly<Record<string, readonly ParameterChange[]>> } {
  const planned = Object.entries(byStatus ?? {})
    .map(([status, entries]) => [status, planChanges(entries, 'response', variables)] as const)
    .filter(([, changes]) => changes.length > 0);
  return planned.length === 0 ? {} : { responseParameters: Object.fromEntries(planned) };
}

const order = { remove: 0, overwrite: 1, append: 2 } as const;

/** What is removed or overwritten makes room for what is appended, however the entries were written. */
function planChanges(entries: Entries | undefined, side: MappingSide, variables: Variables): ParameterChange[] {
  return Object.entries(entries ?? {})
    .map(([key, text]) => {
      const change = parseParameterChange(key, text, side);
      // Every write checks its parameters.
      if ('invalid' in change) throw new Error(`The parameter ${key} was kept unchecked: its ${change.invalid} is invalid.`);
      return { ...change, value: withStageVariables(change.value, variables) };
    })
    .sort((a, b) => order[a.action] - order[b.action]);
}

/** A variable that the stage does not set stays a source, which then has no value. */
export function withStageVariables(value: ParameterValue, variables: Variables): ParameterValue {
  return value.map((piece) => {
    if (typeof piece === 'string' || piece.source !== 'stageVariable' || !Object.hasOwn(variables, piece.name)) return piece;
    return variables[piece.name] as string;
  });
}
