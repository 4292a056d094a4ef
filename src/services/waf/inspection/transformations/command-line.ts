// CMD_LINE, CMD_LINE_UNIX, CMD_LINE_WIN: commands as shells understand them, without what hides them.

import { ByteWriter } from './byte-writer.ts';
import { isSpace, trim } from './white-space.ts';

const SPACE = 32;
const BACKSLASH = 92;

/** Deletes `\ " ' ^` and spaces before `/` and `(`; `,` and `;` are spaces; several spaces are one; small letters. */
export function commandLine(text: string): string {
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if ('\\"\'^'.includes(character)) continue;
    if (character === ',' || character === ';' || isSpace(text.charCodeAt(i))) putSpace(out);
    else {
      if ((character === '/' || character === '(') && out.last === SPACE) out.dropLast();
      out.put(lowerCase(text.charCodeAt(i)));
    }
  }
  return out.toString();
}

/** Deletes `\ " '`; several white spaces are one space, none at either end; small letters. */
export function commandLineUnix(text: string): string {
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ('\\"\''.includes(text.charAt(i))) continue;
    if (isSpace(unit)) putSpace(out);
    else out.put(lowerCase(unit));
  }
  return trim(out.toString());
}

/** Deletes `" ' ^` and the back-tick of PowerShell, and line ends after `^`; several backslashes are one; the rest as for Unix. */
export function commandLineWindows(text: string): string {
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const character = text.charAt(i);
    if (character === '^') {
      if (text[i + 1] === '\n') i++;
      else if (text[i + 1] === '\r' && text[i + 2] === '\n') i += 2;
    } else if ('"\'`'.includes(character)) continue;
    else if (isSpace(unit)) putSpace(out);
    else if (unit !== BACKSLASH || out.last !== BACKSLASH) out.put(lowerCase(unit));
  }
  return trim(out.toString());
}

function putSpace(out: ByteWriter): void {
  if (out.last !== SPACE) out.put(SPACE);
}

function lowerCase(unit: number): number {
  return unit >= 65 && unit <= 90 ? unit + 32 : unit;
}
