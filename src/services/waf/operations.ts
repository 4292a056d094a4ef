// Every operation of WAF that sets, groups, web ACLs and their associations need, in one table.

import { AwsError } from '../../aws/aws-error.ts';
import type { OperationTable } from '../../aws/operations.ts';
import { StoreError } from '../../store/store-error.ts';
import { associationOperations } from './associations.ts';
import { checkCapacityOperations } from './check-capacity.ts';
import { ipSetOperations } from './ip-sets.ts';
import { loggingConfigurationOperations } from './logging-configurations.ts';
import { permissionPolicyOperations } from './permission-policies.ts';
import { regexPatternSetOperations } from './regex-pattern-sets.ts';
import { ruleGroupOperations } from './rule-groups.ts';
import { tagOperations } from './tags.ts';
import type { WafContext, WafOperations } from './waf-context.ts';
import { webAclOperations } from './web-acls.ts';

type Run = NonNullable<OperationTable[string]>;

/** The table the dispatcher asks. `more` are the operations that know what was served. */
export function wafOperations(context: WafContext, more: WafOperations = {}): WafOperations {
  const operations: WafOperations = {
    ...ipSetOperations(context),
    ...regexPatternSetOperations(context),
    ...ruleGroupOperations(context),
    ...webAclOperations(context),
    ...associationOperations(context),
    ...loggingConfigurationOperations(context),
    ...permissionPolicyOperations(context),
    ...checkCapacityOperations(context),
    ...tagOperations(context),
    ...more,
  };
  const guarded = Object.entries(operations as OperationTable).map(([name, run]) => [name, run && guard(run)]);
  // Each entry keeps the type of the operation it wraps; the loop cannot say so.
  return Object.fromEntries(guarded) as WafOperations;
}

function guard(run: Run): Run {
  return async (input, caller) => {
    try {
      return await run(input, caller);
    } catch (error) {
      // A disk that is full or broken is no bug of an operation: the caller is told, and nothing was acknowledged.
      if (!(error instanceof StoreError)) throw error;
      throw new AwsError(
        'WAFInternalErrorException',
        'The request could not be kept. Nothing was acknowledged; try again when the data directory can be written.',
        { cause: error },
      );
    }
  };
}
