// What the methods of an API answer, as clients have it: the model of a success, and exceptions by status.

import { STATUS_CODES } from 'node:http';
import { pascalName } from './identifiers.ts';
import type { SdkMethod } from './sdk-methods.ts';

export const JSON_TYPE = 'application/json';

type Responses = SdkMethod['method']['methodResponses'];

/** The model of the first answer that is a success. */
export function successModel(responses: Responses): string | undefined {
  const [status] = Object.keys(responses)
    .filter((one) => one.startsWith('2'))
    .sort();
  return status === undefined ? undefined : responses[status]?.responseModels?.[JSON_TYPE];
}

/** Names of models by status, for every status that is said and no success. */
export function errorModels(methods: readonly SdkMethod[]): ReadonlyMap<string, readonly string[]> {
  const models = new Map<string, string[]>();
  const responses = methods.flatMap(({ method }) => Object.entries(method.methodResponses));
  for (const [status, { responseModels }] of responses.sort(([a], [b]) => Number(a) - Number(b))) {
    if (!/^[3-5]\d\d$/.test(status)) continue;
    const known = models.get(status) ?? [];
    const name = responseModels?.[JSON_TYPE];
    if (name !== undefined && !known.includes(name)) known.push(name);
    models.set(status, known);
  }
  return models;
}

/** 404 -> NotFoundException. AWS: these. Seen: generated clients (BadRequestException, InternalServerErrorException). */
export function exceptionName(status: string): string {
  return `${pascalName((STATUS_CODES[status] ?? `Status ${status}`).replaceAll("'", ''))}Exception`;
}
