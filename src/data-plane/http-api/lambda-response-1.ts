// The answer of a function with payload format 1.0 on an HTTP API: always an object with `statusCode`, nothing is inferred.

import type { HeaderBlock } from '../../http1/header-block.ts';
import {
  addHeader,
  DEFAULT_CONTENT_TYPE,
  describe,
  isObject,
  type LambdaResponse,
  readBody,
  readStatusCode,
  unusable,
} from './lambda-response.ts';
import type { Refusal } from './refusal.ts';

export function readLambdaResponse1(payload: string, headers: HeaderBlock, drop: ReadonlySet<string>): LambdaResponse | Refusal {
  const output = parseOutput(payload);
  if (!isObject(output)) return unusable('payload format 1.0 needs a JSON object with "statusCode".');
  const status = readStatusCode(output['statusCode']);
  if (status === undefined)
    return unusable(`"statusCode" is ${describe(output['statusCode'])}; it must be a whole number from 200 to 599.`);
  const body = readBody(output['body'], output['isBase64Encoded']);
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return body;
  return addHeaders(output['headers'] ?? {}, output['multiValueHeaders'] ?? {}, headers, drop) ?? { status, body };
}

/** AWS: a name in both maps sends the single value first, then the others, as lines of their own. Seen: recorded responses. */
function addHeaders(single: unknown, multi: unknown, block: HeaderBlock, drop: ReadonlySet<string>): Refusal | undefined {
  if (!isObject(single)) return unusable(`"headers" is ${describe(single)}; it must be an object.`);
  if (!isObject(multi)) return unusable(`"multiValueHeaders" is ${describe(multi)}; it must be an object.`);
  const values = new Map<string, { readonly name: string; readonly values: unknown[] }>();
  for (const [name, value] of Object.entries(single)) {
    const lower = name.toLowerCase();
    // AWS: of one name in two casings the first reaches the client. Seen: serverless-express#554.
    if (value !== null && !drop.has(lower) && !values.has(lower)) values.set(lower, { name, values: [value] });
  }
  for (const [name, list] of Object.entries(multi)) {
    const lower = name.toLowerCase();
    if (list === null || drop.has(lower)) continue;
    if (!Array.isArray(list))
      return unusable(`"multiValueHeaders.${name}" is ${describe(list)}; it must be an array of strings.`);
    const entry = values.get(lower);
    if (entry === undefined) values.set(lower, { name, values: [...list] });
    else entry.values.push(...list);
  }
  for (const entry of values.values()) {
    for (const value of entry.values) {
      const refusal = addHeader(block, entry.name, value);
      if (refusal !== undefined) return refusal;
    }
  }
  if (!values.has('content-type')) block.addTrusted(`Content-Type: ${DEFAULT_CONTENT_TYPE}\r\n`);
  return undefined;
}

function parseOutput(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
