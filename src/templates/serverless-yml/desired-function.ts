// One function of a service file as the desired state has it: its own settings over the provider's.

import type { Place } from '../../config/user-error.ts';
import type { DesiredFunction } from '../desired-state.ts';
import type { KnownReferences } from './cloudformation-values.ts';
import { readDeadLetter, readEventSettings, readLayerReferences } from './function-extras.ts';
import type { PropertyReader } from './property-reader.ts';
import type { FunctionSettings } from './read-functions.ts';
import type { ProviderSettings } from './read-provider.ts';
import { DEFAULT_RUNTIME } from './runtime.ts';
import { functionArn, functionName, type Identity } from './service-identity.ts';

export function desiredFunction(
  settings: FunctionSettings,
  functions: readonly FunctionSettings[],
  provider: ProviderSettings,
  calledBy: { readonly restApi: ReadonlySet<string>; readonly webSocketApi: ReadonlySet<string> },
  identity: Identity,
  known: KnownReferences,
  reader: PropertyReader,
  places: Map<string, Place>,
): DesiredFunction {
  const where = `functions.${settings.key}`;
  const name = functionName(settings, identity);
  const place = settings.name?.place ?? settings.place;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    reader.problems.error(
      'SG_BAD_VALUE',
      place,
      `The function name ${name} is ${name.length > 64 ? `${name.length} characters long; Lambda takes 64` : 'not one Lambda takes'}.`,
      `Set ${where}.name to a shorter name of letters, digits, - and _.`,
    );
  }
  if (places.has(name)) {
    reader.problems.error('SG_BAD_VALUE', place, `Two functions have the name ${name}.`, 'Give one of them another name.');
  }
  places.set(name, settings.place);
  const environment = new Map<string, string | null>([
    ...(provider.pluginEnvironment?.below ?? []),
    ...reader.textMap(provider.environment, 'provider.environment', known, (...args) => checkVariableName(reader, ...args), true),
    ...(provider.pluginEnvironment?.above ?? []),
    ...reader.textMap(settings.environment, `${where}.environment`, known, (...args) => checkVariableName(reader, ...args), true),
  ]);
  const tags = new Map([
    ...reader.textMap(provider.tags, 'provider.tags', known, () => {}),
    ...reader.textMap(settings.tags, `${where}.tags`, known, () => {}),
  ]);
  const logging = settings.logging ?? provider.logs.functions;
  const layersPath = settings.layers === undefined ? 'provider.layers' : `${where}.layers`;
  const layerList = readLayerReferences(settings.layers ?? provider.layers, layersPath, known, reader);
  const arnOf = (key: string) => {
    const other = functions.find((one) => one.key === key);
    return other && functionArn(functionName(other, identity), identity);
  };
  const eventSettings = readEventSettings(settings.eventSettings, where, { known, arnOf }, reader);
  const deadLetterArn = readDeadLetter(settings.eventSettings.get('onError'), `${where}.onError`, known, reader);
  const isAuthorizer = [...provider.httpApi.authorizers.values()].some(
    (one) => one !== 'refused' && one.function !== undefined && 'key' in one.function && one.function.key === settings.key,
  );
  const runtime = settings.runtime ?? provider.runtime ?? DEFAULT_RUNTIME;
  const { bundle } = settings.file;
  return {
    key: settings.key,
    functionName: name,
    runtime,
    handler: settings.handler,
    timeout: settings.timeout ?? provider.timeout ?? 6,
    memorySize: settings.memorySize ?? provider.memorySize ?? 1024,
    environment: withoutNulls(environment),
    ...(settings.description === undefined ? {} : { description: settings.description }),
    ...((settings.tracesActively ?? provider.tracing.lambda) ? { tracesActively: true as const } : {}),
    tags: withoutNulls(tags),
    ...(settings.reservedConcurrency === undefined ? {} : { reservedConcurrency: settings.reservedConcurrency }),
    ...(logging === undefined ? {} : { logging }),
    ...(bundle === undefined ? {} : { bundle: { ...bundle, target: nodeTarget(runtime) } }),
    ...(settings.url === undefined ? {} : { url: settings.url }),
    ...(layerList === undefined ? {} : { layers: layerList }),
    ...(eventSettings === undefined ? {} : { eventSettings }),
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
    ...(settings.artifact === undefined ? {} : { artifact: settings.artifact }),
    calledByApi: settings.routes.length > 0 || isAuthorizer,
    ...(calledBy.restApi.has(settings.key) ? { calledByRestApi: true as const } : {}),
    ...(calledBy.webSocketApi.has(settings.key) ? { calledByWebSocketApi: true as const } : {}),
  };
}

/** `nodejs22.x` is `node22` to a bundler. */
function nodeTarget(runtime: string): string {
  return `node${/^nodejs(\d+)\./.exec(runtime)?.[1] ?? '22'}`;
}

/** A null takes an inherited entry away. */
export function withoutNulls(map: ReadonlyMap<string, string | null>): Record<string, string> {
  return Object.fromEntries([...map].filter((entry): entry is [string, string] => entry[1] !== null));
}

// Source: Lambda developer guide, "Defined runtime environment variables".
const RESERVED_VARIABLES = new Set([
  ...['_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_DEFAULT_REGION', 'AWS_REGION', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_NAME'],
  ...['AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE'],
  ...['AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'],
  ...['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_LAMBDA_RUNTIME_API', 'LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR'],
]);

function checkVariableName(reader: PropertyReader, name: string, place: Place, where: string): void {
  if (RESERVED_VARIABLES.has(name)) {
    reader.problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}: Lambda sets ${name} itself and refuses it here.`,
      'Remove it, or use another name.',
    );
  } else if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(name)) {
    reader.problems.error(
      'SG_BAD_VALUE',
      place,
      `${where}: Lambda takes names of two or more letters, digits and _ that begin with a letter.`,
      'Rename the variable.',
    );
  }
}
