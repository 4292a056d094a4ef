// HTML_ENTITY_DECODE.

import { ByteWriter } from './byte-writer.ts';
import { hexNumber, isHexDigit } from './hex-digits.ts';

/**
 * By names in small letters. AWS: these, whatever the case of their letters. Seen: the developer guide, "Using text transformations",
 * which prints `\` for `&apos;` and means the apostrophe.
 */
const NAMED = new Map<string, string>(
  Object.entries({
    ...{ quot: '"', amp: '&', lt: '<', gt: '>', nbsp: '\xa0', nonbreakingspace: '\xa0', newline: '\n', tab: '\t' },
    ...{ lcub: '{', lbrace: '{', verbar: '|', vert: '|', verticalline: '|', rcub: '}', rbrace: '}', excl: '!', num: '#' },
    ...{ dollar: '$', percent: '%', percnt: '%', apos: "'", lpar: '(', rpar: ')', ast: '*', midast: '*', plus: '+' },
    ...{ comma: ',', period: '.', sol: '/', colon: ':', semi: ';', equals: '=', quest: '?', tilde: '~', diacriticaltilde: '~' },
    ...{ minus: '-', lsqb: '[', lbrack: '[', bsol: '\\', rsqb: ']', rbrack: ']', hat: '^', lowbar: '_', underbar: '_' },
    ...{ grave: '`', diacriticalgrave: '`' },
  }),
);
const NAME_LENGTH_MAX = 16;
/** Browsers take these without their semicolon. */
const UNENDED = /^(?:quot|amp|lt|gt|nbsp)/i;

const AMPERSAND = 38;

export function htmlEntityDecode(text: string): string {
  if (!text.includes('&')) return text;
  const out = new ByteWriter(text.length);
  for (let i = 0; i < text.length; ) {
    const unit = text.charCodeAt(i);
    const end = unit !== AMPERSAND ? i : text[i + 1] === '#' ? putNumeric(text, i, out) : putNamed(text, i, out);
    if (end === i) out.put(unit);
    i = end === i ? i + 1 : end;
  }
  return out.toString();
}

/** Writes the character of `&#60;` or `&#x3c;`; where the text goes on, which is `at` when it was none. */
function putNumeric(text: string, at: number, out: ByteWriter): number {
  const hex = text[at + 2] === 'x' || text[at + 2] === 'X';
  const start = at + (hex ? 3 : 2);
  let end = start;
  let code = 0;
  for (; hex ? isHexDigit(text, end) : isDigit(text, end); end++) {
    // Any number of zeros may lead; more than the largest code is none.
    code = Math.min(code * (hex ? 16 : 10) + hexNumber(text, end, 1), 0x110000);
  }
  if (end === start || code > 0x10ffff) return at;
  if (code < 256) out.put(code);
  else for (const byte of Buffer.from(String.fromCodePoint(code))) out.put(byte);
  return text[end] === ';' ? end + 1 : end;
}

function putNamed(text: string, at: number, out: ByteWriter): number {
  const candidate = text.slice(at + 1, at + 2 + NAME_LENGTH_MAX);
  const semicolon = candidate.indexOf(';');
  const name = semicolon === -1 ? undefined : candidate.slice(0, semicolon).toLowerCase();
  const character = name === undefined ? undefined : NAMED.get(name);
  if (character !== undefined) {
    out.putText(character);
    return at + 2 + semicolon;
  }
  const unended = UNENDED.exec(candidate)?.[0];
  if (unended === undefined) return at;
  out.putText(NAMED.get(unended.toLowerCase()) ?? '');
  return at + 1 + unended.length;
}

function isDigit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 48 && unit <= 57;
}
