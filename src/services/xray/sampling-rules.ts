// Sampling rules as their owner sees and changes them.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-configuration.html#xray-api-configuration-sampling

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { pageOf } from './paging.ts';
import { invalidRequest, isName } from './refusals.ts';
import {
  DEFAULT_RULE_NAME,
  findSamplingRule,
  ruleNameIn,
  type SamplingRuleDocument,
  samplingRuleArn,
  samplingRuleKey,
  samplingRulesIn,
} from './sampling-rule.ts';
import { newTags } from './tag-rules.ts';
import { type Input, scopeOf, type XRayContext, type XRayOperations } from './xray-context.ts';

/** AWS: besides the Default rule. Seen: X-Ray quotas. */
const RULES_MAX = 25;
const PRIORITY_MAX = 9999;

type WireRule = NonNullable<Input<'CreateSamplingRule'>['SamplingRule']>;
type WireUpdate = NonNullable<Input<'UpdateSamplingRule'>['SamplingRuleUpdate']>;

export function samplingRuleOperations({ store, now, keptOnly }: XRayContext) {
  const tell = ({ samplingRateBoost }: SamplingRuleDocument): void => {
    if (samplingRateBoost !== undefined) keptOnly('The rate boost of a sampling rule');
  };

  return {
    async GetSamplingRules(input: Input<'GetSamplingRules'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { items, next } = pageOf(await samplingRulesIn(store, scope), input.NextToken, [
        'rules',
        scope.account,
        scope.region,
      ]);
      return { SamplingRuleRecords: items.map((rule) => toRecord(rule, scope)), ...next };
    },

    async CreateSamplingRule(input: Input<'CreateSamplingRule'>, caller: Caller) {
      const scope = scopeOf(caller);
      const at = now();
      const rule = newRule(input, scope, at);
      await store.transact(async (transaction) => {
        if ((await findSamplingRule(transaction, scope, rule.ruleName)) !== undefined) {
          throw invalidRequest(`A sampling rule with the name ${rule.ruleName} already exists.`);
        }
        const rules = await samplingRulesIn(transaction, scope);
        if (rules.filter(({ ruleName }) => ruleName !== DEFAULT_RULE_NAME).length >= RULES_MAX) {
          throw new AwsError('RuleLimitExceededException', `There can be at most ${RULES_MAX} sampling rules.`);
        }
        await transaction.put(samplingRuleKey(scope, rule.ruleName), rule);
        await noteRuleChange(transaction, scope, at);
      });
      tell(rule);
      return { SamplingRuleRecord: toRecord(rule, scope) };
    },

    async UpdateSamplingRule(input: Input<'UpdateSamplingRule'>, caller: Caller) {
      const scope = scopeOf(caller);
      const at = now();
      const { SamplingRuleUpdate: update = {} } = input;
      const name = namedRule(update, scope);
      const rule = await store.transact(async (transaction) => {
        const former = await findSamplingRule(transaction, scope, name);
        if (former === undefined) throw noRule();
        const next = updatedRule(former, update, at);
        await transaction.put(samplingRuleKey(scope, name), next);
        await noteRuleChange(transaction, scope, at);
        return next;
      });
      tell(rule);
      return { SamplingRuleRecord: toRecord(rule, scope) };
    },

    async DeleteSamplingRule(input: Input<'DeleteSamplingRule'>, caller: Caller) {
      const scope = scopeOf(caller);
      const name = namedRule(input, scope);
      if (name === DEFAULT_RULE_NAME) throw invalidRequest('The default sampling rule cannot be deleted.');
      const rule = await store.transact(async (transaction) => {
        const former = await findSamplingRule(transaction, scope, name);
        if (former === undefined) throw noRule();
        await transaction.delete(samplingRuleKey(scope, name));
        await noteRuleChange(transaction, scope, now());
        return former;
      });
      return { SamplingRuleRecord: toRecord(rule, scope) };
    },
  } satisfies XRayOperations;
}

