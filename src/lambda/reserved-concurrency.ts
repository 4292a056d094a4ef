// Reserved concurrency: how many invocations of a function may run at one time, kept from all others.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html and its neighbours

import type * as Lambda from '@aws-sdk/client-lambda';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import { type FunctionReference, functionNotFound, invalidParameter, parseFunctionName } from './function-arn.ts';
import { FUNCTION_KIND, type FunctionDocument, functionKey } from './function-document.ts';
import type { FunctionEntry } from './function-entry.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import { UNRESERVED_MIN } from './limits.ts';
import { provisionedTotal } from './provisioned-concurrency.ts';

/** The operations about reserved concurrency. */
export function reservedConcurrencyOperations({ store, limits }: LambdaContext) {
  return {
    async PutFunctionConcurrency(input, caller) {
      const reference = wholeFunction(input.FunctionName, caller);
      const reserved = input.ReservedConcurrentExecutions ?? 0;
      await store.transact(async (transaction) => {
        const key = functionKey(reference.scope, reference.name);
        const document = await transaction.get<FunctionDocument>(key);
        // AWS: here the name is qualified. Seen: test/parity, test_function_concurrency_exceptions.
        if (document === undefined) throw functionNotFound(reference.scope, reference.name, '$LATEST');
        const provisioned = await provisionedTotal(transaction, reference);
        // AWS: with these spaces and without a Type. Seen: test/parity, test_reserved_provisioned_overlap.
        if (reserved < provisioned) {
          throw new AwsError(
            'InvalidParameterValueException',
            ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
          );
        }
        const { items } = await transaction.list<FunctionDocument>(reference.scope, FUNCTION_KIND, '');
        let total = reserved;
        for (const { functionName, reservedConcurrency } of items) {
          if (functionName === reference.name) continue;
          total += reservedConcurrency ?? (await provisionedTotal(transaction, { scope: reference.scope, name: functionName }));
        }
        if (reserved > 0 && limits.concurrentExecutions - total < UNRESERVED_MIN) {
          throw invalidParameter(
            `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_MIN}].`,
          );
        }
        await transaction.put(key, { ...document, reservedConcurrency: reserved } satisfies FunctionDocument);
      });
      return { ReservedConcurrentExecutions: reserved };
    },

    async GetFunctionConcurrency(input, caller) {
      const { reservedConcurrency } = await readFunction(store, wholeFunction(input.FunctionName, caller));
      return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
    },

    async DeleteFunctionConcurrency(input, caller) {
      const reference = wholeFunction(input.FunctionName, caller);
      await store.transact(async (transaction) => {
        const { reservedConcurrency, ...document } = await readFunction(transaction, reference);
        await transaction.put(functionKey(reference.scope, reference.name), document satisfies FunctionDocument);
      });
      return {};
    },
  } satisfies PartialOperations<typeof Lambda>;
}

/** What functions have kept from the others: reserved, or provisioned without a reservation. */
export function keptTotal(functions: readonly FunctionEntry[], provisioned: (entry: FunctionEntry) => number): number {
  return functions.reduce((sum, entry) => sum + (entry.document?.reservedConcurrency ?? provisioned(entry)), 0);
}

function wholeFunction(name: string | undefined, caller: Caller): FunctionReference {
  const reference = parseFunctionName(name ?? '', scopeOf(caller));
  if (reference.qualifier !== undefined) {
    throw invalidParameter(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    );
  }
  return reference;
}
