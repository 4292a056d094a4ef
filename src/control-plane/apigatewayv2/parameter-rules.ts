// requestParameters and responseParameters of an integration: merged as PATCH merges them, and checked before they are kept.

import { type InvalidChange, isStatusCode, parseParameterChange } from '../../parameter-mapping/parameter-change.ts';
import type { MappingSide } from '../../parameter-mapping/parameter-value.ts';
import { badRequest } from './refusals.ts';

export type Parameters = Readonly<Record<string, string>>;
export type ParametersByStatus = Readonly<Record<string, Parameters>>;

/** Ours: enough for any mapping, and a limit on what is compiled and run for every request. */
const ENTRIES_MAX = 100;
const VALUE_LENGTH_MAX = 10_240;

/**
 * What was sent over what there is. AWS: an empty value removes an entry that is there. Seen: developer guide and API reference,
 * parameter mapping. Undefined when nothing is left.
 */
export function mergedParameters(former: Parameters | undefined, sent: Parameters | undefined): Parameters | undefined {
  const merged = new Map(Object.entries(former ?? {}));
  for (const [key, value] of Object.entries(sent ?? {})) {
    if (value === '') merged.delete(key);
    else merged.set(key, value);
  }
  if (merged.size > ENTRIES_MAX) throw badRequest(`An integration can have at most ${ENTRIES_MAX} parameters`);
  for (const [key, value] of merged) {
    if (value.length > VALUE_LENGTH_MAX) {
      throw badRequest(`Invalid value of parameter ${key}: it must have at most ${VALUE_LENGTH_MAX} characters`);
    }
  }
  return merged.size === 0 ? undefined : Object.fromEntries(merged);
}

/** The same for every status code; `{}` removes one. */
export function mergedByStatus(
  former: ParametersByStatus | undefined,
  sent: Readonly<Record<string, Parameters | undefined>> | undefined,
): ParametersByStatus | undefined {
  const merged = new Map(Object.entries(former ?? {}));
  for (const [status, entries] of Object.entries(sent ?? {})) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-response-parameter-status-code.
    if (!isStatusCode(status)) throw badRequest(inAwsWords(`Status Code ${status} is not valid.`));
    const isRemoval = entries === undefined || Object.keys(entries).length === 0;
    const left = isRemoval ? undefined : mergedParameters(merged.get(status), entries);
    if (left === undefined) merged.delete(status);
    else merged.set(status, left);
  }
  return merged.size === 0 ? undefined : Object.fromEntries(merged);
}

/** Throws BadRequestException for the first entry that is no mapping. */
export function checkParameters(parameters: Parameters | undefined, side: MappingSide): void {
  for (const [key, value] of Object.entries(parameters ?? {})) {
    const change = parseParameterChange(key, value, side);
    if ('invalid' in change) throw badRequest(inAwsWords(problemOf(change, key, value, side)));
  }
}

/** AWS: this frame, and the words about destinations. Seen: terraform-provider-aws#17997, cdk-preflight's deployed cases. */
function inAwsWords(problem: string): string {
  return `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${problem}]`;
}

function problemOf(change: InvalidChange, key: string, value: string, side: MappingSide): string {
  switch (change.invalid) {
    case 'destination':
      return `Invalid ${side === 'request' ? 'Request' : 'Response'} Actioned Parameter destination specified: ${key}`;
    case 'source':
      // REST APIs are recorded with these words.
      return `Invalid mapping expression specified: ${value}`;
    case 'restricted':
      // From memory of the service; no recording is known.
      return `Operations on header ${change.header} are restricted`;
  }
}
