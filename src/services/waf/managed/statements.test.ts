// Every statement of a managed rule is one that WAF would take.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSafeRegex, regexFaultText } from '../../../safe-regex/safe-regex.ts';
import type { StatementDocument } from '../rule-document.ts';
import { managedRuleGroups } from './catalogue.ts';

/** AWS: Seen: WAF quotas, and the service model. */
const SEARCH_STRING_BYTES_MAX = 200;
const PATTERN_CHARACTERS_MAX = 512;
/** AWS: Seen: WAF quotas, text transformations of a statement. */
const TRANSFORMATIONS_MAX = 10;

interface Matching {
  readonly FieldToMatch?: Readonly<Record<string, { readonly OversizeHandling?: string } | undefined>>;
  readonly TextTransformations?: readonly { readonly Priority?: number; readonly Type?: string }[];
  readonly RegexString?: string;
  readonly SearchString?: string;
}

/** The statements at the ends of the tree. Fails where a document is not one statement. */
function leaves(statement: StatementDocument): Matching[] {
  const [kind, ...others] = Object.keys(statement);
  assert.deepEqual(others, [], 'one kind of statement');
  switch (kind) {
    case 'OrStatement':
    case 'AndStatement': {
      const nested = statement[kind]?.Statements ?? [];
      assert.ok(nested.length >= 2, `${kind} joins statements`);
      return nested.flatMap(leaves);
    }
    case 'NotStatement':
      return leaves(statement.NotStatement?.Statement ?? {});
    case 'RegexMatchStatement':
    case 'ByteMatchStatement':
    case 'SizeConstraintStatement':
    case 'SqliMatchStatement':
    case 'XssMatchStatement':
      return [statement[kind] as Matching];
    default:
      return assert.fail(`${kind} is not a statement of a managed rule`);
  }
}

for (const group of managedRuleGroups) {
  test(`${group.name}: rules have names and labels of their own, in the group's namespace`, () => {
    const names = group.rules.map((rule) => rule.name);
    const labels = group.rules.flatMap((rule) => rule.labels.map((label) => label.Name ?? ''));
    assert.equal(new Set(names).size, names.length);
    assert.equal(new Set(labels).size, labels.length);
    assert.equal(labels.length, names.length);
    for (const label of labels) assert.ok(label.startsWith(group.labelNamespace) && /^[\w:-]+$/.test(label), label);
  });

  for (const rule of group.rules) {
    test(`${group.name} › ${rule.name}: statements are well-formed`, () => {
      for (const leaf of leaves(rule.statement)) {
        const [place, ...others] = Object.keys(leaf.FieldToMatch ?? {});
        assert.ok(place !== undefined && others.length === 0, 'one place');
        if (['Body', 'Headers', 'Cookies', 'JsonBody'].includes(place)) {
          assert.ok(leaf.FieldToMatch?.[place]?.OversizeHandling, `${place} says what happens to what is too large`);
        }
        const transformations = leaf.TextTransformations ?? [];
        assert.ok(transformations.length >= 1 && transformations.length <= TRANSFORMATIONS_MAX);
        assert.equal(new Set(transformations.map(({ Priority }) => Priority)).size, transformations.length);
        if (leaf.SearchString !== undefined) {
          const bytes = Buffer.from(leaf.SearchString, 'base64');
          assert.equal(bytes.toString('base64'), leaf.SearchString);
          assert.ok(bytes.length >= 1 && bytes.length <= SEARCH_STRING_BYTES_MAX);
        }
        if (leaf.RegexString !== undefined) assertPattern(leaf.RegexString);
      }
    });
  }
}

function assertPattern(pattern: string): void {
  assert.ok(pattern.length <= PATTERN_CHARACTERS_MAX, `${pattern.length} characters: ${pattern}`);
  const compiled = compileSafeRegex(pattern);
  if (compiled.regex === undefined) assert.fail(`${regexFaultText(compiled.fault)}: ${pattern}`);
  assert.ok(!compiled.regex.find(''), `matches anything: ${pattern}`);
}
