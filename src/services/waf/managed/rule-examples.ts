// Tests of managed rules: values as they stand in a request, and whether a rule's patterns find something in them.
//
// The patterns alone are run here, after the transformations that the managed rules use.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSafeRegex } from '../../../safe-regex/safe-regex.ts';
import type { StatementDocument, TextTransformationDocument } from '../rule-document.ts';
import type { ManagedRuleGroup } from './managed-rule-group.ts';

export interface Examples {
  /** Attacks. */
  readonly matches: readonly string[];
  /** What ordinary requests have. */
  readonly passes: readonly string[];
}

/** A test for each value and rule. */
export function testRules(group: ManagedRuleGroup, ruleNames: readonly string[], { matches, passes }: Examples): void {
  for (const ruleName of ruleNames) {
    const rule = group.rules.find(({ name }) => name === ruleName);
    assert.ok(rule !== undefined, ruleName);
    for (const value of matches) test(`${ruleName} finds ${value}`, () => assert.ok(found(rule.statement, value)));
    for (const value of passes) test(`${ruleName} lets ${value} pass`, () => assert.ok(!found(rule.statement, value)));
  }
}

function found(statement: StatementDocument, value: string): boolean {
  if (statement.OrStatement !== undefined) return (statement.OrStatement.Statements ?? []).some((nested) => found(nested, value));
  const { RegexString = '', TextTransformations = [] } = statement.RegexMatchStatement ?? assert.fail('a pattern');
  const { regex } = compileSafeRegex(RegexString);
  assert.ok(regex !== undefined);
  return regex.find(transformed(value, TextTransformations));
}

function transformed(value: string, transformations: readonly TextTransformationDocument[]): string {
  return transformations.reduce((text, { Type = '' }) => (TRANSFORMATIONS[Type] ?? assert.fail(Type))(text), value);
}

const TRANSFORMATIONS: Readonly<Record<string, (text: string) => string>> = {
  NONE: (text) => text,
  LOWERCASE: (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  URL_DECODE_UNI: (text) =>
    text
      .replaceAll('+', ' ')
      .replace(/%(?:u[0-9a-f]{2})?([0-9a-f]{2})/gi, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16))),
  JS_DECODE: (text) =>
    text.replace(/\\(?:u[0-9a-f]{2}([0-9a-f]{2})|x([0-9a-f]{2})|([\s\S]))/gi, (_, low, byte, other) =>
      other === undefined
        ? String.fromCharCode(Number.parseInt(low ?? byte, 16))
        : ({ n: '\n', r: '\r', t: '\t' }[other as string] ?? other),
    ),
  COMPRESS_WHITE_SPACE: (text) => text.replace(/[\s\xa0]+/g, ' '),
  REPLACE_COMMENTS: (text) => text.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' '),
  NORMALIZE_PATH: (text) => {
    let path = text.replace(/\/{2,}/g, '/').replace(/\/(?:\.\/)+/g, '/');
    for (let before = ''; before !== path; ) {
      before = path;
      path = path.replace(/[^/]+\/\.\.\//, (part) => (part === '../../' ? part : ''));
    }
    return path;
  },
  CMD_LINE: (text) =>
    text
      .replace(/["'\\^]/g, '')
      .replace(/[,;]/g, ' ')
      .replace(/\s+/g, ' ')
      .replace(/ ([/(])/g, '$1')
      .toLowerCase(),
};
