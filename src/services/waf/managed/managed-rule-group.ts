// A group of rules that is ready to use: Stagegate's own rules under the names AWS documents for its managed rule groups.
//
// AWS publishes what each rule is for and keeps the patterns to itself. The statements here were written from that
// documentation: the names, labels, actions and order are AWS's, what matches is ours.

import type * as Wire from '@aws-sdk/client-wafv2';
import type { Document, StatementDocument } from '../rule-document.ts';

export interface ManagedRule {
  readonly name: string;
  readonly statement: StatementDocument;
  readonly action: Document<Wire.RuleAction>;
  /** Fully qualified: `awswaf:managed:aws:core-rule-set:NoUserAgent_Header`. */
  readonly labels: readonly Document<Wire.Label>[];
}

interface GroupDescription {
  readonly vendorName: 'AWS';
  readonly name: string;
  readonly description: string;
  /** Web ACL capacity units that the group takes, whatever its statements would cost. */
  readonly capacity: number;
  /** In front of the labels of its rules: `awswaf:managed:aws:core-rule-set:`. */
  readonly labelNamespace: string;
}

export interface ManagedRuleGroup extends GroupDescription {
  /** In the order they run. */
  readonly rules: readonly ManagedRule[];
  readonly unavailable?: undefined;
}

/** A group of AWS's that cannot run here. */
export interface UnavailableRuleGroup extends GroupDescription {
  /** Why, in one sentence. */
  readonly unavailable: string;
}

/** Name, label without its namespace, statement. */
type RuleRow = readonly [name: string, label: string, statement: StatementDocument];

interface GroupRow {
  readonly name: string;
  readonly description: string;
  readonly capacity: number;
  /** `core-rule-set` */
  readonly namespace: string;
}

/** A group all of whose rules block, as AWS's do. */
export function blockingRuleGroup({ namespace, ...group }: GroupRow, rows: readonly RuleRow[]): ManagedRuleGroup {
  const labelNamespace = managedLabelNamespace(namespace);
  const rules = rows.map(([name, label, statement]) => ({
    ...{ name, statement, action: { Block: {} } },
    labels: [{ Name: `${labelNamespace}${label}` }],
  }));
  return { vendorName: 'AWS', ...group, labelNamespace, rules };
}

export function unavailableRuleGroup({ namespace, ...group }: GroupRow, unavailable: string): UnavailableRuleGroup {
  return { vendorName: 'AWS', ...group, labelNamespace: managedLabelNamespace(namespace), unavailable };
}

function managedLabelNamespace(namespace: string): string {
  return `awswaf:managed:aws:${namespace}:`;
}
