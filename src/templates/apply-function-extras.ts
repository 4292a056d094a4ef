// What a function has besides its code and settings, as Lambda operations: its URL and what becomes of asynchronous events.

import { isDeepStrictEqual } from 'node:util';
import type { ApplySession } from './apply-desired-state.ts';
import type { DesiredEventSettings, DesiredFunction, DesiredUrl } from './desired-state.ts';

type Answer = Record<string, unknown>;

// AWS: a URL that everybody may call needs both. Source: Lambda guide, "Control access to Lambda function URLs".
const URL_PERMISSIONS: readonly Answer[] = [
  { StatementId: 'stagegate-url', Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' },
  { StatementId: 'stagegate-url-invoke', Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true },
];

/** For a function that was just made. */
export async function createExtras(session: ApplySession, one: DesiredFunction): Promise<void> {
  if (one.url !== undefined) await createUrl(session, one, one.url);
  if (one.eventSettings !== undefined) await putEventSettings(session, one, one.eventSettings);
}

/** Changes what differs. */
export async function updateExtras(session: ApplySession, one: DesiredFunction): Promise<void> {
  await updateUrl(session, one);
  if (await updateEventSettings(session, one)) session.changed('updated', 'function', one.key);
}

async function createUrl(session: ApplySession, one: DesiredFunction, url: DesiredUrl): Promise<void> {
  await session.call('lambda', 'CreateFunctionUrlConfig', { FunctionName: one.functionName, ...urlInput(url) }, one.functionName);
  if (url.authType === 'NONE') await addUrlPermissions(session, one);
  session.changed('created', 'url', one.key);
}

async function updateUrl(session: ApplySession, one: DesiredFunction): Promise<void> {
  const FunctionName = one.functionName;
  const found = await session.find('lambda', 'GetFunctionUrlConfig', { FunctionName });
  if (found === undefined) {
    if (one.url !== undefined) await createUrl(session, one, one.url);
    return;
  }
  const wasOpen = found['AuthType'] === 'NONE';
  if (one.url === undefined) {
    await session.call('lambda', 'DeleteFunctionUrlConfig', { FunctionName }, FunctionName);
    if (wasOpen) await removeUrlPermissions(session, one);
    session.changed('deleted', 'url', one.key);
    return;
  }
  const wanted = urlInput(one.url);
  const same =
    found['AuthType'] === wanted['AuthType'] &&
    (found['InvokeMode'] ?? 'BUFFERED') === wanted['InvokeMode'] &&
    isDeepStrictEqual(comparableCors(found['Cors']), comparableCors(wanted['Cors']));
  if (same) return;
  // An empty map takes CORS away.
  await session.call('lambda', 'UpdateFunctionUrlConfig', { FunctionName, Cors: {}, ...wanted }, FunctionName);
  const isOpen = one.url.authType === 'NONE';
  if (isOpen && !wasOpen) await addUrlPermissions(session, one);
  if (!isOpen && wasOpen) await removeUrlPermissions(session, one);
  session.changed('updated', 'url', one.key);
}

async function addUrlPermissions(session: ApplySession, { functionName: FunctionName }: DesiredFunction): Promise<void> {
  for (const permission of URL_PERMISSIONS) {
    await session.call('lambda', 'AddPermission', { FunctionName, ...permission }, FunctionName);
  }
}

async function removeUrlPermissions(session: ApplySession, { functionName: FunctionName }: DesiredFunction): Promise<void> {
  for (const { StatementId } of URL_PERMISSIONS) {
    await session.find('lambda', 'RemovePermission', { FunctionName, StatementId });
  }
}

function urlInput({ authType, invokeMode, cors }: DesiredUrl): Answer {
  const Cors = withoutNothing({
    AllowCredentials: cors?.allowCredentials,
    AllowHeaders: cors?.allowHeaders,
    AllowMethods: cors?.allowMethods,
    AllowOrigins: cors?.allowOrigins,
    ExposeHeaders: cors?.exposeHeaders,
    MaxAge: cors?.maxAge,
  });
  return { AuthType: authType, InvokeMode: invokeMode, ...(Object.keys(Cors).length === 0 ? {} : { Cors }) };
}

/** Names of headers come back in lower case. */
function comparableCors(cors: unknown): Answer {
  const given = withoutNothing(cors);
  for (const name of ['AllowHeaders', 'ExposeHeaders']) {
    const headers = given[name];
    if (Array.isArray(headers)) given[name] = headers.map((header) => String(header).toLowerCase());
  }
  return given;
}

function withoutNothing(cors: unknown): Answer {
  return Object.fromEntries(
    Object.entries((cors ?? {}) as Answer).filter(
      ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

async function updateEventSettings(session: ApplySession, one: DesiredFunction): Promise<boolean> {
  const FunctionName = one.functionName;
  const found = await session.find('lambda', 'GetFunctionEventInvokeConfig', { FunctionName });
  if (one.eventSettings === undefined) {
    if (found === undefined) return false;
    await session.call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName }, FunctionName);
    return true;
  }
  const wanted = eventInput(one.eventSettings);
  const destinations = (found?.['DestinationConfig'] ?? {}) as Record<string, { Destination?: string } | undefined>;
  const current = eventInput({
    ...(found?.['MaximumRetryAttempts'] === undefined ? {} : { maximumRetryAttempts: Number(found['MaximumRetryAttempts']) }),
    ...(found?.['MaximumEventAgeInSeconds'] === undefined
      ? {}
      : { maximumEventAgeInSeconds: Number(found['MaximumEventAgeInSeconds']) }),
    ...(destinations['OnSuccess']?.Destination === undefined ? {} : { onSuccess: destinations['OnSuccess'].Destination }),
    ...(destinations['OnFailure']?.Destination === undefined ? {} : { onFailure: destinations['OnFailure'].Destination }),
  });
  if (found !== undefined && isDeepStrictEqual(wanted, current)) return false;
  await putEventSettings(session, one, one.eventSettings);
  return true;
}

/** Put, not update: what is left out goes back to AWS's own. */
async function putEventSettings(session: ApplySession, one: DesiredFunction, settings: DesiredEventSettings): Promise<void> {
  const input = { FunctionName: one.functionName, ...eventInput(settings) };
  await session.call('lambda', 'PutFunctionEventInvokeConfig', input, one.functionName);
}

function eventInput(settings: DesiredEventSettings): Answer {
  const { maximumRetryAttempts, maximumEventAgeInSeconds, onSuccess, onFailure } = settings;
  return {
    ...(maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: maximumRetryAttempts }),
    ...(maximumEventAgeInSeconds === undefined ? {} : { MaximumEventAgeInSeconds: maximumEventAgeInSeconds }),
    ...(onSuccess === undefined && onFailure === undefined
      ? {}
      : {
          DestinationConfig: {
            ...(onSuccess === undefined ? {} : { OnSuccess: { Destination: onSuccess } }),
            ...(onFailure === undefined ? {} : { OnFailure: { Destination: onFailure } }),
          },
        }),
  };
}
