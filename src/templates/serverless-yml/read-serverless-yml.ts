// A serverless.yml to the desired state it asks for. Everything wrong with the file comes back together, as values.

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { NearestName } from '../../config/nearest-name.ts';
import type { Place } from '../../config/user-error.ts';
import { API_SUBJECT, type DesiredLayer, type DesiredState, REST_API_SUBJECT } from '../desired-state.ts';
import { FILE_SIZE_LIMIT_BYTES, parseYaml } from '../parse-yaml.ts';
import { type Problem, Problems } from '../problem.ts';
import { type Features, runningFeatures } from '../running-features.ts';
import { isNull, type MapNode, type TemplateNode } from '../template-node.ts';
import { readBundlerSettings } from './bundler-settings.ts';
import type { KnownReferences } from './cloudformation-values.ts';
import { readCodeFile } from './code-file.ts';
import { desiredApi } from './desired-api.ts';
import { desiredFunction } from './desired-function.ts';
import { desiredRestApi } from './desired-rest-api.ts';
import { desiredWebSocketApi } from './desired-websocket-api.ts';
import { dotenvFileNames, findDotenvFile, readDotenvFile } from './dotenv-file.ts';
import { layerLogicalId, layerReference, readLayers } from './layers.ts';
import { withRetention } from './log-retention.ts';
import { readArtifact } from './package-artifact.ts';
import { readPluginEnvironment } from './plugin-environment.ts';
import { readPlugins, refuseServiceProxies } from './plugins.ts';
import { type IgnoredProperty, PropertyReader } from './property-reader.ts';
import { serviceProperties } from './property-tables.ts';
import { type FunctionSettings, readFunctions } from './read-functions.ts';
import { readProvider } from './read-provider.ts';
import { readResources, withResources } from './resources.ts';
import { checkProtectedRoutes, checkResourceProtection } from './route-protection.ts';
import { desiredGatewayResponses, desiredLogGroups, withPermissions } from './run-resources.ts';
import { functionName, type Identity } from './service-identity.ts';
import { isCodeFile } from './variable-file.ts';
import { type VariableContext, Variables } from './variables.ts';

export interface ServerlessYmlOptions {
  /** Absolute path of serverless.yml, .yaml, .json, or of code that exports the same. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `opt:` variables: `--stage` and `--region` when given. */
  readonly options: ReadonlyMap<string, string>;
  /** `param:` variables from the command line. */
  readonly params: ReadonlyMap<string, string>;
  readonly accountId: string;
  /** For `sls:instanceId`; stays the same over reloads. */
  readonly instanceId: string;
  readonly lenient: boolean;
  readonly nearestName: NearestName;
  /** What of AWS runs in this system; `runningFeatures` when left out. */
  readonly features?: Features;
}

export interface ServerlessYmlReading {
  /** Absent when there are errors among the problems. */
  readonly desired?: DesiredState;
  /** Sorted by file and line. */
  readonly problems: readonly Problem[];
  readonly ignored: readonly IgnoredProperty[];
  /** Absolute: the service file and what it includes. */
  readonly files: readonly string[];
  /** Where each function (by function name) and each route (by route key) is written, for errors of AWS operations. */
  readonly places: ReadonlyMap<string, Place>;
}

export function readServerlessYml(options: ServerlessYmlOptions): ServerlessYmlReading {
  const problems = new Problems(options.lenient);
  const files = new Set([options.file]);
  const places = new Map<string, Place>();
  const done = (desired?: DesiredState, ignored: readonly IgnoredProperty[] = []): ServerlessYmlReading => ({
    ...(desired === undefined || problems.hasErrors ? {} : { desired }),
    problems: problems.sorted(),
    ignored,
    files: [...files],
    places,
  });
  const root = isCodeFile(options.file) ? runRoot(options, problems, files) : readRoot(options.file, problems);
  if (root === undefined) return done();
  const context: VariableContext = { ...options, serviceFolder: path.dirname(options.file) };
  const variables = new Variables(root, context, problems);
  const reader = new PropertyReader(variables, problems, options.nearestName, options.features ?? runningFeatures);
  loadDotenv(root, context.serviceFolder, reader, files);
  const desired = readService(root, options, reader, places);
  for (const file of variables.filesRead) files.add(file);
  return done(desired, reader.ignored);
}

