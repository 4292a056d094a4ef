// The functions of a desired state as Lambda operations.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApplySession } from './apply-desired-state.ts';
import { createExtras, updateExtras } from './apply-function-extras.ts';
import type { DesiredFunction, DesiredLogging, DesiredState } from './desired-state.ts';
import { inParallel } from './in-parallel.ts';

/** Marks what a service file made, so that it can be found again when it is gone from the file. */
const STACK_TAG = 'stagegate:stack';
/** Changes when the service folder moved and with it the code. */
const FOLDER_TAG = 'stagegate:folder';
const PERMISSION_ID = 'stagegate-http-api';
const REST_PERMISSION_ID = 'stagegate-rest-api';
const WEBSOCKET_PERMISSION_ID = 'stagegate-websocket-api';
/** Begins the ids of statements that resources of the file give. */
const RESOURCE_PERMISSION = 'stagegate-resource-';
/** Lambda's bucket name for code that is read from a folder on this machine. */
const FOLDER_BUCKET = 'hot-reload';

type Answer = Record<string, unknown>;

/** Creates and updates what is not as in `previous`; the returned function deletes what the file no longer has. */
export async function applyFunctions(
  session: ApplySession,
  desired: DesiredState,
  layers: ReadonlyMap<string, string>,
  previous: DesiredState | undefined,
): Promise<() => Promise<void>> {
  const unchanged = unchangedFunctions(desired, previous);
  const listed = await session.list(
    'lambda',
    'ListFunctions',
    {},
    { items: 'Functions', token: 'Marker', nextToken: 'NextMarker' },
  );
  const names = new Set(listed.map((item) => String(item['FunctionName'])));
  const others = desired.functions.filter((one) => !unchanged.has(one.functionName) || !names.has(one.functionName));
  await inParallel(others, (one) =>
    names.has(one.functionName) ? updateFunction(session, desired, one, layers) : createFunction(session, desired, one, layers),
  );
  // After all functions: a destination must be there.
  await inParallel(others, async (one) => {
    if (names.has(one.functionName)) await updateExtras(session, one);
    else await createExtras(session, one);
  });
  const wanted = new Set(desired.functions.map((one) => one.functionName));
  const gone = [...names].filter((name) => !wanted.has(name));
  return async () => {
    await inParallel(gone, (name) => deleteWhenOurs(session, desired, name));
  };
}

/** Names of the functions that are as they were, in surroundings that are as they were. */
function unchangedFunctions(desired: DesiredState, previous: DesiredState | undefined): ReadonlySet<string> {
  const surroundings = ({ functions: _, api, restApi: __, webSocketApi: ___, ...rest }: DesiredState) =>
    JSON.stringify([rest, api !== undefined]);
  // A layer may be another version, for its files have changed.
  if (desired.layers.length > 0) return new Set();
  if (previous === undefined || surroundings(previous) !== surroundings(desired)) return new Set();
  const before = new Map(previous.functions.map((one) => [one.functionName, JSON.stringify(one)]));
  return new Set(
    desired.functions
      .filter((one) => before.get(one.functionName) === JSON.stringify(one))
      .map(({ functionName }) => functionName),
  );
}

async function createFunction(
  session: ApplySession,
  desired: DesiredState,
  one: DesiredFunction,
  layers: ReadonlyMap<string, string>,
): Promise<void> {
  const layerArns = layersOf(one, layers);
  const input = {
    ...configuration(one, desired),
    ...(layerArns.length === 0 ? {} : { Layers: layerArns }),
    Code: code(one, desired),
    Tags: tags(one, desired),
  };
  await session.call('lambda', 'CreateFunction', input, one.functionName);
  session.changed('created', 'function', one.key);
  await putConcurrency(session, one, undefined);
  await updateApiPermissions(session, desired, one, undefined);
  await updateResourcePermissions(session, one, undefined);
}

