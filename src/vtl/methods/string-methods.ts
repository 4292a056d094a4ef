// java.lang.String.

import { CountedWork } from '../../json-path/counted-work.ts';
import { compileSafeRegex, type RegexMatch, regexFaultText, type SafeRegex } from '../../safe-regex/safe-regex.ts';
import { textOf } from '../print-value.ts';
import { COMPILE_STEPS, type Run } from '../run.ts';
import { JavaArray, JavaCharacter, toElement, type Value } from '../vtl-value.ts';
import { javaFormat } from './java-format.ts';
import { failed, methodTable } from './method-table.ts';

export const stringMethods = methodTable<string>({
  'length()': (self) => self.length,
  'isEmpty()': (self) => self === '',
  'isBlank()': (self, _args, run) => scanned(self, run).trim() === '',
  'trim()': (self, _args, run) => trimmed(scanned(self, run)),
  'strip()': (self, _args, run) => scanned(self, run).trim(),
  'stripLeading()': (self, _args, run) => scanned(self, run).trimStart(),
  'stripTrailing()': (self, _args, run) => scanned(self, run).trimEnd(),
  'toString()': (self) => self,
  'intern()': (self) => self,
  'toUpperCase()': (self, _args, run) => run.made(self.toUpperCase()),
  'toLowerCase()': (self, _args, run) => run.made(self.toLowerCase()),
  'charAt(i)': (self, [index]) => new JavaCharacter(unitAt(self, index)),
  'toCharArray()': (self, _args, run) => charactersOf(scanned(self, run), run),
  'getBytes()': (self, _args, run) => bytesOf(self, run),
  'getBytes(s)': (self, [charset], run) => {
    if (!/^utf-?8$/i.test(charset)) throw failed(`The character set ${charset} is not supported.`);
    return bytesOf(self, run);
  },
  'codePointAt(i)': (self, [index]) => unitAt(self, index) && (self.codePointAt(index) as number),
  'substring(i)': (self, [from]) => cut(self, from, self.length),
  'substring(ii)': (self, [from, to]) => cut(self, from, to),
  'subSequence(ii)': (self, [from, to]) => cut(self, from, to),
  'indexOf(s)': (self, [text], run) => scanned(self, run).indexOf(text),
  'indexOf(si)': (self, [text, from], run) => scanned(self, run).indexOf(text, from),
  'lastIndexOf(s)': (self, [text], run) => scanned(self, run).lastIndexOf(text),
  'lastIndexOf(si)': (self, [text, from], run) => (from < 0 ? -1 : scanned(self, run).lastIndexOf(text, from)),
  'indexOf(i)': (self, [code], run) => scanned(self, run).indexOf(characterOf(code)),
  'lastIndexOf(i)': (self, [code], run) => scanned(self, run).lastIndexOf(characterOf(code)),
  'contains(s)': (self, [text], run) => scanned(self, run).includes(text),
  'startsWith(s)': (self, [text]) => self.startsWith(text),
  'startsWith(si)': (self, [text, from]) => from >= 0 && from <= self.length && self.startsWith(text, from),
  'endsWith(s)': (self, [text]) => self.endsWith(text),
  'equals(o)': (self, [other]) => self === other,
  'contentEquals(s)': (self, [other]) => self === other,
  'equalsIgnoreCase(o)': (self, [other]) => typeof other === 'string' && folded(self) === folded(other),
  'compareTo(o)': (self, [other]) => compare(self, textGiven(other)),
  'compareToIgnoreCase(s)': (self, [other]) => compare(folded(self), folded(other)),
  'concat(s)': (self, [other], run) => run.made(self + other),
  'repeat(i)': (self, [count], run) => repeated(self, count, run),
  'replace(ss)': (self, [from, to], run) => replaced(self, from, to, run),
  'replaceAll(ss)': (self, [pattern, to], run) =>
    replacedByPattern(self, patternOf(pattern, run), to, run, Number.POSITIVE_INFINITY),
  'replaceFirst(ss)': (self, [pattern, to], run) => replacedByPattern(self, patternOf(pattern, run), to, run, 1),
  'matches(s)': (self, [pattern], run) => patternOf(pattern, run).matches(scanned(self, run), new CountedWork(run)),
  'split(s)': (self, [pattern], run) => split(self, patternOf(pattern, run), 0, run),
  'split(si)': (self, [pattern, limit], run) => split(self, patternOf(pattern, run), limit, run),
  'hashCode()': (self, _args, run) => hashOf(scanned(self, run)),
  // Static methods, which Velocity calls on an instance.
  'valueOf(o)': (_self, [value], run) => run.made(textOf(value, run)),
  'join(ss*)': (_self, [separator, ...parts], run) => joined(separator, parts, run),
  'join(sl)': (_self, [separator, parts], run) => joined(separator, parts, run),
  'format(so*)': (_self, [format, ...args], run) => run.made(javaFormat(format, args, run)),
});

