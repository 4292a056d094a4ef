// Functions: create, read, list, update, delete.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html and its neighbours

import { randomUUID } from 'node:crypto';
import type * as Lambda from '@aws-sdk/client-lambda';
import { partitionOf } from '../aws/arn.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import type { Scope } from '../model/scope.ts';
import { isVersionNumber } from './alias-document.ts';
import { deleteDependents } from './dependents.ts';
import {
  conflict,
  type FunctionReference,
  functionArn,
  functionNotFound,
  invalidParameter,
  parseFunctionName,
} from './function-arn.ts';
import { takeCode } from './function-code.ts';
import {
  FUNCTION_KIND,
  type FunctionDocument,
  functionKey,
  toFunctionConfiguration,
  toLastModified,
  toListedConfiguration,
  VERSION_KIND,
} from './function-document.ts';
import { checkUnzippedSize, takeLayers } from './function-layers.ts';
import { checkRevision, readFunction, scopeOf } from './function-reads.ts';
import { newFunctionSettings, settingsNotices, updatedFunctionSettings } from './function-settings.ts';
import type { LambdaContext } from './lambda-context.ts';
import { fromMarker, pageLimit, toMarker } from './paging.ts';
import { runtimeNotice } from './runtimes.ts';
import { assertSettled, settled, settleLater } from './settling.ts';
import { mergedTags } from './tag-rules.ts';
import { deleteVersion, publish, refusePublishTo } from './versions.ts';

type FunctionOperations = PartialOperations<typeof Lambda>;

