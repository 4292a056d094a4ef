// What a function's answer becomes on the wire, and the checks that both payload formats share.
// AWS: output that cannot be used is a 500 with the gateway's body. Seen: responses recorded by the AWS .NET Lambda test tool.

import type { HeaderBlock } from '../../http1/header-block.ts';
import { headerName } from './header-names.ts';
import type { Refusal } from './refusal.ts';

/** A function's answer, ready to be sent. The headers are in the block that was handed in. */
export interface LambdaResponse {
  readonly status: number;
  /** A string is latin1. */
  readonly body: string | Buffer;
}

/** Reads a function's output and adds its headers to `headers`; names in `drop` (lower case) are the gateway's own. */
export type LambdaResponseReader = (payload: string, headers: HeaderBlock, drop: ReadonlySet<string>) => LambdaResponse | Refusal;

/**
 * The content type of a function's answer that names none.
 * AWS: the same for 1.0 and 2.0. Seen: recorded responses, through a client that may have put the space in.
 */
export const DEFAULT_CONTENT_TYPE = 'text/plain; charset=utf-8';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The output is unusable: the developer reads why, the client sees a 500. */
export function unusable(reason: string): Refusal {
  return { refused: 'INTERNAL_ERROR', reason: `The function's response cannot be used: ${reason}` };
}

/** A whole number from 200 to 599, also as text; undefined for anything else. AWS: 0 and 200.5 are refused. Seen: recorded responses. */
export function readStatusCode(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

/** The body bytes: a latin1 string when the text is ASCII, otherwise UTF-8 or the decoded base64. */
export function readBody(body: unknown, isBase64Encoded: unknown): string | Buffer | Refusal {
  if (body === undefined || body === null) return '';
  if (typeof body !== 'string') return unusable(`"body" is ${describe(body)}; it must be a string (use JSON.stringify).`);
  if (isBase64Encoded === true) return Buffer.from(body, 'base64');
  return toWireText(body);
}

export function toWireText(text: string): string | Buffer {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text, 'utf8');
}

/** A header value as text; undefined for what cannot be one. */
export function readHeaderValue(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Adds one field with its name in Title-Case. */
export function addHeader(block: HeaderBlock, name: string, value: unknown): Refusal | undefined {
  const text = readHeaderValue(value);
  if (text === undefined) return unusable(`the header "${name}" is ${describe(value)}; it must be a string.`);
  if (!block.add(headerName(name).title, text))
    return unusable(`the header "${name}" has a name or value that no HTTP message can carry.`);
  return undefined;
}

export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`;
}
