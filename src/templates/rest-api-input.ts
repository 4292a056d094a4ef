// What the methods of a desired REST API are as input of API Gateway v1 operations, and whether what is there is that.

import { isDeepStrictEqual } from 'node:util';
import type { DesiredRestAuthorizer, DesiredRestMethod } from './desired-rest-api.ts';

export type Answer = Record<string, unknown>;

/** Ids of what methods refer to by name. */
export interface RestReferences {
  readonly authorizers: ReadonlyMap<string, string>;
  readonly validatorId: string | undefined;
}

/** The call of each operation that makes a method, in their order. */
export function methodCalls(method: DesiredRestMethod, references: RestReferences): readonly (readonly [string, Answer])[] {
  const { integration } = method;
  const { integrationResponses, ...members } = integration;
  return [
    ['PutMethod', methodMembers(method, references)],
    ...method.methodResponses.map((response) => ['PutMethodResponse', withoutEmpty({ ...response })] as const),
    ['PutIntegration', withoutEmpty({ ...members })],
    ...integrationResponses.map((response) => ['PutIntegrationResponse', withoutEmpty({ ...response })] as const),
  ];
}

function methodMembers(method: DesiredRestMethod, { authorizers, validatorId }: RestReferences): Answer {
  return withoutEmpty({
    authorizationType: method.authorizationType,
    authorizerId: method.authorizer === undefined ? undefined : authorizers.get(method.authorizer),
    authorizationScopes: method.authorizationScopes,
    apiKeyRequired: method.apiKeyRequired,
    requestValidatorId: method.isValidated === true ? validatorId : undefined,
    operationName: method.operationName,
    requestParameters: method.requestParameters,
    requestModels: method.requestModels,
  });
}

/** Whether a method, as GetResources answers it, is what is wanted. */
export function isMethod(found: Answer, wanted: DesiredRestMethod, references: RestReferences): boolean {
  const { methodResponses, methodIntegration, httpMethod: _, ...members } = found;
  const { integration } = wanted;
  const { integrationResponses, integrationHttpMethod, ...rest } = integration;
  return (
    isDeepStrictEqual(plain(members), plain(methodMembers(wanted, references))) &&
    isDeepStrictEqual(plain(byStatus(methodResponses)), plain(byStatus(wanted.methodResponses))) &&
    isDeepStrictEqual(
      plain(integrationOf((methodIntegration ?? {}) as Answer)),
      plain(integrationOf({ ...rest, httpMethod: integrationHttpMethod, integrationResponses })),
    )
  );
}

function integrationOf(integration: Answer): Answer {
  const { cacheNamespace: _, cacheKeyParameters: __, connectionType, integrationResponses, ...members } = integration;
  return {
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    ...members,
    ...(connectionType === 'VPC_LINK' ? { connectionType } : {}),
    integrationResponses: byStatus(integrationResponses),
  };
}

/** Responses are answered as a map by status, and put one by one. */
function byStatus(responses: unknown): Answer {
  const list = Object.values((responses ?? {}) as Record<string, Answer>);
  // The pattern of the default response is empty or not there.
  return Object.fromEntries(list.map((response) => [String(response['statusCode']), withoutEmpty(response)]));
}

export function authorizerMembers(authorizer: DesiredRestAuthorizer): Answer {
  return withoutEmpty({ ...authorizer });
}

/** Members that say nothing left out: what AWS does not keep is not sent. */
export function withoutEmpty(members: Answer): Answer {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !saysNothing(value)));
}

function saysNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** One order of members and no empty maps and lists at any depth, so that two can be compared. AWS: an empty template reads back as null. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null) return '';
  if (typeof value !== 'object') return value;
  const members = Object.entries(value)
    .map(([name, member]) => [name, plain(member)] as const)
    .filter(([, member]) => member !== undefined && !(typeof member === 'object' && Object.keys(member ?? {}).length === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members);
}
