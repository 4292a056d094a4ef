// Roles and their trust policies.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html and its neighbours

import type * as Iam from '@aws-sdk/client-iam';
import type { PartialOperations } from '../../aws/operations.ts';
import { changePrincipal, type IamContext, readRole, roleNoun } from './iam-context.ts';
import { iamArn, iamScope, nowInSeconds, type RoleDocument, roleKey, roleKind } from './iam-documents.ts';
import { alreadyExists, deleteConflict, limitExceeded } from './iam-refusals.ts';
import { newIdentifier } from './identifiers.ts';
import { pageOf } from './paging.ts';
import { checkedPolicyText, encodedPolicyText, policyLength } from './policy-text.ts';
import { withoutTags, withTags } from './tags.ts';
import { boundaryNotEnforced } from './users.ts';

/** AWS: IAM quotas. */
const TRUST_POLICY_CHARACTERS_MAX = 2048;
const SESSION_SECONDS = 3600;

export function roleOperations(context: IamContext) {
  const { store } = context;
  return {
    async CreateRole(input, caller) {
      if (input.PermissionsBoundary !== undefined) throw boundaryNotEnforced();
      const scope = iamScope(caller);
      const { RoleName: name = '', Path: path = '/' } = input;
      const role: RoleDocument = {
        name,
        id: newIdentifier('role'),
        path,
        arn: iamArn(scope, 'role', path, name),
        createdAt: nowInSeconds(),
        tags: withTags([], input.Tags),
        inline: {},
        attached: [],
        maxSessionDuration: input.MaxSessionDuration ?? SESSION_SECONDS,
        trustPolicy: trustPolicyOf(input.AssumeRolePolicyDocument),
        ...(input.Description === undefined ? {} : { description: input.Description }),
      };
      await store.transact(async (transaction) => {
        const key = roleKey(scope, name);
        if ((await transaction.get(key)) !== undefined) throw alreadyExists(`Role with name ${name} already exists.`);
        await transaction.put(key, role);
      });
      // AWS: the answer to CreateRole has the maximum session only when it was asked for. Seen: test/parity.
      const { MaxSessionDuration: _left, ...rest } = toRole(role);
      return { Role: { ...(input.MaxSessionDuration === undefined ? rest : toRole(role)), ...tagsOf(role) } };
    },

    async GetRole(input, caller) {
      const role = await readRole(store, caller, input.RoleName);
      return { Role: { ...toRole(role), RoleLastUsed: {}, ...tagsOf(role) } };
    },

    async ListRoles(input, caller) {
      const { items } = await store.list<RoleDocument>(iamScope(caller), roleKind, '');
      const prefix = input.PathPrefix ?? '/';
      const { items: roles, ...page } = pageOf(
        items.filter(({ path }) => path.startsWith(prefix)),
        input,
        ({ name }) => name.toLowerCase(),
      );
      return { Roles: roles.map(toRole), ...page };
    },

    async UpdateRole(input, caller) {
      await changePrincipal(context, roleNoun, caller, input.RoleName, (role) => ({
        ...role,
        ...(input.Description === undefined ? {} : { description: input.Description }),
        maxSessionDuration: input.MaxSessionDuration ?? role.maxSessionDuration,
      }));
      return {};
    },

    async UpdateAssumeRolePolicy(input, caller) {
      const trustPolicy = trustPolicyOf(input.PolicyDocument);
      await changePrincipal(context, roleNoun, caller, input.RoleName, (role) => ({ ...role, trustPolicy }));
      return {};
    },

    async DeleteRole(input, caller) {
      await store.transact(async (transaction) => {
        const role = await readRole(transaction, caller, input.RoleName);
        if (role.attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
        if (Object.keys(role.inline).length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
        await transaction.delete(roleKey(iamScope(caller), role.name));
      });
      return {};
    },

    /** There are no instance profiles; Terraform asks before it deletes a role. */
    async ListInstanceProfilesForRole(input, caller) {
      await readRole(store, caller, input.RoleName);
      return { InstanceProfiles: [], IsTruncated: false };
    },

    async TagRole(input, caller) {
      await changePrincipal(context, roleNoun, caller, input.RoleName, (role) => ({
        ...role,
        tags: withTags(role.tags, input.Tags),
      }));
      return {};
    },

    async UntagRole(input, caller) {
      await changePrincipal(context, roleNoun, caller, input.RoleName, (role) => ({
        ...role,
        tags: withoutTags(role.tags, input.TagKeys),
      }));
      return {};
    },

    async ListRoleTags(input, caller) {
      const { tags } = await readRole(store, caller, input.RoleName);
      return { Tags: [...tags], IsTruncated: false };
    },
  } satisfies PartialOperations<typeof Iam>;
}

function trustPolicyOf(text: string | undefined): string {
  const checked = checkedPolicyText(text ?? '', 'trust');
  if (policyLength(checked) > TRUST_POLICY_CHARACTERS_MAX) throw limitExceeded('ACLSizePerRole', TRUST_POLICY_CHARACTERS_MAX);
  return checked;
}

/** AWS: lists leave out tags and RoleLastUsed. Seen: test/parity, test_create_describe_role. */
function toRole({ name, id, path, arn, createdAt, description, maxSessionDuration, trustPolicy }: RoleDocument): Iam.Role {
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: arn,
    CreateDate: new Date(createdAt),
    AssumeRolePolicyDocument: encodedPolicyText(trustPolicy),
    ...(description === undefined ? {} : { Description: description }),
    MaxSessionDuration: maxSessionDuration,
  };
}

function tagsOf({ tags }: RoleDocument): Pick<Iam.Role, 'Tags'> {
  return tags.length === 0 ? {} : { Tags: [...tags] };
}
