// A web ACL as it runs: its rules in the order of their priorities, those of its groups in place.

import type * as Wire from '@aws-sdk/client-wafv2';
import type { RuleSet } from '../inspection/evaluation.ts';
import type { CompileStatement, StatementContext } from '../inspection/matcher.ts';
import type { RateKey, RateLimiter, RateLimiterOptions } from '../inspection/rate-limiter.ts';
import type { GroupRule, PlainRule, RateRule, WebAclRule } from '../inspection/rule.ts';
import type { ManagedRuleGroup } from '../managed/managed-rule-group.ts';
import type { Document, RuleDocument } from '../rule-document.ts';
import type { RuleSetDocument, WebAclDocument } from '../waf-documents.ts';
import { type ActionContext, type ActionDocument, compileAction } from './compile-actions.ts';

/** What of a web ACL or of a rule group is compiled. */
export type RulesOwner = Pick<RuleSetDocument, 'rules' | 'customResponseBodies' | 'labelNamespace'> &
  Pick<WebAclDocument, 'captchaConfig' | 'challengeConfig'>;

/** What web ACLs refer to. */
export interface WebAclReferences {
  ipSet(arn: string): readonly string[] | undefined;
  regexPatternSet(arn: string): readonly string[] | undefined;
  ruleGroup(arn: string): RulesOwner | undefined;
  managedRuleGroup(vendorName: string, name: string): ManagedRuleGroup | undefined;
}

export interface Compiler {
  readonly compileStatement: CompileStatement;
  /** What a rate-based statement counts under. */
  compileRateKey(statement: Document<Wire.RateBasedStatement>, context: StatementContext): RateKey;
  /** The limiter of a rule of this name (with its group's name in front) and statement. */
  limiter(rule: string, statement: string, options: RateLimiterOptions): RateLimiter;
}

type Visibility = Document<Wire.VisibilityConfig> | undefined;
type RuleOfGroup = PlainRule | RateRule;

/** AWS: Seen: WAF developer guide, immunity times; rate-based rules. */
const IMMUNITY_SECONDS = 300;
const WINDOW_SECONDS = 300;

