// How much work rules are, in web ACL capacity units (WCU).
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html

import { type References, statementsOf } from '../references.ts';
import { invalidParameter, REASONS } from '../refusals.ts';
import type { FieldToMatchDocument, RuleDocument, StatementDocument, TextTransformationDocument } from '../rule-document.ts';
import type { ManagedGroups } from '../waf-context.ts';

/** AWS: of a web ACL, and of a rule group. Seen: developer guide, "Web ACL capacity units (WCUs)". */
export const CAPACITY_MAX = 5000;

/** AWS: Seen: developer guide, "Using match rule statements" (the string match's 2 and 10 from its own page). */
const COSTS = {
  byteMatch: { EXACTLY: 2, STARTS_WITH: 2, ENDS_WITH: 2, CONTAINS: 10, CONTAINS_WORD: 10 },
  sqliMatch: { LOW: 20, HIGH: 30 },
  xssMatch: 40,
  sizeConstraint: 1,
  geoMatch: 1,
  asnMatch: 1,
  labelMatch: 1,
  ipSet: 1,
  /** On top, for a forwarded address at any position. */
  ipSetAnyPosition: 4,
  regexMatch: 3,
  regexPatternSet: 25,
  rateBased: 2,
  /** On top, for each. */
  customKey: 30,
  transformation: 10,
  allQueryArguments: 10,
  /** The base costs that many times as much. */
  jsonBody: 2,
  /** One unit for so many labels that rules add. */
  labelsPerUnit: 5,
} as const;

export interface CapacityFacts {
  readonly references: References;
  readonly managedGroups: ManagedGroups;
}

/** What rules of one web ACL or rule group cost together. */
export function capacityOf(rules: readonly RuleDocument[], facts: CapacityFacts): number {
  const labels = rules.reduce((count, { RuleLabels = [] }) => count + RuleLabels.length, 0);
  let units = Math.ceil(labels / COSTS.labelsPerUnit);
  // AWS: the same transformation of the same component is charged once. Seen: developer guide, "Rule group WCUs".
  const transformed = new Set<string>();
  for (const statement of statementsOf(rules)) {
    units += baseCost(statement, facts);
    for (const step of transformationsOf(statement)) transformed.add(step);
  }
  return units + transformed.size * COSTS.transformation;
}

/** Throws WAFInvalidParameterException when `units` are more than `most`. */
export function assertCapacity(units: number, most: number, field: 'WEB_ACL' | 'RULE_GROUP'): void {
  // AWS: not WAFLimitsExceededException: the answer has the members of this one. Seen: trussworks/terraform-aws-wafv2#87.
  if (units > most) throw invalidParameter(REASONS.capacity, field, String(units));
}

/** Without transformations and without the statements inside. */
function baseCost(statement: StatementDocument, { references, managedGroups }: CapacityFacts): number {
  const { ByteMatchStatement: bytes, SqliMatchStatement: sqli, IPSetReferenceStatement: ipSet } = statement;
  const { XssMatchStatement: xss, SizeConstraintStatement: size, RegexMatchStatement: regex } = statement;
  const { RegexPatternSetReferenceStatement: patterns, RateBasedStatement: rate } = statement;
  const { RuleGroupReferenceStatement: group, ManagedRuleGroupStatement: managed } = statement;
  if (bytes !== undefined) return onField(COSTS.byteMatch[bytes.PositionalConstraint ?? 'CONTAINS'], bytes.FieldToMatch);
  if (sqli !== undefined) return onField(COSTS.sqliMatch[sqli.SensitivityLevel ?? 'LOW'], sqli.FieldToMatch);
  if (xss !== undefined) return onField(COSTS.xssMatch, xss.FieldToMatch);
  if (size !== undefined) return onField(COSTS.sizeConstraint, size.FieldToMatch);
  if (regex !== undefined) return onField(COSTS.regexMatch, regex.FieldToMatch);
  if (patterns !== undefined) return onField(COSTS.regexPatternSet, patterns.FieldToMatch);
  if (ipSet !== undefined) {
    return COSTS.ipSet + (ipSet.IPSetForwardedIPConfig?.Position === 'ANY' ? COSTS.ipSetAnyPosition : 0);
  }
  if (rate !== undefined) return COSTS.rateBased + COSTS.customKey * (rate.CustomKeys ?? []).length;
  if (group !== undefined) return references.ruleGroups.get(group.ARN ?? '')?.capacity ?? 0;
  if (managed !== undefined) return managedGroups.find(managed.VendorName ?? '', managed.Name ?? '')?.capacity ?? 0;
  if (statement.LabelMatchStatement !== undefined) return COSTS.labelMatch;
  if (statement.GeoMatchStatement !== undefined) return COSTS.geoMatch;
  if (statement.AsnMatchStatement !== undefined) return COSTS.asnMatch;
  // And, Or and Not cost what is in them.
  return 0;
}

function onField(base: number, field: FieldToMatchDocument | undefined): number {
  if (field?.JsonBody !== undefined) return base * COSTS.jsonBody;
  return field?.AllQueryArguments === undefined ? base : base + COSTS.allQueryArguments;
}

/** Each transformation, with the component and the transformations before it. */
function transformationsOf(statement: StatementDocument): string[] {
  const steps: string[] = [];
  for (const match of [
    statement.ByteMatchStatement,
    statement.SqliMatchStatement,
    statement.XssMatchStatement,
    statement.SizeConstraintStatement,
    statement.RegexMatchStatement,
    statement.RegexPatternSetReferenceStatement,
  ]) {
    if (match !== undefined) steps.push(...chain(JSON.stringify(match.FieldToMatch), match.TextTransformations ?? []));
  }
  for (const key of statement.RateBasedStatement?.CustomKeys ?? []) {
    for (const [component, part] of Object.entries(key)) {
      const { TextTransformations = [], ...rest } = (part ?? {}) as {
        readonly TextTransformations?: readonly TextTransformationDocument[];
      };
      steps.push(...chain(`${component}${JSON.stringify(rest)}`, TextTransformations));
    }
  }
  return steps;
}

function chain(component: string, transformations: readonly TextTransformationDocument[]): string[] {
  const types = transformations
    .toSorted((one, other) => (one.Priority ?? 0) - (other.Priority ?? 0))
    .map(({ Type }) => Type ?? 'NONE')
    .filter((type) => type !== 'NONE');
  return types.map((_, at) => [component, ...types.slice(0, at + 1)].join('|'));
}
