// The methods of an API as a Java SDK has them: a request and a result each, and exceptions by status.

import type { RestApiSnapshot } from '../../model/rest-api.ts';
import { FreeNames } from './free-names.ts';
import { caseless, lowerFirst, pascalName } from './identifiers.ts';
import { type JavaMember, JavaMemberNames, javaType } from './java-members.ts';
import { javaMemberName } from './java-names.ts';
import { errorModels, exceptionName } from './sdk-answers.ts';
import { type SdkParameter, sdkMembers } from './sdk-members.ts';
import { type SdkMethod, sdkMethods } from './sdk-methods.ts';
import { type SdkClass, SdkModels, type SdkType } from './sdk-models.ts';

export interface JavaParameter extends JavaMember, SdkParameter {}

export interface JavaOperation {
  /** Of the client's method. */
  readonly name: string;
  readonly request: string;
  readonly result: string;
  readonly method: SdkMethod;
  readonly parameters: readonly JavaParameter[];
  readonly body?: JavaMember;
  readonly answer?: JavaMember & { readonly of: SdkType };
}

export interface JavaException {
  readonly name: string;
  readonly status: string;
  readonly models: readonly { readonly getter: string; readonly type: SdkType }[];
}

export interface JavaApi {
  readonly service: string;
  readonly baseException: string;
  readonly operations: readonly JavaOperation[];
  readonly exceptions: readonly JavaException[];
  readonly classes: readonly SdkClass[];
}

/** Classes that every SDK has. */
const RUNTIME = ['SdkCall', 'SdkJson', 'SdkSigner', 'SdkTransport'];

/** One namespace for all classes: whoever uses them imports both packages. */
export function javaApi(snapshot: RestApiSnapshot, serviceName: string): JavaApi {
  const names = new FreeNames(caseless);
  for (const name of RUNTIME) names.take(name);
  const service = names.take(serviceName);
  for (const name of [`${service}Client`, `${service}ClientBuilder`]) names.take(name);
  const baseException = names.take(`${service}Exception`);
  const models = new SdkModels(snapshot.models, { names });
  const named = sdkMethods(snapshot).map((method) => ({
    method,
    name: javaMemberName(method.operation),
    request: names.take(`${method.operation}Request`),
    result: names.take(`${method.operation}Result`),
  }));
  const errors = errorModels(named.map(({ method }) => method));
  const exceptionNames = new Map([...errors.keys()].map((status) => [status, names.take(exceptionName(status))]));
  // Every model has its class, also one that no method names; and has it after those whose names AWS's guides use.
  const operations = named.map((one) => ({ ...one, ...membersOf(one.method, models) }));
  for (const { name } of snapshot.models) models.typeOf(name);
  const exceptions = [...errors].map(([status, modelNames]) => {
    const getters = new FreeNames();
    for (const taken of THROWABLE) getters.take(taken);
    const types = modelNames.flatMap((name) => {
      const type = models.typeOf(name);
      return type === undefined ? [] : [{ getter: getters.take(`get${pascalName(name)}`), type }];
    });
    return { name: exceptionNames.get(status) as string, status, models: types };
  });
  return { service, baseException, operations, exceptions, classes: models.classes() };
}

/** What every exception has. */
const THROWABLE = ['getCause', 'getClass', 'getLocalizedMessage', 'getMessage', 'getStackTrace', 'getSuppressed'];

function membersOf(method: SdkMethod, models: SdkModels): Pick<JavaOperation, 'parameters' | 'body' | 'answer'> {
  const names = new JavaMemberNames();
  const { parameters, body, answer } = sdkMembers(method, models);
  return {
    parameters: parameters.map((one) => ({ ...one, name: names.take(one.text), type: 'java.lang.String' })),
    ...(body === undefined ? {} : { body: { name: names.take(body.name), type: javaType(body.type) } }),
    ...(answer === undefined
      ? {}
      : { answer: { name: new JavaMemberNames().take(lowerFirst(answer.name)), type: javaType(answer.type), of: answer.type } }),
  };
}
