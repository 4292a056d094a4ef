// Published versions: copies of a function's code and settings that never change.
// https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html and its neighbours

import { createHash, randomUUID } from 'node:crypto';
import type * as Lambda from '@aws-sdk/client-lambda';
import type { PartialOperations } from '../aws/operations.ts';
import type { Scope } from '../model/scope.ts';
import type { Transaction } from '../store/store.ts';
import { ALIAS_KIND, type AliasDocument } from './alias-document.ts';
import { deleteQualifier } from './dependents.ts';
import { conflict, functionNotFound, invalidParameter, parseFunctionName } from './function-arn.ts';
import {
  codeSha256,
  type FunctionDocument,
  functionKey,
  toFunctionConfiguration,
  toListedConfiguration,
  VERSION_KIND,
  versionKey,
} from './function-document.ts';
import { checkRevision, readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import { pageLimit, toPage } from './paging.ts';
import { assertSettled, settled } from './settling.ts';

/** The operations about versions. */
export function versionOperations(context: LambdaContext) {
  const { store } = context;
  return {
    async PublishVersion(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const { scope, name, qualifier } = reference;
      if (qualifier !== undefined && qualifier !== '$LATEST') throw functionNotFound(scope, name, qualifier);
      refusePublishTo(input.PublishTo);
      await settled(context, reference);
      const version = await store.transact(async (transaction) => {
        const latest = await readFunction(transaction, { scope, name, qualifier: undefined });
        checkRevision(latest.revisionId, input.RevisionId);
        const current = codeSha256(latest.code);
        if (input.CodeSha256 !== undefined && input.CodeSha256 !== '' && input.CodeSha256 !== current) {
          throw invalidParameter(
            `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${current}). Please try again with the CodeSHA256 in $LATEST.`,
          );
        }
        assertSettled(reference, latest);
        return publish(transaction, scope, latest, input.Description);
      });
      return toFunctionConfiguration(scope, version, version.version);
    },

    async ListVersionsByFunction(input, caller) {
      const { scope, name } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const latest = await readFunction(store, { scope, name, qualifier: undefined });
      // The first item of all is $LATEST, which has no place among the numbers.
      const versions = toPage(
        'ListVersionsByFunction',
        [latest, ...(await store.list<FunctionDocument>(scope, VERSION_KIND, name)).items],
        ({ version = '0' }) => versionKey(scope, name, version).id,
        pageLimit(input.MaxItems),
        input.Marker,
      );
      return {
        Versions: versions.items.map((document) => toListedConfiguration(scope, document, document.version ?? '$LATEST')),
        ...(versions.next !== undefined && { NextMarker: versions.next }),
      };
    },
  } satisfies PartialOperations<typeof Lambda>;
}

/** Makes what `$LATEST` is now a version, unless it is the version that was published last. Its state is that of `$LATEST` or `Pending`. */
export async function publish(
  transaction: Transaction,
  scope: Scope,
  latest: FunctionDocument,
  description?: string,
): Promise<FunctionDocument> {
  const name = latest.functionName;
  if (latest.code.kind === 'folder') {
    throw invalidParameter('The code of this function is a folder, which may change: only code from a ZipFile can be published.');
  }
  const publishedDigest = digest(latest);
  if (latest.lastVersion !== undefined) {
    // AWS: nothing is published when nothing has changed, whatever the description says. Seen: test/parity, test_version_lifecycle.
    const last = await transaction.get<FunctionDocument>(versionKey(scope, name, String(latest.lastVersion)));
    if (last?.publishedDigest === publishedDigest) return last;
  }
  const number = (latest.lastVersion ?? 0) + 1;
  const {
    reservedConcurrency: _,
    lastVersion: __,
    allowsLoops: ___,
    runtimeManagement: ____,
    lastUpdateStatus,
    ...copied
  } = latest;
  const pending = latest.state === 'Pending' || lastUpdateStatus === 'InProgress';
  const version: FunctionDocument = {
    ...copied,
    // AWS: a version of a function that is being updated begins as a new function does. Seen: test/parity, test_publish_with_update.
    state: pending ? 'Pending' : 'Active',
    ...(!pending && { lastUpdateStatus: 'Successful' }),
    description: description ?? latest.description,
    version: String(number),
    tags: {},
    revisionId: randomUUID(),
    publishedDigest,
  };
  await transaction.put(functionKey(scope, name), { ...latest, lastVersion: number } satisfies FunctionDocument);
  await transaction.put(versionKey(scope, name, String(number)), version);
  return version;
}

/** Deletes one version; not when an alias leads to it. */
export async function deleteVersion(transaction: Transaction, scope: Scope, name: string, number: string): Promise<void> {
  const aliases = await transaction.list<AliasDocument>(scope, ALIAS_KIND, name);
  const names = aliases.items
    .filter((alias) => alias.functionVersion === number || alias.additional?.version === number)
    .map((alias) => alias.name);
  // AWS: Seen: Lambda's own refusal, as deployment tools quote it.
  if (names.length > 0) {
    throw conflict(`Unable to delete version because the following aliases reference it: [${names.join(', ')}]`);
  }
  if (!(await transaction.delete(versionKey(scope, name, number)))) throw functionNotFound(scope, name, number);
  await deleteQualifier(transaction, scope, name, number);
}

/** Versions for capacity providers are not there. */
export function refusePublishTo(publishTo: string | undefined): void {
  if (publishTo) throw invalidParameter('Stagegate does not publish to $LATEST.PUBLISHED yet. Leave PublishTo out.');
}

function digest(latest: FunctionDocument): string {
  const {
    revisionId,
    lastModified,
    state,
    lastUpdateStatus,
    lastVersion,
    reservedConcurrency,
    allowsLoops,
    runtimeManagement,
    tags,
    ...content
  } = latest;
  const members = Object.entries(content).filter(([, value]) => value !== undefined);
  return createHash('sha256').update(JSON.stringify(members.sort())).digest('base64');
}
