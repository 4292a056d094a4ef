// Escapes of URLs, HTML, JavaScript, CSS and C, undone. One pass over the text each; what is no escape stays as it is.

const latin1 = (code: number): string => String.fromCharCode(code & 0xff);

/** AWS: full-width forms are read as the ASCII they look like, of others the low byte counts. Seen: WAF developer guide. */
function unicode(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return latin1(code >= 0xff01 && code <= 0xff5e ? (code & 0xff) + 0x20 : code);
}

/** `withUnicode`: `%uHHHH`, too. */
export function urlDecode(text: string, withUnicode: boolean): string {
  if (!/[%+]/.test(text)) return text;
  const escapes = withUnicode ? /\+|%u([0-9a-f]{4})|%([0-9a-f]{2})/gi : /\+|%(?!u)()([0-9a-f]{2})/gi;
  return text.replace(escapes, (all, wide: string | undefined, byte: string | undefined) =>
    all === '+' ? ' ' : wide ? unicode(wide) : latin1(Number.parseInt(byte ?? '', 16)),
  );
}

const entities: Readonly<Record<string, number>> = { quot: 0x22, nbsp: 0xa0, lt: 0x3c, gt: 0x3e, amp: 0x26 };

/** The semicolon may be missing, as browsers take it. */
export function htmlEntityDecode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-f]{1,8})|#([0-9]{1,8})|(quot|nbsp|lt|gt|amp));?/gi,
    (_, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (hex !== undefined) return latin1(Number.parseInt(hex, 16));
      return latin1(decimal === undefined ? (entities[(name ?? '').toLowerCase()] ?? 0) : Number.parseInt(decimal, 10));
    },
  );
}

const controls: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** `extended`: `\u{…}` of ES6, too. */
export function jsDecode(text: string, extended: boolean): string {
  if (!text.includes('\\')) return text;
  const escapes = extended
    ? /\\(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,8})\}|x([0-9a-f]{2})|([0-3]?[0-7]{1,2})|([\s\S]))/gi
    : /\\(?:u([0-9a-f]{4})|(?!)()|x([0-9a-f]{2})|([0-3]?[0-7]{1,2})|([\s\S]))/gi;
  return text.replace(escapes, (_, wide?: string, braced?: string, hex?: string, octal?: string, other = '') => {
    if (wide) return unicode(wide);
    if (braced) return unicode(braced);
    if (hex) return latin1(Number.parseInt(hex, 16));
    if (octal) return latin1(Number.parseInt(octal, 8));
    // JavaScript knows no `\a`.
    return other === 'a' ? other : (controls[other] ?? other);
  });
}

/** AWS: of up to six digits the last two count. Seen: WAF developer guide, CSS_DECODE; the rest as CSS 2 has it. */
export function cssDecode(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:([0-9a-f]{1,6})[ \t\r\n\f]?|\r?\n|([\s\S]))/gi,
    (_, hex: string | undefined, other: string | undefined) => {
      if (hex === undefined) return other ?? '';
      const code = Number.parseInt(hex, 16);
      return code >= 0xff01 && code <= 0xff5e ? latin1((code & 0xff) + 0x20) : latin1(Number.parseInt(hex.slice(-2), 16));
    },
  );
}

/** Of ANSI C. */
export function escapeSequenceDecode(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-f]{2})|([0-7]{1,3})|([abfnrtv])|([\\?'"]))/gi,
    (all, hex: string | undefined, octal: string | undefined, letter: string | undefined, other: string | undefined) => {
      if (hex !== undefined) return latin1(Number.parseInt(hex, 16));
      if (octal !== undefined) return latin1(Number.parseInt(octal, 8));
      return letter === undefined ? (other ?? all) : (controls[letter] ?? all);
    },
  );
}
