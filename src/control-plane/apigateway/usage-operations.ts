// API keys, usage plans and what is used of them, and client certificates: what keeps secrets, as a table of operations.

import { apiKeyOperations } from './api-keys.ts';
import { clientCertificateOperations } from './client-certificates.ts';
import type { V1Operations } from './service.ts';
import { usageRecordOperations } from './usage.ts';
import type { UsageContext } from './usage-context.ts';
import { usagePlanKeyOperations } from './usage-plan-keys.ts';
import { usagePlanOperations } from './usage-plans.ts';

export function usageOperations(context: UsageContext) {
  return {
    ...apiKeyOperations(context),
    ...usagePlanOperations(context),
    ...usagePlanKeyOperations(context),
    ...usageRecordOperations(context),
    ...clientCertificateOperations(context),
  } satisfies V1Operations;
}
