// What the core knows about header field names: which delimit the message, which belong to one connection only,
// and which carry security and therefore cannot be removed or imitated by tricks.

/** Class of each byte in a field name: 0 not allowed, 1 token character, 2 underscore (allowed, but looked at twice). */
export const tokenClass = new Uint8Array(256);
for (const char of "!#$%&'*+-.^`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  tokenClass[char.charCodeAt(0)] = 1;
tokenClass[0x5f] = 2;

/** What a field means to the core. Everything above `host` is hop-by-hop and never forwarded. */
export const fieldKind = {
  ordinary: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  expect: 5,
  hopByHop: 6,
} as const;

export type FieldKind = (typeof fieldKind)[keyof typeof fieldKind];

/** The kind of the name in `bytes` from `start` to `end`, which is known to be a token. */
export function kindOfName(bytes: Uint8Array, start: number, end: number): FieldKind {
  switch (end - start) {
    case 2:
      return sameBytes(bytes, start, 'te') ? fieldKind.hopByHop : fieldKind.ordinary;
    case 4:
      return sameBytes(bytes, start, 'host') ? fieldKind.host : fieldKind.ordinary;
    case 6:
      return sameBytes(bytes, start, 'expect') ? fieldKind.expect : fieldKind.ordinary;
    case 7:
      return sameBytes(bytes, start, 'upgrade') || sameBytes(bytes, start, 'trailer') ? fieldKind.hopByHop : fieldKind.ordinary;
    case 10:
      if (sameBytes(bytes, start, 'connection')) return fieldKind.connection;
      return sameBytes(bytes, start, 'keep-alive') ? fieldKind.hopByHop : fieldKind.ordinary;
    case 14:
      if (sameBytes(bytes, start, 'content-length')) return fieldKind.contentLength;
      return sameBytes(bytes, start, 'http2-settings') ? fieldKind.hopByHop : fieldKind.ordinary;
    case 17:
      return sameBytes(bytes, start, 'transfer-encoding') ? fieldKind.transferEncoding : fieldKind.ordinary;
    case 16:
      return sameBytes(bytes, start, 'proxy-connection') ? fieldKind.hopByHop : fieldKind.ordinary;
    case 18:
      return sameBytes(bytes, start, 'proxy-authenticate') ? fieldKind.hopByHop : fieldKind.ordinary;
    case 19:
      return sameBytes(bytes, start, 'proxy-authorization') ? fieldKind.hopByHop : fieldKind.ordinary;
    case 25:
      return sameBytes(bytes, start, 'proxy-authentication-info') ? fieldKind.hopByHop : fieldKind.ordinary;
    default:
      return fieldKind.ordinary;
  }
}

/**
 * True when the bytes from `start` on are `lowerName` in any case. Letters differ from their upper case in one bit; setting it turns
 * nothing else that names and values may hold into a letter or a dash.
 */
export function sameBytes(bytes: Uint8Array, start: number, lowerName: string): boolean {
  for (let i = 0; i < lowerName.length; i++) {
    if (((bytes[start + i] as number) | 0x20) !== lowerName.charCodeAt(i)) return false;
  }
  return true;
}

const framingNames: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Shortest and longest length of a framing name, so that most names are told apart without lower-casing them. */
const framingLengths = new Set([...framingNames].map((name) => name.length));

/** True for the fields only the core may write: they delimit the message or belong to one connection. Any case. */
export function isFramingName(name: string): boolean {
  return framingLengths.has(name.length) && framingNames.has(name.toLowerCase());
}

/** Names a `Connection` field cannot remove: who the caller is, what was signed, and what the content is. */
const protectedNames: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'cache-control',
  'client-cert',
  'content-encoding',
  'content-type',
  'cookie',
  'date',
  'forwarded',
  'host',
  'location',
  'origin',
  'range',
  'referer',
  'set-cookie',
  'strict-transport-security',
  'true-client-ip',
  'user-agent',
  'vary',
  'via',
  'www-authenticate',
  'x-api-key',
  'x-real-ip',
]);

const protectedPrefixes = ['access-control-', 'cf-', 'cloudfront-', 'if-', 'sec-', 'x-amz', 'x-client-', 'x-forwarded-'];

/** True when the field (lower-case name) carries identity, signature or content meaning and must survive `Connection`. */
export function isProtectedName(lowerName: string): boolean {
  return protectedNames.has(lowerName) || protectedPrefixes.some((prefix) => lowerName.startsWith(prefix));
}

/**
 * True when a name with underscores would be read as a protected or framing field by software that takes `_` for `-`
 * (CGI, WSGI, many frameworks). Such names are refused: they smuggle what we checked under another spelling.
 */
export function imitatesProtectedName(name: string): boolean {
  const dashed = name.toLowerCase().replaceAll('_', '-');
  return isFramingName(dashed) || dashed === 'expect' || dashed.startsWith('proxy-') || isProtectedName(dashed);
}
