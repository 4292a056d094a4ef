// The REST API of a service file as the desired state has it: the http events of its functions under the settings of the provider.

import { isDeepStrictEqual } from 'node:util';
import type { Place } from '../../config/user-error.ts';
import type {
  DesiredGatewayResponse,
  DesiredModel,
  DesiredRestApi,
  DesiredRestAuthorizer,
  DesiredRestMethod,
} from '../desired-rest-api.ts';
import { authorizerSubject, methodSubject, modelSubject, REST_API_SUBJECT } from '../desired-state.ts';
import { withoutNulls } from './desired-function.ts';
import type { ProviderSettings } from './read-provider.ts';
import { readRestApiSettings } from './rest-api-settings.ts';
import { mergedCors, preflightMethod, type RestCors } from './rest-cors.ts';
import { type RestEvent, readRestEvent } from './rest-event.ts';
import type { RestReading } from './rest-reading.ts';
import { checkProtectedRoutes } from './route-protection.ts';

export interface RestApiOutcome {
  readonly api?: DesiredRestApi;
  /** Keys of the functions that it calls. */
  readonly called: ReadonlySet<string>;
}

export function desiredRestApi(
  provider: ProviderSettings,
  gatewayResponses: readonly DesiredGatewayResponse[],
  reading: RestReading,
  places: Map<string, Place>,
): RestApiOutcome {
  const { functions, identity, known, reader } = reading;
  if (functions.every((one) => one.restEvents.length === 0)) {
    for (const name of provider.restApi.keys()) reader.ignore(`provider.${name}`, 'no function has an http event');
    return { called: new Set() };
  }
  const settings = readRestApiSettings(provider, reading);
  const all = functions.flatMap((one) =>
    one.restEvents
      .map((event) => readRestEvent(event, one.key, settings.models, settings.timeoutInMillis, reading))
      .filter((event) => event !== undefined),
  );
  const events = all.filter((event) => event.protected !== true);
  checkProtectedRoutes(
    [{ routes: events }],
    all.filter((event) => event.protected === true),
    reader,
  );
  const gathering = new Gathering(reading, places);
  for (const event of events) gathering.add(event);
  gathering.addPreflights();
  if (gathering.methods.length === 0) return { called: new Set() };
  const { service, stage } = identity;
  const { timeoutInMillis: _, models: named, stageName, ...rest } = settings;
  const { format, executionLog, logGroup = `/aws/api-gateway/${service}-${stageName}` } = provider.logs.restApi ?? {};
  return {
    called: gathering.called,
    api: {
      ...rest,
      tags: withoutNulls(reader.textMap(provider.tags, 'provider.tags', known, () => {})),
      stageName,
      ...(format === undefined ? {} : { accessLog: { logGroup, format } }),
      ...(executionLog === undefined ? {} : { executionLog }),
      authorizers: [...gathering.authorizers.values()],
      models: [...new Map([...named.values(), ...gathering.models.values()].map((model) => [model.name, model])).values()],
      ...(gathering.isValidated ? { validator: `${service}-${stage} | Validate request body and querystring parameters` } : {}),
      gatewayResponses,
      methods: gathering.methods,
    },
  };
}

/** The methods of all events, and what they share. */
class Gathering {
  readonly methods: DesiredRestMethod[] = [];
  readonly authorizers = new Map<string, DesiredRestAuthorizer>();
  readonly models = new Map<string, DesiredModel>();
  readonly called = new Set<string>();
  readonly #cors = new Map<string, RestCors>();
  readonly #reading: RestReading;
  readonly #places: Map<string, Place>;

  constructor(reading: RestReading, places: Map<string, Place>) {
    this.#reading = reading;
    this.#places = places;
  }

  get isValidated(): boolean {
    return this.methods.some((method) => method.isValidated === true);
  }

  add(event: RestEvent): void {
    const { problems } = this.#reading.reader;
    const { path, httpMethod } = event.desired;
    const subject = methodSubject(httpMethod, path);
    const before = this.#places.get(subject);
    if (before !== undefined) {
      const what = `The route ${event.routeKey} is already taken in line ${before.line}.`;
      problems.error('SG_BAD_VALUE', event.place, what, 'Give each method and path to one function only.');
      return;
    }
    this.#places.set(subject, event.place);
    this.#firstPlace(REST_API_SUBJECT, event.place);
    const former = this.#cors.get(path);
    if (event.cors !== undefined) this.#cors.set(path, former === undefined ? event.cors : mergedCors(former, event.cors));
    const { authorizer, functionKey } = event.authorization ?? {};
    if (authorizer !== undefined) this.#addAuthorizer(authorizer, event);
    if (functionKey !== undefined) this.called.add(functionKey);
    if (event.desired.functionKey !== undefined) this.called.add(event.desired.functionKey);
    for (const model of Object.values(event.models)) {
      this.models.set(model.name, model);
      this.#firstPlace(modelSubject(model.name), event.place);
    }
    const requestModels = Object.fromEntries(Object.entries(event.models).map(([type, model]) => [type, model.name]));
    this.methods.push({ ...event.desired, ...(Object.keys(requestModels).length === 0 ? {} : { requestModels }) });
  }

  /** OPTIONS of each path whose events ask for CORS. */
  addPreflights(): void {
    for (const [path, cors] of this.#cors) {
      const own = this.#places.get(methodSubject('OPTIONS', path));
      if (own !== undefined) {
        const what = `OPTIONS ${path} is a function's, and cors of the same path answers it, too.`;
        this.#reading.reader.problems.error('SG_BAD_VALUE', own, what, 'Remove one of the two.');
      } else this.methods.push(preflightMethod(path, cors));
    }
  }

  /** Of what several events share, the first says where it is written. */
  #firstPlace(subject: string, place: Place): void {
    if (!this.#places.has(subject)) this.#places.set(subject, place);
  }

  #addAuthorizer(authorizer: DesiredRestAuthorizer, event: RestEvent): void {
    const former = this.authorizers.get(authorizer.name);
    this.authorizers.set(authorizer.name, authorizer);
    this.#firstPlace(authorizerSubject(authorizer.name), event.place);
    if (former === undefined || isDeepStrictEqual(former, authorizer)) return;
    // Serverless Framework makes one authorizer of all of the same name.
    const what = `The authorizer ${authorizer.name} is set up in another way by an event before; what is said here holds for both, as on AWS.`;
    const fix = 'Say the same of it everywhere, or give one of them another name with arn and name.';
    this.#reading.reader.problems.warning('SG_BAD_VALUE', event.place, what, fix);
  }
}
