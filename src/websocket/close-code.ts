// Why a WebSocket was closed (RFC 6455 section 7.4).

/** The codes of RFC 6455 and of the IANA registry that this server gives or meets. */
export const closeCode = {
  normal: 1000,
  /** The server goes away, or its time for this connection is over. AWS: idle time and life time end with it. */
  goingAway: 1001,
  protocolError: 1002,
  /** AWS: binary frames, where only text is served. */
  unsupportedData: 1003,
  /** Never sent: the Close frame carried no code. */
  noStatus: 1005,
  /** Never sent: there was no Close frame. */
  abnormal: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  /** AWS: frames above 32 KB and messages above 128 KB. */
  messageTooBig: 1009,
  internalError: 1011,
} as const;

/** Longest reason, in UTF-8 bytes: a control frame has 125. */
export const REASON_BYTES_MAX = 123;

/** What the codes from 1000 to 1015 may do; those above are for registries (3000 to 3999) and private use (4000 to 4999). */
const assigned: Readonly<Record<number, 'sent' | 'never sent' | 'reserved'>> = {
  1000: 'sent',
  1001: 'sent',
  1002: 'sent',
  1003: 'sent',
  1004: 'reserved',
  1005: 'never sent',
  1006: 'never sent',
  1007: 'sent',
  1008: 'sent',
  1009: 'sent',
  1010: 'sent',
  1011: 'sent',
  1012: 'sent',
  1013: 'sent',
  1014: 'sent',
  1015: 'never sent',
};

/** True when a Close frame may carry the code. */
export function isSendableCloseCode(code: number): boolean {
  return assigned[code] === 'sent' || (Number.isInteger(code) && code >= 3000 && code <= 4999);
}
