// What actions of rules and default actions may be, and the bodies that they answer with.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-custom-request-response.html

import type * as Wire from '@aws-sdk/client-wafv2';
import { isFramingName } from '../../../http1/field-name.ts';
import { invalidParameter, limitsExceeded, REASONS } from '../refusals.ts';
import type { CustomResponseBodies, Document } from '../rule-document.ts';

/** Which custom response bodies there are. */
export type BodyKeys = Pick<ReadonlySet<string>, 'has'>;

type RuleAction = Document<Wire.RuleAction>;
type DefaultAction = Document<Wire.DefaultAction>;
type Headers = readonly Document<Wire.CustomHTTPHeader>[];

/** AWS: Seen: developer guide, "Supported status codes for custom response". */
const RESPONSE_CODES = new Set([
  ...[200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308],
  ...[400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416, 421, 429],
  ...[500, 501, 502, 503, 504, 505],
]);
/** Every answer of a REST API has them from the gateway. */
const GATEWAY_HEADERS = new Set(['date', 'x-amz-apigw-id', 'x-amzn-errortype', 'x-amzn-requestid']);
/** AWS: these and the next. Seen: WAF quotas. */
const HEADERS_PER_ACTION_MAX = 10;
const HEADERS_MAX = 100;
const BODIES_MAX = 50;
const BODY_BYTES_MAX = 4096;
const BODIES_BYTES_MAX = 51_200;

/** Throws WAFInvalidParameterException. `bodyKeys` are those that a response may name. */
export function checkAction(action: RuleAction, bodyKeys: BodyKeys): void {
  if (action.Monetize !== undefined) throw invalidParameter('The action Monetize is not run here.', 'RULE_ACTION', 'Monetize');
  const given = Object.values(action).filter((member) => member !== undefined);
  if (given.length !== 1) throw invalidParameter(REASONS.exactlyOne, 'RULE_ACTION', 'RuleAction');
  checkParts(action, bodyKeys);
}

/** The same of what happens to requests that no rule decided about. */
export function checkDefaultAction(action: DefaultAction | undefined, bodyKeys: BodyKeys): void {
  if (action === undefined || (action.Allow === undefined) === (action.Block === undefined)) {
    throw invalidParameter(REASONS.exactlyOne, 'DEFAULT_ACTION', 'DefaultAction');
  }
  checkParts(action, bodyKeys);
}

/** Throws WAFInvalidParameterException or WAFLimitsExceededException. */
export function checkResponseBodies(bodies: CustomResponseBodies | undefined): void {
  const entries = Object.entries(bodies ?? {});
  if (entries.length > BODIES_MAX) throw limitsExceeded(`There can be at most ${BODIES_MAX} custom response bodies.`);
  let all = 0;
  for (const [key, { Content: content = '', ContentType: type }] of entries) {
    if (!/^[\w-]{1,128}$/.test(key)) throw invalidParameter(REASONS.formatting, 'CUSTOM_RESPONSE_BODY', key);
    const bytes = Buffer.byteLength(content);
    if (bytes > BODY_BYTES_MAX) throw limitsExceeded(`A custom response body has at most ${BODY_BYTES_MAX} bytes.`);
    if (type === 'APPLICATION_JSON' && !isJson(content)) {
      throw invalidParameter('The content is not JSON.', 'CUSTOM_RESPONSE_BODY', key);
    }
    all += bytes;
  }
  if (all > BODIES_BYTES_MAX) throw limitsExceeded(`Custom response bodies have at most ${BODIES_BYTES_MAX} bytes together.`);
}

/** Throws WAFLimitsExceededException when the actions of one web ACL or rule group have too many headers. */
export function checkHeaderCount(actions: readonly (RuleAction | DefaultAction | undefined)[]): void {
  const requests = actions.flatMap((action) => (action === undefined ? [] : insertedHeaders(action)));
  const responses = actions.flatMap((action) => action?.Block?.CustomResponse?.ResponseHeaders ?? []);
  for (const [what, headers] of [['request', requests] as const, ['response', responses] as const]) {
    if (headers.length > HEADERS_MAX) throw limitsExceeded(`There can be at most ${HEADERS_MAX} custom ${what} headers.`);
  }
}

function checkParts(action: RuleAction | DefaultAction, bodyKeys: BodyKeys): void {
  checkHeaders(insertedHeaders(action), 'CUSTOM_REQUEST_HANDLING');
  const response = action.Block?.CustomResponse;
  if (response === undefined) return;
  const { ResponseCode: code = 0, CustomResponseBodyKey: key, ResponseHeaders: headers = [] } = response;
  if (!RESPONSE_CODES.has(code)) {
    throw invalidParameter('The response code is not supported.', 'CUSTOM_RESPONSE', String(code));
  }
  if (key !== undefined && !bodyKeys.has(key)) {
    throw invalidParameter('There is no custom response body of that key.', 'CUSTOM_RESPONSE', key);
  }
  checkHeaders(headers, 'CUSTOM_RESPONSE');
  // AWS: the body's own type is sent. Seen: developer guide, "Custom responses for Block actions".
  if (headers.some(({ Name = '' }) => Name.toLowerCase() === 'content-type')) {
    throw invalidParameter('A custom response cannot set content-type.', 'HEADER_NAME', 'content-type');
  }
  for (const { Name: name = '' } of headers) {
    if (!isFramingName(name) && !GATEWAY_HEADERS.has(name.toLowerCase())) continue;
    throw invalidParameter(`The gateway itself writes ${name}: a custom response cannot set it.`, 'HEADER_NAME', name);
  }
}

function insertedHeaders(action: RuleAction | DefaultAction): Headers {
  const { Allow, Count, Captcha, Challenge }: RuleAction = action;
  return [Allow, Count, Captcha, Challenge].flatMap((part) => part?.CustomRequestHandling?.InsertHeaders ?? []);
}

function checkHeaders(headers: Headers, field: 'CUSTOM_REQUEST_HANDLING' | 'CUSTOM_RESPONSE'): void {
  if (headers.length > HEADERS_PER_ACTION_MAX) {
    throw limitsExceeded(`An action has at most ${HEADERS_PER_ACTION_MAX} custom headers.`);
  }
  const names = new Set<string>();
  for (const { Name: name = '', Value: value = '' } of headers) {
    const folded = name.toLowerCase();
    if (names.has(folded)) throw invalidParameter('Two headers have the same name.', field, name);
    // A line break in a value would be a header of its own.
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw invalidParameter(REASONS.formatting, field, name);
    names.add(folded);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
