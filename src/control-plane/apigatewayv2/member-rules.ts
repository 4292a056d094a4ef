// Rules about single members that the service model does not carry but the service enforces.

import { badRequest } from './refusals.ts';

/** Lengths in characters. Source: API Gateway v2 API reference, `StringWithLengthBetween…`. */
export function assertLength(member: string, value: string | undefined, min: number, max: number): void {
  if (value === undefined) return;
  if (value.length < min || value.length > max) {
    throw badRequest(`Invalid ${member}: it must have ${min} to ${max} characters and has ${value.length}.`);
  }
}

/**
 * Members that exist for the other kind of API only. AWS has no use for most of them and drops them; we say so instead. The words are
 * AWS's for execution logs (hashicorp/terraform-provider-aws#13801), for the others an analogy.
 */
export function assertAbsent(members: Readonly<Record<string, unknown>>, protocolType: 'HTTP' | 'WEBSOCKET' = 'HTTP'): void {
  for (const [member, value] of Object.entries(members)) {
    if (isEmpty(value)) continue;
    throw badRequest(`${member} is not supported on protocolType ${protocolType}`);
  }
}

/** One of the values of an enumeration; the empty text asks for nothing. */
export function oneOf<T extends string>(member: string, value: string | undefined, values: readonly T[]): T | undefined {
  if (value === undefined || value === '') return undefined;
  const known = values.find((each) => each === value);
  if (known === undefined) throw badRequest(`Invalid ${member}: it must be one of ${values.join(', ')}`);
  return known;
}

/** AWS: these words. Seen: cdk-preflight's deployed cases, pf-apigwv2-http-proxy-integration-method; of other types by analogy. */
export function missingMethod(integrationType: 'AWS' | 'HTTP' | 'HTTP_PROXY'): Error {
  return badRequest(`HttpMethod parameter method must be specified for integrationType ${integrationType.replace('_', '')}`);
}

/** Clients that clear a member send it empty; that asks for nothing. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** A text that replaces the former one; the empty text removes it. */
export function updatedText(sent: string | undefined, former: string | undefined): string | undefined {
  if (sent === undefined) return former;
  return sent === '' ? undefined : sent;
}