function readRoot(file: string, problems: Problems): MapNode | undefined {
  let text: string;
  try {
    if (statSync(file).size > FILE_SIZE_LIMIT_BYTES) {
      problems.error('SG_YAML', { file }, 'The file is larger than 6 MB.', 'Split it, or take generated data out of it.');
      return undefined;
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    problems.error(
      'SG_NO_SERVICE_FILE',
      { file },
      `The file cannot be read: ${(error as Error).message}`,
      'Make it a readable file.',
    );
    return undefined;
  }
  return checkRoot(parseYaml(text, file, problems), problems);
}

/** serverless.ts and its like: what the code exports. Places in it are not known, so only the file is named. */
function runRoot(options: ServerlessYmlOptions, problems: Problems, files: Set<string>): MapNode | undefined {
  const { file } = options;
  const outcome = readCodeFile({
    file,
    address: [],
    serviceFolder: path.dirname(file),
    environment: options.environment,
    options: Object.fromEntries(options.options),
    resolve: () => undefined,
  });
  if (typeof outcome === 'object' && 'json' in outcome) {
    for (const one of outcome.files) files.add(one);
    const root = parseYaml(outcome.json, file, problems);
    return checkRoot(root && withoutLines(root, { file }), problems);
  }
  const why =
    typeof outcome === 'object' ? outcome.failure : outcome === 'absent' ? 'it exports nothing' : 'it asks for variables';
  const fix = 'Correct the file; it runs in a process of its own, with Node.js, in its own folder.';
  problems.error('SG_NO_SERVICE_FILE', { file }, `${path.basename(file)} could not be run: ${why}.`, fix);
  return undefined;
}

function withoutLines(node: TemplateNode, place: Place): TemplateNode {
  if (node.kind === 'scalar') return { ...node, place };
  if (node.kind === 'list') return { kind: 'list', place, items: node.items.map((item) => withoutLines(item, place)) };
  const entries = [...node.entries].map(
    ([key, entry]) => [key, { key, keyPlace: place, node: withoutLines(entry.node, place) }] as const,
  );
  return { kind: 'map', place, entries: new Map(entries) };
}

function checkRoot(root: TemplateNode | undefined, problems: Problems): MapNode | undefined {
  if (root === undefined || root.kind === 'map') return root;
  problems.error(
    'SG_YAML',
    root.place,
    'The file holds no map of properties.',
    'Begin with service: NAME and provider: { name: aws }.',
  );
  return undefined;
}

/** Version 4 of the Serverless Framework reads .env files unasked, earlier ones with `useDotenv: true`. */
function loadDotenv(root: MapNode, folder: string, reader: PropertyReader, files: Set<string>): void {
  const { variables } = reader;
  const entry = root.entries.get('useDotenv');
  const value = entry && variables.resolve(entry.node);
  const asked = value === undefined || isNull(value) ? isVersion4(root, reader) : reader.boolean(value, 'useDotenv') === true;
  const stage = variables.stage();
  const file = findDotenvFile(folder, stage);
  if (asked) for (const name of dotenvFileNames(stage)) files.add(path.join(folder, name));
  if (file === undefined) return;
  if (!asked) {
    variables.noteUnreadDotenv(path.basename(file));
    return;
  }
  try {
    variables.addEnvironment(readDotenvFile(file, variables.environment));
  } catch (error) {
    const what = `${path.basename(file)} cannot be read: ${(error as Error).message}`;
    reader.problems.error(
      'SG_VARIABLE',
      entry?.keyPlace ?? root.place,
      what,
      'Make it a readable file, or set useDotenv: false.',
    );
  }
}

function isVersion4(root: MapNode, reader: PropertyReader): boolean {
  const entry = root.entries.get('frameworkVersion');
  const value = entry && reader.variables.resolve(entry.node);
  return value?.kind === 'scalar' && /^\s*(?:[\^~=]|>=)?\s*4\b/.test(String(value.value));
}

/** Plugins that make `Fn::Sub` of `#{...}`. */
const WITH_HASH_REFERENCES = ['serverless-pseudo-parameters', 'serverless-cf-vars'];

function readService(
  root: MapNode,
  options: ServerlessYmlOptions,
  reader: PropertyReader,
  places: Map<string, Place>,
): DesiredState | undefined {
  const properties = reader.properties(root, serviceProperties, '');
  const plugins = readPlugins(properties.get('plugins'), reader);
  refuseServiceProxies(reader);
  reader.readsHashReferences = plugins.some((name) => WITH_HASH_REFERENCES.includes(name));
  const service = readServiceName(properties.get('service'), root, reader);
  const providerEntry = root.entries.get('provider');
  if (providerEntry === undefined || isNull(providerEntry.node)) {
    reader.problems.error(
      'SG_BAD_VALUE',
      providerEntry?.keyPlace ?? root.place,
      'The file has no provider.',
      'Add provider: { name: aws, runtime: nodejs22.x }.',
    );
  }
  const folder = path.dirname(options.file);
  const mode = reader.variables.environment['NODE_ENV'] ?? options.options.get('stage') ?? 'development';
  const provider = {
    ...readProvider(properties.get('provider'), reader),
    pluginEnvironment: readPluginEnvironment(plugins, folder, mode, reader),
  };
  const restApi = reader.variables.at('provider.apiGateway');
  if (restApi !== undefined) places.set(REST_API_SUBJECT, restApi.place);
  const httpApi = reader.variables.at('provider.httpApi');
  if (httpApi !== undefined) places.set(API_SUBJECT, httpApi.place);
  const bundler = readBundlerSettings(properties.get('build'), plugins, folder, reader);
  const surroundings = {
    folder,
    runtime: provider.runtime,
    bundler,
    authorizers: provider.httpApi.authorizers,
    artifact: readArtifact(properties.get('package'), 'package', folder, reader),
  };
  const { functions, protectedRoutes, webSocketEventsLeftOut } = readFunctions(properties.get('functions'), surroundings, reader);
  checkProtectedRoutes(functions, protectedRoutes, reader);
  const resources = readResources(properties.get('resources'), reader);
  if (reader.problems.lenient) checkResourceProtection(root.entries.get('resources')?.node, reader);
  if (service === undefined) return undefined;
  const stage = reader.variables.stage();
  const region = reader.variables.region();
  checkStageAndRegion(stage, region, root, reader);
  const layers = readLayers(properties.get('layers'), folder, reader);
  const identity: Identity = {
    service,
    stage,
    region,
    account: options.accountId,
    apiId: apiIdOf(service, stage, region),
    restApiId: apiIdOf(service, stage, region, 'rest'),
    webSocketApiId: apiIdOf(service, stage, region, 'websocket'),
  };
  const stack = withResources(knownReferences(identity, functions, layers), resources, reader);
  // What a stack would know can be said: --param UsersTable=users, --param UsersTable.Arn=arn:...
  const known: KnownReferences = { get: (name) => options.params.get(name) ?? stack.get(name) };
  const apiReading = { functions, identity, known, resources, reader };
  const rest = desiredRestApi(provider, desiredGatewayResponses(resources, known, reader, places), apiReading, places);
  const webSocket = desiredWebSocketApi(provider, webSocketEventsLeftOut, apiReading, places);
  const calledBy = { restApi: rest.called, webSocketApi: webSocket.called };
  const desiredFunctions = withPermissions(
    functions.map((settings) => desiredFunction(settings, functions, provider, calledBy, identity, known, reader, places)),
    resources,
    known,
    reader,
  );
  const api = desiredApi(functions, provider, identity, known, reader, places);
  return {
    service,
    stage,
    region,
    account: options.accountId,
    folder,
    apiId: identity.apiId,
    restApiId: identity.restApiId,
    webSocketApiId: identity.webSocketApiId,
    functions: desiredFunctions,
    layers,
    logGroups: withRetention(
      desiredLogGroups(resources, known, reader),
      desiredFunctions,
      (key) => functions.find((one) => one.key === key)?.logRetentionInDays ?? provider.logRetentionInDays,
    ),
    ...(desiredFunctions.some((one) => one.bundle !== undefined) ? { bundler: bundler.settings } : {}),
    ...(api === undefined ? {} : { api }),
    ...(rest.api === undefined ? {} : { restApi: rest.api }),
    ...(webSocket.api === undefined ? {} : { webSocketApi: webSocket.api }),
  };
}

function checkStageAndRegion(stage: string, region: string, root: MapNode, reader: PropertyReader): void {
  const placeOf = (name: string) => reader.variables.at(`provider.${name}`)?.place ?? root.place;
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(stage)) {
    const fix = 'Use letters, digits, - and _.';
    reader.problems.error('SG_BAD_VALUE', placeOf('stage'), `${JSON.stringify(stage)} is no name for a stage.`, fix);
  }
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    const fix = 'Use a region such as eu-central-1.';
    reader.problems.error('SG_BAD_VALUE', placeOf('region'), `${JSON.stringify(region)} is no AWS region.`, fix);
  }
}

