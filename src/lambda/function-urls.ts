// Function URLs: an HTTPS address for a function or one of its aliases.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html and its neighbours

import { randomInt } from 'node:crypto';
import type * as Lambda from '@aws-sdk/client-lambda';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import type { Transaction } from '../store/store.ts';
import { isVersionNumber } from './alias-document.ts';
import { conflict, type FunctionReference, functionArn, invalidParameter, notFound, parseFunctionName } from './function-arn.ts';
import { toLastModified } from './function-document.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import { FUNCTION_URL_KIND, type FunctionUrlCors, type FunctionUrlDocument, functionUrlKey } from './function-url-document.ts';
import type { LambdaContext } from './lambda-context.ts';
import { pageLimit, toPage } from './paging.ts';

const URL_ID_LENGTH = 32;
const URL_ID_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

interface Target {
  readonly FunctionName?: string | undefined;
  readonly Qualifier?: string | undefined;
}

/** The operations about function URLs. */
export function functionUrlOperations({ store, functionUrl }: LambdaContext) {
  const shown = ({ scope, name }: FunctionReference, document: FunctionUrlDocument) => ({
    FunctionUrl: functionUrl(scope, document.urlId),
    FunctionArn: functionArn(scope, name, document.alias),
    AuthType: document.authType,
    ...(document.cors !== undefined && { Cors: toCors(document.cors) }),
    CreationTime: toLastModified(document.createdAt),
  });
  // AWS: Get and List name the mode in any case, Create and Update only when it was said. Seen: test/parity, test_url_config_lifecycle.
  const read = (reference: FunctionReference, document: FunctionUrlDocument) => ({
    ...shown(reference, document),
    LastModifiedTime: toLastModified(document.modifiedAt),
    InvokeMode: document.invokeMode ?? ('BUFFERED' as const),
  });

  return {
    async CreateFunctionUrlConfig(input, caller) {
      const reference = targetOf(input, caller);
      const { scope, name, qualifier } = reference;
      const now = Date.now();
      const document: FunctionUrlDocument = {
        urlId: Array.from({ length: URL_ID_LENGTH }, () => URL_ID_CHARACTERS[randomInt(URL_ID_CHARACTERS.length)]).join(''),
        ...(qualifier !== undefined && { alias: qualifier }),
        authType: input.AuthType ?? 'NONE',
        ...(input.InvokeMode !== undefined && { invokeMode: input.InvokeMode }),
        ...(input.Cors !== undefined && { cors: fromCors(input.Cors) }),
        createdAt: now,
        modifiedAt: now,
      };
      await store.transact(async (transaction) => {
        await assertExists(transaction, reference);
        const key = functionUrlKey(scope, name, qualifier);
        if ((await transaction.get(key)) !== undefined) {
          throw conflict(
            `Failed to create function url config for [functionArn = ${functionArn(scope, name, qualifier)}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
          );
        }
        await transaction.put(key, document);
      });
      return { ...shown(reference, document), ...(document.invokeMode && { InvokeMode: document.invokeMode }) };
    },

    async GetFunctionUrlConfig(input, caller) {
      const reference = targetOf(input, caller);
      return read(reference, await existing(store, reference));
    },

    async UpdateFunctionUrlConfig(input, caller) {
      const reference = targetOf(input, caller);
      const document = await store.transact(async (transaction) => {
        await assertExists(transaction, reference);
        const after: FunctionUrlDocument = {
          ...(await existing(transaction, reference)),
          ...(input.AuthType !== undefined && { authType: input.AuthType }),
          ...(input.InvokeMode !== undefined && { invokeMode: input.InvokeMode }),
          ...(input.Cors !== undefined && { cors: fromCors(input.Cors) }),
          modifiedAt: Date.now(),
        };
        await transaction.put(functionUrlKey(reference.scope, reference.name, reference.qualifier), after);
        return after;
      });
      return {
        ...shown(reference, document),
        LastModifiedTime: toLastModified(document.modifiedAt),
        ...(document.invokeMode && { InvokeMode: document.invokeMode }),
      };
    },

    async DeleteFunctionUrlConfig(input, caller) {
      const reference = targetOf(input, caller);
      await store.transact(async (transaction) => {
        await existing(transaction, reference);
        await transaction.delete(functionUrlKey(reference.scope, reference.name, reference.qualifier));
      });
      return {};
    },

    async ListFunctionUrlConfigs(input, caller) {
      const reference = targetOf(input, caller);
      await assertExists(store, { ...reference, qualifier: undefined });
      const { items } = await store.list<FunctionUrlDocument>(reference.scope, FUNCTION_URL_KIND, reference.name);
      const page = toPage(
        'ListFunctionUrlConfigs',
        items,
        ({ alias }) => functionUrlKey(reference.scope, reference.name, alias).id,
        pageLimit(input.MaxItems),
        input.Marker,
      );
      return {
        FunctionUrlConfigs: page.items.map((document) => read(reference, document)),
        ...(page.next !== undefined && { NextMarker: page.next }),
      };
    },
  } satisfies PartialOperations<typeof Lambda>;
}

/** The function or alias an operation is about; versions have no URL. */
function targetOf(input: Target, caller: Caller): FunctionReference {
  const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
  const { qualifier } = reference;
  if (qualifier === '$LATEST' || (qualifier !== undefined && isVersionNumber(qualifier))) {
    throw invalidParameter('A function URL belongs to a function or to an alias: name one of them.');
  }
  return reference;
}

// AWS: Seen: test/parity, test_url_config_exceptions.
async function assertExists(reader: Pick<Transaction, 'get'>, reference: FunctionReference): Promise<void> {
  await readFunction(reader, reference).catch((error: unknown) => {
    if (error instanceof AwsError) throw notFound('Function does not exist');
    throw error;
  });
}

async function existing(
  reader: Pick<Transaction, 'get'>,
  { scope, name, qualifier }: FunctionReference,
): Promise<FunctionUrlDocument> {
  const document = await reader.get<FunctionUrlDocument>(functionUrlKey(scope, name, qualifier));
  if (document === undefined) throw notFound('The resource you requested does not exist.');
  return document;
}

function fromCors(cors: Lambda.Cors): FunctionUrlCors {
  const { AllowCredentials, AllowHeaders, AllowMethods, AllowOrigins, ExposeHeaders, MaxAge } = cors;
  return {
    ...(AllowCredentials !== undefined && { allowCredentials: AllowCredentials }),
    // AWS: names of headers come back in lower case, methods as they were sent. Seen: go-to-k/cdk-real-drift#874.
    ...(AllowHeaders !== undefined && { allowHeaders: lowerCase(AllowHeaders) }),
    ...(AllowMethods !== undefined && { allowMethods: AllowMethods }),
    ...(AllowOrigins !== undefined && { allowOrigins: AllowOrigins }),
    ...(ExposeHeaders !== undefined && { exposeHeaders: lowerCase(ExposeHeaders) }),
    ...(MaxAge !== undefined && { maxAge: MaxAge }),
  };
}

function lowerCase(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}

function toCors(cors: FunctionUrlCors): Lambda.Cors {
  const { allowCredentials, allowHeaders, allowMethods, allowOrigins, exposeHeaders, maxAge } = cors;
  return {
    ...(allowCredentials !== undefined && { AllowCredentials: allowCredentials }),
    ...(allowHeaders !== undefined && { AllowHeaders: [...allowHeaders] }),
    ...(allowMethods !== undefined && { AllowMethods: [...allowMethods] }),
    ...(allowOrigins !== undefined && { AllowOrigins: [...allowOrigins] }),
    ...(exposeHeaders !== undefined && { ExposeHeaders: [...exposeHeaders] }),
    ...(maxAge !== undefined && { MaxAge: maxAge }),
  };
}
