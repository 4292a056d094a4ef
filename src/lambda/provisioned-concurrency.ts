// Provisioned concurrency: environments of a version that are started before anybody asks for them.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html and its neighbours

import type * as Lambda from '@aws-sdk/client-lambda';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import type { Reader, Transaction } from '../store/store.ts';
import { type AliasDocument, aliasKey, isVersionNumber } from './alias-document.ts';
import {
  conflict,
  type FunctionReference,
  functionArn,
  functionNotFound,
  invalidParameter,
  notFound,
  parseFunctionName,
} from './function-arn.ts';
import { FUNCTION_KIND, type FunctionDocument, functionKey, toLastModified } from './function-document.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import { UNRESERVED_MIN } from './limits.ts';
import { pageLimit, toPage } from './paging.ts';
import {
  PROVISIONED_CONCURRENCY_KIND,
  type ProvisionedConcurrencyDocument,
  provisionedConcurrencyKey,
} from './provisioned-concurrency-document.ts';

interface Qualified extends FunctionReference {
  readonly qualifier: string;
}

/** The operations about provisioned concurrency. */
export function provisionedConcurrencyOperations(context: LambdaContext) {
  const { store, table, limits, provisioning } = context;
  const shown = ({ scope, name }: FunctionReference, { qualifier, requested, modifiedAt }: ProvisionedConcurrencyDocument) => {
    const { allocated, failed } = provisioning.state(table.entry(scope, name), qualifier);
    const status = failed ? 'FAILED' : allocated >= requested ? 'READY' : 'IN_PROGRESS';
    return {
      RequestedProvisionedConcurrentExecutions: requested,
      AvailableProvisionedConcurrentExecutions: allocated,
      AllocatedProvisionedConcurrentExecutions: allocated,
      Status: status as Lambda.ProvisionedConcurrencyStatusEnum,
      // AWS: Seen: test/parity, test_provisioned_concurrency_init_failure.
      ...(failed && { StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' }),
      LastModified: toLastModified(modifiedAt),
    };
  };

  return {
    async PutProvisionedConcurrencyConfig(input, caller) {
      const reference = referenceOf(input, caller);
      const { scope, name, qualifier } = reference;
      const requested = input.ProvisionedConcurrentExecutions ?? 0;
      if (qualifier === '$LATEST') throw unpublished();
      const document: ProvisionedConcurrencyDocument = { qualifier, requested, modifiedAt: Date.now() };
      await store.transact(async (transaction) => {
        await assertExists(transaction, reference);
        // An alias may lead to $LATEST, too.
        if ((await readFunction(transaction, reference)).version === undefined) throw unpublished();
        await checkPointers(transaction, reference);
        await checkCapacity(transaction, reference, requested, limits.concurrentExecutions);
        if (requested > limits.environmentsMax) {
          throw invalidParameter(
            `Stagegate keeps at most ${limits.environmentsMax} environments on this machine: ask for fewer.`,
          );
        }
        await transaction.put(provisionedConcurrencyKey(scope, name, qualifier), document);
      });
      const { StatusReason: _, ...answer } = shown(reference, document);
      // AWS: the answer never counts what is there already. Seen: test/parity, test_reserved_provisioned_overlap.
      return {
        ...answer,
        Status: 'IN_PROGRESS' as const,
        AvailableProvisionedConcurrentExecutions: 0,
        AllocatedProvisionedConcurrentExecutions: 0,
      };
    },

    async GetProvisionedConcurrencyConfig(input, caller) {
      const reference = referenceOf(input, caller);
      await assertExists(store, reference);
      const key = provisionedConcurrencyKey(reference.scope, reference.name, reference.qualifier);
      const document = await store.get<ProvisionedConcurrencyDocument>(key);
      // AWS: Seen: test/parity, test_lambda_provisioned_lifecycle.
      if (document === undefined) {
        throw new AwsError(
          'ProvisionedConcurrencyConfigNotFoundException',
          'No Provisioned Concurrency Config found for this function',
          { status: 404, fields: { Type: 'User' } },
        );
      }
      return shown(reference, document);
    },

    async ListProvisionedConcurrencyConfigs(input, caller) {
      const { scope, name } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      await readFunction(store, { scope, name, qualifier: undefined });
      const items = await configsOf(store, { scope, name });
      const page = toPage(
        'ListProvisionedConcurrencyConfigs',
        items,
        ({ qualifier }) => qualifier,
        pageLimit(input.MaxItems),
        input.Marker,
      );
      return {
        ProvisionedConcurrencyConfigs: page.items.map((document) => ({
          FunctionArn: functionArn(scope, name, document.qualifier),
          ...shown({ scope, name, qualifier: undefined }, document),
        })),
        ...(page.next !== undefined && { NextMarker: page.next }),
      };
    },

    async DeleteProvisionedConcurrencyConfig(input, caller) {
      const reference = referenceOf(input, caller);
      await store.transact(async (transaction) => {
        await assertExists(transaction, reference);
        await transaction.delete(provisionedConcurrencyKey(reference.scope, reference.name, reference.qualifier));
      });
      return {};
    },
  } satisfies PartialOperations<typeof Lambda>;
}

/** Provisioned concurrency of a function, over all versions and aliases. */
export async function provisionedTotal(reader: Reader, reference: Pick<FunctionReference, 'scope' | 'name'>): Promise<number> {
  return (await configsOf(reader, reference)).reduce((sum, { requested }) => sum + requested, 0);
}

async function configsOf(
  reader: Reader,
  { scope, name }: Pick<FunctionReference, 'scope' | 'name'>,
): Promise<readonly ProvisionedConcurrencyDocument[]> {
  return (await reader.list<ProvisionedConcurrencyDocument>(scope, PROVISIONED_CONCURRENCY_KIND, name)).items;
}

function referenceOf(input: { FunctionName: string | undefined; Qualifier: string | undefined }, caller: Caller): Qualified {
  const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
  return { ...reference, qualifier: reference.qualifier ?? '' };
}

// AWS: of a missing alias it says another thing than of a missing version. Seen: test/parity, test_lambda_provisioned_lifecycle.
async function assertExists(reader: Pick<Transaction, 'get'>, reference: Qualified): Promise<void> {
  const { scope, name, qualifier } = reference;
  if (isVersionNumber(qualifier)) {
    await readFunction(reader, reference);
    return;
  }
  if ((await reader.get(functionKey(scope, name))) === undefined) throw functionNotFound(scope, name, qualifier);
  if (qualifier !== '$LATEST' && (await reader.get(aliasKey(scope, name, qualifier))) === undefined) {
    throw notFound(`Cannot find alias arn: ${functionArn(scope, name, qualifier)}`);
  }
}

// AWS: Seen: Lambda's own refusal.
function unpublished(): AwsError {
  return invalidParameter('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
}

/** A version has its environments by its number or by one alias, not by both. */
async function checkPointers(transaction: Transaction, reference: Qualified): Promise<void> {
  const { scope, name, qualifier } = reference;
  const versionOf = async (other: string): Promise<string | undefined> =>
    isVersionNumber(other) ? other : (await transaction.get<AliasDocument>(aliasKey(scope, name, other)))?.functionVersion;
  const version = await versionOf(qualifier);
  for (const other of await configsOf(transaction, reference)) {
    if (other.qualifier === qualifier || (await versionOf(other.qualifier)) !== version) continue;
    throw conflict(
      isVersionNumber(qualifier)
        ? 'Version is pointed by a Provisioned Concurrency alias'
        : "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    );
  }
}

async function checkCapacity(transaction: Transaction, reference: Qualified, requested: number, total: number): Promise<void> {
  const { scope, name, qualifier } = reference;
  const { items: functions } = await transaction.list<FunctionDocument>(scope, FUNCTION_KIND, '');
  const { items } = { items: await configsOf(transaction, reference) };
  const own = items.reduce((sum, config) => sum + (config.qualifier === qualifier ? 0 : config.requested), requested);
  const reserved = functions.find(({ functionName }) => functionName === name)?.reservedConcurrency;
  if (reserved !== undefined) {
    // AWS: Seen: test/parity, test_reserved_provisioned_overlap.
    if (own > reserved) {
      throw invalidParameter(
        'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
      );
    }
    return;
  }
  let kept = 0;
  for (const { functionName, reservedConcurrency } of functions) {
    if (functionName !== name)
      kept += reservedConcurrency ?? (await provisionedTotal(transaction, { scope, name: functionName }));
  }
  // AWS: both without a Type. Seen: test/parity, test_provisioned_concurrency_limits.
  if (own > total - kept) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${total - kept}].`,
    );
  }
  if (total - kept - own < UNRESERVED_MIN) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_MIN}].`,
    );
  }
}
