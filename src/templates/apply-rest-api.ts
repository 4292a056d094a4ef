// The REST API of a desired state as API Gateway v1 operations. What is there is read once and compared; what differs is changed, and
// a change of the definition is deployed to the stage at the end, so that no request sees half of it.

import { createHash } from 'node:crypto';
import type { ApplySession } from './apply-desired-state.ts';
import { applyRestDefinition } from './apply-rest-definition.ts';
import { applyRestStage } from './apply-rest-stage.ts';
import { applyUsagePlans, removeUsagePlans } from './apply-usage-plans.ts';
import type { DesiredRestApi } from './desired-rest-api.ts';
import { type DesiredState, REST_API_SUBJECT } from './desired-state.ts';
import { type Answer, withoutEmpty } from './rest-api-input.ts';

/** Asks for the API id; Stagegate and other emulators take it. */
const ID_TAG = '_custom_id_';
/** What the stage was deployed from last: a run that ended half-way is then made good by the next. */
const DEPLOYED_TAG = 'stagegate:deployed';
/** Deployments that a rollback can go back to. */
const DEPLOYMENTS_KEPT = 20;
const PAGING = { items: 'items', token: 'position', nextToken: 'position' };

/** The id of the API, or undefined when the state has none. */
export async function applyRestApi(session: ApplySession, desired: DesiredState): Promise<string | undefined> {
  const { restApi: api, restApiId } = desired;
  const found = await session.find('apigateway', 'GetRestApi', { restApiId });
  if (api === undefined) {
    if (found === undefined) return undefined;
    await removeUsagePlans(session, desired);
    await session.call('apigateway', 'DeleteRestApi', { restApiId });
    session.changed('deleted', 'rest api', String(found['name']));
    return undefined;
  }
  const current = found ?? (await createApi(session, desired, api));
  const isNew = found === undefined;
  const wasChanged = isNew ? false : await updateApi(session, desired, api, current);
  const isOther = await applyRestDefinition(session, desired, api, String(current['rootResourceId']), isNew);
  const stage = isNew ? undefined : await session.find('apigateway', 'GetStage', { restApiId, stageName: api.stageName });
  const digest = digestOf(api);
  const tags = (current['tags'] ?? {}) as Record<string, string>;
  if (stage === undefined || wasChanged || isOther || tags[DEPLOYED_TAG] !== digest) {
    await deploy(session, desired, api, stage);
    await tag(session, desired, { [DEPLOYED_TAG]: digest });
    if (stage !== undefined) await removeOldDeployments(session, desired, api);
  }
  await applyRestStage(session, desired, api, stage);
  await applyUsagePlans(session, desired, api);
  return restApiId;
}

async function createApi(session: ApplySession, desired: DesiredState, api: DesiredRestApi): Promise<Answer> {
  const input = {
    ...withoutEmpty({
      name: api.name,
      description: api.description,
      binaryMediaTypes: api.binaryMediaTypes,
      minimumCompressionSize: api.minimumCompressionSize,
      apiKeySource: api.apiKeySource,
      endpointConfiguration: endpointOf(api),
      policy: api.policy,
    }),
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    tags: { ...api.tags, [ID_TAG]: desired.restApiId },
  };
  const created = await session.call('apigateway', 'CreateRestApi', input, REST_API_SUBJECT);
  session.changed('created', 'rest api', api.name);
  return created;
}

function endpointOf({ endpointType, vpcEndpointIds }: DesiredRestApi): Answer {
  return withoutEmpty({ types: [endpointType], vpcEndpointIds });
}

interface Patch {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: string;
}

interface Endpoint {
  readonly types?: readonly string[];
  readonly vpcEndpointIds?: readonly string[];
}

/** Ids of VPC endpoints go before an API stops being private, and come after it has become so. */
function endpointChanges(api: DesiredRestApi, { types = [], vpcEndpointIds: current = [] }: Endpoint): readonly Patch[] {
  const [type = 'EDGE'] = types;
  const { endpointType, vpcEndpointIds: wanted = [] } = api;
  const path = '/endpointConfiguration/vpcEndpointIds';
  return [
    ...current.filter((id) => !wanted.includes(id)).map((value) => ({ op: 'remove', path, value }) as const),
    ...(type === endpointType
      ? []
      : [{ op: 'replace', path: `/endpointConfiguration/types/${type}`, value: endpointType } as const]),
    ...wanted.filter((id) => !current.includes(id)).map((value) => ({ op: 'add', path, value }) as const),
  ];
}

