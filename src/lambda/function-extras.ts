// What tools ask about a function after they have made it: settings that are mostly at their defaults here.
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html and others

import type * as Lambda from '@aws-sdk/client-lambda';
import type { PartialOperations } from '../aws/operations.ts';
import { UNZIPPED_BYTES_MAX, ZIPPED_BYTES_MAX } from './code-folders.ts';
import { parseFunctionName } from './function-arn.ts';
import { type FunctionDocument, functionKey } from './function-document.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import { keptTotal } from './reserved-concurrency.ts';

/** AWS: 75 GB. Seen: Lambda quotas. */
const CODE_BYTES_MAX = 80_530_636_800;

/** Operations whose answers mostly follow from what is not there yet. */
export function functionExtraOperations({ store, table, limits, provisioning }: LambdaContext) {
  return {
    // AWS: an empty answer when no such configuration is set. Seen: test/parity, get_function_csc_fnwithoutcsc.
    async GetFunctionCodeSigningConfig(input, caller) {
      await readFunction(store, parseFunctionName(input.FunctionName ?? '', scopeOf(caller)));
      return {} as Lambda.GetFunctionCodeSigningConfigCommandOutput;
    },
    async GetFunctionRecursionConfig(input, caller) {
      const document = await readFunction(store, parseFunctionName(input.FunctionName ?? '', scopeOf(caller)));
      return { RecursiveLoop: document.allowsLoops === true ? 'Allow' : 'Terminate' };
    },
    // What can lead back to a function here is its destinations: the event queue counts.
    async PutFunctionRecursionConfig(input, caller) {
      const { scope, name } = parseFunctionName(input.FunctionName ?? '', scopeOf(caller));
      const RecursiveLoop = input.RecursiveLoop ?? 'Terminate';
      await store.transact(async (transaction) => {
        const document = await readFunction(transaction, { scope, name, qualifier: undefined });
        const after: FunctionDocument = { ...document, allowsLoops: RecursiveLoop === 'Allow' };
        await transaction.put(functionKey(scope, name), after);
      });
      return { RecursiveLoop };
    },
    async GetAccountSettings(_input, caller) {
      const functions = table.all().filter(({ scope }) => scope.account === caller.account && scope.region === caller.region);
      // AWS: every published version counts its code again. Seen: test/parity, test_account_settings_total_code_size_config_update.
      const bytes = functions
        .flatMap((entry) => entry.documents())
        .reduce((sum, { code }) => sum + (code.kind === 'zip' ? code.bytes : 0), 0);
      return {
        AccountLimit: {
          TotalCodeSize: CODE_BYTES_MAX,
          CodeSizeUnzipped: UNZIPPED_BYTES_MAX,
          CodeSizeZipped: ZIPPED_BYTES_MAX,
          ConcurrentExecutions: limits.concurrentExecutions,
          UnreservedConcurrentExecutions:
            limits.concurrentExecutions - keptTotal(functions, (entry) => provisioning.total(entry)),
        },
        AccountUsage: { TotalCodeSize: bytes, FunctionCount: functions.length },
      };
    },
  } satisfies PartialOperations<typeof Lambda>;
}
