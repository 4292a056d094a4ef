// What the operations of IAM work with, and how they read and change users and roles.

import type { Caller } from '../../aws/operations.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { DocumentKey, Reader, Store, Transaction } from '../../store/store.ts';
import { iamScope, type PrincipalDocument, type RoleDocument, roleKey, type UserDocument, userKey } from './iam-documents.ts';
import { roleNotFound, userNotFound, validationError } from './iam-refusals.ts';

export interface IamContext {
  readonly store: Store;
  readonly secrets: SecretBox;
  /** The user that calls; undefined for the account itself and for roles. */
  readonly userNameOf: (caller: Caller) => string | undefined;
  /** Something the operator should read once. */
  readonly onNotice: (notice: string) => void;
}

export async function readUser(reader: Reader, caller: Caller, name: string | undefined): Promise<UserDocument> {
  const user = name ? await reader.get<UserDocument>(userKey(iamScope(caller), name)) : undefined;
  if (user === undefined) throw userNotFound(name ?? '');
  return user;
}

export async function readRole(reader: Reader, caller: Caller, name: string | undefined): Promise<RoleDocument> {
  const role = name ? await reader.get<RoleDocument>(roleKey(iamScope(caller), name)) : undefined;
  if (role === undefined) throw roleNotFound(name ?? '');
  return role;
}

/** AWS: who names no user means itself; the account itself must name one. Seen: IAM's answer to root, from public reports. */
export function userNameOrOwn(context: IamContext, caller: Caller, name: string | undefined): string {
  const meant = name ?? context.userNameOf(caller);
  if (meant === undefined) throw validationError('Must specify userName when calling with non-User credentials');
  return meant;
}

/** Users and roles, for what can be done to both in the same way. */
export interface PrincipalNoun<D extends PrincipalDocument> {
  readonly noun: 'user' | 'role';
  /** Characters of all inline policies together. AWS: IAM quotas. */
  readonly inlineCharactersMax: number;
  key(caller: Caller, name: string): DocumentKey;
  read(reader: Reader, caller: Caller, name: string | undefined): Promise<D>;
}

export const userNoun: PrincipalNoun<UserDocument> = {
  noun: 'user',
  inlineCharactersMax: 2048,
  key: (caller, name) => userKey(iamScope(caller), name),
  read: readUser,
};

export const roleNoun: PrincipalNoun<RoleDocument> = {
  noun: 'role',
  inlineCharactersMax: 10_240,
  key: (caller, name) => roleKey(iamScope(caller), name),
  read: readRole,
};

/** Reads, changes and writes one user or role in one transaction. */
export async function changePrincipal<D extends PrincipalDocument>(
  { store }: IamContext,
  { key, read }: PrincipalNoun<D>,
  caller: Caller,
  name: string | undefined,
  change: (document: D, transaction: Transaction) => D | Promise<D>,
): Promise<void> {
  await store.transact(async (transaction) => {
    const document = await read(transaction, caller, name);
    await transaction.put(key(caller, document.name), await change(document, transaction));
  });
}