async function updateFunction(
  session: ApplySession,
  desired: DesiredState,
  one: DesiredFunction,
  layers: ReadonlyMap<string, string>,
): Promise<void> {
  const subject = one.functionName;
  const found = await session.call('lambda', 'GetFunction', { FunctionName: subject }, subject);
  const current = (found['Configuration'] ?? {}) as Answer;
  const currentTags = (found['Tags'] ?? {}) as Record<string, string>;
  const wanted = configuration(one, desired);
  const wantedTags = tags(one, desired);
  let changed = false;
  if (currentTags[FOLDER_TAG] !== wantedTags[FOLDER_TAG]) {
    await session.call('lambda', 'UpdateFunctionCode', { FunctionName: subject, ...code(one, desired) }, subject);
    changed = true;
  }
  const logging = loggingInput(subject, one.logging);
  const currentLogging = (current['LoggingConfig'] ?? loggingInput(subject, undefined)) as Record<string, string>;
  const isLoggingOther = !sameTexts(logging, currentLogging);
  const layerArns = layersOf(one, layers);
  const currentLayers = ((current['Layers'] ?? []) as { Arn: string }[]).map((layer) => layer.Arn);
  const areLayersOther = layerArns.join() !== currentLayers.join();
  const deadLetterArn = (current['DeadLetterConfig'] as { TargetArn?: string } | undefined)?.TargetArn ?? '';
  const isDeadLetterOther = (one.deadLetterArn ?? '') !== deadLetterArn;
  if (isLoggingOther || areLayersOther || isDeadLetterOther || differs(wanted, current)) {
    const input = {
      ...wanted,
      ...(isDeadLetterOther ? { DeadLetterConfig: { TargetArn: one.deadLetterArn ?? '' } } : {}),
      ...(isLoggingOther ? { LoggingConfig: logging } : {}),
      ...(areLayersOther ? { Layers: layerArns } : {}),
      ...(modeOf(wanted) === modeOf(current) ? {} : { TracingConfig: { Mode: modeOf(wanted) } }),
      Description: wanted['Description'] ?? '',
    };
    await session.call('lambda', 'UpdateFunctionConfiguration', input, subject);
    changed = true;
  }
  if (!sameTexts(wantedTags, currentTags)) {
    const resource = String(current['FunctionArn'] ?? arnOf(one, desired));
    const gone = Object.keys(currentTags).filter((key) => !Object.hasOwn(wantedTags, key) && !key.startsWith('aws:'));
    if (gone.length > 0) await session.call('lambda', 'UntagResource', { Resource: resource, TagKeys: gone }, subject);
    await session.call('lambda', 'TagResource', { Resource: resource, Tags: wantedTags }, subject);
    changed = true;
  }
  const concurrency = found['Concurrency'] as { ReservedConcurrentExecutions?: number } | undefined;
  if (await putConcurrency(session, one, concurrency?.ReservedConcurrentExecutions)) changed = true;
  if (changed) session.changed('updated', 'function', one.key);
  await updatePermission(session, desired, one);
}

/** True when it was another before. */
async function putConcurrency(session: ApplySession, one: DesiredFunction, current: number | undefined): Promise<boolean> {
  const subject = one.functionName;
  if (one.reservedConcurrency === current) return false;
  if (one.reservedConcurrency === undefined) {
    await session.call('lambda', 'DeleteFunctionConcurrency', { FunctionName: subject }, subject);
  } else {
    const input = { FunctionName: subject, ReservedConcurrentExecutions: one.reservedConcurrency };
    await session.call('lambda', 'PutFunctionConcurrency', input, subject);
  }
  return true;
}

async function updatePermission(session: ApplySession, desired: DesiredState, one: DesiredFunction): Promise<void> {
  const answer = await session.find('lambda', 'GetPolicy', { FunctionName: one.functionName });
  await updateResourcePermissions(session, one, answer?.['Policy']);
  await updateApiPermissions(session, desired, one, answer?.['Policy']);
}

/** Any stage and route of an API may call the function, as Serverless Framework grants it. */
async function updateApiPermissions(
  session: ApplySession,
  desired: DesiredState,
  one: DesiredFunction,
  policy: unknown,
): Promise<void> {
  const arn = `arn:aws:execute-api:${desired.region}:${desired.account}`;
  for (const [StatementId, wanted] of [
    [PERMISSION_ID, one.calledByApi && desired.api !== undefined ? `${arn}:${desired.apiId}/*` : undefined],
    [REST_PERMISSION_ID, one.calledByRestApi === true ? `${arn}:${desired.restApiId}/*` : undefined],
    [WEBSOCKET_PERMISSION_ID, one.calledByWebSocketApi === true ? `${arn}:${desired.webSocketApiId}/*` : undefined],
  ] as const) {
    const current = permissionSource(policy, StatementId);
    if (current === wanted) continue;
    if (current !== undefined) {
      await session.call('lambda', 'RemovePermission', { FunctionName: one.functionName, StatementId }, one.functionName);
      if (wanted === undefined) session.changed('deleted', 'permission', one.key);
    }
    if (wanted !== undefined) await addPermission(session, one, StatementId, wanted);
  }
}

/** The id of a statement says what is in it, so that one that differs is another one. */
async function updateResourcePermissions(session: ApplySession, one: DesiredFunction, policy: unknown): Promise<void> {
  const FunctionName = one.functionName;
  const there = new Set(statementsOf(policy).map((statement) => String(statement['Sid'])));
  const wanted = new Map(
    (one.permissions ?? []).map((permission) => {
      const digest = createHash('sha256').update(JSON.stringify(permission.members)).digest('hex').slice(0, 8);
      return [`${RESOURCE_PERMISSION}${permission.logicalId}-${digest}`, permission];
    }),
  );
  for (const StatementId of there) {
    if (!StatementId.startsWith(RESOURCE_PERMISSION) || wanted.has(StatementId)) continue;
    await session.call('lambda', 'RemovePermission', { FunctionName, StatementId }, FunctionName);
  }
  for (const [StatementId, { members }] of wanted) {
    if (there.has(StatementId)) continue;
    const { InvokedViaFunctionUrl: viaUrl, ...texts } = members;
    const input = {
      FunctionName,
      StatementId,
      ...texts,
      ...(viaUrl === undefined ? {} : { InvokedViaFunctionUrl: viaUrl === 'true' }),
    };
    await session.call('lambda', 'AddPermission', input, FunctionName);
    session.changed('created', 'permission', one.key);
  }
}

