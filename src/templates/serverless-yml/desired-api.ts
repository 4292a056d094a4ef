// The HTTP API of a service file as the desired state has it: routes, integrations, authorizers.

import type { Place } from '../../config/user-error.ts';
import type {
  DesiredAuthorization,
  DesiredAuthorizer,
  DesiredHttpApi,
  DesiredIntegration,
  DesiredRoute,
} from '../desired-state.ts';
import type { TemplateNode } from '../template-node.ts';
import type { AuthorizerSettings, EventAuthorization } from './authorizers.ts';
import { evaluateCloudFormation, type KnownReferences } from './cloudformation-values.ts';
import { withoutNulls } from './desired-function.ts';
import type { PropertyReader } from './property-reader.ts';
import type { FunctionSettings } from './read-functions.ts';
import { corsMethods, type HttpApiSettings, type ProviderSettings } from './read-provider.ts';
import { functionArn, functionName, type Identity } from './service-identity.ts';

export function desiredApi(
  functions: readonly FunctionSettings[],
  provider: ProviderSettings,
  identity: Identity,
  known: KnownReferences,
  reader: PropertyReader,
  places: Map<string, Place>,
): DesiredHttpApi | undefined {
  const settings = provider.httpApi;
  const integrations = new Map<string, DesiredIntegration>();
  const routes: DesiredRoute[] = [];
  const methods: string[] = [];
  for (const one of functions) {
    for (const event of one.routes) {
      const before = places.get(event.routeKey);
      if (before !== undefined) {
        reader.problems.error(
          'SG_BAD_VALUE',
          event.place,
          `The route ${event.routeKey} is already taken in line ${before.line}.`,
          'Give each method and path to one function only.',
        );
        continue;
      }
      places.set(event.routeKey, event.place);
      const integration = desiredIntegration(one, event.timeoutNode ?? settings.timeoutNode, settings, identity, reader);
      integrations.set(integration.key, integration);
      routes.push({
        routeKey: event.routeKey,
        integration: integration.key,
        ...(event.authorization === undefined ? {} : { authorization: desiredAuthorization(event.authorization, settings) }),
      });
      methods.push(event.method);
    }
  }
  if (routes.length === 0) return undefined;
  const { service, stage } = identity;
  const cors = settings.cors;
  const tags = settings.useProviderTags ? withoutNulls(reader.textMap(provider.tags, 'provider.tags', known, () => {})) : {};
  return {
    name: settings.name ?? (settings.nameBeginsWithService ? `${service}-${stage}` : `${stage}-${service}`),
    ...(settings.description === undefined ? {} : { description: settings.description }),
    ...(cors === undefined
      ? {}
      : { corsConfiguration: { ...cors.configuration, allowMethods: cors.methods ?? corsMethods(methods) } }),
    disableExecuteApiEndpoint: settings.disableDefaultEndpoint,
    tags,
    stageName: '$default',
    detailedMetricsEnabled: settings.metrics,
    ...(provider.logs.httpApi === undefined
      ? {}
      : { accessLog: { logGroup: `/aws/http-api/${service}-${stage}`, ...provider.logs.httpApi } }),
    authorizers: desiredAuthorizers(functions, settings, identity, known, reader),
    integrations: [...integrations.values()],
    routes,
  };
}

function desiredAuthorization(
  { authorizer, ...rest }: EventAuthorization,
  { authorizers }: HttpApiSettings,
): DesiredAuthorization {
  const settings = authorizer === undefined ? undefined : authorizers.get(authorizer);
  return settings === undefined || settings === 'refused' ? rest : { ...rest, authorizer: settings.name };
}

function desiredAuthorizers(
  functions: readonly FunctionSettings[],
  { authorizers }: HttpApiSettings,
  identity: Identity,
  known: KnownReferences,
  reader: PropertyReader,
): readonly DesiredAuthorizer[] {
  const desired: DesiredAuthorizer[] = [];
  for (const one of authorizers.values()) {
    if (one === 'refused') continue;
    const { name, identitySource } = one;
    if (one.type === 'jwt') {
      desired.push({ type: 'JWT', name, identitySource, issuer: one.issuerUrl ?? '', audience: one.audience });
      continue;
    }
    const arn = authorizerFunction(one, functions, identity, known, reader);
    if (arn === undefined) continue;
    desired.push({
      type: 'REQUEST',
      name,
      identitySource,
      functionArn: arn,
      payloadFormatVersion: one.payloadVersion,
      ...(one.resultTtlInSeconds === undefined ? {} : { resultTtlInSeconds: one.resultTtlInSeconds }),
      ...(one.enableSimpleResponses === undefined ? {} : { enableSimpleResponses: one.enableSimpleResponses }),
    });
  }
  return desired;
}

function authorizerFunction(
  { key, function: named }: AuthorizerSettings,
  functions: readonly FunctionSettings[],
  identity: Identity,
  known: KnownReferences,
  reader: PropertyReader,
): string | undefined {
  if (named === undefined) return undefined;
  if ('arn' in named) return evaluateCloudFormation(named.arn, known, reader.variables, reader.problems);
  const found = functions.find((one) => one.key === named.key);
  if (found !== undefined) return functionArn(functionName(found, identity), identity);
  reader.problems.error(
    'SG_BAD_VALUE',
    named.place,
    `provider.httpApi.authorizers.${key}.functionName: there is no function ${named.key}.`,
    reader.suggestion(
      named.key,
      functions.map((one) => one.key),
      'Name a function of this file.',
    ),
  );
  return undefined;
}

/** One integration per function, and a further one for each timeout of its own that an event sets. */
function desiredIntegration(
  settings: FunctionSettings,
  timeoutNode: TemplateNode | undefined,
  api: HttpApiSettings,
  identity: Identity,
  reader: PropertyReader,
): DesiredIntegration {
  const timeoutInMillis = readTimeout(timeoutNode, reader) ?? 30_000;
  return {
    key: timeoutInMillis === 30_000 ? settings.key : `${settings.key}:${timeoutInMillis}`,
    functionName: functionName(settings, identity),
    payloadFormatVersion: settings.payload ?? api.payload ?? '2.0',
    timeoutInMillis,
  };
}

/** Seconds in the file, milliseconds on AWS. */
function readTimeout(node: TemplateNode | undefined, reader: PropertyReader): number | undefined {
  if (node === undefined) return undefined;
  const seconds = node.kind === 'scalar' ? Number(node.value) : Number.NaN;
  if (seconds >= 0.05 && seconds <= 30) return Math.round(seconds * 1000);
  return reader.wrong(
    node,
    'httpApi.timeout',
    'a number of seconds from 0.05 to 30',
    'AWS: an HTTP API waits at most 30 seconds.',
  );
}
