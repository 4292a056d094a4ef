// Writes a document as json-smart does: no blanks, `/` and the control and format characters escaped.

import { isJsonNumber, JsonDouble, type JsonValue, numberText } from './json-value.ts';

export interface PrintGuard {
  /** Called for every value with its depth; it may throw, which ends the writing (a template can build a cycle). */
  visit(depth: number): void;
}

export function printJson(value: JsonValue, guard: PrintGuard = noGuard, depth = 0): string {
  guard.visit(depth);
  if (typeof value === 'string') return jsonString(value);
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isJsonNumber(value)) return value instanceof JsonDouble && !Number.isFinite(value.value) ? 'null' : numberText(value);
  if (Array.isArray(value)) {
    let text = '[';
    for (let index = 0; index < value.length; index++) {
      if (index > 0) text += ',';
      text += printJson(value[index] as JsonValue, guard, depth + 1);
    }
    return `${text}]`;
  }
  if (value instanceof Map) {
    let text = '{';
    for (const [name, member] of value) {
      if (text.length > 1) text += ',';
      text += `${jsonString(typeof name === 'string' ? name : nameText(name))}:${printJson(member, guard, depth + 1)}`;
    }
    return `${text}}`;
  }
  // A template can put one of its own objects into a list; json-smart writes its text.
  return jsonString(String(value));
}

const noGuard: PrintGuard = {
  visit(depth) {
    if (depth > 1000) throw new RangeError('The document is too deep to be written.');
  },
};

function nameText(name: unknown): string {
  return isJsonNumber(name) ? numberText(name) : String(name);
}

export function jsonString(text: string): string {
  return isPlain(text) || !needsEscape.test(text) ? `"${text}"` : `"${text.replace(escaped, escapeOf)}"`;
}

/** Most texts are short and ASCII: a loop over them costs less than to call a regular expression. */
function isPlain(text: string): boolean {
  const { length } = text;
  if (length > 200) return false;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code > 126 || code === 34 || code === 47 || code === 92) return false;
  }
  return true;
}

const needsEscape = /["\\/\u0000-\u001f\u007f-\u009f\u2000-\u20ff]/;
const escaped = /["\\/\u0000-\u001f\u007f-\u009f\u2000-\u20ff]/g;

const short: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escapeOf(letter: string): string {
  return short.get(letter) ?? `\\u${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
