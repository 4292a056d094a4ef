// What cannot be made here yet: event source mappings and others. Tools read them after every
// change, so their lists are answered as what they are, empty, and one that is asked for by name is not found, in AWS's words.
// Whoever builds one of them deletes its entries.

import type * as Lambda from '@aws-sdk/client-lambda';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import { type FunctionReference, notFound, parseFunctionName } from './function-arn.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';

interface OfFunction {
  readonly FunctionName?: string | undefined;
  readonly Qualifier?: string | undefined;
}
interface OfCodeSigningConfig {
  readonly CodeSigningConfigArn?: string | undefined;
}

/** Lists, reads and removals of what is never there. */
export function operationsOfWhatIsNotYetMade({ store }: LambdaContext) {
  const named = (input: OfFunction, caller: Caller): FunctionReference =>
    parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
  const existing = async (input: OfFunction, caller: Caller): Promise<FunctionReference> => {
    const reference = named(input, caller);
    await readFunction(store, reference);
    return reference;
  };
  // AWS: said of layer versions (test/parity, test_layer_exceptions); of event source mappings by analogy.
  const nothingThere = async (_input: object): Promise<never> => {
    throw notFound('The resource you requested does not exist.');
  };
  // AWS: Seen: test/parity, test_code_signing_not_found_excs.
  const codeSigningConfig = async (input: OfCodeSigningConfig): Promise<never> => {
    throw notFound(`The Lambda code signing configuration ${input.CodeSigningConfigArn} can not be found.`);
  };

  return {
    async ListEventSourceMappings(input, caller) {
      if (input.FunctionName !== undefined) named(input, caller);
      return { EventSourceMappings: [] };
    },
    GetEventSourceMapping: nothingThere,
    UpdateEventSourceMapping: nothingThere,
    DeleteEventSourceMapping: nothingThere,

    async ListCodeSigningConfigs() {
      return { CodeSigningConfigs: [] };
    },
    GetCodeSigningConfig: codeSigningConfig,
    UpdateCodeSigningConfig: codeSigningConfig,
    DeleteCodeSigningConfig: codeSigningConfig,
    ListFunctionsByCodeSigningConfig: codeSigningConfig,
    // AWS: Seen: test/parity, test_code_signing_not_found_excs, nothing_to_delete_response.
    async DeleteFunctionCodeSigningConfig(input, caller) {
      await existing(input, caller);
      return {};
    },

    async ListCapacityProviders() {
      return { CapacityProviders: [] };
    },
  } satisfies PartialOperations<typeof Lambda>;
}
