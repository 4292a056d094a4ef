// What rules refer to by ARN: IP sets, regex pattern sets and rule groups.

import type { Reader } from '../../store/store.ts';
import { entityByArn, type Place } from './entities.ts';
import { entityNameIn } from './entity-arn.ts';
import { associatedItem, invalidParameter, limitsExceeded, nonexistentItem, REASONS } from './refusals.ts';
import type { RuleDocument, StatementDocument } from './rule-document.ts';
import {
  ipSetKind,
  type RuleGroupDocument,
  type RuleSetDocument,
  regexPatternSetKind,
  ruleGroupKind,
  webAclKind,
} from './waf-documents.ts';

/** AWS: IP sets, regex pattern sets and rule groups together. Seen: WAF quotas, unique references per web ACL. */
const REFERENCES_MAX = 50;

/** What the rules of one set refer to, by ARN. */
export interface References {
  readonly ruleGroups: ReadonlyMap<string, RuleGroupDocument>;
}

/** The statements right inside a statement. */
export function innerStatements(statement: StatementDocument): readonly StatementDocument[] {
  const { AndStatement, OrStatement, NotStatement, RateBasedStatement, ManagedRuleGroupStatement } = statement;
  return [
    ...(AndStatement?.Statements ?? []),
    ...(OrStatement?.Statements ?? []),
    NotStatement?.Statement,
    RateBasedStatement?.ScopeDownStatement,
    ManagedRuleGroupStatement?.ScopeDownStatement,
  ].filter((inner) => inner !== undefined);
}

/** Every statement of the rules, inner ones too. */
export function* statementsOf(rules: readonly RuleDocument[]): Generator<StatementDocument> {
  const waiting = rules.flatMap(({ Statement }) => Statement ?? []);
  for (let statement = waiting.pop(); statement !== undefined; statement = waiting.pop()) {
    yield statement;
    waiting.push(...innerStatements(statement));
  }
}

/** Throws WAFNonexistentItemException for what is not there, WAFInvalidParameterException for ARNs of something else. */
export async function loadReferences(reader: Reader, place: Place, rules: readonly RuleDocument[]): Promise<References> {
  const ruleGroups = new Map<string, RuleGroupDocument>();
  const referenced = referencesIn(rules);
  if (referenced.size > REFERENCES_MAX) {
    throw limitsExceeded(`A web ACL or rule group can refer to at most ${REFERENCES_MAX} sets and groups.`);
  }
  for (const [arn, kind] of referenced) {
    const named = entityNameIn(arn, place.scope);
    if (named?.kind !== kind || named.wafScope !== place.wafScope) throw invalidParameter(REASONS.arn, 'RESOURCE_ARN', arn);
    const found = await entityByArn(reader, place.scope, kind, arn);
    if (found === undefined) throw nonexistentItem();
    if (kind === ruleGroupKind) ruleGroups.set(arn, found as RuleGroupDocument);
  }
  return { ruleGroups };
}

/** Throws WAFAssociatedItemException when a rule refers to that ARN. */
export async function assertNotReferenced(reader: Reader, { scope, wafScope }: Place, arn: string): Promise<void> {
  for (const kind of [webAclKind, ruleGroupKind]) {
    const { items } = await reader.list<RuleSetDocument>(scope, kind, wafScope);
    if (items.some(({ rules }) => referencesIn(rules).has(arn))) throw associatedItem();
  }
}

type ReferencedKind = typeof ipSetKind | typeof regexPatternSetKind | typeof ruleGroupKind;

function referencesIn(rules: readonly RuleDocument[]): ReadonlyMap<string, ReferencedKind> {
  const found = new Map<string, ReferencedKind>();
  for (const statement of statementsOf(rules)) {
    const { IPSetReferenceStatement, RegexPatternSetReferenceStatement, RuleGroupReferenceStatement } = statement;
    if (IPSetReferenceStatement?.ARN !== undefined) found.set(IPSetReferenceStatement.ARN, ipSetKind);
    if (RegexPatternSetReferenceStatement?.ARN !== undefined) {
      found.set(RegexPatternSetReferenceStatement.ARN, regexPatternSetKind);
    }
    if (RuleGroupReferenceStatement?.ARN !== undefined) found.set(RuleGroupReferenceStatement.ARN, ruleGroupKind);
  }
  return found;
}
