// The function, version or alias that an operation is about.

import { AwsError } from '../aws/aws-error.ts';
import type { Caller } from '../aws/operations.ts';
import type { Scope } from '../model/scope.ts';
import type { Transaction } from '../store/store.ts';
import { type AliasDocument, aliasKey, isVersionNumber } from './alias-document.ts';
import { type FunctionReference, functionNotFound } from './function-arn.ts';
import { type FunctionDocument, functionKey, versionKey } from './function-document.ts';

type Reader = Pick<Transaction, 'get'>;

/** What a reference leads to: the function itself, a published version, or the version an alias names first. 404 in AWS's words. */
export async function readFunction(reader: Reader, reference: FunctionReference): Promise<FunctionDocument> {
  const { scope, name, qualifier } = reference;
  const latest = await reader.get<FunctionDocument>(functionKey(scope, name));
  if (latest === undefined) throw functionNotFound(scope, name, qualifier);
  if (qualifier === undefined || qualifier === '$LATEST') return latest;
  if (isVersionNumber(qualifier)) return readVersion(reader, reference, qualifier);
  const alias = await reader.get<AliasDocument>(aliasKey(scope, name, qualifier));
  if (alias === undefined) throw functionNotFound(scope, name, qualifier);
  return alias.functionVersion === '$LATEST' ? latest : readVersion(reader, reference, alias.functionVersion);
}

/** The scope of a caller. */
export function scopeOf(caller: Caller): Scope {
  return { account: caller.account, region: caller.region };
}

/** RevisionId of an operation against that of what it is about. */
export function checkRevision(current: string, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === current) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    { fields: { Type: 'User' } },
  );
}

async function readVersion(reader: Reader, { scope, name }: FunctionReference, number: string): Promise<FunctionDocument> {
  const version = await reader.get<FunctionDocument>(versionKey(scope, name, number));
  if (version === undefined) throw functionNotFound(scope, name, number);
  return version;
}
