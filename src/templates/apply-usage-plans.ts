// The usage plans of a service's REST API and their keys. Plans and keys are of the whole account: those of this service are told
// by a tag.

import { isDeepStrictEqual } from 'node:util';
import type { ApplySession } from './apply-desired-state.ts';
import type { DesiredApiKey, DesiredRestApi, DesiredUsagePlan } from './desired-rest-api.ts';
import { type DesiredState, REST_API_SUBJECT } from './desired-state.ts';
import { type Answer, plain, withoutEmpty } from './rest-api-input.ts';

const STACK_TAG = 'stagegate:stack';
const PAGING = { items: 'items', token: 'position', nextToken: 'position' };

export async function applyUsagePlans(session: ApplySession, desired: DesiredState, api: DesiredRestApi): Promise<void> {
  const found = await ownPlans(session, desired);
  for (const plan of api.usagePlans) {
    const current = found.get(plan.name);
    found.delete(plan.name);
    const id = current === undefined ? await createPlan(session, desired, api, plan) : String(current['id']);
    if (current !== undefined) await updatePlan(session, desired, api, plan, current);
    await applyKeys(session, desired, plan, id, current === undefined);
  }
  for (const plan of found.values()) await deletePlan(session, desired, plan);
}

/** Before the API is deleted. */
export async function removeUsagePlans(session: ApplySession, desired: DesiredState): Promise<void> {
  for (const plan of (await ownPlans(session, desired)).values()) await deletePlan(session, desired, plan);
}

/** By name. */
async function ownPlans(session: ApplySession, desired: DesiredState): Promise<Map<string, Answer>> {
  const all = await session.list('apigateway', 'GetUsagePlans', { limit: 500 }, PAGING);
  return new Map(all.filter((plan) => isOurs(plan, desired)).map((plan) => [String(plan['name']), plan]));
}

function isOurs(item: Answer, desired: DesiredState): boolean {
  return ((item['tags'] ?? {}) as Record<string, string>)[STACK_TAG] === stackOf(desired);
}

function stackOf({ service, stage }: DesiredState): string {
  return `${service}-${stage}`;
}

async function createPlan(
  session: ApplySession,
  desired: DesiredState,
  api: DesiredRestApi,
  { apiKeys: _, ...plan }: DesiredUsagePlan,
): Promise<string> {
  const apiStages = [{ apiId: desired.restApiId, stage: api.stageName }];
  const input = { ...withoutEmpty({ ...plan }), apiStages, tags: { [STACK_TAG]: stackOf(desired) } };
  const created = await session.call('apigateway', 'CreateUsagePlan', input, REST_API_SUBJECT);
  session.changed('created', 'usage plan', plan.name);
  return String(created['id']);
}

async function updatePlan(
  session: ApplySession,
  desired: DesiredState,
  api: DesiredRestApi,
  plan: DesiredUsagePlan,
  current: Answer,
): Promise<void> {
  const patchOperations: Answer[] = [];
  const stages = (current['apiStages'] ?? []) as readonly { apiId: string; stage: string }[];
  if (!stages.some(({ apiId, stage }) => apiId === desired.restApiId && stage === api.stageName)) {
    patchOperations.push({ op: 'add', path: '/apiStages', value: `${desired.restApiId}:${api.stageName}` });
  }
  for (const section of ['quota', 'throttle'] as const) {
    const wanted = plan[section] as Answer | undefined;
    const there = current[section] as Answer | undefined;
    const complete = wanted && section === 'quota' ? { offset: 0, ...wanted } : wanted;
    if (isDeepStrictEqual(plain(complete ?? {}), plain(there ?? {}))) continue;
    // What is no longer said goes with the section.
    if (there !== undefined) patchOperations.push({ op: 'remove', path: `/${section}` });
    for (const [member, value] of Object.entries(complete ?? {})) {
      patchOperations.push({ op: 'replace', path: `/${section}/${member}`, value: String(value) });
    }
  }
  if (patchOperations.length === 0) return;
  const input = { usagePlanId: current['id'], patchOperations };
  await session.call('apigateway', 'UpdateUsagePlan', input, REST_API_SUBJECT);
  session.changed('updated', 'usage plan', plan.name);
}

