// GetRateBasedStatementManagedKeys: which addresses a rate-based rule limits at the moment.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_GetRateBasedStatementManagedKeys.html

import { isIPv6 } from 'node:net';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import { entityByArn, namedEntity, placeOf } from './entities.ts';
import { nonexistentItem } from './refusals.ts';
import type { RuleDocument } from './rule-document.ts';
import type { LiveWebAcls } from './running/live-web-acls.ts';
import type { Input, WafContext, WafOperations } from './waf-context.ts';
import { type RuleGroupDocument, ruleGroupKind, type WebAclDocument, webAclKind } from './waf-documents.ts';

export function rateBasedKeysOperations({ store, now }: WafContext, live: LiveWebAcls) {
  return {
    async GetRateBasedStatementManagedKeys(input: Input<'GetRateBasedStatementManagedKeys'>, caller: Caller) {
      const { WebACLName, WebACLId, RuleName = '', RuleGroupRuleName } = input;
      const place = placeOf(input, caller);
      const webAcl = await namedEntity<WebAclDocument>(store, place, webAclKind, { Name: WebACLName, Id: WebACLId });
      const outer = webAcl.rules.find(({ Name }) => Name === (RuleGroupRuleName ?? RuleName));
      const rule = RuleGroupRuleName === undefined ? outer : await inGroup(place.scope, outer, RuleName);
      const statement = rule?.Statement?.RateBasedStatement;
      if (statement === undefined) throw nonexistentItem();
      // AWS: the keys of other types are not told. Seen: API reference.
      if (statement.AggregateKeyType !== 'IP' && statement.AggregateKeyType !== 'FORWARDED_IP') {
        throw new AwsError('WAFUnsupportedAggregateKeyTypeException', 'The rule does not aggregate by IP address.');
      }
      const limiter = live.limiterOf(webAcl.arn, RuleGroupRuleName === undefined ? RuleName : `${RuleGroupRuleName}/${RuleName}`);
      const keys = limiter?.limited(now()) ?? [];
      return {
        ManagedKeysIPV4: addresses(
          'IPV4',
          keys.filter((key) => !isIPv6(key)).map((key) => `${key}/32`),
        ),
        ManagedKeysIPV6: addresses(
          'IPV6',
          keys.filter((key) => isIPv6(key)).map((key) => `${key}/128`),
        ),
      };
    },
  } satisfies WafOperations;

  async function inGroup(scope: Scope, outer: RuleDocument | undefined, name: string): Promise<RuleDocument | undefined> {
    const arn = outer?.Statement?.RuleGroupReferenceStatement?.ARN ?? '';
    const group = await entityByArn<RuleGroupDocument>(store, scope, ruleGroupKind, arn);
    return group?.rules.find(({ Name }) => Name === name);
  }
}

function addresses(IPAddressVersion: 'IPV4' | 'IPV6', Addresses: string[]) {
  return { IPAddressVersion, Addresses };
}
