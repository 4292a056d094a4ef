// `apiKeys` and `usagePlan` of provider.apiGateway: one plan with its keys, or several by name.
// Source: Serverless Framework, guide "REST API", "Setting API keys for your Rest API".

import type { DesiredApiKey, DesiredUsagePlan } from '../desired-rest-api.ts';
import { isNull, type TemplateNode } from '../template-node.ts';
import {
  apiKeyProperties,
  usagePlanProperties,
  usagePlanQuotaProperties,
  usagePlanThrottleProperties,
} from './api-property-tables.ts';
import type { RestReading } from './rest-reading.ts';
import { defined } from './rest-request.ts';

const PERIODS = ['DAY', 'WEEK', 'MONTH'] as const;
/** AWS: the offset a quota of the period can have. Seen: cdk-preflight's deployed cases, usage-plan-quota-offset-range. */
const OFFSET_MAX = { DAY: 0, WEEK: 6, MONTH: 27 } as const;

export function readUsagePlans(
  keysNode: TemplateNode | undefined,
  planNode: TemplateNode | undefined,
  path: string,
  reading: RestReading,
): readonly DesiredUsagePlan[] {
  const { service, stage } = reading.identity;
  if (keysNode === undefined && planNode === undefined) return [];
  const keys = readKeys(keysNode, `${path}.apiKeys`, reading);
  const limits = readPlans(planNode, `${path}.usagePlan`, reading);
  const names = new Set([...limits.keys(), ...keys.keys()]);
  return [...names].map((name) => ({
    // AWS: nothing; these are the names Serverless Framework gives. Seen: its guide.
    name: name === '' ? `${service}-${stage}` : `${service}-${name}-${stage}`,
    description: name === '' ? `Usage plan for ${service} ${stage} stage` : `Usage plan "${name}" for ${service} ${stage} stage`,
    ...limits.get(name),
    apiKeys: keys.get(name) ?? [],
  }));
}

type Limits = Pick<DesiredUsagePlan, 'quota' | 'throttle'>;

/** By name of the plan; '' is the only one. */
function readPlans(node: TemplateNode | undefined, where: string, reading: RestReading): ReadonlyMap<string, Limits> {
  const { reader } = reading;
  const plans = new Map<string, Limits>();
  if (node === undefined) return plans;
  if (node.kind !== 'list') {
    const map = reader.map(node, where, '{ quota: { limit: 5000, period: MONTH } }');
    if (map !== undefined) plans.set('', readLimits(map, where, reading));
    return plans;
  }
  for (const item of node.items) {
    const entries = reader.map(reader.variables.resolve(item), where, '{ free: { quota: { limit: 5000, period: MONTH } } }');
    for (const { key, node: raw } of entries?.entries.values() ?? []) {
      const value = reader.map(reader.variables.resolve(raw), `${where}.${key}`, '{ quota: { limit: 5000, period: MONTH } }');
      if (value !== undefined) plans.set(key, readLimits(value, `${where}.${key}`, reading));
    }
  }
  return plans;
}