/** The operations about functions themselves. */
export function functionOperations(context: LambdaContext) {
  return {
    async CreateFunction(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const { scope, name } = reference;
      if (scope.account !== caller.account) throw notYourAccount('CreateFunction', reference, caller);
      refusePublishTo(input.PublishTo);
      const settings = newFunctionSettings(name, input, context.commands);
      checkDeadLetter(context, input.DeadLetterConfig?.TargetArn);
      const tags = mergedTags({}, input.Tags);
      const layers = await takeLayers(context, caller, input.Layers);
      const code = await takeCode(context, input.Code ?? {});
      checkUnzippedSize(code, layers);
      const document: FunctionDocument = {
        ...settings,
        functionName: name,
        architecture: input.Architectures?.[0] ?? 'x86_64',
        ...(layers.length > 0 && { layers }),
        code,
        tags,
        lastModified: toLastModified(Date.now()),
        revisionId: randomUUID(),
        state: 'Pending',
      };
      const version = await context.store.transact(async (transaction) => {
        if ((await transaction.get(functionKey(scope, name))) !== undefined) throw conflict(`Function already exist: ${name}`);
        await transaction.put(functionKey(scope, name), document);
        return input.Publish === true ? publish(transaction, scope, document) : undefined;
      });
      announce(context, document);
      settleLater(context, reference, version === undefined ? [document] : [document, version]);
      // AWS: shows the version, but not in the ARN. Seen: test/parity, test_invocation_with_qualifier.
      return toFunctionConfiguration(scope, version ?? document);
    },

    async GetFunction(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      const document = await readFunction(context.store, reference);
      const { tags, reservedConcurrency } = await readFunction(context.store, { ...reference, qualifier: undefined });
      const location =
        document.code.kind === 'zip'
          ? context.codeLocations.link(document.code.sha256)
          : `file://${encodeURI(document.code.path)}`;
      return {
        Configuration: toFunctionConfiguration(reference.scope, document, reference.qualifier),
        Code: { RepositoryType: 'S3', ...(location !== undefined && { Location: location }) },
        ...(Object.keys(tags).length > 0 && { Tags: { ...tags } }),
        ...(reservedConcurrency !== undefined && { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
      };
    },

    async GetFunctionConfiguration(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      return toFunctionConfiguration(reference.scope, await readFunction(context.store, reference), reference.qualifier);
    },

    async ListFunctions(input, caller) {
      const scope = scopeOf(caller);
      // Copies of functions of another region are made for CloudFront alone: there are none.
      if (input.MasterRegion !== undefined && input.MasterRegion !== 'ALL' && input.MasterRegion !== scope.region) {
        return { Functions: [] };
      }
      const page = await context.store.list<FunctionDocument>(scope, FUNCTION_KIND, '', {
        limit: pageLimit(input.MaxItems),
        ...(input.Marker && { after: fromMarker('ListFunctions', input.Marker) }),
      });
      const documents = input.FunctionVersion === 'ALL' ? await withVersions(context, scope, page.items) : page.items;
      return {
        Functions: documents.map((document) =>
          // AWS: with FunctionVersion ALL every ARN is qualified. Seen: test/parity, test_list_functions.
          toListedConfiguration(scope, document, input.FunctionVersion && (document.version ?? '$LATEST')),
        ),
        ...(page.next !== undefined && { NextMarker: toMarker(page.next) }),
      };
    },

    async UpdateFunctionCode(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      refuseQualifier(reference);
      refusePublishTo(input.PublishTo);
      if (input.ImageUri) throw invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.");
      const before = await readFunction(context.store, reference);
      checkRevision(before.revisionId, input.RevisionId);
      const code = await takeCode(context, input);
      const change = (document: FunctionDocument): FunctionDocument => {
        checkUnzippedSize(code, document.layers);
        return { ...document, code, architecture: input.Architectures?.[0] ?? document.architecture };
      };
      if (input.DryRun === true) return toFunctionConfiguration(reference.scope, change(before));
      return update(context, reference, input.RevisionId, change, input.Publish === true);
    },

    async UpdateFunctionConfiguration(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      refuseQualifier(reference);
      const layers = input.Layers && (await takeLayers(context, caller, input.Layers));
      checkDeadLetter(context, input.DeadLetterConfig?.TargetArn);
      return update(context, reference, input.RevisionId, (document) => {
        const { variables, kmsKeyArn, deadLetterArn, ...rest } = document;
        if (layers !== undefined) checkUnzippedSize(document.code, layers);
        const settings = updatedFunctionSettings(reference.name, document, input, context.commands);
        return { ...rest, ...(layers !== undefined && { layers }), ...settings };
      });
    },

    async DeleteFunction(input, caller) {
      const { scope, name, qualifier } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      if (qualifier === '$LATEST') throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
      await context.store.transact(async (transaction) => {
        if (qualifier === undefined) {
          if (!(await transaction.delete(functionKey(scope, name)))) throw functionNotFound(scope, name);
          await deleteDependents(transaction, scope, name);
        } else if (isVersionNumber(qualifier)) {
          await deleteVersion(transaction, scope, name, qualifier);
        } else {
          await readFunction(transaction, { scope, name, qualifier });
          // AWS: Seen: Lambda's own refusal.
          throw invalidParameter('Deletion of aliases is not currently supported.');
        }
      });
      return { StatusCode: 204 };
    },
  } satisfies FunctionOperations;
}

/** Each function with its published versions behind it. */
async function withVersions(
  context: LambdaContext,
  scope: Scope,
  functions: readonly FunctionDocument[],
): Promise<readonly FunctionDocument[]> {
  const lists = functions.map(async (latest) => [
    latest,
    ...(await context.store.list<FunctionDocument>(scope, VERSION_KIND, latest.functionName)).items,
  ]);
  return (await Promise.all(lists)).flat();
}

async function update(
  context: LambdaContext,
  reference: FunctionReference,
  revisionId: string | undefined,
  change: (document: FunctionDocument) => FunctionDocument,
  publishes = false,
): Promise<Lambda.FunctionConfiguration> {
  await settled(context, reference);
  const { scope, name } = reference;
  const [document, version] = await context.store.transact(async (transaction) => {
    const before = await readFunction(transaction, reference);
    checkRevision(before.revisionId, revisionId);
    assertSettled(reference, before);
    const after: FunctionDocument = {
      ...change(before),
      lastModified: toLastModified(Date.now()),
      revisionId: randomUUID(),
      lastUpdateStatus: 'InProgress',
    };
    await transaction.put(functionKey(scope, name), after);
    return [after, publishes ? await publish(transaction, scope, after) : undefined] as const;
  });
  announce(context, document);
  settleLater(context, reference, version === undefined ? [document] : [document, version]);
  return toFunctionConfiguration(scope, version ?? document, version?.version);
}

function announce(context: LambdaContext, document: FunctionDocument): void {
  const said = runtimeNotice(document.runtime, context.commands);
  context.background(
    said.then((text) => {
      if (text !== undefined) context.notice(text);
    }),
  );
  for (const text of settingsNotices(document.functionName, document, document.architecture)) context.notice(text);
}

function refuseQualifier({ scope, name, qualifier }: FunctionReference): void {
  if (qualifier === undefined || qualifier === '$LATEST') return;
  throw functionNotFound(scope, name, qualifier);
}

/** AWS: an ARN may name another account, but functions are made in one's own only. */
function notYourAccount(operation: string, { scope, name }: FunctionReference, caller: Caller): AwsError {
  const message = `User: arn:${partitionOf(caller.region)}:iam::${caller.account}:root is not authorized to perform: lambda:${operation} on resource: ${functionArn(scope, name)}`;
  return new AwsError('AccessDeniedException', message, { status: 403 });
}

function checkDeadLetter({ results }: LambdaContext, arn: string | undefined): void {
  if (arn) results.assertUsable(arn, 'DeadLetterConfig', ['sqs', 'sns']);
}
