// Functions: create, read, list, update, delete.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html and its neighbours

import { createHash, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type * as Lambda from '@aws-sdk/client-lambda';
import { partitionOf } from '../aws/arn.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import type { Scope } from '../model/scope.ts';
import type { Transaction } from '../store/store.ts';
import { ZIPPED_BYTES_MAX } from './code-folders.ts';
import {
  conflict,
  type FunctionReference,
  functionArn,
  functionNotFound,
  invalidParameter,
  parseFunctionName,
} from './function-arn.ts';
import {
  FUNCTION_KIND,
  type FunctionCode,
  type FunctionDocument,
  functionKey,
  policyKey,
  toFunctionConfiguration,
  toLastModified,
  toListedConfiguration,
} from './function-document.ts';
import { newFunctionSettings, settingsNotices, updatedFunctionSettings } from './function-settings.ts';
import type { LambdaContext } from './lambda-context.ts';
import { runtimeNotice } from './runtimes.ts';
import { mergedTags } from './tag-rules.ts';
import { refusePublish } from './unsupported-settings.ts';
import { isZipFault } from './zip-archive.ts';

/** The bucket that says "this key is a folder of mine". */
const FOLDER_BUCKET = 'hot-reload';
/** AWS: at most 50 in a page, whatever is asked for. Seen: ListFunctions. */
const PAGE_LENGTH_MAX = 50;

type FunctionOperations = PartialOperations<typeof Lambda>;

/** The operations about functions themselves. */
export function functionOperations(context: LambdaContext) {
  return {
    async CreateFunction(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const { scope, name } = reference;
      if (scope.account !== caller.account) throw notYourAccount('CreateFunction', reference, caller);
      const settings = newFunctionSettings(name, input, context.commands);
      const tags = mergedTags({}, input.Tags);
      const code = await takeCode(context, input.Code ?? {});
      const document: FunctionDocument = {
        ...settings,
        functionName: name,
        architecture: input.Architectures?.[0] ?? 'x86_64',
        code,
        tags,
        lastModified: toLastModified(Date.now()),
        revisionId: randomUUID(),
        state: 'Pending',
      };
      await context.store.transact(async (transaction) => {
        if ((await transaction.get(functionKey(scope, name))) !== undefined) throw conflict(`Function already exist: ${name}`);
        await transaction.put(functionKey(scope, name), document);
      });
      announce(context, document);
      settleLater(context, reference, document.revisionId);
      return toFunctionConfiguration(scope, document);
    },

    async GetFunction(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      const document = await read(context, reference);
      const location =
        document.code.kind === 'zip'
          ? context.codeLocations.link(document.code.sha256)
          : `file://${encodeURI(document.code.path)}`;
      return {
        Configuration: toFunctionConfiguration(reference.scope, document, reference.qualifier),
        Code: { RepositoryType: 'S3', ...(location !== undefined && { Location: location }) },
        ...(Object.keys(document.tags).length > 0 && { Tags: { ...document.tags } }),
        ...(document.reservedConcurrency !== undefined && {
          Concurrency: { ReservedConcurrentExecutions: document.reservedConcurrency },
        }),
      };
    },

    async GetFunctionConfiguration(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      return toFunctionConfiguration(reference.scope, await read(context, reference), reference.qualifier);
    },

    async ListFunctions(input, caller) {
      const scope = scopeOf(caller);
      // Copies of functions of another region are made for CloudFront alone: there are none.
      if (input.MasterRegion !== undefined && input.MasterRegion !== 'ALL' && input.MasterRegion !== scope.region) {
        return { Functions: [] };
      }
      const page = await context.store.list<FunctionDocument>(scope, FUNCTION_KIND, '', {
        limit: Math.min(input.MaxItems ?? PAGE_LENGTH_MAX, PAGE_LENGTH_MAX),
        ...(input.Marker && { after: fromMarker(input.Marker) }),
      });
      // AWS: with FunctionVersion ALL every ARN is qualified. Seen: test/parity, test_list_functions.
      const qualifier = input.FunctionVersion === 'ALL' ? '$LATEST' : undefined;
      return {
        Functions: page.items.map((document) => toListedConfiguration(scope, document, qualifier)),
        ...(page.next !== undefined && { NextMarker: toMarker(page.next) }),
      };
    },

    async ListVersionsByFunction(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      return { Versions: [toListedConfiguration(reference.scope, await read(context, reference), '$LATEST')] };
    },

    async UpdateFunctionCode(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      refuseQualifier(reference);
      if (input.Publish === true || input.PublishTo !== undefined) refusePublish();
      if (input.ImageUri) throw invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.");
      const before = await read(context, reference);
      checkRevision(before, input.RevisionId);
      const code = await takeCode(context, input);
      const change = (document: FunctionDocument): FunctionDocument => ({
        ...document,
        code,
        architecture: input.Architectures?.[0] ?? document.architecture,
      });
      if (input.DryRun === true) return toFunctionConfiguration(reference.scope, change(before));
      return update(context, reference, input.RevisionId, change);
    },

    async UpdateFunctionConfiguration(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      refuseQualifier(reference);
      return update(context, reference, input.RevisionId, (document) => {
        const { variables, kmsKeyArn, ...rest } = document;
        return { ...rest, ...updatedFunctionSettings(reference.name, document, input, context.commands) };
      });
    },

    async DeleteFunction(input, caller) {
      const { scope, name, qualifier } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      if (qualifier === '$LATEST') throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
      if (qualifier !== undefined) throw functionNotFound(scope, name, qualifier);
      await context.store.transact(async (transaction) => {
        if (!(await transaction.delete(functionKey(scope, name)))) throw functionNotFound(scope, name);
        await transaction.delete(policyKey(scope, name));
      });
      return { StatusCode: 204 };
    },
  } satisfies FunctionOperations;
}

/** The function an operation is about; a 404 in AWS's words when there is none, or no such version of it. */
export async function readFunction(
  reader: Pick<Transaction, 'get'>,
  { scope, name, qualifier }: FunctionReference,
): Promise<FunctionDocument> {
  const document = await reader.get<FunctionDocument>(functionKey(scope, name));
  if (document === undefined || (qualifier !== undefined && qualifier !== '$LATEST'))
    throw functionNotFound(scope, name, qualifier);
  return document;
}

/** The scope of a caller. */
export function scopeOf(caller: Caller): Scope {
  return { account: caller.account, region: caller.region };
}

/** What a start of this process finds unfinished: functions that were Pending or InProgress when it was stopped. */
export function settleUnfinished(context: LambdaContext): void {
  for (const { scope, name, document } of context.table.all()) {
    if (document?.state === 'Pending' || document?.lastUpdateStatus === 'InProgress') {
      settleLater(context, { scope, name, qualifier: undefined }, document.revisionId);
    }
  }
}

async function read(context: LambdaContext, reference: FunctionReference): Promise<FunctionDocument> {
  return readFunction(context.store, reference);
}

async function update(
  context: LambdaContext,
  reference: FunctionReference,
  revisionId: string | undefined,
  change: (document: FunctionDocument) => FunctionDocument,
): Promise<Lambda.FunctionConfiguration> {
  await settled(context, reference);
  const document = await context.store.transact(async (transaction) => {
    const before = await readFunction(transaction, reference);
    checkRevision(before, revisionId);
    if (before.state === 'Pending' || before.lastUpdateStatus === 'InProgress') {
      throw conflict(
        `The operation cannot be performed at this time. An update is in progress for resource: ${functionArn(reference.scope, reference.name)}`,
      );
    }
    const after: FunctionDocument = {
      ...change(before),
      lastModified: toLastModified(Date.now()),
      revisionId: randomUUID(),
      lastUpdateStatus: 'InProgress',
    };
    await transaction.put(functionKey(reference.scope, reference.name), after);
    return after;
  });
  announce(context, document);
  settleLater(context, reference, document.revisionId);
  return toFunctionConfiguration(reference.scope, document);
}

/** Unless functions are to stay InProgress for a while as on AWS, the step before is waited for. */
async function settled(context: LambdaContext, { scope, name }: FunctionReference): Promise<void> {
  if (context.limits.settleMs === 0) await settling.get(context)?.get(functionArn(scope, name));
}

const settling = new WeakMap<LambdaContext, Map<string, Promise<void>>>();

/** Pending becomes Active, InProgress becomes Successful: a change of its own, with a revision of its own, as on AWS. */
function settleLater(context: LambdaContext, { scope, name }: FunctionReference, revisionId: string): void {
  const arn = functionArn(scope, name);
  const running = settling.get(context) ?? new Map<string, Promise<void>>();
  settling.set(context, running);
  const settle = async (): Promise<void> => {
    if (context.limits.settleMs > 0) await new Promise((resolve) => setTimeout(resolve, context.limits.settleMs).unref());
    await context.store.transact(async (transaction) => {
      const document = await transaction.get<FunctionDocument>(functionKey(scope, name));
      if (document?.revisionId !== revisionId) return;
      await transaction.put(functionKey(scope, name), {
        ...document,
        state: 'Active',
        lastUpdateStatus: 'Successful',
        revisionId: randomUUID(),
      } satisfies FunctionDocument);
    });
  };
  const work = settle()
    .catch((error: unknown) => context.notice(`Function ${name} stays unfinished: ${String(error)}`))
    .finally(() => {
      if (running.get(arn) === work) running.delete(arn);
    });
  running.set(arn, work);
  if (context.limits.settleMs === 0) context.background(work);
}

interface GivenCode {
  readonly ZipFile?: Uint8Array | undefined;
  readonly S3Bucket?: string | undefined;
  readonly S3Key?: string | undefined;
  readonly S3ObjectVersion?: string | undefined;
  readonly ImageUri?: string | undefined;
  readonly SourceKMSKeyArn?: string | undefined;
}

/** Checks the code and brings it to disk and into the store; nothing refers to it yet. */
async function takeCode(context: LambdaContext, given: GivenCode): Promise<FunctionCode> {
  if (given.ImageUri) throw invalidParameter('Stagegate does not run container images yet: give ZipFile.');
  if (given.SourceKMSKeyArn) {
    throw invalidParameter('Stagegate does not encrypt function code with a key yet: leave SourceKMSKeyArn out.');
  }
  if (given.S3Bucket !== undefined || given.S3Key !== undefined) {
    if (given.ZipFile !== undefined)
      throw invalidParameter('Please do not provide other FunctionCode parameters when providing a ZipFile.');
    return takeFolder(context, given);
  }
  if (given.ZipFile === undefined) throw invalidParameter('Please provide a source for function code.');
  const archive = Buffer.from(given.ZipFile.buffer, given.ZipFile.byteOffset, given.ZipFile.length);
  if (archive.length > ZIPPED_BYTES_MAX) {
    throw new AwsError('RequestEntityTooLargeException', `Zipped size must be smaller than ${ZIPPED_BYTES_MAX} bytes`, {
      status: 413,
    });
  }
  const sha256 = createHash('sha256').update(archive).digest('base64');
  const folder = await context.code.unpack(archive, sha256);
  if (typeof folder !== 'string') {
    if (isZipFault(folder) && folder.tooLarge) throw invalidParameter('Unzipped size must be smaller than 262144000 bytes');
    context.notice(`A function's zip file was refused: ${folder.fault}.`);
    throw invalidParameter('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
  await context.store.putBlob(archive);
  return { kind: 'zip', sha256, bytes: archive.length };
}

async function takeFolder(context: LambdaContext, given: GivenCode): Promise<FunctionCode> {
  if (given.S3Bucket !== FOLDER_BUCKET) {
    throw invalidParameter('Stagegate does not read function code from S3 yet: give ZipFile.');
  }
  if (!context.allowFolders) {
    throw invalidParameter(`S3Bucket ${FOLDER_BUCKET} (code from a folder) is only for development: give ZipFile.`);
  }
  const folder = given.S3Key ?? '';
  if (!path.isAbsolute(folder)) throw invalidParameter(`S3Key must be the absolute path of the function's folder: ${folder}`);
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) throw invalidParameter(`There is no folder ${folder}`);
  return { kind: 'folder', path: path.normalize(folder) };
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

function checkRevision(document: FunctionDocument, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === document.revisionId) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    { fields: { Type: 'User' } },
  );
}

function refuseQualifier({ scope, name, qualifier }: FunctionReference): void {
  if (qualifier === undefined || qualifier === '$LATEST') return;
  throw functionNotFound(scope, name, qualifier);
}

function toMarker(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The place a marker of ours stands for. Anything else is refused: a page from somewhere would look like an answer. */
function fromMarker(marker: string): string {
  const id = Buffer.from(marker, 'base64url').toString();
  if (toMarker(id) !== marker) throw invalidParameter('The Marker is not one that ListFunctions gave.');
  return id;
}

/** AWS: an ARN may name another account, but functions are made in one's own only. */
function notYourAccount(operation: string, { scope, name }: FunctionReference, caller: Caller): AwsError {
  const message = `User: arn:${partitionOf(caller.region)}:iam::${caller.account}:root is not authorized to perform: lambda:${operation} on resource: ${functionArn(scope, name)}`;
  return new AwsError('AccessDeniedException', message, { status: 403 });
}
