// Tests of managed rules: values as they stand in a request, and whether a rule finds something in them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossSiteScripting } from '../../injection/cross-site-scripting.ts';
import { sqlInjection } from '../../injection/sql-injection.ts';
import { newStatementCompiler } from '../../inspection/compile-statement.ts';
import type { WebRequest } from '../../inspection/web-request.ts';
import type { FieldToMatchDocument, StatementDocument } from '../../rule-document.ts';
import type { ManagedRuleGroup } from '../managed-rule-group.ts';

export interface Examples {
  /** Attacks. */
  readonly matches: readonly string[];
  /** What ordinary requests have. */
  readonly passes: readonly string[];
}

const compile = newStatementCompiler({ sqlInjection, crossSiteScripting });
const noSets = { labelPrefix: '', ipSet: () => undefined, regexPatternSet: () => undefined };

/** A test for each value and rule. */
export function testRules(group: ManagedRuleGroup, ruleNames: readonly string[], { matches, passes }: Examples): void {
  for (const ruleName of ruleNames) {
    const rule = group.rules.find(({ name }) => name === ruleName);
    assert.ok(rule !== undefined, ruleName);
    const isFound = compile(rule.statement, noSets);
    const finds = (value: string): boolean => {
      const request = requestWith(placeOf(rule.statement), value);
      return isFound({ request, labels: new Set(), now: 0, details: [], worked: new Map() });
    };
    for (const value of matches) test(`${ruleName} finds ${value}`, () => assert.ok(finds(value)));
    for (const value of passes) test(`${ruleName} lets ${value} pass`, () => assert.ok(!finds(value)));
  }
}

/** All statements of a managed rule look at one place. */
function placeOf(statement: StatementDocument): FieldToMatchDocument {
  const inner = statement.OrStatement?.Statements?.[0] ?? statement.NotStatement?.Statement;
  if (inner !== undefined) return placeOf(inner);
  const [looks] = Object.values(statement) as readonly { readonly FieldToMatch?: FieldToMatchDocument }[];
  return looks?.FieldToMatch ?? assert.fail('a place');
}

/** A request with the value where the field is; characters that end it there are escaped. */
function requestWith(field: FieldToMatchDocument, value: string): WebRequest {
  const text = Buffer.from(value, 'utf8').toString('latin1');
  const request = {
    clientIp: '192.0.2.1',
    method: 'GET',
    path: '/',
    query: '',
    headers: [] as string[],
    body: '',
    bodyLength: 0,
  };
  if (field.UriPath !== undefined) return { ...request, path: text };
  if (field.QueryString !== undefined) return { ...request, query: text };
  if (field.AllQueryArguments !== undefined) return { ...request, query: `q=${text.replaceAll('&', '%26')}` };
  if (field.Method !== undefined) return { ...request, method: text };
  if (field.Body !== undefined) return { ...request, body: text, bodyLength: text.length };
  if (field.Cookies !== undefined) return { ...request, headers: ['Cookie', `c=${text.replaceAll(';', '%3B')}`] };
  return { ...request, headers: [field.SingleHeader?.Name ?? 'X-Test', text] };
}
