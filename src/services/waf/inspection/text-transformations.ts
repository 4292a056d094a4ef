// Text transformations: what is hidden by encodings is made plain before rules look at it. Each works over latin1 text, one character
// for each byte, in time linear in it.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html

import { createHash } from 'node:crypto';
import type { TextTransformationType } from '@aws-sdk/client-wafv2';
import {
  cssDecode,
  escapeSequencesDecode,
  javaScriptDecode,
  javaScriptDecodeExtended,
} from './transformations/backslash-decode.ts';
import { base64Decode, base64DecodeExtended, hexDecode, sqlHexDecode, utf8ToUnicode } from './transformations/binary-decode.ts';
import { ByteWriter } from './transformations/byte-writer.ts';
import { commandLine, commandLineUnix, commandLineWindows } from './transformations/command-line.ts';
import { removeCommentCharacters, replaceComments } from './transformations/comments.ts';
import { htmlEntityDecode } from './transformations/html-entities.ts';
import { normalizePath, normalizePathWindows } from './transformations/normalize-path.ts';
import { urlDecode, urlDecodeUnicode } from './transformations/url-decode.ts';
import { compressWhiteSpace, removeWhiteSpace, trim, trimLeft, trimRight } from './transformations/white-space.ts';

export type TransformText = (text: string) => string;

/** So many times its length may a text become, or DIGEST_LENGTH_MAX when that is more. */
export const TEXT_GROWTH_MAX = 3;
export const DIGEST_LENGTH_MAX = 32;

export const TEXT_TRANSFORMATIONS: Readonly<Record<TextTransformationType, TransformText>> = {
  NONE: (text) => text,
  BASE64_DECODE: base64Decode,
  BASE64_DECODE_EXT: base64DecodeExtended,
  CMD_LINE: commandLine,
  CMD_LINE_UNIX: commandLineUnix,
  CMD_LINE_WIN: commandLineWindows,
  COMPRESS_WHITE_SPACE: compressWhiteSpace,
  CSS_DECODE: cssDecode,
  ESCAPE_SEQ_DECODE: escapeSequencesDecode,
  HEX_DECODE: hexDecode,
  HTML_ENTITY_DECODE: htmlEntityDecode,
  JS_DECODE: javaScriptDecode,
  JS_DECODE_EXT: javaScriptDecodeExtended,
  LOWERCASE: lowerCase,
  MD5: (text) => digest('md5', text),
  NORMALIZE_PATH: normalizePath,
  NORMALIZE_PATH_WIN: normalizePathWindows,
  REMOVE_COMMENTS_CHAR: removeCommentCharacters,
  REMOVE_NULLS: (text) => text.replaceAll('\0', ''),
  REMOVE_WHITESPACE: removeWhiteSpace,
  REPLACE_COMMENTS: replaceComments,
  REPLACE_NULLS: (text) => text.replaceAll('\0', ' '),
  SHA256: (text) => digest('sha256', text),
  SQL_HEX_DECODE: sqlHexDecode,
  TRIM: trim,
  TRIM_LEFT: trimLeft,
  TRIM_RIGHT: trimRight,
  UPPERCASE: upperCase,
  URL_DECODE: urlDecode,
  URL_DECODE_UNI: urlDecodeUnicode,
  UTF8_TO_UNICODE: utf8ToUnicode,
};

interface Transformation<Type extends string> {
  readonly Priority: number | undefined;
  readonly Type: Type | undefined;
}

/** The names of what is done, the lowest priority first; without NONE, which is nothing. */
export function inOrder<Type extends string>(transformations: readonly Transformation<Type>[] | undefined): readonly Type[] {
  return (transformations ?? [])
    .toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))
    .flatMap(({ Type: type }) => (type === undefined || type === 'NONE' ? [] : [type]));
}

/** The letters of ASCII only: other bytes are parts of characters, and toLowerCase would change them. */
export function lowerCase(text: string): string {
  return isAscii(text) ? text.toLowerCase() : moved(text, 65, 32);
}

function upperCase(text: string): string {
  return isAscii(text) ? text.toUpperCase() : moved(text, 97, -32);
}

/** With the twenty-six letters from `first` on moved by `distance`. */
function moved(text: string, first: number, distance: number): string {
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    out.put(unit >= first && unit < first + 26 ? unit + distance : unit);
  }
  return out.toString();
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(text, 'latin1').digest('latin1');
}