async function applyKeys(
  session: ApplySession,
  desired: DesiredState,
  plan: DesiredUsagePlan,
  usagePlanId: string,
  isNew: boolean,
): Promise<void> {
  const inPlan = isNew ? [] : await session.list('apigateway', 'GetUsagePlanKeys', { usagePlanId, limit: 500 }, PAGING);
  if (plan.apiKeys.length === 0 && inPlan.length === 0) return;
  const all = await session.list('apigateway', 'GetApiKeys', { includeValues: true, limit: 500 }, PAGING);
  const own = all.filter((key) => isOurs(key, desired));
  const kept = new Set<unknown>();
  for (const wanted of plan.apiKeys) {
    const current = own.find((key) => !kept.has(key['id']) && isKey(key, wanted));
    const id = current === undefined ? await createKey(session, desired, wanted) : current['id'];
    kept.add(id);
    if (current !== undefined) await updateKey(session, wanted, current);
    if (inPlan.some((key) => key['id'] === id)) continue;
    const input = { usagePlanId, keyId: id, keyType: 'API_KEY' };
    await session.call('apigateway', 'CreateUsagePlanKey', input, REST_API_SUBJECT);
  }
  for (const { id } of inPlan) {
    if (kept.has(id) || !own.some((key) => key['id'] === id)) continue;
    await deleteKey(session, own.find((key) => key['id'] === id)!);
  }
}

/** A value cannot change: a key with another one is another key. */
function isKey(key: Answer, wanted: DesiredApiKey): boolean {
  if ((wanted.name ?? '') !== (key['name'] ?? '')) return false;
  return wanted.value === undefined || wanted.value === key['value'];
}

async function createKey(session: ApplySession, desired: DesiredState, key: DesiredApiKey): Promise<unknown> {
  const input = { ...withoutEmpty({ ...key }), enabled: key.enabled, tags: { [STACK_TAG]: stackOf(desired) } };
  const created = await session.call('apigateway', 'CreateApiKey', input, REST_API_SUBJECT);
  session.changed('created', 'API key', key.name ?? String(created['id']));
  return created['id'];
}

async function updateKey(session: ApplySession, wanted: DesiredApiKey, current: Answer): Promise<void> {
  const patchOperations = (['description', 'customerId', 'enabled'] as const)
    .filter((member) => String(wanted[member] ?? '') !== String(current[member] ?? ''))
    .map((member) => ({ op: 'replace', path: `/${member}`, value: String(wanted[member] ?? '') }));
  if (patchOperations.length === 0) return;
  await session.call('apigateway', 'UpdateApiKey', { apiKey: current['id'], patchOperations }, REST_API_SUBJECT);
  session.changed('updated', 'API key', wanted.name ?? String(current['id']));
}

async function deleteKey(session: ApplySession, key: Answer): Promise<void> {
  await session.call('apigateway', 'DeleteApiKey', { apiKey: key['id'] });
  session.changed('deleted', 'API key', String(key['name'] ?? key['id']));
}

async function deletePlan(session: ApplySession, desired: DesiredState, plan: Answer): Promise<void> {
  const usagePlanId = plan['id'];
  const keys = await session.list('apigateway', 'GetUsagePlanKeys', { usagePlanId, limit: 500 }, PAGING);
  const all = await session.list('apigateway', 'GetApiKeys', { limit: 500 }, PAGING);
  for (const { id } of keys) {
    const own = all.find((key) => key['id'] === id && isOurs(key, desired));
    if (own !== undefined) await deleteKey(session, own);
  }
  const stages = (plan['apiStages'] ?? []) as readonly { apiId: string; stage: string }[];
  if (stages.length > 0) {
    const patchOperations = stages.map(({ apiId, stage }) => ({ op: 'remove', path: '/apiStages', value: `${apiId}:${stage}` }));
    await session.call('apigateway', 'UpdateUsagePlan', { usagePlanId, patchOperations });
  }
  await session.call('apigateway', 'DeleteUsagePlan', { usagePlanId });
  session.changed('deleted', 'usage plan', String(plan['name']));
}
