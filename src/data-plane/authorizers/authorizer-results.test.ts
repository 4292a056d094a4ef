import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lambdaDecision } from './auth-decision.ts';
import { AuthorizerResults, lengthPrefixed, resultKey } from './authorizer-results.ts';
import type { LambdaAnswer } from './lambda-answer.ts';

const answer = (principalId: string): LambdaAnswer => ({
  kind: 'simple',
  isAuthorized: true,
  decision: lambdaDecision({ authorizerId: 'a', principalId, context: undefined }),
});
const who = (found: LambdaAnswer | undefined): string | undefined => found?.decision.principalId;

describe('AuthorizerResults', () => {
  test('keeps an answer until its time', () => {
    const results = new AuthorizerResults();
    results.keep('k', answer('ann'), 10, 1_000);
    assert.equal(who(results.get('k', 999)), 'ann');
    assert.equal(results.get('k', 1_000), undefined);
    assert.equal(results.size, 0, 'what is over is forgotten');
    assert.equal(results.get('other', 0), undefined);
  });

  test('a new answer replaces the former', () => {
    const results = new AuthorizerResults({ entriesMax: 10, bytesMax: 100 });
    results.keep('k', answer('ann'), 60, 1_000);
    results.keep('k', answer('bob'), 60, 1_000);
    assert.equal(who(results.get('k', 0)), 'bob');
    assert.equal(results.size, 1);
  });

  test('the one that was not used for longest goes first', () => {
    const results = new AuthorizerResults({ entriesMax: 2, bytesMax: 1_000 });
    results.keep('a', answer('a'), 1, 1_000);
    results.keep('b', answer('b'), 1, 1_000);
    results.get('a', 0);
    results.keep('c', answer('c'), 1, 1_000);
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => who(results.get(key, 0))),
      ['a', undefined, 'c'],
    );
  });

  test('bytes are bounded, and counted down again', () => {
    const results = new AuthorizerResults({ entriesMax: 1_000, bytesMax: 100 });
    for (let i = 0; i < 1_000; i++) results.keep(`k${i}`, answer('x'), 30, i);
    assert.equal(results.size, 3);
    assert.equal(results.get('k999', 5_000), undefined);
    results.keep('last', answer('y'), 30, 10_000);
    assert.equal(results.size, 3, 'the room of what was over is free again');
    results.keep('huge', answer('z'), 101, 10_000);
    assert.equal(results.size, 0, 'an answer larger than everything is not kept');
    results.keep('small', answer('s'), 100, 10_000);
    assert.equal(who(results.get('small', 0)), 's');
  });
});

describe('resultKey', () => {
  test('lists of parts never meet, whatever is in them', () => {
    const texts = ['', 'a', 'aa', '1:', '1:a', ':', ',', '1:a1:a', 'a1:a'];
    const keys = new Map<string, string>();
    for (const prefix of ['', lengthPrefixed('x')]) {
      for (const first of texts) {
        for (const parts of [[first], ...texts.map((second) => [first, second])]) {
          const key = resultKey(prefix, parts);
          assert.equal(keys.get(key), undefined, `${JSON.stringify(parts)} and ${keys.get(key)}`);
          keys.set(key, JSON.stringify(parts));
        }
      }
    }
  });

  test('holds nothing of what was sent', () => {
    assert.ok(!resultKey('', ['top-secret']).includes('secret'));
  });
});
