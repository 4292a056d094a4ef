// The methods of an API as a Ruby SDK has them, the structures that they take and answer, and the errors.

import type { RestApiSnapshot, RestAuthorizer } from '../../model/rest-api.ts';
import { FreeNames } from './free-names.ts';
import { snakeName } from './identifiers.ts';
import { RubyMethodNames } from './ruby-names.ts';
import { errorModels } from './sdk-answers.ts';
import { type SdkBody, type SdkParameter, sdkMembers } from './sdk-members.ts';
import { type SdkMethod, sdkMethods } from './sdk-methods.ts';
import { type SdkClass, SdkModels, type SdkType } from './sdk-models.ts';

export interface RubyOperation {
  /** Of the client's method. */
  readonly name: string;
  readonly method: SdkMethod;
  readonly parameters: readonly (SdkParameter & { readonly name: string })[];
  readonly body?: SdkBody;
  /** The class of the response, whose member is the answer's model. */
  readonly response: string;
  readonly answer?: SdkBody;
  /** What models answers have that are no success. */
  readonly errors: readonly { readonly status: string; readonly type: SdkType }[];
  /** The header that the method's authorizer reads. */
  readonly tokenHeader?: string;
}

export interface RubyApi {
  readonly operations: readonly RubyOperation[];
  readonly classes: readonly SdkClass[];
  /** Each has a class of errors. */
  readonly statuses: readonly string[];
}

/** Constants that the structures are made of. */
const TYPES = ['Structure', 'Response'];
const CLIENT = 'config operation_names';
const RESPONSE = 'body context data headers status_code';
/** What API Gateway itself answers, whether an API says so or not. */
const GATEWAY_STATUSES = ['400', '401', '403', '404', '413', '415', '429', '500', '502', '503', '504'];

export function rubyApi(snapshot: RestApiSnapshot): RubyApi {
  const names = new FreeNames();
  for (const name of TYPES) names.take(name);
  const models = new SdkModels(snapshot.models, { names });
  const methodNames = new RubyMethodNames(CLIENT);
  const named = sdkMethods(snapshot).map((method) => ({
    method,
    name: methodNames.take(method.operation),
    response: names.take(`${method.operation}Response`),
  }));
  const operations = named.map((one) => ({ ...one, ...membersOf(one.method, models, snapshot.authorizers) }));
  // Every model has its class, also one that no method names.
  for (const { name } of snapshot.models) models.typeOf(name);
  const said = [...errorModels(named.map(({ method }) => method)).keys()];
  const statuses = [...new Set([...GATEWAY_STATUSES, ...said])].sort();
  return { operations, classes: models.classes(), statuses };
}

function membersOf(
  method: SdkMethod,
  models: SdkModels,
  authorizers: readonly RestAuthorizer[],
): Pick<RubyOperation, 'parameters' | 'body' | 'answer' | 'errors' | 'tokenHeader'> {
  const { parameters, body, answer } = sdkMembers(method, models);
  // Keys of a hash, not methods: `class` is one like any other.
  const keys = new FreeNames();
  const take = (text: string) => keys.take(snakeName(text));
  const errors = [...errorModels([method])].flatMap(([status, [name]]) => {
    const type = models.typeOf(name);
    return type === undefined ? [] : [{ status, type }];
  });
  const header = tokenHeader(method, authorizers);
  return {
    parameters: parameters.map((one) => ({ ...one, name: take(one.text) })),
    ...(body === undefined ? {} : { body: { ...body, name: take(body.name) } }),
    ...(answer === undefined ? {} : { answer: { ...answer, name: new RubyMethodNames(RESPONSE).take(answer.name) } }),
    errors,
    ...(header === undefined ? {} : { tokenHeader: header }),
  };
}

function tokenHeader({ method }: SdkMethod, authorizers: readonly RestAuthorizer[]): string | undefined {
  const authorizer = authorizers.find(({ id }) => id === method.authorizerId);
  return /^method\.request\.header\.([^,\s]+)/.exec(authorizer?.identitySource ?? '')?.[1];
}
