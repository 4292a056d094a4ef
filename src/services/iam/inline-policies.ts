// Inline policies of users and roles.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html and its neighbours

import type * as Iam from '@aws-sdk/client-iam';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../../aws/operations.ts';
import { changePrincipal, type IamContext, type PrincipalNoun, roleNoun, userNoun } from './iam-context.ts';
import type { PrincipalDocument } from './iam-documents.ts';
import { noSuchEntity } from './iam-refusals.ts';
import { pageOf, sortedBy } from './paging.ts';
import { checkedPolicyText, encodedPolicyText, policyLength } from './policy-text.ts';

interface PolicyInput {
  readonly PolicyName: string | undefined;
  readonly PolicyDocument?: string | undefined;
}

export function inlinePolicyOperations(context: IamContext) {
  const user = operationsOn(context, userNoun);
  const role = operationsOn(context, roleNoun);
  return {
    PutUserPolicy: (input, caller) => user.put(input.UserName, input, caller),
    GetUserPolicy: async (input, caller) => ({ UserName: input.UserName, ...(await user.get(input.UserName, input, caller)) }),
    ListUserPolicies: (input, caller) => user.list(input.UserName, input, caller),
    DeleteUserPolicy: (input, caller) => user.delete(input.UserName, input, caller),
    PutRolePolicy: (input, caller) => role.put(input.RoleName, input, caller),
    GetRolePolicy: async (input, caller) => ({ RoleName: input.RoleName, ...(await role.get(input.RoleName, input, caller)) }),
    ListRolePolicies: (input, caller) => role.list(input.RoleName, input, caller),
    DeleteRolePolicy: (input, caller) => role.delete(input.RoleName, input, caller),
  } satisfies PartialOperations<typeof Iam>;
}

function operationsOn<D extends PrincipalDocument>(context: IamContext, noun: PrincipalNoun<D>) {
  return {
    async put(name: string | undefined, input: PolicyInput, caller: Caller) {
      const document = checkedPolicyText(input.PolicyDocument ?? '', 'identity');
      await changePrincipal(context, noun, caller, name, (principal) => {
        const inline = { ...principal.inline, [input.PolicyName ?? '']: document };
        const length = Object.values(inline).reduce((sum, text) => sum + policyLength(text), 0);
        if (length > noun.inlineCharactersMax) {
          // AWS: this sentence. Seen: public reports of users.
          throw new AwsError(
            'LimitExceededException',
            `Maximum policy size of ${noun.inlineCharactersMax} bytes exceeded for ${noun.noun} ${principal.name}`,
          );
        }
        return { ...principal, inline };
      });
      return {};
    },

    async get(name: string | undefined, input: PolicyInput, caller: Caller) {
      const { inline } = await noun.read(context.store, caller, name);
      const policyName = input.PolicyName ?? '';
      const document = Object.hasOwn(inline, policyName) ? inline[policyName] : undefined;
      if (document === undefined) throw policyNotFound(noun.noun, policyName);
      return { PolicyName: policyName, PolicyDocument: encodedPolicyText(document) };
    },

    async list(name: string | undefined, input: { readonly Marker?: string; readonly MaxItems?: number }, caller: Caller) {
      const { inline } = await noun.read(context.store, caller, name);
      const { items, ...page } = pageOf(
        sortedBy(Object.keys(inline), (id) => id),
        input,
        (id) => id,
      );
      return { PolicyNames: [...items], ...page };
    },

    async delete(name: string | undefined, input: PolicyInput, caller: Caller) {
      const policyName = input.PolicyName ?? '';
      await changePrincipal(context, noun, caller, name, (principal) => {
        if (!Object.hasOwn(principal.inline, policyName)) throw policyNotFound(noun.noun, policyName);
        const { [policyName]: _gone, ...inline } = principal.inline;
        return { ...principal, inline };
      });
      return {};
    },
  };
}

/** AWS: these sentences. Seen: IAM's answers in public reports. */
function policyNotFound(noun: 'user' | 'role', policyName: string) {
  return noSuchEntity(`The ${noun} policy with name ${policyName} cannot be found.`);
}
