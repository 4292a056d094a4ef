// Runtime management: when a function's runtime is updated. The runtime is the one of this machine, so the setting is kept and shown and
// changes nothing; whoever names a version that is not the one here is told.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutRuntimeManagementConfig.html

import type * as Lambda from '@aws-sdk/client-lambda';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import { isVersionNumber } from './alias-document.ts';
import { type FunctionReference, functionArn, invalidParameter, parseFunctionName } from './function-arn.ts';
import {
  type FunctionDocument,
  functionKey,
  type RuntimeManagement,
  runtimeVersionArn,
  versionKey,
} from './function-document.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';

export function runtimeManagementOperations({ store, notice }: LambdaContext) {
  return {
    async GetRuntimeManagementConfig(input, caller) {
      const reference = referenceOf(input, caller);
      return toConfig(reference, (await readFunction(store, reference)).runtimeManagement);
    },

    async PutRuntimeManagementConfig(input, caller) {
      const reference = referenceOf(input, caller);
      const { scope, name, qualifier } = reference;
      const wanted = managementOf(input);
      const { runtime } = await store.transact(async (transaction) => {
        const document = await readFunction(transaction, reference);
        const key = isVersion(qualifier) ? versionKey(scope, name, qualifier) : functionKey(scope, name);
        const after: FunctionDocument = { ...document, runtimeManagement: wanted };
        await transaction.put(key, after);
        return after;
      });
      const { arn } = wanted;
      if (arn !== undefined && arn !== runtimeVersionArn(scope, runtime)) {
        notice(`Function ${name}: the runtime version ${arn} is kept, and it runs on the runtime of this machine.`);
      }
      return toConfig(reference, wanted);
    },
  } satisfies PartialOperations<typeof Lambda>;
}

function referenceOf(input: Pick<Lambda.GetRuntimeManagementConfigCommandInput, 'FunctionName' | 'Qualifier'>, caller: Caller) {
  const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
  const { qualifier } = reference;
  // AWS: "$LATEST or a published version number". Seen: API reference; the sentence is ours.
  if (qualifier !== undefined && qualifier !== '$LATEST' && !isVersionNumber(qualifier)) {
    throw invalidParameter('A runtime is managed for $LATEST or a published version; an alias has none of its own.');
  }
  return reference;
}

function isVersion(qualifier: string | undefined): qualifier is string {
  return qualifier !== undefined && qualifier !== '$LATEST';
}

// AWS: the ARN belongs to Manual. Seen: API reference; the sentences are ours.
function managementOf({ UpdateRuntimeOn, RuntimeVersionArn }: Lambda.PutRuntimeManagementConfigCommandInput): RuntimeManagement {
  const updateOn = UpdateRuntimeOn ?? 'Auto';
  if (updateOn === 'Manual' && RuntimeVersionArn === undefined) {
    throw invalidParameter('The update mode Manual needs a RuntimeVersionArn.');
  }
  if (updateOn !== 'Manual' && RuntimeVersionArn !== undefined) {
    throw invalidParameter(`A RuntimeVersionArn belongs to the update mode Manual, not to ${updateOn}.`);
  }
  return { updateOn, ...(RuntimeVersionArn !== undefined && { arn: RuntimeVersionArn }) };
}

function toConfig({ scope, name, qualifier }: FunctionReference, management: RuntimeManagement | undefined) {
  return {
    UpdateRuntimeOn: management?.updateOn ?? 'Auto',
    FunctionArn: functionArn(scope, name, qualifier),
    ...(management?.arn !== undefined && { RuntimeVersionArn: management.arn }),
  } as const;
}