function statementsOf(policy: unknown): readonly Record<string, unknown>[] {
  if (typeof policy !== 'string') return [];
  return (JSON.parse(policy) as { Statement?: readonly Record<string, unknown>[] }).Statement ?? [];
}

async function addPermission(session: ApplySession, one: DesiredFunction, StatementId: string, SourceArn: string): Promise<void> {
  const input = {
    FunctionName: one.functionName,
    StatementId,
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn,
  };
  await session.call('lambda', 'AddPermission', input, one.functionName);
  session.changed('created', 'permission', one.key);
}

async function deleteWhenOurs(session: ApplySession, desired: DesiredState, name: string): Promise<void> {
  const resource = `arn:aws:lambda:${desired.region}:${desired.account}:function:${name}`;
  const answer = await session.find('lambda', 'ListTags', { Resource: resource });
  const found = answer?.['Tags'] as Record<string, string> | undefined;
  if (found?.[STACK_TAG] !== stackOf(desired)) return;
  await session.call('lambda', 'DeleteFunction', { FunctionName: name });
  session.changed('deleted', 'function', name);
}

function configuration(one: DesiredFunction, desired: DesiredState): Answer {
  return {
    FunctionName: one.functionName,
    Runtime: one.runtime,
    Handler: one.handler,
    // Nothing is run under it; Lambda wants one.
    Role: `arn:aws:iam::${desired.account}:role/${stackOf(desired)}-lambda`.slice(0, 200),
    Timeout: one.timeout,
    MemorySize: one.memorySize,
    Environment: { Variables: one.environment },
    ...(one.tracesActively === true ? { TracingConfig: { Mode: 'Active' } } : {}),
    ...(one.logging === undefined ? {} : { LoggingConfig: loggingInput(one.functionName, one.logging) }),
    ...(one.description === undefined ? {} : { Description: one.description }),
    ...(one.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: one.deadLetterArn } }),
  };
}

/** Everything is said, so that an update takes back what an earlier version of the file asked for. */
function loggingInput(functionName: string, logging: DesiredLogging | undefined): Record<string, string> {
  const LogGroup = logging?.logGroup ?? `/aws/lambda/${functionName}`;
  if (logging?.logFormat !== 'JSON') return { LogFormat: 'Text', LogGroup };
  return {
    LogFormat: 'JSON',
    LogGroup,
    ApplicationLogLevel: logging.applicationLogLevel ?? 'INFO',
    SystemLogLevel: logging.systemLogLevel ?? 'INFO',
  };
}

function code(one: DesiredFunction, desired: DesiredState): Answer {
  if (one.artifact !== undefined) return { ZipFile: readFileSync(one.artifact.file) };
  return { S3Bucket: FOLDER_BUCKET, S3Key: one.codeFolder ?? desired.folder };
}

function tags(one: DesiredFunction, desired: DesiredState): Record<string, string> {
  const folder = createHash('sha256')
    .update(one.artifact?.sha256 ?? one.codeFolder ?? desired.folder)
    .digest('hex')
    .slice(0, 16);
  return { ...one.tags, [STACK_TAG]: stackOf(desired), [FOLDER_TAG]: folder };
}

function layersOf(one: DesiredFunction, layers: ReadonlyMap<string, string>): readonly string[] {
  return (one.layers ?? []).map((layer) => layers.get(layer) ?? layer);
}

function stackOf(desired: DesiredState): string {
  return `${desired.service}-${desired.stage}`;
}

function arnOf(one: DesiredFunction, desired: DesiredState): string {
  return `arn:aws:lambda:${desired.region}:${desired.account}:function:${one.functionName}`;
}

function permissionSource(policy: unknown, id: string): string | undefined {
  const ours = statementsOf(policy).find((statement) => statement['Sid'] === id);
  if (ours === undefined) return undefined;
  const condition = ours['Condition'] as Record<string, Record<string, string>> | undefined;
  return condition?.['ArnLike']?.['AWS:SourceArn'] ?? '';
}

function differs(wanted: Answer, current: Answer): boolean {
  const variables = (current['Environment'] as { Variables?: Record<string, string> } | undefined)?.Variables ?? {};
  const wantedVariables = (wanted['Environment'] as { Variables: Record<string, string> }).Variables;
  return (
    ['Runtime', 'Handler', 'Timeout', 'MemorySize', 'Role'].some((name) => wanted[name] !== current[name]) ||
    (wanted['Description'] ?? '') !== (current['Description'] ?? '') ||
    modeOf(wanted) !== modeOf(current) ||
    !sameTexts(wantedVariables, variables)
  );
}

function modeOf(configuration: Answer): string {
  return (configuration['TracingConfig'] as { Mode?: string } | undefined)?.Mode ?? 'PassThrough';
}

export function sameTexts(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