function readLimits(map: TemplateNode & { readonly kind: 'map' }, where: string, { reader }: RestReading): Limits {
  const properties = reader.properties(map, usagePlanProperties, where);
  const quotaMap = reader.map(properties.get('quota'), `${where}.quota`, '{ limit: 5000, period: MONTH }');
  const throttleMap = reader.map(properties.get('throttle'), `${where}.throttle`, '{ burstLimit: 200, rateLimit: 100 }');
  const quota = quotaMap && reader.properties(quotaMap, usagePlanQuotaProperties, `${where}.quota`);
  const throttle = throttleMap && reader.properties(throttleMap, usagePlanThrottleProperties, `${where}.throttle`);
  const most = 2_147_483_647;
  const limit = reader.integer(quota?.get('limit'), `${where}.quota.limit`, 1, most);
  const periodNode = quota?.get('period');
  const period = PERIODS.find((one) => periodNode?.kind === 'scalar' && String(periodNode.value).toUpperCase() === one);
  if (quotaMap !== undefined && (limit === undefined || period === undefined)) {
    const what = `${where}.quota needs a limit and a period.`;
    reader.problems.error('SG_BAD_VALUE', quotaMap.place, what, 'For example: { limit: 5000, period: MONTH }; or DAY, WEEK.');
  }
  const rate = throttle?.get('rateLimit');
  const rateLimit = rate?.kind === 'scalar' ? Number(rate.value) : undefined;
  if (rate !== undefined && !(rateLimit !== undefined && rateLimit >= 0)) {
    reader.wrong(rate, `${where}.throttle.rateLimit`, 'a number of requests per second', 'Set it to 0 or more.');
  }
  return {
    ...(limit === undefined || period === undefined
      ? {}
      : {
          quota: {
            limit,
            ...defined('offset', reader.integer(quota?.get('offset'), `${where}.quota.offset`, 0, OFFSET_MAX[period])),
            period,
          },
        }),
    ...(throttle === undefined
      ? {}
      : {
          throttle: {
            ...defined('burstLimit', reader.integer(throttle.get('burstLimit'), `${where}.throttle.burstLimit`, 0, most)),
            ...defined('rateLimit', rateLimit),
          },
        }),
  };
}

/** By name of the plan; keys that stand in the list itself are of the only one. */
function readKeys(node: TemplateNode | undefined, where: string, reading: RestReading): ReadonlyMap<string, DesiredApiKey[]> {
  const { reader } = reading;
  const keys = new Map<string, DesiredApiKey[]>();
  if (node === undefined) return keys;
  if (node.kind !== 'list') {
    reader.wrong(node, where, 'a list', 'For example: apiKeys: [ci]');
    return keys;
  }
  const add = (plan: string, key: DesiredApiKey | undefined) => {
    if (key !== undefined) keys.set(plan, [...(keys.get(plan) ?? []), key]);
  };
  for (const item of node.items) {
    const value = reader.variables.resolve(item);
    if (value === undefined || isNull(value)) continue;
    const group = value.kind === 'map' && value.entries.size === 1 ? [...value.entries.values()][0] : undefined;
    const members = group && !Object.hasOwn(apiKeyProperties, group.key) ? reader.variables.resolve(group.node) : undefined;
    if (group === undefined || members === undefined) {
      add('', readKey(value, where, reading));
      continue;
    }
    if (members.kind !== 'list') {
      reader.wrong(members, `${where}.${group.key}`, 'a list of keys', 'For example: - free: [first, second]');
      continue;
    }
    for (const member of members.items) {
      const one = reader.variables.resolve(member);
      if (one !== undefined && !isNull(one)) add(group.key, readKey(one, `${where}.${group.key}`, reading));
    }
  }
  return keys;
}

function readKey(node: TemplateNode, where: string, { reader }: RestReading): DesiredApiKey | undefined {
  if (node.kind !== 'map') {
    const name = reader.text(node, where, 'ci');
    return name === undefined ? undefined : { name, enabled: true };
  }
  const properties = reader.properties(node, apiKeyProperties, where);
  const valueNode = properties.get('value');
  if (valueNode?.kind === 'scalar' && typeof valueNode.value === 'number') {
    // YAML has taken its zeros and its last digits away.
    return reader.wrong(valueNode, `${where}.value`, 'a text', 'Put the value of the key in quotes.');
  }
  const text = (name: string, example: string) => reader.text(properties.get(name), `${where}.${name}`, example);
  const key = {
    ...defined('name', text('name', 'ci')),
    ...defined('value', text('value', 'at least 20 characters')),
    ...defined('description', text('description', 'For the build')),
    ...defined('customerId', text('customerId', 'c-17')),
    enabled: reader.boolean(properties.get('enabled'), `${where}.enabled`) ?? true,
  };
  if (key.name === undefined && key.value === undefined) {
    const what = `A key of ${where} has neither name nor value.`;
    reader.problems.error('SG_BAD_VALUE', node.place, what, 'Add name: or value:.');
    return undefined;
  }
  return key;
}
