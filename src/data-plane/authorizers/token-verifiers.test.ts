import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeTestIssuer } from '../../jwt/testing/test-issuer.ts';
import { TokenVerifiers } from './token-verifiers.ts';

describe('TokenVerifiers', () => {
  test('the same rules have the same verifier, other rules another', () => {
    const issuer = makeTestIssuer();
    const verifiers = new TokenVerifiers(issuer.fetch);
    const of = (name: string, ...audiences: string[]) => verifiers.verifier({ issuer: name, audiences });
    const first = of('https://a.test', 'x', 'y');
    assert.equal(of('https://a.test', 'x', 'y'), first);
    assert.notEqual(of('https://a.test', 'xy'), first);
    assert.notEqual(of('https://a.test', 'x'), first);
    assert.notEqual(of('https://a.test/', 'x', 'y'), first, 'a slash at the end makes another issuer');
  });

  test('verifiers of one issuer share its keys', async () => {
    const issuer = makeTestIssuer();
    const verifiers = new TokenVerifiers(issuer.fetch);
    const held = ['x', 'y'].map((audience) => ({
      audience,
      verifier: verifiers.verifier({ issuer: issuer.issuer, audiences: [audience] }),
    }));
    for (const { audience, verifier } of held) {
      const exp = Math.floor(Date.now() / 1000) + 60;
      const verdict = await verifier.verify(issuer.token({ iss: issuer.issuer, aud: audience, exp, sub: 'ann' }));
      assert.ok('claims' in verdict, JSON.stringify(verdict));
      assert.equal(verdict.claims['sub'], 'ann');
    }
    assert.equal(issuer.fetched.length, 2, 'the discovery document and the keys, once');
  });
});
