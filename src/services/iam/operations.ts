// The operations of IAM, noun by noun.

import type * as Iam from '@aws-sdk/client-iam';
import { guardedOperations } from '../../aws/guarded-operations.ts';
import type { PartialOperations } from '../../aws/operations.ts';
import { isStoreError } from '../../store/store-error.ts';
import { accessKeyOperations } from './access-keys.ts';
import { attachedPolicyOperations } from './attached-policies.ts';
import type { IamContext } from './iam-context.ts';
import { inlinePolicyOperations } from './inline-policies.ts';
import { managedPolicyOperations } from './managed-policies.ts';
import { roleOperations } from './roles.ts';
import { userOperations } from './users.ts';

export type IamOperations = PartialOperations<typeof Iam>;

export function iamOperations(context: IamContext): IamOperations {
  const operations: IamOperations = {
    ...userOperations(context),
    ...accessKeyOperations(context),
    ...roleOperations(context),
    ...inlinePolicyOperations(context),
    ...attachedPolicyOperations(context),
    ...managedPolicyOperations(context),
  };
  return guardedOperations(operations, { isStorageFailure: isStoreError, code: 'ServiceFailure', status: 500 });
}
