// What rules would cost.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CheckCapacity.html

import type { Caller } from '../../aws/operations.ts';
import { placeOf } from './entities.ts';
import { toDocument } from './rule-document.ts';
import { checkedCapacity, ruleSetOf } from './rule-set.ts';
import type { Input, WafContext, WafOperations } from './waf-context.ts';

/** The request has rules only: their custom response bodies are the web ACL's. */
const anyBody = { has: () => true };

export function checkCapacityOperations(context: WafContext) {
  return {
    async CheckCapacity(input: Input<'CheckCapacity'>, caller: Caller) {
      const place = placeOf(input, caller);
      const rules = ruleSetOf({ Rules: toDocument(input.Rules) });
      return { Capacity: await checkedCapacity(context, context.store, place, 'web ACL', rules, anyBody) };
    },
  } satisfies WafOperations;
}
