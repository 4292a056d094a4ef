// URL_DECODE and URL_DECODE_UNI. What is no escape stays; a plus sign is a space, as in forms.

import { ByteWriter } from './byte-writer.ts';
import { hexNumber, lowByte } from './hex-digits.ts';

const PLUS = 43;
const PERCENT = 37;
const SPACE = 32;

/** `%HH`. */
export function urlDecode(text: string): string {
  return decoded(text, false);
}

/** `%HH`, and the `%uHHHH` of Microsoft's servers. */
export function urlDecodeUnicode(text: string): string {
  return decoded(text, true);
}

function decoded(text: string, unicode: boolean): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit !== PERCENT) {
      out.put(unit === PLUS ? SPACE : unit);
      continue;
    }
    const wide = unicode && (text[i + 1] === 'u' || text[i + 1] === 'U') ? hexNumber(text, i + 2, 4) : -1;
    const byte = wide === -1 ? hexNumber(text, i + 1, 2) : lowByte(wide);
    out.put(byte === -1 ? unit : byte);
    if (wide !== -1) i += 5;
    else if (byte !== -1) i += 2;
  }
  return out.toString();
}
