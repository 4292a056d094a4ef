// What a method of an API takes and answers, as clients have it whose language has types.

import { JSON_TYPE, successModel } from './sdk-answers.ts';
import type { SdkMethod } from './sdk-methods.ts';
import type { SdkModels, SdkType } from './sdk-models.ts';

export interface SdkParameter {
  readonly location: 'path' | 'query' | 'header';
  /** As the API has it. */
  readonly text: string;
  readonly required: boolean;
}

/** A body: what its model is called, or what it is. */
export interface SdkBody {
  readonly name: string;
  readonly type: SdkType;
}

export interface SdkMembers {
  readonly parameters: readonly SdkParameter[];
  readonly body?: SdkBody;
  readonly answer?: SdkBody;
}

/** A body without a model is anything. */
const ANY_BODY: SdkBody = { name: 'body', type: { kind: 'any' } };

export function sdkMembers({ inPath, query, headers, required, verb, method }: SdkMethod, models: SdkModels): SdkMembers {
  const parameter = (location: SdkParameter['location']) => (text: string) => ({
    location,
    text,
    required: location === 'path' || required.includes(text),
  });
  const modelled = (name: string | undefined): SdkBody | undefined => {
    const type = models.typeOf(name);
    return name === undefined || type === undefined ? undefined : { name, type };
  };
  const body = modelled(method.requestModels?.[JSON_TYPE]) ?? (verb !== 'GET' && verb !== 'HEAD' ? ANY_BODY : undefined);
  const answer = modelled(successModel(method.methodResponses));
  return {
    parameters: [...inPath.map(parameter('path')), ...query.map(parameter('query')), ...headers.map(parameter('header'))],
    ...(body === undefined ? {} : { body }),
    ...(answer === undefined ? {} : { answer }),
  };
}
