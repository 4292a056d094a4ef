// Unique ids and keys as IAM makes them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids

import { randomBytes, randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const PREFIXES = { user: 'AIDA', role: 'AROA', policy: 'ANPA', accessKey: 'AKIA', session: 'ASIA' } as const;

/** `AIDA…` and 17 more characters; 16 for access keys. 80 random bits: two of them never meet. */
export function newIdentifier(kind: keyof typeof PREFIXES): string {
  let id: string = PREFIXES[kind];
  for (let i = kind === 'accessKey' || kind === 'session' ? 16 : 17; i > 0; i--) id += ALPHABET[randomInt(ALPHABET.length)];
  return id;
}

/** 40 characters of base64, as AWS's look. */
export function newSecretAccessKey(): string {
  return randomBytes(30).toString('base64');
}
