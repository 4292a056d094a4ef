// CMD_LINE, CMD_LINE_UNIX, CMD_LINE_WIN: commands as shells understand them, without what hides them.

import { ByteWriter } from './byte-writer.ts';
import { isSpace, trim } from './white-space.ts';

const SPACE = 32;
const BACKSLASH = 92;
const CARET = 94;
const SLASH = 47;
const BRACKET = 40;

/** What is done about a byte: it stays, it goes, or it is a space. */
const KEPT = 0;
const DELETED = 1;
const SPACED = 2;

const GENERIC = actions('\\"\'^', ',;');
const UNIX = actions('\\"\'', '');
const WINDOWS = actions('"\'^`', '');

/** Deletes `\ " ' ^` and spaces before `/` and `(`; `,` and `;` are spaces; several spaces are one; small letters. */
export function commandLine(text: string): string {
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit === SLASH || unit === BRACKET) && out.last === SPACE) out.dropLast();
    put(out, unit, GENERIC);
  }
  return out.toString();
}

/** Deletes `\ " '`; several white spaces are one space, none at either end; small letters. */
export function commandLineUnix(text: string): string {
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) put(out, text.charCodeAt(i), UNIX);
  return trim(out.toString());
}

/** Deletes `" ' ^` and the back-tick of PowerShell, and line ends after `^`; several backslashes are one; the rest as for Unix. */
export function commandLineWindows(text: string): string {
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === CARET) i += text[i + 1] === '\n' ? 1 : text[i + 1] === '\r' && text[i + 2] === '\n' ? 2 : 0;
    else if (unit !== BACKSLASH || out.last !== BACKSLASH) put(out, unit, WINDOWS);
  }
  return trim(out.toString());
}

function put(out: ByteWriter, unit: number, actionOf: Uint8Array): void {
  const action = actionOf[unit];
  if (action === KEPT) out.put(unit >= 65 && unit <= 90 ? unit + 32 : unit);
  else if (action === SPACED && out.last !== SPACE) out.put(SPACE);
}

/** For each byte. White space is a space always. */
function actions(deleted: string, spaced: string): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, unit) => {
    if (deleted.includes(String.fromCharCode(unit))) return DELETED;
    return isSpace(unit) || spaced.includes(String.fromCharCode(unit)) ? SPACED : KEPT;
  });
}
