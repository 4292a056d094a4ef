// Event invoke configurations: retries, age and destinations of asynchronous invocations.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html and its neighbours

import type * as Lambda from '@aws-sdk/client-lambda';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import type { Scope } from '../model/scope.ts';
import type { Transaction } from '../store/store.ts';
import { EVENT_INVOKE_CONFIG_KIND, type EventInvokeConfigDocument, eventInvokeConfigKey } from './event-invoke-config.ts';
import {
  type FunctionReference,
  functionArn,
  invalidParameter,
  notFound,
  parseFunctionArn,
  parseFunctionName,
} from './function-arn.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import { pageLimit, toPage } from './paging.ts';
import type { ResultTargets } from './result-targets.ts';

type Input = Lambda.PutFunctionEventInvokeConfigCommandInput;

/** The operations about event invoke configurations. */
export function eventInvokeConfigOperations({ store, results }: LambdaContext) {
  const referenceOf = (input: Pick<Input, 'FunctionName' | 'Qualifier'>, caller: Caller): Configured => {
    const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
    return { ...reference, qualifier: reference.qualifier ?? '$LATEST' };
  };
  return {
    async PutFunctionEventInvokeConfig(input, caller) {
      const reference = referenceOf(input, caller);
      const document = await store.transact(async (transaction) => {
        await assertExists(transaction, reference);
        const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
        if (MaximumRetryAttempts === undefined && MaximumEventAgeInSeconds === undefined && DestinationConfig === undefined) {
          throw invalidParameter('You must specify at least one of error handling or destination setting.');
        }
        return put(transaction, results, reference, undefined, input);
      });
      return toConfig(reference, document);
    },

    async UpdateFunctionEventInvokeConfig(input, caller) {
      const reference = referenceOf(input, caller);
      const document = await store.transact(async (transaction) => {
        await assertExists(transaction, reference);
        return put(transaction, results, reference, await read(transaction, reference), input);
      });
      return toConfig(reference, document);
    },

    async GetFunctionEventInvokeConfig(input, caller) {
      const reference = referenceOf(input, caller);
      return toConfig(reference, await read(store, reference));
    },

    async ListFunctionEventInvokeConfigs(input, caller) {
      const reference = referenceOf(input, caller);
      await assertExists(store, { ...reference, qualifier: '$LATEST' });
      const all = await store.list<EventInvokeConfigDocument>(reference.scope, EVENT_INVOKE_CONFIG_KIND, reference.name);
      const page = toPage(
        'ListFunctionEventInvokeConfigs',
        all.items,
        ({ qualifier }) => qualifier,
        pageLimit(input.MaxItems),
        input.Marker,
      );
      return {
        FunctionEventInvokeConfigs: page.items.map((document) => toConfig(reference, document)),
        ...(page.next !== undefined && { NextMarker: page.next }),
      };
    },

    async DeleteFunctionEventInvokeConfig(input, caller) {
      const reference = referenceOf(input, caller);
      await store.transact(async (transaction) => {
        await read(transaction, reference);
        await transaction.delete(eventInvokeConfigKey(reference.scope, reference.name, reference.qualifier));
      });
      return {};
    },
  } satisfies PartialOperations<typeof Lambda>;
}

interface Configured extends FunctionReference {
  readonly qualifier: string;
}

// AWS: here a missing function has no ARN. Seen: test/parity, test_lambda_eventinvokeconfig_exceptions.
async function assertExists(reader: Pick<Transaction, 'get'>, reference: Configured): Promise<void> {
  await readFunction(reader, reference).catch((error: unknown) => {
    if (error instanceof AwsError) throw notFound("The function doesn't exist.");
    throw error;
  });
}

async function read(
  reader: Pick<Transaction, 'get'>,
  { scope, name, qualifier }: Configured,
): Promise<EventInvokeConfigDocument> {
  const document = await reader.get<EventInvokeConfigDocument>(eventInvokeConfigKey(scope, name, qualifier));
  // AWS: said of a missing function, too. Seen: test/parity, test_lambda_eventinvokeconfig_exceptions.
  if (document === undefined) {
    throw notFound(`The function ${functionArn(scope, name, qualifier)} doesn't have an EventInvokeConfig`);
  }
  return document;
}