export function compileRuleSet(
  webAcl: RulesOwner & Pick<WebAclDocument, 'defaultAction'>,
  references: WebAclReferences,
  compiler: Compiler,
): RuleSet {
  const owner = actionContextOf({}, webAcl);
  return {
    rules: inOrder(webAcl.rules).map((rule) => compileRule(rule)),
    defaultAction: compileAction(webAcl.defaultAction, owner),
  };

  function compileRule(rule: RuleDocument): WebAclRule {
    const { RuleGroupReferenceStatement: own, ManagedRuleGroupStatement: managed } = rule.Statement ?? {};
    if (own !== undefined) return compileOwnGroup(rule, own);
    if (managed !== undefined) return compileManagedGroup(rule, managed);
    return compileSingle(rule, webAcl, rule.Name ?? '');
  }

  function compileSingle(rule: RuleDocument, of: RulesOwner, id: string): RuleOfGroup {
    const context = contextOf(of);
    const common = {
      ...commonOf(rule),
      labels: (rule.RuleLabels ?? []).map(({ Name = '' }) => `${of.labelNamespace}${Name}`),
      overridden: undefined,
      action: compileAction(rule.Action ?? {}, actionContextOf(rule, of)),
    };
    const { RateBasedStatement: rate } = rule.Statement ?? {};
    if (rate === undefined)
      return { ...common, kind: 'plain', matches: compiler.compileStatement(rule.Statement ?? {}, context) };
    const { ScopeDownStatement: scope, AggregateKeyType: aggregate = 'IP' } = rate;
    const options = {
      ...{ limit: Number(rate.Limit), windowSeconds: Number(rate.EvaluationWindowSec ?? WINDOW_SECONDS) },
      keyOf: compiler.compileRateKey(rate, context),
      scope: scope && compiler.compileStatement(scope, context),
    };
    const limiter = compiler.limiter(id, JSON.stringify(rate), options);
    return { ...common, kind: 'rate', limitKey: aggregate.replaceAll('_', ''), limiter };
  }

  function compileOwnGroup(rule: RuleDocument, { ARN = '', ...rest }: Document<Wire.RuleGroupReferenceStatement>): GroupRule {
    const group = references.ruleGroup(ARN) ?? { rules: [], labelNamespace: '' };
    const rules = inOrder(group.rules).map((one) => compileSingle(one, group, `${rule.Name}/${one.Name}`));
    return {
      ...{ ...commonOf(rule), kind: 'group', isManaged: false, groupId: ARN, scope: undefined },
      ...{ rules: overridden(rules, rest), countsOnly: rule.OverrideAction?.Count !== undefined },
    };
  }

  function compileManagedGroup(rule: RuleDocument, statement: Document<Wire.ManagedRuleGroupStatement>): GroupRule {
    const { VendorName = '', Name = '', ScopeDownStatement: scope } = statement;
    const { labelNamespace = '', rules = [] } = references.managedRuleGroup(VendorName, Name) ?? {};
    const context = { ...contextOf(webAcl), labelPrefix: labelNamespace };
    const { VisibilityConfig: visibility } = rule;
    const compiled = rules.map(
      (one): PlainRule => ({
        ...{ ...visible(visibility, one.name), kind: 'plain', name: one.name, overridden: undefined },
        labels: one.labels.map(({ Name: label = '' }) => label),
        matches: compiler.compileStatement(one.statement, context),
        action: compileAction(one.action, owner),
      }),
    );
    return {
      ...{ ...commonOf(rule), kind: 'group', isManaged: true, groupId: `${VendorName}#${Name}` },
      scope: scope && compiler.compileStatement(scope, contextOf(webAcl)),
      ...{ rules: overridden(compiled, statement), countsOnly: rule.OverrideAction?.Count !== undefined },
    };
  }

  /** AWS: names that no rule of the group has are ignored. Seen: WAF developer guide, rule group action overrides. */
  function overridden(
    rules: readonly RuleOfGroup[],
    {
      RuleActionOverrides = [],
      ExcludedRules = [],
    }: Pick<Document<Wire.ManagedRuleGroupStatement>, 'RuleActionOverrides' | 'ExcludedRules'>,
  ): readonly RuleOfGroup[] {
    const overrides = new Map<string, ActionDocument>([
      ...ExcludedRules.map(({ Name = '' }) => [Name, { Count: {} }] as const),
      ...RuleActionOverrides.map(({ Name = '', ActionToUse = {} }) => [Name, ActionToUse] as const),
    ]);
    return rules.map((rule) => {
      const action = overrides.get(rule.name);
      return action === undefined ? rule : { ...rule, overridden: rule.action.name, action: compileAction(action, owner) };
    });
  }

  function contextOf({ labelNamespace: labelPrefix }: RulesOwner): StatementContext {
    return {
      labelPrefix,
      ipSet: (arn) => references.ipSet(arn),
      regexPatternSet: (arn) => references.regexPatternSet(arn),
    };
  }
}

function commonOf({ Name: name = '', VisibilityConfig: visibility }: RuleDocument) {
  return { ...visible(visibility, name), name };
}

function visible(visibility: Visibility, name: string): Pick<PlainRule, 'metricName' | 'isSampled' | 'isMeasured'> {
  return {
    metricName: visibility?.MetricName ?? name,
    isSampled: visibility?.SampledRequestsEnabled === true,
    isMeasured: visibility?.CloudWatchMetricsEnabled === true,
  };
}

function inOrder(rules: readonly RuleDocument[]): readonly RuleDocument[] {
  return rules.toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0));
}

function actionContextOf(
  { CaptchaConfig, ChallengeConfig }: Pick<RuleDocument, 'CaptchaConfig' | 'ChallengeConfig'>,
  owner: RulesOwner,
): ActionContext {
  const seconds = (own: ImmunityConfig, all: ImmunityConfig): number =>
    own?.ImmunityTimeProperty?.ImmunityTime ?? all?.ImmunityTimeProperty?.ImmunityTime ?? IMMUNITY_SECONDS;
  return {
    bodies: owner.customResponseBodies ?? {},
    captchaImmunity: seconds(CaptchaConfig, owner.captchaConfig),
    challengeImmunity: seconds(ChallengeConfig, owner.challengeConfig),
  };
}

type ImmunityConfig = Document<Wire.CaptchaConfig> | undefined;
