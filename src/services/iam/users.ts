// Users.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html and its neighbours

import type * as Iam from '@aws-sdk/client-iam';
import type { PartialOperations } from '../../aws/operations.ts';
import { changePrincipal, type IamContext, readUser, userNoun } from './iam-context.ts';
import { iamArn, iamPartition, iamScope, nowInSeconds, type UserDocument, userKey, userKind } from './iam-documents.ts';
import { alreadyExists, deleteConflict, invalidInput } from './iam-refusals.ts';
import { newIdentifier } from './identifiers.ts';
import { pageOf } from './paging.ts';
import { withoutTags, withTags } from './tags.ts';

export function userOperations(context: IamContext) {
  const { store, userNameOf } = context;
  return {
    async CreateUser(input, caller) {
      if (input.PermissionsBoundary !== undefined) throw boundaryNotEnforced();
      const scope = iamScope(caller);
      const { UserName: name = '', Path: path = '/' } = input;
      const user: UserDocument = {
        name,
        id: newIdentifier('user'),
        path,
        arn: iamArn(scope, 'user', path, name),
        createdAt: nowInSeconds(),
        tags: withTags([], input.Tags),
        inline: {},
        attached: [],
        accessKeyIds: [],
      };
      await store.transact(async (transaction) => {
        const key = userKey(scope, name);
        if ((await transaction.get(key)) !== undefined) throw alreadyExists(`User with name ${name} already exists.`);
        await transaction.put(key, user);
      });
      return { User: toUser(user, true) };
    },

    async GetUser(input, caller) {
      const name = input.UserName ?? userNameOf(caller);
      if (name !== undefined) return { User: toUser(await readUser(store, caller, name), true) };
      // AWS: the account itself has neither name nor path.
      const arn = `arn:${iamPartition(iamScope(caller))}:iam::${caller.account}:root`;
      return { User: { UserId: caller.account, Arn: arn, CreateDate: new Date(0) } as Iam.User };
    },

    async ListUsers(input, caller) {
      const { items } = await store.list<UserDocument>(iamScope(caller), userKind, '');
      const prefix = input.PathPrefix ?? '/';
      const { items: users, ...page } = pageOf(
        items.filter(({ path }) => path.startsWith(prefix)),
        input,
        ({ name }) => name.toLowerCase(),
      );
      return { Users: users.map((user) => toUser(user, false)), ...page };
    },

    async DeleteUser(input, caller) {
      await store.transact(async (transaction) => {
        const user = await readUser(transaction, caller, input.UserName);
        if (user.accessKeyIds.length > 0) throw deleteConflict('Cannot delete entity, must delete access keys first.');
        if (user.attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
        if (Object.keys(user.inline).length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
        await transaction.delete(userKey(iamScope(caller), user.name));
      });
      return {};
    },

    async TagUser(input, caller) {
      await changePrincipal(context, userNoun, caller, input.UserName, (user) => ({
        ...user,
        tags: withTags(user.tags, input.Tags),
      }));
      return {};
    },

    async UntagUser(input, caller) {
      await changePrincipal(context, userNoun, caller, input.UserName, (user) => ({
        ...user,
        tags: withoutTags(user.tags, input.TagKeys),
      }));
      return {};
    },

    async ListUserTags(input, caller) {
      const { tags } = await readUser(store, caller, input.UserName);
      return { Tags: [...tags], IsTruncated: false };
    },

    async ListGroupsForUser(input, caller) {
      await readUser(store, caller, input.UserName);
      return { Groups: [], IsTruncated: false };
    },
  } satisfies PartialOperations<typeof Iam>;
}

/** Said by everything that would take a boundary: what is not enforced is not accepted. */
export function boundaryNotEnforced() {
  return invalidInput('Stagegate does not enforce permissions boundaries yet; leave PermissionsBoundary out.');
}

/** AWS: lists leave the tags out. Seen: botocore's documentation of ListUsers. */
function toUser({ name, id, path, arn, createdAt, tags }: UserDocument, withItsTags: boolean): Iam.User {
  return {
    Path: path,
    UserName: name,
    UserId: id,
    Arn: arn,
    CreateDate: new Date(createdAt),
    ...(withItsTags && tags.length > 0 ? { Tags: [...tags] } : {}),
  };
}
