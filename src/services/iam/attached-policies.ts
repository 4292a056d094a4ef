// Managed policies attached to users and roles.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html and its neighbours

import type * as Iam from '@aws-sdk/client-iam';
import type { Caller, PartialOperations } from '../../aws/operations.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';
import { changePrincipal, type IamContext, type PrincipalNoun, roleNoun, userNoun } from './iam-context.ts';
import { iamPartition, iamScope, type PrincipalDocument, policyKey } from './iam-documents.ts';
import { limitExceeded, noSuchEntity } from './iam-refusals.ts';
import { assertPolicyArn } from './managed-policies.ts';
import { pageOf, sortedBy } from './paging.ts';

/** AWS: IAM quotas. */
const ATTACHED_MAX = 10;

export function attachedPolicyOperations(context: IamContext) {
  const user = operationsOn(context, userNoun);
  const role = operationsOn(context, roleNoun);
  return {
    AttachUserPolicy: (input, caller) => user.attach(input.UserName, input.PolicyArn, caller),
    DetachUserPolicy: (input, caller) => user.detach(input.UserName, input.PolicyArn, caller),
    ListAttachedUserPolicies: (input, caller) => user.list(input.UserName, input, caller),
    AttachRolePolicy: (input, caller) => role.attach(input.RoleName, input.PolicyArn, caller),
    DetachRolePolicy: (input, caller) => role.detach(input.RoleName, input.PolicyArn, caller),
    ListAttachedRolePolicies: (input, caller) => role.list(input.RoleName, input, caller),
  } satisfies PartialOperations<typeof Iam>;
}

interface ListInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
  readonly PathPrefix?: string | undefined;
}

function operationsOn<D extends PrincipalDocument>(context: IamContext, noun: PrincipalNoun<D>) {
  return {
    async attach(name: string | undefined, arn = '', caller: Caller) {
      assertPolicyArn(arn);
      await changePrincipal(context, noun, caller, name, async (principal, transaction) => {
        if (principal.attached.includes(arn)) return principal;
        const managed = awsManagedPolicy(arn);
        const scope = iamScope(caller);
        const exists =
          managed === undefined
            ? (await transaction.get(policyKey(scope, arn))) !== undefined
            : arn.startsWith(`arn:${iamPartition(scope)}:`);
        if (!exists) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
        if (principal.attached.length >= ATTACHED_MAX) {
          throw limitExceeded(`PoliciesPer${noun.noun === 'user' ? 'User' : 'Role'}`, ATTACHED_MAX);
        }
        if (managed?.known === false) {
          context.onNotice(
            `${arn} is not one of the AWS managed policies that Stagegate knows: ${noun.noun} ${principal.name} has it, and it grants nothing.`,
          );
        }
        return { ...principal, attached: [...principal.attached, arn] };
      });
      return {};
    },

    async detach(name: string | undefined, arn = '', caller: Caller) {
      assertPolicyArn(arn);
      await changePrincipal(context, noun, caller, name, (principal) => {
        if (!principal.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
        return { ...principal, attached: principal.attached.filter((other) => other !== arn) };
      });
      return {};
    },

    async list(name: string | undefined, input: ListInput, caller: Caller) {
      const { attached } = await noun.read(context.store, caller, name);
      const prefix = input.PathPrefix ?? '/';
      const shown = attached.filter((arn) => arn.slice(arn.indexOf('/')).startsWith(prefix));
      const { items, ...page } = pageOf(
        sortedBy(shown, (arn) => arn),
        input,
        (arn) => arn,
      );
      return {
        AttachedPolicies: items.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn })),
        ...page,
      };
    },
  };
}
