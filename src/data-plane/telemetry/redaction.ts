// Takes secrets out of a record before anybody keeps it: credentials in headers, in events, in forms and in JSON bodies.

import type { CapturedMessage, ExchangeRecord, StageName, TemplateRecord } from '../../model/exchange-record.ts';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

const secretHeader = /^(?:(?:proxy-)?authorization|(?:set-)?cookie)$|api-?key|token|secret|password|credential|session/i;

// Member names whose string value, or array of strings, is a secret. Values end at their quote or where the capture was cut.
// Every repetition is bounded or has one way to match, so that no body can make the search slow.
const SECRET_NAME =
  '(?:proxy-)?authorization|(?:set-)?cookies?|x-amz-security-token|[a-z0-9_-]{0,32}(?:api[_-]?key|token|secret|password|passwd|credential)[a-z0-9_-]{0,32}';
const STRING = '"(?:[^"\\\\]|\\\\.)*(?:"|$)';
const secretMember = new RegExp(`"(${SECRET_NAME})"(\\s*:\\s*)(${STRING}|\\[\\s*(?:${STRING}[\\s,]*)*(?:\\]|$))`, 'gi');
// The same inside JSON that is itself a JSON string: the body member of an event.
const ESCAPED_STRING = '\\\\"(?:[^"\\\\]|\\\\\\\\.)*(?:\\\\"|$)';
const secretEscapedMember = new RegExp(`\\\\"(${SECRET_NAME})\\\\"(\\s*:\\s*)${ESCAPED_STRING}`, 'gi');
const secretFormField =
  /((?:^|[?&"])[a-z0-9_-]{0,32}(?:api[_-]?key|token|secret|password|passwd|credential|signature)[a-z0-9_-]{0,32}=)[^&\s"\\]*/gi;

/** `$name = value`, to the next one. */
const secretVariable = new RegExp(`(\\$!?\\{?(?:${SECRET_NAME})\\}? = )(?:(?! \\$[A-Za-z!{]).)*`, 'gis');

/** The record without secrets. Paths have no query; a reason may quote what a function said. */
export function redactRecord(record: ExchangeRecord): ExchangeRecord {
  const reason = record.reason && redactReason(record.reason, record.refusedAt);
  if (record.level === 0) return reason === record.reason ? record : { ...record, reason };
  return {
    ...record,
    reason,
    ...(record.templates === undefined ? {} : { templates: record.templates.map((one) => redactTemplate(one, record.request)) }),
    request: redactMessage(record.request),
    response: redactMessage(record.response),
    integrationRequest: redactMessage(record.integrationRequest),
    integrationResponse: redactMessage(record.integrationResponse),
  };
}

/** A secret of fewer characters may stand anywhere. */
const SECRET_LENGTH_MIN = 6;

/** A template can print a header under any name, so what the request's secret headers hold is looked for by value, too. */
function redactTemplate(template: TemplateRecord, request: CapturedMessage | undefined): TemplateRecord {
  const secrets = (request?.headers ?? []).flatMap(([name, value]) =>
    secretHeader.test(name) && value.length >= SECRET_LENGTH_MIN ? [value] : [],
  );
  const redacted = (value: string): string => {
    const plain = secrets.reduce((text, secret) => text.replaceAll(secret, REDACTED), value);
    return redactText(plain).replace(secretVariable, `$1${REDACTED}`);
  };
  return { ...template, lines: template.lines.map((line) => ({ ...line, value: redacted(line.value) })) };
}

/** Only an integration's reasons quote others; a flood of 404 and 429 is not searched. */
export function redactReason(reason: string, refusedAt: StageName | undefined): string {
  return refusedAt === 'route' || refusedAt === 'throttle' ? reason : redactText(reason);
}

function redactMessage(message: CapturedMessage | undefined): CapturedMessage | undefined {
  if (message === undefined) return undefined;
  return {
    ...message,
    headers: message.headers.map(([name, value]) => (secretHeader.test(name) ? [name, REDACTED] : [name, value])),
    body: message.bodyEncoding === 'utf8' && message.body !== undefined ? redactText(message.body) : message.body,
  };
}

/** JSON members, escaped JSON members and form fields whose names say that they are secret. */
export function redactText(text: string): string {
  return redactPlain(text.includes('"isBase64Encoded":true') ? text.replace(encodedBody, redactEncoded) : text);
}

/** The body of an event or of a function's answer, when it is base64: a posted form, for one. */
const encodedBody = /("body":")([A-Za-z0-9+/]*)/g;

function redactEncoded(whole: string, member: string, base64: string): string {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const redacted = redactPlain(text);
  return redacted === text ? whole : member + Buffer.from(redacted, 'utf8').toString('base64').replace(/=+$/, '');
}

function redactPlain(text: string): string {
  return text
    .replace(secretMember, `"$1"$2"${REDACTED}"`)
    .replace(secretEscapedMember, `\\"$1\\"$2\\"${REDACTED}\\"`)
    .replace(secretFormField, `$1${REDACTED}`);
}
