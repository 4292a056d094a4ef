// The values of `format` that json-schema-validator checks in draft-04, as it checks them: each tells what is wrong with a string.
// Every check reads a string once.

import { isIPv4, isIPv6 } from 'node:net';
import { compileSafeRegex } from '../safe-regex/safe-regex.ts';
import { cutText } from './json-value.ts';
import { isUri } from './uri.ts';

export type FormatCheck = (text: string) => string | undefined;

const FORMATS: ReadonlyMap<string, FormatCheck> = new Map<string, FormatCheck>([
  [
    'date-time',
    (text) =>
      isDateTime(text)
        ? undefined
        : `string "${cutText(text)}" is invalid against requested date format(s) ` +
          `[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]`,
  ],
  ['email', notA('is not a valid email address', isEmail)],
  ['hostname', notA('is not a valid hostname', isHostname)],
  ['ipv4', notA('is not a valid IPv4 address', (text) => text.length <= 15 && isIPv4(text))],
  ['ipv6', notA('is not a valid IPv6 address', (text) => text.length <= 45 && !text.includes('%') && isIPv6(text))],
  ['uri', notA('is not a valid URI', isUri)],
  ['regex', notA('is not a valid ECMA 262 regular expression', isRegex)],
  ['uuid', inputNotA('is not a valid UUID', (text) => /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/.test(text))],
  ['mac', inputNotA('is not a valid MAC address', (text) => /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/.test(text))],
  ['json-pointer', inputNotA('is not a valid JSON Pointer', (text) => /^(?:$|\/)/.test(text) && !/~(?![01])/.test(text))],
  ['md5', hexString(32)],
  ['sha1', hexString(40)],
  ['sha256', hexString(64)],
  ['sha512', hexString(128)],
  ['base64', base64Fault],
]);

/** Undefined for a format that is not known: such a `format` says nothing. */
export function formatCheck(format: string): FormatCheck | undefined {
  return FORMATS.get(format);
}

function notA(what: string, test: (text: string) => boolean): FormatCheck {
  return (text) => (test(text) ? undefined : `string "${cutText(text)}" ${what}`);
}

function inputNotA(what: string, test: (text: string) => boolean): FormatCheck {
  return (text) => (test(text) ? undefined : `input string "${cutText(text)}" ${what}`);
}

/** RFC 3339 with a fraction of up to 12 digits; a day that the month has. */
function isDateTime(text: string): boolean {
  const match =
    text.length > 40
      ? null
      : /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d{1,12})?(?:[Zz]|[+-](\d\d):?(\d\d))$/.exec(text);
  if (match === null) return false;
  const [year, month, day, hour, minute, second, offsetHour = 0, offsetMinute = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number, number?, number?];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return false;
  return hour < 24 && minute < 60 && second < 60 && offsetHour < 24 && offsetMinute < 60;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const EMAIL_LENGTH_MAX = 2_000;

/** A local part of atoms or in quotes, and a domain or an address in brackets. */
function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1 || text.length > EMAIL_LENGTH_MAX) return false;
  const local = text.slice(0, at);
  const quoted = /^"(?:[^"\\\r\n]|\\[^\r\n])*"$/.test(local);
  if (!quoted && !/^[^\s()<>,;:\\"[\]@.\x00-\x1f\x7f]+(?:\.[^\s()<>,;:\\"[\]@.\x00-\x1f\x7f]+)*$/.test(local)) return false;
  const domain = text.slice(at + 1);
  return /^\[[0-9A-Fa-f.:]+\]$/.test(domain) || /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/.test(domain);
}

/** AWS: underscores and one label are fine, a last label that begins with a digit is not. Seen: Guava's InternetDomainName. */
function isHostname(text: string): boolean {
  if (text.length > 254) return false;
  const name = text.replace(/[\u3002\uff0e\uff61]/g, '.').replace(/\.$/, '');
  if (name.length === 0 || name.length > 253) return false;
  const labels = name.split('.');
  if (labels.length > 127 || /^\d/.test(labels.at(-1) as string)) return false;
  return labels.every(
    (label) => label.length <= 63 && /^(?![-_])(?:[A-Za-z0-9_-]|[^\x00-\x7f])+$/.test(label) && !/[-_]$/.test(label),
  );
}

/** What the engine here cannot run can still be a regular expression. */
function isRegex(text: string): boolean {
  const compiled = compileSafeRegex(text, { dialect: 'ecma' });
  return compiled.regex !== undefined || compiled.fault.what.includes('not supported');
}

function hexString(length: number): FormatCheck {
  return (text) => {
    if (text.length !== length) return `input string has bad length (${text.length}, expected ${length})`;
    return /^[0-9A-Fa-f]*$/.test(text) ? undefined : 'input string has illegal characters';
  };
}

function base64Fault(text: string): string | undefined {
  if (text.length % 4 !== 0) return `input has illegal length (must be a multiple of 4, found ${text.length})`;
  // The runtime's own engine keeps a place for each character of a repetition: long texts are only searched.
  if (!/[^A-Za-z0-9+/=]|=[^=]|===/.test(text)) return undefined;
  return 'input is not a valid Base64 string: illegal characters';
}
