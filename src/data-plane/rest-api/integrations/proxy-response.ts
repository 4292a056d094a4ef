// The answer of a function with Lambda proxy integration: an object with known members, or a 502.
// Seen: what LocalStack's tests recorded of AWS (unknown members, values of headers, missing members).

import type { HeaderBlock } from '../../../http1/header-block.ts';
import type { Exchange } from '../exchange.ts';
import { type Payload, payloadOfText } from '../payload.ts';
import { badProxyOutput, type Refusal } from '../refusal.ts';
import { answeredName } from '../response-headers.ts';

export interface ProxyResponse {
  readonly status: number;
  readonly body: Payload;
  readonly encoded: boolean;
}

const members: ReadonlySet<string> = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

/** Reads a function's output and adds its headers to `block`. */
export function readProxyResponse(payload: string, exchange: Exchange, block: HeaderBlock): ProxyResponse | Refusal {
  let output: unknown;
  try {
    output = JSON.parse(payload);
  } catch {
    return unusable('it is no JSON.');
  }
  if (!isObject(output)) return unusable('it must be a JSON object.');
  for (const name of Object.keys(output)) {
    if (!members.has(name)) return unusable(`it has the member "${name}"; only ${[...members].join(', ')} are known.`);
  }
  const status = readStatus(output['statusCode']);
  if (status === undefined) return unusable('"statusCode" is no status code.');
  const body = output['body'] ?? '';
  if (typeof body !== 'string') return unusable('"body" must be a string (use JSON.stringify).');
  const headers = addHeaders(output['headers'] ?? {}, output['multiValueHeaders'] ?? {}, block);
  if ('refused' in headers) return headers;
  // AWS: decoded only when the type the client accepts is binary for this API; otherwise the base64 text itself is sent.
  const decodes =
    output['isBase64Encoded'] === true && exchange.pipeline.binaryMediaTypes.matches(exchange.request.headers.get('accept'));
  return { status, body: decodes ? Buffer.from(body, 'base64') : payloadOfText(body), encoded: headers.encoded };
}

const preludeMembers: ReadonlySet<string> = new Set(['statusCode', 'headers', 'multiValueHeaders', 'cookies']);

/**
 * Reads the prelude of a function that streams and adds its headers to `block`; the status to answer with.
 * AWS: these members. Seen: developer guide, Lambda proxy integration with response streaming.
 */
export function readStreamPrelude(prelude: string, block: HeaderBlock): number | Refusal {
  let output: unknown;
  try {
    output = JSON.parse(prelude);
  } catch {
    return unusable('what stands before the eight NUL bytes is no JSON.');
  }
  if (!isObject(output)) return unusable('what stands before the eight NUL bytes must be a JSON object.');
  for (const name of Object.keys(output)) {
    if (preludeMembers.has(name)) continue;
    return unusable(`its metadata has the member "${name}"; only ${[...preludeMembers].join(', ')} are known.`);
  }
  const status = readStatus(output['statusCode']);
  if (status === undefined) return unusable('"statusCode" is no status code.');
  const headers = addHeaders(output['headers'] ?? {}, output['multiValueHeaders'] ?? {}, block);
  if ('refused' in headers) return headers;
  const cookies = output['cookies'] ?? [];
  if (!Array.isArray(cookies)) return unusable('"cookies" must be a list.');
  for (const cookie of cookies) {
    if (typeof cookie !== 'string' || !block.add('Set-Cookie', cookie)) return unusable('a value of "cookies" is no cookie.');
  }
  return status;
}

function unusable(reason: string): Refusal {
  return badProxyOutput(`The function's response cannot be used: ${reason}`);
}

/** AWS: missing is 200, text is read as a number; 0 is refused. Seen: recorded responses. */
function readStatus(value: unknown): number | undefined {
  if (value === undefined) return 200;
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

interface Fields {
  readonly encoded: boolean;
}

/** AWS: of one name in both maps, the values of multiValueHeaders come first, in their spelling. Seen: recorded responses. */
function addHeaders(single: unknown, multi: unknown, block: HeaderBlock): Fields | Refusal {
  if (!isObject(single)) return unusable('"headers" must be an object.');
  if (!isObject(multi)) return unusable('"multiValueHeaders" must be an object.');
  const fields = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const [name, list] of Object.entries(multi)) {
    if (list === null) continue;
    if (!Array.isArray(list)) return unusable(`"multiValueHeaders.${name}" must be a list.`);
    for (const each of list) {
      const value = readValue(each);
      if (value === undefined) return unusable(`a value of "multiValueHeaders.${name}" is no text.`);
      append(fields, name, value);
    }
  }
  for (const [name, each] of Object.entries(single)) {
    if (each === null) continue;
    const value = readValue(each);
    if (value === undefined) return unusable(`the header "${name}" is no text.`);
    append(fields, name, value);
  }
  for (const { name, values } of fields.values()) {
    const shown = answeredName(name, 'function');
    if (shown === undefined) continue;
    for (const value of values) {
      if (!block.add(shown, value)) return unusable(`the header "${name}" has a name or value that no HTTP message can carry.`);
    }
  }
  if (!fields.has('content-type')) block.addTrusted('Content-Type: application/json\r\n');
  return { encoded: fields.has('content-encoding') };
}

function append(fields: Map<string, { readonly name: string; readonly values: string[] }>, name: string, value: string): void {
  const lower = name.toLowerCase();
  const field = fields.get(lower);
  if (field === undefined) fields.set(lower, { name, values: [value] });
  else field.values.push(value);
}

/** Booleans become text (recorded); numbers, too (from memory of the service, LocalStack refuses them). */
function readValue(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
