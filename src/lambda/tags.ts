// Tags of functions.
// https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html and its neighbours

import type * as Lambda from '@aws-sdk/client-lambda';
import { AwsError } from '../aws/aws-error.ts';
import type { Caller, PartialOperations } from '../aws/operations.ts';
import { type FunctionReference, functionNotFound, invalidParameter, notFound, parseFunctionArn } from './function-arn.ts';
import { type FunctionDocument, functionKey } from './function-document.ts';
import { readFunction, scopeOf } from './function-reads.ts';
import type { LambdaContext } from './lambda-context.ts';
import { mergedTags } from './tag-rules.ts';

// AWS: as its refusal prints it. Seen: test/parity, test_tag_exceptions.
const RESOURCE_PATTERN_TEXT =
  'arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)';

/** The operations about tags. */
export function tagOperations({ store }: LambdaContext) {
  const change = async (
    resource: string,
    caller: Caller,
    alter: (tags: Readonly<Record<string, string>>) => Record<string, string>,
  ): Promise<Record<never, never>> => {
    const reference = taggedFunction(resource, caller);
    await store.transact(async (transaction) => {
      const document = await readFunction(transaction, reference);
      const tags = alter(document.tags);
      await transaction.put(functionKey(reference.scope, reference.name), { ...document, tags } satisfies FunctionDocument);
    });
    return {};
  };
  return {
    async TagResource(input, caller) {
      return change(input.Resource ?? '', caller, (tags) => mergedTags(tags, input.Tags));
    },
    async UntagResource(input, caller) {
      const gone = new Set(input.TagKeys);
      return change(input.Resource ?? '', caller, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))),
      );
    },
    async ListTags(input, caller) {
      const document = await readFunction(store, taggedFunction(input.Resource ?? '', caller));
      return { Tags: { ...document.tags } };
    },
  } satisfies PartialOperations<typeof Lambda>;
}

function taggedFunction(arn: string, caller: Caller): FunctionReference {
  const reference = parseFunctionArn(arn);
  if (reference === undefined) {
    const other =
      /^arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:(layer|event-source-mapping|capacity-provider|code-signing-config):[a-zA-Z0-9-]+$/.exec(
        arn,
      )?.[1];
    const titles: Readonly<Record<string, string>> = {
      layer: 'Layer',
      'event-source-mapping': 'Event source mapping',
      'capacity-provider': 'Capacity provider',
      'code-signing-config': 'Code signing config',
    };
    if (other !== undefined) throw notFound(`${titles[other]} not found: ${arn}`);
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${arn}' at 'resource' failed to satisfy constraint: Member must satisfy regular expression pattern: ${RESOURCE_PATTERN_TEXT}`,
      { status: 400 },
    );
  }
  if (reference.qualifier !== undefined) {
    throw invalidParameter('Tags on function aliases and versions are not supported. Please specify a function ARN.');
  }
  const scope = scopeOf(caller);
  if (reference.scope.account !== scope.account || reference.scope.region !== scope.region) {
    throw functionNotFound(reference.scope, reference.name);
  }
  return reference;
}
