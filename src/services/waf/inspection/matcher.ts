// What a statement becomes when a web ACL is compiled: a function that looks at one request.

import type { StatementDocument } from '../rule-document.ts';
import type { WebRequest } from './web-request.ts';

/** What made a statement match, for logs. AWS: told of SQL injection, cross-site scripting and patterns. */
export interface MatchDetail {
  readonly conditionType: 'SQL_INJECTION' | 'XSS' | 'REGEX';
  /** Of SQL injection only. */
  readonly sensitivityLevel?: 'LOW' | 'HIGH';
  /** `HEADER`, `QUERY_STRING`, `BODY`, `URI`, `ALL_QUERY_ARGS`, … ; `UNKNOWN` for JSON bodies. */
  readonly location: string;
  /** The tokens that gave it away. */
  readonly matchedData: readonly string[];
  /** Name of the header, cookie or argument, where there is one. */
  readonly matchedFieldName?: string;
}

/** One request while the rules of a web ACL look at it. */
export interface Inspection {
  readonly request: WebRequest;
  /** Labels of the rules that matched so far, fully qualified: `awswaf:123456789012:webacl:shop:checked`. */
  readonly labels: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What matched; a matcher adds to it. */
  readonly details: MatchDetail[];
  /**
   * What was worked out of the request already, by what it is (`query`, `body|URL_DECODE,LOWERCASE`): rules look at the same places
   * again and again.
   */
  readonly worked: Map<string, unknown>;
}

/** True when the request matches. Never throws. */
export type Matcher = (inspection: Inspection) => boolean;

/** What statements refer to by ARN, read when the rule set is compiled. */
export interface ReferencedSets {
  /** CIDR blocks; undefined when there is no such set. */
  ipSet(arn: string): readonly string[] | undefined;
  /** Patterns; undefined when there is no such set. */
  regexPatternSet(arn: string): readonly string[] | undefined;
}

export interface StatementContext extends ReferencedSets {
  /** In front of the labels of the rule set that the statement belongs to: `awswaf:123456789012:webacl:shop:`. */
  readonly labelPrefix: string;
}

/**
 * The part of a rule that groups and rate limits have in common with all others. Statements that stand at the top of a rule only
 * (RateBased, RuleGroupReference, ManagedRuleGroup) are not compiled here.
 */
export type CompileStatement = (statement: StatementDocument, context: StatementContext) => Matcher;
