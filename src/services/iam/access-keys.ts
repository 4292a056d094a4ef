// Access keys of users: shown once, kept encrypted.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html and its neighbours

import type * as Iam from '@aws-sdk/client-iam';
import type { Caller, PartialOperations } from '../../aws/operations.ts';
import type { Reader } from '../../store/store.ts';
import { type IamContext, readUser, userNameOrOwn } from './iam-context.ts';
import { type AccessKeyDocument, accessKeyKey, iamScope, nowInSeconds, userKey } from './iam-documents.ts';
import { limitExceeded, noSuchEntity } from './iam-refusals.ts';
import { newIdentifier, newSecretAccessKey } from './identifiers.ts';

/** AWS: IAM quotas. */
const KEYS_PER_USER_MAX = 2;

export function accessKeyOperations(context: IamContext) {
  const { store, secrets } = context;
  return {
    async CreateAccessKey(input, caller) {
      const scope = iamScope(caller);
      const accessKeyId = newIdentifier('accessKey');
      const secretAccessKey = newSecretAccessKey();
      const sealedSecret = secrets.seal(secretAccessKey, accessKeyId);
      const { userName, createdAt } = await store.transact(async (transaction) => {
        const user = await readUser(transaction, caller, userNameOrOwn(context, caller, input.UserName));
        if (user.accessKeyIds.length >= KEYS_PER_USER_MAX) throw limitExceeded('AccessKeysPerUser', KEYS_PER_USER_MAX);
        const key: AccessKeyDocument = {
          accessKeyId,
          userName: user.name,
          status: 'Active',
          createdAt: nowInSeconds(),
          sealedSecret,
        };
        await transaction.put(accessKeyKey(scope, accessKeyId), key);
        await transaction.put(userKey(scope, user.name), { ...user, accessKeyIds: [...user.accessKeyIds, accessKeyId] });
        return key;
      });
      return {
        AccessKey: {
          UserName: userName,
          AccessKeyId: accessKeyId,
          Status: 'Active' as const,
          SecretAccessKey: secretAccessKey,
          CreateDate: new Date(createdAt),
        },
      };
    },

    async ListAccessKeys(input, caller) {
      const user = await readUser(store, caller, userNameOrOwn(context, caller, input.UserName));
      const keys = await Promise.all(
        user.accessKeyIds.map((id) => store.get<AccessKeyDocument>(accessKeyKey(iamScope(caller), id))),
      );
      return {
        AccessKeyMetadata: keys
          .filter((key) => key !== undefined)
          .map(({ accessKeyId, userName, status, createdAt }) => ({
            UserName: userName,
            AccessKeyId: accessKeyId,
            Status: status,
            CreateDate: new Date(createdAt),
          })),
        IsTruncated: false,
      };
    },

    async UpdateAccessKey(input, caller) {
      const status = input.Status === 'Active' ? 'Active' : 'Inactive';
      await store.transact(async (transaction) => {
        const key = await readAccessKey(transaction, context, caller, input);
        await transaction.put(accessKeyKey(iamScope(caller), key.accessKeyId), { ...key, status });
      });
      return {};
    },

    async DeleteAccessKey(input, caller) {
      const scope = iamScope(caller);
      await store.transact(async (transaction) => {
        const { accessKeyId, userName } = await readAccessKey(transaction, context, caller, input);
        const user = await readUser(transaction, caller, userName);
        await transaction.delete(accessKeyKey(scope, accessKeyId));
        await transaction.put(userKey(scope, user.name), {
          ...user,
          accessKeyIds: user.accessKeyIds.filter((id) => id !== accessKeyId),
        });
      });
      return {};
    },
  } satisfies PartialOperations<typeof Iam>;
}

/** The key, when it is of the user that is meant: a key id alone says nothing about whose it is. */
async function readAccessKey(
  reader: Reader,
  context: IamContext,
  caller: Caller,
  input: { readonly UserName?: string | undefined; readonly AccessKeyId: string | undefined },
): Promise<AccessKeyDocument> {
  const user = await readUser(reader, caller, userNameOrOwn(context, caller, input.UserName));
  const id = input.AccessKeyId ?? '';
  const key = user.accessKeyIds.includes(id)
    ? await reader.get<AccessKeyDocument>(accessKeyKey(iamScope(caller), id))
    : undefined;
  if (key === undefined) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  return key;
}
