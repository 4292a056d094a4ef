// Encodings of bytes: BASE64_DECODE, BASE64_DECODE_EXT, HEX_DECODE, SQL_HEX_DECODE, UTF8_TO_UNICODE.

import { ByteWriter } from './byte-writer.ts';
import { hexNumber } from './hex-digits.ts';

/** As much as is Base64: the first other character ends it. */
export function base64Decode(text: string): string {
  const end = text.search(/[^A-Za-z0-9+/]/);
  return fromBase64(end === -1 ? text : text.slice(0, end));
}

/** What is no Base64 is left out. */
export function base64DecodeExtended(text: string): string {
  return fromBase64(text.replace(/[^A-Za-z0-9+/]+/g, ''));
}

/** As many pairs of hexadecimal digits as there are. */
export function hexDecode(text: string): string {
  const out = new ByteWriter(text.length >> 1);
  for (let i = 0; ; i += 2) {
    const byte = hexNumber(text, i, 2);
    if (byte === -1) return out.toString();
    out.put(byte);
  }
}

/** `0x414243` anywhere in the text. */
export function sqlHexDecode(text: string): string {
  if (!text.includes('0x') && !text.includes('0X')) return text;
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; ) {
    const prefixed = text[i] === '0' && (text[i + 1] === 'x' || text[i + 1] === 'X');
    let byte = prefixed ? hexNumber(text, i + 2, 2) : -1;
    if (byte === -1) {
      out.put(text.charCodeAt(i++));
      continue;
    }
    for (i += 2; byte !== -1; byte = hexNumber(text, i, 2)) {
      out.put(byte);
      i += 2;
    }
  }
  return out.toString();
}

/** `%uHHHH` for each character that is more than one byte of UTF-8. Overlong forms too: they are a way to hide a character. */
export function utf8ToUnicode(text: string): string {
  if (!/[\xc0-\xf7]/.test(text)) return text;
  // Two bytes become six characters, which is the worst.
  const out = new ByteWriter(text.length * 3);
  for (let i = 0; i < text.length; ) {
    const lead = text.charCodeAt(i);
    const following = lead < 0xc0 || lead > 0xf7 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let code = lead & (0x3f >> following);
    let end = i + 1;
    for (; end <= i + following; end++) {
      const unit = text.charCodeAt(end);
      if (!(unit >= 0x80 && unit <= 0xbf)) break;
      code = (code << 6) | (unit & 0x3f);
    }
    if (following === 0 || end <= i + following) out.put(text.charCodeAt(i++));
    else {
      out.putText(`%u${code.toString(16).padStart(4, '0')}`);
      i = end;
    }
  }
  return out.toString();
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}
