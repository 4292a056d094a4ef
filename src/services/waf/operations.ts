// Every operation of WAF that sets, groups, web ACLs and their associations need, in one table.

import { guardedOperations } from '../../aws/guarded-operations.ts';
import { isStoreError } from '../../store/store-error.ts';
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
  return guardedOperations(operations, { isStorageFailure: isStoreError, code: 'WAFInternalErrorException' });
}