/** Ten of [a-z0-9], the same for the same service, stage and region, so that URLs survive restarts. */
export function apiIdOf(service: string, stage: string, region: string, kind?: 'rest' | 'websocket'): string {
  const parts = [service, stage, region, ...(kind === undefined ? [] : [kind])];
  const digest = createHash('sha256').update(parts.join('\0')).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, 10);
}

function readServiceName(node: TemplateNode | undefined, root: MapNode, reader: PropertyReader): string | undefined {
  const example = 'service: my-service';
  if (node === undefined) {
    const entry = root.entries.get('service');
    const value = entry && reader.variables.resolve(entry.node);
    // A variable without a value was told where it stands.
    if (entry === undefined || (value !== undefined && isNull(value))) {
      reader.problems.error('SG_BAD_VALUE', entry?.keyPlace ?? root.place, 'The file has no service name.', `Add ${example}.`);
    }
    return undefined;
  }
  const nested = node.kind === 'map' ? node.entries.get('name')?.node : node;
  const name = reader.text(nested === undefined ? node : reader.variables.resolve(nested), 'service', example);
  if (name === undefined || /^[A-Za-z][A-Za-z0-9-]*$/.test(name)) return name;
  return reader.wrong(node, 'service', 'a letter followed by letters, digits and -', `For example: ${example}`);
}