/** As a UTF-16 unit, where Java has a char; each of its static methods looks at what it is given. */
export const characterMethods = methodTable<JavaCharacter>({
  'charValue()': (self) => self,
  'toString()': (self) => self.text,
  'hashCode()': (self) => self.text.charCodeAt(0),
  'equals(o)': (self, [other]) => other instanceof JavaCharacter && other.text === self.text,
  'compareTo(o)': (self, [other]) => compare(self.text, characterGiven(other)),
  'isDigit(c)': (_self, [other]) => /\p{Nd}/u.test(other.text),
  'isLetter(c)': (_self, [other]) => /\p{L}/u.test(other.text),
  'isLetterOrDigit(c)': (_self, [other]) => /[\p{L}\p{Nd}]/u.test(other.text),
  'isUpperCase(c)': (_self, [other]) => /\p{Uppercase}/u.test(other.text),
  'isLowerCase(c)': (_self, [other]) => /\p{Lowercase}/u.test(other.text),
  'isWhitespace(c)': (_self, [other]) =>
    /[\p{Z}\t-\r\u001c-\u001f]/u.test(other.text) && !/[\u00a0\u2007\u202f]/.test(other.text),
  'toUpperCase(c)': (_self, [other]) => new JavaCharacter(other.text.toUpperCase()),
  'toLowerCase(c)': (_self, [other]) => new JavaCharacter(other.text.toLowerCase()),
  'getNumericValue(c)': (_self, [other]) => (/[0-9a-zA-Z]/.test(other.text) ? Number.parseInt(other.text, 36) : -1),
});

function textGiven(value: Value): string {
  if (typeof value === 'string') return value;
  throw failed('A String is compared with another String only.');
}

function characterGiven(value: Value): string {
  if (value instanceof JavaCharacter) return value.text;
  throw failed('A Character is compared with another Character only.');
}

function arrayOf(items: readonly Value[], run: Run): JavaArray {
  run.step(items.length);
  const array = new JavaArray();
  for (let index = 0; index < items.length; index++) array[index] = toElement(items[index]);
  return array;
}

/** Its UTF-16 units, as Java's chars are. */
function charactersOf(text: string, run: Run): JavaArray {
  return arrayOf(
    Array.from({ length: text.length }, (_, at) => new JavaCharacter(text.charAt(at))),
    run,
  );
}

/** Java's bytes have a sign. */
function bytesOf(text: string, run: Run): JavaArray {
  return arrayOf(
    [...Buffer.from(text, 'utf8')].map((byte) => (byte << 24) >> 24),
    run,
  );
}

function scanned(text: string, run: Run): string {
  run.step(1 + (text.length >> 6));
  return text;
}

function characterOf(code: number): string {
  return String.fromCodePoint(Math.max(0, Math.min(code, 0x10ffff)));
}

/** Java's trim takes every character up to the blank. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return text.slice(start, end);
}

function unitAt(text: string, index: number): string {
  if (index < 0 || index >= text.length) throw failed(`String index out of range: ${index}`);
  return text.charAt(index);
}

function cut(text: string, from: number, to: number): string {
  if (from < 0 || to > text.length || from > to) throw failed(`begin ${from}, end ${to}, length ${text.length}`);
  return text.slice(from, to);
}

function folded(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/** The difference of the first units that differ, else of the lengths. */
function compare(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = left.charCodeAt(at) - right.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function repeated(text: string, count: number, run: Run): string {
  if (count < 0) throw failed(`count is negative: ${count}`);
  if (text.length * count > run.limits.outputBytesMax) run.tooLong();
  return run.made(text.repeat(count));
}

/** Piece by piece, so that it ends when it becomes too long. */
function replaced(text: string, from: string, to: string, run: Run): string {
  let made = '';
  let copied = 0;
  for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, from === '' ? at + 1 : copied)) {
    made += text.slice(copied, at) + to;
    if (made.length > run.limits.outputBytesMax) run.tooLong();
    run.step();
    copied = at + from.length;
    if (from === '' && at >= text.length) break;
  }
  return run.made(made + text.slice(copied));
}

