import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matches } from './testing/inspection-examples.ts';

/** Of the web ACL that the rule is in. */
const own = 'awswaf:111122223333:webacl:shop:';

describe('LabelMatchStatement', () => {
  const rows: readonly (readonly [desc: string, 'LABEL' | 'NAMESPACE', key: string, label: string, boolean])[] = [
    ['a label of the same web ACL', 'LABEL', 'header:encoding:utf8', `${own}header:encoding:utf8`, true],
    ['with more namespaces before', 'LABEL', 'header:encoding:utf8', `${own}ns1:ns2:header:encoding:utf8`, true],
    ['another name', 'LABEL', 'header:encoding:utf8', `${own}header:encoding2:utf8`, false],
    ['half a namespace', 'LABEL', 'header:utf8', `${own}xheader:utf8`, false],
    ['half a name', 'LABEL', 'utf8', `${own}utf8x`, false],
    ['only its namespaces', 'LABEL', 'header:encoding', `${own}header:encoding:utf8`, false],
    ['the case of letters counts', 'LABEL', 'utf8', `${own}UTF8`, false],
    ['a label of a rule group', 'LABEL', 'header:utf8', 'awswaf:111122223333:rulegroup:rules:header:utf8', false],
    ['of another account', 'LABEL', 'utf8', 'awswaf:444455556666:webacl:shop:utf8', false],
    ['the end of the prefix is no namespace', 'LABEL', 'shop:utf8', `${own}utf8`, false],
    ['with its prefix', 'LABEL', 'awswaf:111122223333:rulegroup:rules:a:b', 'awswaf:111122223333:rulegroup:rules:a:b', true],
    ['with its prefix it is all of the label', 'LABEL', `${own}b`, `${own}a:b`, false],
    ['of a managed group', 'LABEL', 'awswaf:managed:aws:core:a', 'awswaf:managed:aws:core:a', true],

    ['a namespace', 'NAMESPACE', 'header:encoding:', `${own}header:encoding:utf8`, true],
    ['the first namespace', 'NAMESPACE', 'header:', `${own}header:encoding:utf8`, true],
    ['a namespace within others', 'NAMESPACE', 'encoding:', `${own}header:encoding:utf8`, true],
    ['without its colon', 'NAMESPACE', 'encoding', `${own}header:encoding:utf8`, true],
    ['a name is no namespace', 'NAMESPACE', 'utf8:', `${own}header:encoding:utf8`, false],
    ['namespaces that are apart', 'NAMESPACE', 'a:c:', `${own}a:b:c:d`, false],
    ['half a namespace at its beginning', 'NAMESPACE', 'eader:', `${own}header:utf8`, false],
    ['half a namespace at its end', 'NAMESPACE', 'head:', `${own}header:utf8`, false],
    ['a namespace of the prefix', 'NAMESPACE', 'webacl:', `${own}utf8`, false],
    ['a namespace of a managed group', 'NAMESPACE', 'header:', 'awswaf:managed:aws:core:header:utf8', false],
    ['with its prefix', 'NAMESPACE', 'awswaf:managed:aws:core:header:', 'awswaf:managed:aws:core:header:utf8', true],
    ['another with its prefix', 'NAMESPACE', 'awswaf:managed:aws:core:header:', 'awswaf:managed:aws:core:query:a', false],
    ['all of a group', 'NAMESPACE', 'awswaf:managed:aws:core:', 'awswaf:managed:aws:core:query:a', true],
  ];
  for (const [desc, Scope, Key, label, expected] of rows) {
    test(`${Scope}: ${desc}`, () => {
      assert.equal(matches({ LabelMatchStatement: { Scope, Key } }, { labels: ['awswaf:x', label] }), expected);
    });
  }

  test('a request without labels', () => {
    assert.equal(matches({ LabelMatchStatement: { Scope: 'LABEL', Key: 'a' } }), false);
    assert.equal(matches({ LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'a:' } }), false);
  });
});
