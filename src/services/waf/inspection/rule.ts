// Rules of a web ACL as they run.

import type { WebAclAnswer } from '../../../data-plane/web-acls.ts';
import type { Matcher } from './matcher.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** What a rule, or a web ACL by default, does with a request. */
export interface RuleAction {
  readonly name: 'ALLOW' | 'BLOCK' | 'COUNT' | 'CAPTCHA' | 'CHALLENGE';
  /** For the backend, of a request that passes: name and value in turn. */
  readonly insertedHeaders: readonly string[];
  /** Of a Block with a response of its own. */
  readonly answer: WebAclAnswer | undefined;
  /** Of CAPTCHA and Challenge: how long a solved one counts, in seconds. */
  readonly immunitySeconds: number;
}

interface CommonRule {
  readonly name: string;
  readonly metricName: string;
  readonly isSampled: boolean;
  readonly isMeasured: boolean;
}

interface SingleRule extends CommonRule {
  /** Fully qualified; on every request that matches. */
  readonly labels: readonly string[];
  readonly action: RuleAction;
  /** In a group: what it would have done, had the web ACL not said otherwise. */
  readonly overridden: RuleAction['name'] | undefined;
}

export interface PlainRule extends SingleRule {
  readonly kind: 'plain';
  readonly matches: Matcher;
}

export interface RateRule extends SingleRule {
  readonly kind: 'rate';
  readonly limiter: RateLimiter;
  /** `IP`, `FORWARDEDIP`, `CONSTANT` or `CUSTOMKEYS`. */
  readonly limitKey: string;
}

export interface GroupRule extends CommonRule {
  readonly kind: 'group';
  readonly isManaged: boolean;
  /** As logs name it: `AWS#AWSManagedRulesCommonRuleSet`, or the group's ARN. */
  readonly groupId: string;
  /** Undefined: all requests. */
  readonly scope: Matcher | undefined;
  readonly rules: readonly (PlainRule | RateRule)[];
  /** OverrideAction Count: what its rules decide is counted, and the request goes on. */
  readonly countsOnly: boolean;
}

export type WebAclRule = PlainRule | RateRule | GroupRule;