/** What CloudFormation functions may refer to without a stack. */
function knownReferences(
  identity: Identity,
  functions: readonly FunctionSettings[],
  layers: readonly DesiredLayer[],
): KnownReferences {
  const { service, stage, region, account, apiId, restApiId, webSocketApiId } = identity;
  const known = new Map([
    ['AWS::Region', region],
    ['AWS::AccountId', account],
    ['AWS::Partition', 'aws'],
    ['AWS::URLSuffix', 'amazonaws.com'],
    ['AWS::StackName', `${service}-${stage}`],
    ['AWS::StackId', `arn:aws:cloudformation:${region}:${account}:stack/${service}-${stage}/${apiId}`],
    ['HttpApi', apiId],
    ['HttpApi.ApiId', apiId],
    ['HttpApi.ApiEndpoint', `https://${apiId}.execute-api.${region}.amazonaws.com`],
    ['WebsocketsApi.ApiEndpoint', `wss://${webSocketApiId}.execute-api.${region}.amazonaws.com`],
    ['ApiGatewayRestApi', restApiId],
    ['WebsocketsApi', webSocketApiId],
  ]);
  for (const { key } of layers) known.set(layerLogicalId(key), layerReference(key));
  for (const settings of functions) {
    const name = functionName(settings, identity);
    // AWS: nothing; these are the logical ids Serverless Framework gives. Seen: its guide "Resources".
    const key = settings.key.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
    const logicalId = `${key[0]!.toUpperCase()}${key.slice(1)}LambdaFunction`;
    known.set(logicalId, name);
    known.set(logicalId.replace(/LambdaFunction$/, 'LogGroup'), `/aws/lambda/${name}`);
    known.set(`${logicalId}.Arn`, `arn:aws:lambda:${region}:${account}:function:${name}`);
  }
  return known;
}
