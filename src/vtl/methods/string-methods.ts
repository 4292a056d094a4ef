// java.lang.String.

import { CountedWork } from '../../json-path/counted-work.ts';
import { doubleOf, isJsonNumber, type JsonNumber } from '../../json-path/json-value.ts';
import { compileSafeRegex, type RegexMatch, regexFaultText, type SafeRegex } from '../../safe-regex/safe-regex.ts';
import { textOf } from '../print-value.ts';
import { COMPILE_STEPS, type Run } from '../run.ts';
import { JavaArray, listOf, type Value } from '../vtl-value.ts';
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
  'charAt(i)': (self, [index]) => unitAt(self, index),
  'codePointAt(i)': (self, [index]) => unitAt(self, index) && (self.codePointAt(index) as number),
  'substring(i)': (self, [from]) => cut(self, from, self.length),
  'substring(ii)': (self, [from, to]) => cut(self, from, to),
  'subSequence(ii)': (self, [from, to]) => cut(self, from, to),
  'indexOf(s)': (self, [text], run) => scanned(self, run).indexOf(text),
  'indexOf(si)': (self, [text, from], run) => scanned(self, run).indexOf(text, from),
  'lastIndexOf(s)': (self, [text], run) => scanned(self, run).lastIndexOf(text),
  'lastIndexOf(si)': (self, [text, from], run) => (from < 0 ? -1 : scanned(self, run).lastIndexOf(text, from)),
  'indexOf(i)': (self, [code], run) => scanned(self, run).indexOf(String.fromCodePoint(Math.max(0, Math.min(code, 0x10ffff)))),
  'contains(s)': (self, [text], run) => scanned(self, run).includes(text),
  'startsWith(s)': (self, [text]) => self.startsWith(text),
  'startsWith(si)': (self, [text, from]) => from >= 0 && from <= self.length && self.startsWith(text, from),
  'endsWith(s)': (self, [text]) => self.endsWith(text),
  'equals(o)': (self, [other]) => self === other,
  'contentEquals(s)': (self, [other]) => self === other,
  'equalsIgnoreCase(o)': (self, [other]) => typeof other === 'string' && folded(self) === folded(other),
  'compareTo(s)': (self, [other]) => compare(self, other),
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
  'format(so*)': (_self, [format, ...args], run) => run.made(formatted(format, args, run)),
});

function scanned(text: string, run: Run): string {
  run.step(1 + (text.length >> 6));
  return text;
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
  const list = new JavaArray();
  list.push(...listOf(parts));
  return list;
}

/** Java's hashCode of a text. */
export function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0;
  return hash;
}

/** `%s %d %x %f %%` with width, zeros and precision; another conversion is refused by name. */
function formatted(format: string, args: readonly Value[], run: Run): string {
  let used = 0;
  let length = 0;
  return format.replace(/%([-0]*)([0-9]{0,3})(?:\.([0-9]{1,2}))?(.?)/gs, (_whole, flags, width, precision, conversion) => {
    if (conversion === '%') return '%';
    if (conversion === 'n') return '\n';
    if (used >= args.length) throw failed(`Format specifier '%${conversion}'`);
    const text = converted(conversion, args[used++], precision, run);
    const size = Number(width || 0);
    length += Math.max(size, text.length);
    if (length > run.limits.outputBytesMax) run.tooLong();
    if (flags.includes('-')) return text.padEnd(size);
    if (!flags.includes('0')) return text.padStart(size);
    return text.startsWith('-') ? `-${text.slice(1).padStart(size - 1, '0')}` : text.padStart(size, '0');
  });
}

function converted(conversion: string, value: Value, precision: string | undefined, run: Run): string {
  switch (conversion) {
    case 's':
    case 'S': {
      const text = textOf(value, run).slice(0, precision === undefined ? undefined : Number(precision));
      return conversion === 'S' ? text.toUpperCase() : text;
    }
    case 'd':
      if (isJsonNumber(value) && Number.isInteger(doubleOf(value))) return textOf(value, run);
      break;
    case 'x':
      if (typeof value === 'number') return (value >>> 0).toString(16);
      break;
    case 'f':
      if (isJsonNumber(value)) return doubleOf(value as JsonNumber).toFixed(Number(precision ?? 6));
      break;
    case 'b':
      return String(typeof value === 'boolean' ? value : value !== null && value !== undefined);
    default:
      throw failed(`The conversion %${conversion} is not supported.`);
  }
  throw failed(`${conversion} != ${typeof value}`);
}
