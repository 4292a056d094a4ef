// Rules about single members that the service model does not carry but the service enforces.

import { badRequest } from './refusals.ts';

/** Lengths in characters. Source: API Gateway v2 API reference, `StringWithLengthBetween…`. */
export function assertLength(member: string, value: string | undefined, min: number, max: number): void {
  if (value === undefined) return;
  if (value.length < min || value.length > max) {
    throw badRequest(`Invalid ${member}: it must have ${min} to ${max} characters and has ${value.length}.`);
  }
}

/** Members that exist for WebSocket APIs only. On an HTTP API AWS has no use for them; we say so instead of dropping them. */
export function assertAbsent(members: Readonly<Record<string, unknown>>): void {
  for (const [member, value] of Object.entries(members)) {
    if (isEmpty(value)) continue;
    throw badRequest(`${member} is not supported on protocolType HTTP`);
  }
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
