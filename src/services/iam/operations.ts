// The operations of IAM, noun by noun.

import type * as Iam from '@aws-sdk/client-iam';
import type { PartialOperations } from '../../aws/operations.ts';
import { accessKeyOperations } from './access-keys.ts';
import { attachedPolicyOperations } from './attached-policies.ts';
import type { IamContext } from './iam-context.ts';
import { inlinePolicyOperations } from './inline-policies.ts';
import { managedPolicyOperations } from './managed-policies.ts';
import { roleOperations } from './roles.ts';
import { userOperations } from './users.ts';

export type IamOperations = PartialOperations<typeof Iam>;

export function iamOperations(context: IamContext): IamOperations {
  return {
    ...userOperations(context),
    ...accessKeyOperations(context),
    ...roleOperations(context),
    ...inlinePolicyOperations(context),
    ...attachedPolicyOperations(context),
    ...managedPolicyOperations(context),
  };
}
