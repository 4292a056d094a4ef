// Operations over a memory store, and inputs that are right, for tests.

import type { RateBasedStatement, Rule, Statement } from '@aws-sdk/client-wafv2';
import type { Caller } from '../../../aws/operations.ts';
import { createMemoryStore } from '../../../store/memory.ts';
import { wafOperations } from '../operations.ts';
import type { ManagedGroupFacts, WafContext, WafOperations } from '../waf-context.ts';

export const caller: Caller = { account: '111111111111', region: 'eu-west-1', requestId: 'r' };
export const stage = 'arn:aws:apigateway:eu-west-1::/restapis/pets/stages/prod';

export const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'metric' };

/** Requests to `/admin`. */
export const admin: Statement = {
  ByteMatchStatement: {
    SearchString: Buffer.from('/admin'),
    FieldToMatch: { UriPath: {} },
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
    PositionalConstraint: 'STARTS_WITH',
  },
};

/** A rule that blocks what `statement` matches; its name is its priority. */
export function ruleOf(statement: Statement, more: Partial<Rule> = {}): Rule {
  const Priority = more.Priority ?? 0;
  const action = more.OverrideAction === undefined ? { Action: { Block: {} } } : {};
  return { Name: `rule-${Priority}`, Priority, Statement: statement, ...action, VisibilityConfig: visibility, ...more };
}

export function rateOf(more: Partial<RateBasedStatement> = {}): Statement {
  return { RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP', ...more } };
}

const managedGroups: Readonly<Record<string, ManagedGroupFacts>> = {
  AWSManagedRulesCommonRuleSet: { capacity: 700, ruleNames: ['NoUserAgent_HEADER'], versions: ['Version_1.0'] },
  AWSManagedRulesATPRuleSet: { capacity: 50, ruleNames: [], unavailable: 'It needs stolen passwords to compare with.' },
};

type Calls = { readonly [Name in keyof WafOperations]-?: NonNullable<WafOperations[Name]> };

export function wafExample() {
  const store = createMemoryStore();
  const told: string[] = [];
  const stages = new Set(['pets/prod', 'pets/dev']);
  const context: WafContext = {
    store,
    managedGroups: {
      find: (vendorName, name) => (vendorName === 'AWS' ? managedGroups[name] : undefined),
    },
    now: () => 5,
    keptOnly: (feature) => void told.push(feature),
    stageExists: async (_scope, restApiId, stageName) => stages.has(`${restApiId}/${stageName}`),
    logGroupExists: async (_scope, name) => name === 'aws-waf-logs-shop',
  };
  // Which operations there are is what tests find out by calling them.
  const operations = wafOperations(context) as Calls;

  const createWebAcl = async (Name: string, rules: readonly Rule[] = [], more: object = {}) => {
    const input = { Name, Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig: visibility, Rules: rules, ...more };
    const { Summary } = await operations.CreateWebACL(input as Parameters<Calls['CreateWebACL']>[0], caller);
    return named(Summary);
  };
  const createRuleGroup = async (Name: string, Capacity: number, rules: readonly Rule[] = [], more: object = {}) => {
    const input = { Name, Scope: 'REGIONAL', Capacity, VisibilityConfig: visibility, Rules: rules, ...more };
    const { Summary } = await operations.CreateRuleGroup(input as Parameters<Calls['CreateRuleGroup']>[0], caller);
    return named(Summary);
  };
  const createIpSet = async (Name: string, Addresses: string[] = ['192.0.2.0/24']) => {
    const input = { Name, Scope: 'REGIONAL', IPAddressVersion: 'IPV4', Addresses } as const;
    return named((await operations.CreateIPSet(input, caller)).Summary);
  };
  return { store, context, stages, told, operations, createWebAcl, createRuleGroup, createIpSet };
}

interface Summary {
  readonly Name?: string | undefined;
  readonly Id?: string | undefined;
  readonly LockToken?: string | undefined;
  readonly ARN?: string | undefined;
}

/** What names an entity in later calls, and its ARN. */
function named(summary: Summary | undefined) {
  const { Name = '', Id = '', LockToken = '', ARN = '' } = summary ?? {};
  return { ref: { Name, Id, LockToken, Scope: 'REGIONAL' as const }, arn: ARN };
}
