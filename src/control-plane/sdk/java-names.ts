// Names and strings of Java.

import { camelName } from './identifiers.ts';

// The Java Language Specification, 3.9.
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally float ' +
    'for goto if implements import instanceof int interface long native new package private protected public return short static ' +
    'strictfp super switch synchronized this throw throws transient try void volatile while true false null _'
  ).split(' '),
);

/** `X-Kind` -> `xKind`; no keyword of Java. */
export function javaMemberName(text: string): string {
  const name = camelName(text);
  // `getClass` is every object's own.
  return KEYWORDS.has(name) || name === 'class' ? `_${name}` : name;
}

/** `int` and `class` name nothing of one's own. */
export function isJavaKeyword(text: string): boolean {
  return KEYWORDS.has(text);
}

/** Whether Java takes it for the name of a package. */
export function isJavaPackage(text: string): boolean {
  return /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(text) && !text.split('.').some(isJavaKeyword);
}

/** A string of Java, as its source has it. */
export function javaText(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, '\\$&').replaceAll(/[^ -~]/g, (character) => {
    const code = character.charCodeAt(0);
    // Unicode escapes are read before anything else: one for a line feed would end the line.
    return code < 0x80 ? `\\${code.toString(8).padStart(3, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