function joined(separator: string, parts: readonly Value[], run: Run): string {
  let made = '';
  for (let index = 0; index < parts.length; index++) {
    if (index > 0) made += separator;
    made += textOf(parts[index], run);
    run.step();
    if (made.length > run.limits.outputBytesMax) run.tooLong();
  }
  return run.made(made);
}

/** Compiled patterns of all templates; few, and they come again. */
const patterns = new Map<string, SafeRegex>();
const PATTERNS_MAX = 200;

function patternOf(source: string, run: Run): SafeRegex {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  run.step(COMPILE_STEPS);
  const compiled = compileSafeRegex(source);
  if (compiled.regex === undefined) {
    throw failed(`The regular expression ${JSON.stringify(source.slice(0, 60))}: ${regexFaultText(compiled.fault)}`);
  }
  if (patterns.size >= PATTERNS_MAX) patterns.clear();
  patterns.set(source, compiled.regex);
  return compiled.regex;
}

function replacedByPattern(text: string, pattern: SafeRegex, to: string, run: Run, countMax: number): string {
  let made = '';
  let copied = 0;
  let from = 0;
  for (let count = 0; count < countMax && from <= text.length; count++) {
    run.step();
    const found = pattern.exec(text, from, new CountedWork(run));
    if (found === undefined) break;
    const { start, end } = found;
    made += text.slice(copied, start) + expanded(to, found, pattern, run);
    if (made.length > run.limits.outputBytesMax) run.tooLong();
    copied = end;
    from = end > start ? end : end + 1;
  }
  return run.made(made + text.slice(copied));
}

/** `$1`, `${name}` and `\x` of a replacement. */
function expanded(to: string, found: RegexMatch, pattern: SafeRegex, run: Run): string {
  if (!to.includes('$') && !to.includes('\\')) return to;
  let made = '';
  for (let at = 0; at < to.length; at++) {
    const letter = to.charAt(at);
    if (letter === '\\') {
      at++;
      if (at >= to.length) throw failed('character to be escaped is missing');
      made += to.charAt(at);
    } else if (letter === '$') {
      const [group, length] = groupReference(to, at + 1, found.groups.length - 1, pattern);
      at += length;
      made += found.groups[group] ?? '';
      run.step();
      if (made.length > run.limits.outputBytesMax) run.tooLong();
    } else made += letter;
  }
  return made;
}

/** Behind a `$`: digits as far as there are groups, or a name in braces. */
function groupReference(to: string, at: number, groups: number, pattern: SafeRegex): [group: number, length: number] {
  const name = /^\{([a-zA-Z][a-zA-Z0-9]*)\}/.exec(to.slice(at, at + 100));
  if (name !== null) {
    const named = pattern.groupNames.get(name[1] as string);
    if (named === undefined) throw failed(`No group with name {${name[1]}}`);
    return [named, name[0].length];
  }
  const digit = (index: number) => (/[0-9]/.test(to.charAt(index)) ? Number(to.charAt(index)) : -1);
  let group = digit(at);
  if (group < 0) throw failed('Illegal group reference');
  if (group > groups) throw failed(`No group ${group}`);
  let length = 1;
  for (let next = digit(at + length); next >= 0 && group * 10 + next <= groups; next = digit(at + length)) {
    group = group * 10 + next;
    length++;
  }
  return [group, length];
}

/** Java's split: no empty text at the end without a limit, none at the beginning for a match of no width. */
function split(text: string, pattern: SafeRegex, limit: number, run: Run): JavaArray {
  const parts: string[] = [];
  let copied = 0;
  let from = 0;
  while (from <= text.length && (limit <= 0 || parts.length < limit - 1)) {
    run.step();
    const found = pattern.exec(text, from, new CountedWork(run));
    if (found === undefined) break;
    const { start, end } = found;
    if (end === start && (start >= text.length || end === 0)) {
      from = end + 1;
      continue;
    }
    parts.push(text.slice(copied, start));
    run.step();
    copied = end;
    from = end > start ? end : end + 1;
  }
  parts.push(text.slice(copied));
  if (limit === 0 && parts.length > 1) while (parts.length > 0 && parts.at(-1) === '') parts.pop();
  return arrayOf(parts, run);
}

/** Java's hashCode of a text. */
export function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0;
  return hash;
}
