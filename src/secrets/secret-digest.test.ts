import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { SecretDigest } from './secret-digest.ts';

const masterKey = Buffer.alloc(32, 7);

test('the same secret has the same digest, after a restart too', () => {
  const digest = new SecretDigest(masterKey, 'api keys').of('k'.repeat(40));
  assert.match(digest ?? '', /^[\w-]{43}$/);
  assert.equal(new SecretDigest(masterKey, 'api keys').of('k'.repeat(40)), digest);
});

test('secrets, purposes and master keys are told apart, and the digest is none that can be made without the master key', () => {
  const digests = new SecretDigest(masterKey, 'api keys');
  const secret = 'k'.repeat(40);
  const others = [
    digests.of(`${secret}k`),
    digests.of(''),
    new SecretDigest(masterKey, 'tokens').of(secret),
    new SecretDigest(Buffer.alloc(32, 8), 'api keys').of(secret),
    createHash('sha256').update(secret).digest('base64url'),
  ];
  assert.equal(new Set([digests.of(secret), ...others]).size, 6);
});

test('a text that cannot be a secret is not hashed', () => {
  assert.equal(new SecretDigest(masterKey, 'api keys').of('k'.repeat(257)), undefined);
});
