// What is undone in a part of a request before a statement looks at it. Every transformation takes time linear in the text.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html
// AWS names ModSecurity's transformations and says little more; where it is silent theirs is what happens here. Text is latin1: one
// character for each byte.

import { createHash } from 'node:crypto';
import type { TextTransformationDocument } from '../rule-document.ts';
import { cssDecode, escapeSequenceDecode, htmlEntityDecode, jsDecode, urlDecode } from './decodings.ts';
import { normalizePath } from './normalize-path.ts';

export type Transformation = (text: string) => string;

const transformations: Readonly<Record<string, Transformation>> = {
  NONE: (text) => text,
  LOWERCASE: lowercase,
  UPPERCASE: (text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
  URL_DECODE: (text) => urlDecode(text, false),
  URL_DECODE_UNI: (text) => urlDecode(text, true),
  HTML_ENTITY_DECODE: htmlEntityDecode,
  JS_DECODE: (text) => jsDecode(text, false),
  JS_DECODE_EXT: (text) => jsDecode(text, true),
  CSS_DECODE: cssDecode,
  ESCAPE_SEQ_DECODE: escapeSequenceDecode,
  HEX_DECODE: hexDecode,
  SQL_HEX_DECODE: (text) => text.replace(/0x((?:[0-9a-f]{2})+)/gi, (_, digits: string) => hexDecode(digits)),
  BASE64_DECODE: (text) => base64Decode(text.slice(0, beginningOf(text, /[^A-Za-z0-9+/=]/))),
  BASE64_DECODE_EXT: (text) => base64Decode(text.replace(/[^A-Za-z0-9+/]+/g, '')),
  CMD_LINE: (text) => commandLine(text, /[\\"'^]+/g),
  // AWS says no more than whose shell it is: what that shell drops is dropped.
  CMD_LINE_UNIX: (text) => commandLine(text, /[\\"'`]+|\$(?=['"@*!])/g),
  CMD_LINE_WIN: (text) => commandLine(text, /["^]+/g),
  COMPRESS_WHITE_SPACE: (text) => text.replace(/[\f\t\n\r\v \xa0]+/g, ' '),
  REMOVE_WHITESPACE: (text) => text.replace(/[\f\t\n\r\v \xa0]+/g, ''),
  TRIM: (text) => trimEnd(text.replace(/^[\f\t\n\r\v ]+/, '')),
  TRIM_LEFT: (text) => text.replace(/^[\f\t\n\r\v ]+/, ''),
  TRIM_RIGHT: trimEnd,
  REPLACE_COMMENTS: replaceComments,
  REMOVE_COMMENTS_CHAR: (text) => text.replace(/\/\*|\*\/|--|#/g, ''),
  NORMALIZE_PATH: normalizePath,
  NORMALIZE_PATH_WIN: (text) => normalizePath(text.replaceAll('\\', '/')),
  REMOVE_NULLS: (text) => text.replaceAll('\0', ''),
  REPLACE_NULLS: (text) => text.replaceAll('\0', ' '),
  UTF8_TO_UNICODE: utf8ToUnicode,
  MD5: (text) => createHash('md5').update(text, 'latin1').digest('latin1'),
  SHA256: (text) => createHash('sha256').update(text, 'latin1').digest('latin1'),
};

/** Names of those that change anything, in the order of their priorities. */
export function transformationNames(documents: readonly TextTransformationDocument[] = []): readonly string[] {
  return documents
    .toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))
    .map(({ Type = 'NONE' }) => Type)
    .filter((type) => type !== 'NONE');
}

/** Throws when there is no transformation of a name: a bug, since names are checked when a rule is written. */
export function transformationNamed(name: string): Transformation {
  const transformation = Object.hasOwn(transformations, name) ? transformations[name] : undefined;
  if (transformation === undefined) throw new Error(`There is no text transformation ${name}.`);
  return transformation;
}

/** A-Z alone: other characters are bytes of something. */
function lowercase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

function beginningOf(text: string, end: RegExp): number {
  const at = text.search(end);
  return at < 0 ? text.length : at;
}

function hexDecode(text: string): string {
  return Buffer.from(text.slice(0, beginningOf(text, /[^0-9A-Fa-f]/) & ~1), 'hex').toString('latin1');
}

function base64Decode(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \f\t\n\r\v'.includes(text[end - 1] as string)) end--;
  return text.slice(0, end);
}

/** AWS: what hides a command is deleted, separators and white space become one space, none before `/` and `(`; small letters. */
function commandLine(text: string, hiding: RegExp): string {
  return lowercase(
    text
      .replace(hiding, '')
      .replace(/[,;\f\t\n\r\v ]+/g, ' ')
      .replace(/ (?=[/(])/g, ''),
  );
}

/** AWS: each comment, and one that does not end, becomes one space; an end alone stays. */
function replaceComments(text: string): string {
  let out = '';
  let from = 0;
  for (let start = text.indexOf('/*'); start >= 0; start = text.indexOf('/*', from)) {
    out += `${text.slice(from, start)} `;
    const end = text.indexOf('*/', start + 2);
    if (end < 0) return out;
    from = end + 2;
  }
  return out + text.slice(from);
}

/** Sequences of more than one byte become `%uHHHH`. */
function utf8ToUnicode(text: string): string {
  return text.replace(/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g, (bytes) => {
    const code = Buffer.from(bytes, 'latin1').toString('utf8').codePointAt(0) ?? 0;
    return code === 0xfffd ? bytes : `%u${code.toString(16).padStart(4, '0')}`;
  });
}