interface RuleChange {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** When a rule was created, changed or deleted last, in milliseconds since the epoch; 0 for never. */
export async function lastRuleChange(reader: Reader, scope: Scope): Promise<number> {
  return (await reader.get<RuleChange>(ruleChangeKey(scope)))?.at ?? 0;
}

/** Kept by itself: a rule that was deleted cannot tell. */
async function noteRuleChange(transaction: Transaction, scope: Scope, at: number): Promise<void> {
  await transaction.put(ruleChangeKey(scope), { at } satisfies RuleChange);
}

function ruleChangeKey(scope: Scope) {
  return { scope, kind: 'xray/sampling-rule-change', parent: '', id: 'last' };
}

function newRule(
  { SamplingRule: wire, Tags: tags }: Input<'CreateSamplingRule'>,
  scope: Scope,
  at: number,
): SamplingRuleDocument {
  if (wire === undefined) throw invalidRequest('SamplingRule is required.');
  const ruleName = namedRule(wire, scope);
  if (!isName(ruleName)) throw invalidRequest('The name of the sampling rule has characters that are not allowed.');
  if (wire.Version !== 1) throw invalidRequest('The Version of a sampling rule must be 1.');
  return checked({
    ruleName,
    priority: wire.Priority ?? 0,
    fixedRate: wire.FixedRate ?? 0,
    reservoirSize: wire.ReservoirSize ?? 0,
    ...{ serviceName: wire.ServiceName ?? '', serviceType: wire.ServiceType ?? '', host: wire.Host ?? '' },
    ...{ httpMethod: wire.HTTPMethod ?? '', urlPath: wire.URLPath ?? '', resourceArn: wire.ResourceARN ?? '' },
    attributes: { ...wire.Attributes },
    ...boostOf(wire),
    ...{ createdAt: at, modifiedAt: at, tags: newTags(tags) },
  });
}

function updatedRule(former: SamplingRuleDocument, update: WireUpdate, at: number): SamplingRuleDocument {
  const { RuleName: _name, RuleARN: _arn, FixedRate: fixedRate, ReservoirSize: reservoirSize, ...others } = update;
  const isOnlyRates = Object.values(others).every((value) => value === undefined);
  const isDefault = former.ruleName === DEFAULT_RULE_NAME;
  // AWS: these words, even for what would stay the same. Seen: terraform-provider-aws#49597.
  if (isDefault && !isOnlyRates) throw invalidRequest('Invalid update request for default sampling rule');
  const rule: SamplingRuleDocument = {
    ...former,
    priority: update.Priority ?? former.priority,
    fixedRate: fixedRate ?? former.fixedRate,
    reservoirSize: reservoirSize ?? former.reservoirSize,
    serviceName: update.ServiceName ?? former.serviceName,
    serviceType: update.ServiceType ?? former.serviceType,
    host: update.Host ?? former.host,
    httpMethod: update.HTTPMethod ?? former.httpMethod,
    urlPath: update.URLPath ?? former.urlPath,
    resourceArn: update.ResourceARN ?? former.resourceArn,
    attributes: update.Attributes === undefined ? former.attributes : { ...update.Attributes },
    ...boostOf(update),
    modifiedAt: at,
  };
  return checked(rule);
}

/** The wire checks the limits of new rules; those of updates are not in the service model. */
function checked(rule: SamplingRuleDocument): SamplingRuleDocument {
  const { ruleName, priority, fixedRate, reservoirSize } = rule;
  if (ruleName !== DEFAULT_RULE_NAME && !(priority >= 1 && priority <= PRIORITY_MAX)) {
    throw invalidRequest(`The Priority of a sampling rule must be from 1 to ${PRIORITY_MAX}.`);
  }
  if (!(fixedRate >= 0 && fixedRate <= 1)) throw invalidRequest('The FixedRate of a sampling rule must be from 0 to 1.');
  if (!(reservoirSize >= 0)) throw invalidRequest('The ReservoirSize of a sampling rule must not be negative.');
  return rule;
}

function boostOf({ SamplingRateBoost: boost }: WireRule | WireUpdate): Pick<SamplingRuleDocument, 'samplingRateBoost'> {
  if (boost === undefined) return {};
  return { samplingRateBoost: { maxRate: boost.MaxRate ?? 0, cooldownWindowMinutes: boost.CooldownWindowMinutes ?? 0 } };
}

interface NamesRule {
  readonly RuleName?: string | undefined;
  readonly RuleARN?: string | undefined;
}

/** AWS: by either name or ARN, but not both. Seen: API reference, SamplingRule. */
function namedRule({ RuleName: name, RuleARN: arn }: NamesRule, scope: Scope): string {
  if ((name === undefined) === (arn === undefined))
    throw invalidRequest('Either RuleName or RuleARN must be given, but not both.');
  if (name !== undefined) return name;
  const named = ruleNameIn(arn ?? '', scope);
  if (named === undefined) throw noRule();
  return named;
}

/** AWS: these words. Seen: Terraform's provider looks for them, internal/service/xray/sampling_rule.go. */
function noRule(): AwsError {
  return invalidRequest('Sampling rule does not exist');
}

function toRecord(rule: SamplingRuleDocument, scope: Scope) {
  return {
    SamplingRule: {
      RuleName: rule.ruleName,
      RuleARN: samplingRuleArn(scope, rule.ruleName),
      ResourceARN: rule.resourceArn,
      Priority: rule.priority,
      FixedRate: rule.fixedRate,
      ReservoirSize: rule.reservoirSize,
      ServiceName: rule.serviceName,
      ServiceType: rule.serviceType,
      Host: rule.host,
      HTTPMethod: rule.httpMethod,
      URLPath: rule.urlPath,
      Version: 1,
      Attributes: { ...rule.attributes },
      ...(rule.samplingRateBoost && {
        SamplingRateBoost: {
          MaxRate: rule.samplingRateBoost.maxRate,
          CooldownWindowMinutes: rule.samplingRateBoost.cooldownWindowMinutes,
        },
      }),
    },
    CreatedAt: toWholeSeconds(rule.createdAt),
    ModifiedAt: toWholeSeconds(rule.modifiedAt),
  };
}

/** AWS: without fractions. Seen: devguide xray-api-configuration. */
function toWholeSeconds(at: number): Date {
  return new Date(Math.floor(at / 1000) * 1000);
}