/** Writes `before` with what the input says over it. */
async function put(
  transaction: Transaction,
  results: ResultTargets,
  reference: Configured,
  before: EventInvokeConfigDocument | undefined,
  input: Input,
): Promise<EventInvokeConfigDocument> {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
  const { onSuccess, onFailure, ...rest } = before ?? {};
  const destinations =
    DestinationConfig === undefined
      ? { ...(onSuccess && { onSuccess }), ...(onFailure && { onFailure }) }
      : await checkDestinations(transaction, results, reference, DestinationConfig);
  const document = {
    ...rest,
    ...destinations,
    ...(MaximumRetryAttempts !== undefined && { retriesMax: MaximumRetryAttempts }),
    ...(MaximumEventAgeInSeconds !== undefined && { ageSecondsMax: MaximumEventAgeInSeconds }),
    qualifier: reference.qualifier,
    lastModified: Date.now(),
  } satisfies EventInvokeConfigDocument;
  await transaction.put(eventInvokeConfigKey(reference.scope, reference.name, reference.qualifier), document);
  return document;
}

async function checkDestinations(
  transaction: Transaction,
  results: ResultTargets,
  reference: Configured,
  { OnSuccess, OnFailure }: Lambda.DestinationConfig,
): Promise<Pick<EventInvokeConfigDocument, 'onSuccess' | 'onFailure'>> {
  const onSuccess = OnSuccess?.Destination || undefined;
  const onFailure = OnFailure?.Destination || undefined;
  for (const arn of [onSuccess, onFailure]) {
    if (arn === undefined) continue;
    const [, , service = ''] = arn.split(':');
    if (['sqs', 'sns', 'events', 's3'].includes(service)) {
      results.assertUsable(arn, 'DestinationConfig');
      continue;
    }
    const shown = (name: string, value: string | undefined): string =>
      value === undefined ? 'null' : `${name}(destination=${value})`;
    if (service !== 'lambda') {
      throw invalidParameter(
        `The provided destination config DestinationConfig(onSuccess=${shown('OnSuccess', onSuccess)}, onFailure=${shown('OnFailure', onFailure)}) is invalid.`,
      );
    }
    await checkFunction(transaction, reference, arn);
  }
  return { ...(onSuccess && { onSuccess }), ...(onFailure && { onFailure }) };
}

async function checkFunction(transaction: Transaction, { scope, name }: Configured, arn: string): Promise<void> {
  const target = parseFunctionArn(arn);
  if (target !== undefined && sameScope(target.scope, scope) && target.name === name) {
    throw invalidParameter("You can't specify the function as a destination for itself.");
  }
  const exists =
    target !== undefined &&
    (await readFunction(transaction, target).then(
      () => true,
      () => false,
    ));
  if (!exists) throw invalidParameter(`The destination ARN ${arn} is invalid.`);
}

function sameScope(a: Scope, b: Scope): boolean {
  return a.account === b.account && a.region === b.region;
}

function toConfig({ scope, name }: Configured, document: EventInvokeConfigDocument): Lambda.FunctionEventInvokeConfig {
  const { qualifier, retriesMax, ageSecondsMax, onSuccess, onFailure } = document;
  return {
    LastModified: new Date(document.lastModified),
    FunctionArn: functionArn(scope, name, qualifier),
    ...(retriesMax !== undefined && { MaximumRetryAttempts: retriesMax }),
    ...(ageSecondsMax !== undefined && { MaximumEventAgeInSeconds: ageSecondsMax }),
    DestinationConfig: {
      OnSuccess: { ...(onSuccess && { Destination: onSuccess }) },
      OnFailure: { ...(onFailure && { Destination: onFailure }) },
    },
  };
}
