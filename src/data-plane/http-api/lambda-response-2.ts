// The answer of a function with payload format 2.0: an object with `statusCode` is a response, anything else is the body of a 200.

import type { HeaderBlock } from '../../http1/header-block.ts';
import {
  addHeader,
  DEFAULT_CONTENT_TYPE,
  describe,
  isObject,
  type JsonObject,
  type LambdaResponse,
  readBody,
  readStatusCode,
  toWireText,
  unusable,
} from './lambda-response.ts';
import type { Refusal } from './refusal.ts';

/** `contentType` is that of an answer that names none. */
export function readLambdaResponse2(
  payload: string,
  headers: HeaderBlock,
  drop: ReadonlySet<string>,
  contentType: string = DEFAULT_CONTENT_TYPE,
): LambdaResponse | Refusal {
  const output = parseOutput(payload);
  if (isObject(output) && Object.hasOwn(output, 'statusCode')) return readResponse(output, headers, drop, contentType);
  // AWS: inferred response. A JSON string loses its quotes, any other text is passed on as it is, even when it is no JSON.
  // Seen: the AWS .NET Lambda test tool's account of the service.
  headers.addTrusted('Content-Type: application/json\r\n');
  return { status: 200, body: toWireText(typeof output === 'string' ? output : payload) };
}

function readResponse(
  output: JsonObject,
  headers: HeaderBlock,
  drop: ReadonlySet<string>,
  contentType: string,
): LambdaResponse | Refusal {
  const status = readStatusCode(output['statusCode']);
  if (status === undefined)
    return unusable(`"statusCode" is ${describe(output['statusCode'])}; it must be a whole number from 200 to 599.`);
  const body = readBody(output['body'], output['isBase64Encoded']);
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return body;
  return addFields(output, headers, drop, contentType) ?? { status, body };
}

/** Adds `headers` and `cookies` of a function's answer, and the content type when none is named. */
export function addFields(
  output: JsonObject,
  block: HeaderBlock,
  drop: ReadonlySet<string>,
  contentType: string,
): Refusal | undefined {
  const cookies = output['cookies'] ?? [];
  if (!Array.isArray(cookies)) return unusable(`"cookies" is ${describe(cookies)}; it must be an array of strings.`);
  return addHeaders(output['headers'] ?? {}, block, drop, cookies.length > 0, contentType) ?? addCookies(cookies, block);
}

function addHeaders(
  fields: unknown,
  block: HeaderBlock,
  drop: ReadonlySet<string>,
  hasCookies: boolean,
  contentType: string,
): Refusal | undefined {
  if (!isObject(fields)) return unusable(`"headers" is ${describe(fields)}; it must be an object.`);
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(fields)) {
    const lower = name.toLowerCase();
    // AWS: of one name in two casings the first reaches the client. Seen: serverless-express#554.
    if (value === null || drop.has(lower) || seen.has(lower)) continue;
    // `cookies` wins over a Set-Cookie header beside it. A reading of the documentation, not recorded.
    if (hasCookies && lower === 'set-cookie') continue;
    seen.add(lower);
    const refusal = addHeader(block, name, value);
    if (refusal !== undefined) return refusal;
  }
  if (!seen.has('content-type')) block.addTrusted(`Content-Type: ${contentType}\r\n`);
  return undefined;
}

function addCookies(cookies: readonly unknown[], block: HeaderBlock): Refusal | undefined {
  for (const cookie of cookies) {
    const refusal = addHeader(block, 'Set-Cookie', cookie);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The output's value; text that is no JSON is no object and no string either. */
function parseOutput(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