/** True when something that a deployment freezes differed. */
async function updateApi(session: ApplySession, desired: DesiredState, api: DesiredRestApi, found: Answer): Promise<boolean> {
  const { restApiId } = desired;
  const patchOperations: Patch[] = [];
  const replace = (path: string, wanted: string | undefined, current: unknown) => {
    if ((wanted ?? '') === String(current ?? '')) return;
    patchOperations.push(wanted === undefined ? { op: 'remove', path } : { op: 'replace', path, value: wanted });
  };
  replace('/name', api.name, found['name']);
  replace('/description', api.description, found['description']);
  replace('/apiKeySource', api.apiKeySource, found['apiKeySource']);
  replace('/minimumCompressionSize', textOf(api.minimumCompressionSize), found['minimumCompressionSize']);
  replace('/disableExecuteApiEndpoint', String(api.disableExecuteApiEndpoint), found['disableExecuteApiEndpoint']);
  patchOperations.push(...endpointChanges(api, (found['endpointConfiguration'] ?? {}) as Endpoint));
  if (!samePolicy(api.policy, found['policy'])) {
    patchOperations.push(
      api.policy === undefined ? { op: 'remove', path: '/policy' } : { op: 'replace', path: '/policy', value: api.policy },
    );
  }
  const media = (found['binaryMediaTypes'] ?? []) as readonly string[];
  const mediaPath = (one: string) => `/binaryMediaTypes/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  for (const one of media) if (!api.binaryMediaTypes.includes(one)) patchOperations.push({ op: 'remove', path: mediaPath(one) });
  for (const one of api.binaryMediaTypes) if (!media.includes(one)) patchOperations.push({ op: 'add', path: mediaPath(one) });
  if (patchOperations.length > 0) {
    await session.call('apigateway', 'UpdateRestApi', { restApiId, patchOperations }, REST_API_SUBJECT);
    session.changed('updated', 'rest api', api.name);
  }
  await updateTags(session, desired, api, (found['tags'] ?? {}) as Record<string, string>);
  return patchOperations.length > 0;
}

async function updateTags(
  session: ApplySession,
  desired: DesiredState,
  api: DesiredRestApi,
  current: Readonly<Record<string, string>>,
): Promise<void> {
  const own = [ID_TAG, DEPLOYED_TAG];
  const gone = Object.keys(current).filter((key) => !own.includes(key) && !Object.hasOwn(api.tags, key));
  if (gone.length > 0) {
    await session.call('apigateway', 'UntagResource', { resourceArn: arnOf(desired), tagKeys: gone }, REST_API_SUBJECT);
  }
  if (Object.entries(api.tags).some(([key, value]) => current[key] !== value)) await tag(session, desired, api.tags);
}

async function tag(session: ApplySession, desired: DesiredState, tags: Readonly<Record<string, string>>): Promise<void> {
  await session.call('apigateway', 'TagResource', { resourceArn: arnOf(desired), tags }, REST_API_SUBJECT);
}

function arnOf({ region, restApiId }: DesiredState): string {
  return `arn:aws:apigateway:${region}::/restapis/${restApiId}`;
}

/** To all requests: a canary of what was before ends. */
async function deploy(
  session: ApplySession,
  desired: DesiredState,
  api: DesiredRestApi,
  stage: Answer | undefined,
): Promise<void> {
  const { restApiId } = desired;
  const { stageName, description } = api;
  const input = { restApiId, stageName, ...(description === undefined ? {} : { description }) };
  await session.call('apigateway', 'CreateDeployment', input, REST_API_SUBJECT);
  session.changed(stage === undefined ? 'created' : 'updated', 'stage', stageName);
  if (stage?.['canarySettings'] === undefined) return;
  const patchOperations = [{ op: 'remove', path: '/canarySettings' }];
  await session.call('apigateway', 'UpdateStage', { restApiId, stageName, patchOperations }, REST_API_SUBJECT);
  session.changed('deleted', 'canary', stageName);
}

/** Each change leaves one; those that no stage uses go when there are many. */
async function removeOldDeployments(session: ApplySession, { restApiId }: DesiredState, api: DesiredRestApi): Promise<void> {
  const deployments = await session.list('apigateway', 'GetDeployments', { restApiId, limit: 500 }, PAGING);
  if (deployments.length <= DEPLOYMENTS_KEPT) return;
  const stage = await session.call('apigateway', 'GetStage', { restApiId, stageName: api.stageName });
  const canary = stage['canarySettings'] as { deploymentId?: string } | undefined;
  const used = [stage['deploymentId'], canary?.deploymentId];
  const latestFirst = deployments.toSorted((a, b) => Number(b['createdDate']) - Number(a['createdDate']));
  for (const { id } of latestFirst.slice(DEPLOYMENTS_KEPT)) {
    if (!used.includes(id)) await session.call('apigateway', 'DeleteDeployment', { restApiId, deploymentId: id });
  }
}

function digestOf(api: DesiredRestApi): string {
  const { tags: _, usagePlans: __, accessLog: ___, executionLog: ____, ...settings } = api;
  const { detailedMetricsEnabled: _____, tracingEnabled: ______, ...frozen } = settings;
  return createHash('sha256').update(JSON.stringify(frozen)).digest('hex').slice(0, 16);
}

/** AWS answers a policy escaped, with whole ARNs and without lists of one. Seen: recorded answers. */
function samePolicy(wanted: string | undefined, found: unknown): boolean {
  if (wanted === undefined || found === undefined || found === '') return (wanted ?? '') === String(found ?? '');
  const normal = (text: string) =>
    JSON.stringify(JSON.parse(text), (_key, value: unknown) => {
      if (Array.isArray(value) && value.length === 1) return value[0];
      if (typeof value !== 'string') return value;
      return value.replace(/^arn:aws[a-z-]*:execute-api:[^:]*:[^:]*:[^/]*\//, 'execute-api:/');
    });
  const text = String(found);
  try {
    return normal(wanted) === normal(text.startsWith('{\\"') ? String(JSON.parse(`"${text}"`)) : text);
  } catch {
    return false;
  }
}

function textOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
