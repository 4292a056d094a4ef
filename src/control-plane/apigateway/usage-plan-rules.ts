// Which throttles, quotas and stages a usage plan can have.

import type { RestStage, ThrottleSettings, UsagePlan } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { find, stageKind } from './documents.ts';
import { badRequest, notFound } from './refusals.ts';
import { present } from './service.ts';
import { type UsageContext, usageQuotaReached } from './usage-context.ts';

type ApiStage = UsagePlan['apiStages'][number];
type Quota = NonNullable<UsagePlan['quota']>;

const INTEGER_MAX = 2 ** 31 - 1;

/** AWS: a burst above the rate is taken. Seen: recorded answer, test_create_usage_plan_with_throttle. */
export function checkedThrottle(
  sent: { readonly burstLimit?: number | undefined; readonly rateLimit?: number | undefined } | undefined,
): ThrottleSettings | undefined {
  if (sent === undefined || (sent.burstLimit === undefined && sent.rateLimit === undefined)) return undefined;
  const { burstLimit, rateLimit } = sent;
  if (burstLimit !== undefined && (burstLimit < 0 || !Number.isInteger(burstLimit) || burstLimit > INTEGER_MAX)) {
    throw badRequest('Usage Plan throttle burst limit must be a number from 0 on');
  }
  if (rateLimit !== undefined && !(rateLimit >= 0 && Number.isFinite(rateLimit))) {
    throw badRequest('Usage Plan throttle rate limit must be a number from 0 on');
  }
  return present({ burstLimit, rateLimit });
}

export function checkedQuota(
  sent:
    | { readonly limit?: number | undefined; readonly offset?: number | undefined; readonly period?: string | undefined }
    | undefined,
): Quota | undefined {
  if (sent === undefined || Object.keys(sent).length === 0) return undefined;
  const { limit = 0, offset = 0, period } = sent;
  if (period !== 'DAY' && period !== 'WEEK' && period !== 'MONTH') {
    throw badRequest('Usage Plan quota period must be one of DAY, WEEK, MONTH');
  }
  for (const [name, value] of [
    ['limit', limit],
    ['offset', offset],
  ] as const) {
    if (value < 0 || !Number.isInteger(value) || value > INTEGER_MAX) {
      throw badRequest(`Usage Plan quota ${name} must be a whole number from 0 on`);
    }
  }
  if (offset > limit) throw badRequest('Usage Plan quota offset must be less than or equal to the quota limit');
  return { limit, offset, period };
}

/** AWS: these words. Seen: aws/aws-sdk#354 (placeholders are not filled in) and Terraform users for a stage that is not there. */
export async function checkedApiStage(
  context: UsageContext,
  reader: Reader,
  scope: Scope,
  sent: {
    readonly apiId?: string | undefined;
    readonly stage?: string | undefined;
    readonly throttle?: Readonly<Record<string, ThrottleSettingsInput>> | undefined;
  },
): Promise<ApiStage> {
  const { apiId = '', stage = '' } = sent;
  if (apiId === '' || stage === '') {
    throw badRequest('Invalid API Stage {api: %s, stage: %s} specified for usageplan %s');
  }
  if ((await find<RestStage>(reader, scope, stageKind, apiId, stage)) === undefined) {
    throw notFound(`API Stage not found: ${apiId}:${stage}`);
  }
  const throttle = checkedMethodThrottles(context, sent.throttle);
  return present({ apiId, stage, throttle });
}

interface ThrottleSettingsInput {
  readonly burstLimit?: number | undefined;
  readonly rateLimit?: number | undefined;
}

/** By `{path}/{VERB}`; undefined for none. */
export function checkedMethodThrottles(
  context: UsageContext,
  sent: Readonly<Record<string, ThrottleSettingsInput>> | undefined,
): Readonly<Record<string, ThrottleSettings>> | undefined {
  const entries = Object.entries(sent ?? {});
  if (entries.length === 0) return undefined;
  if (entries.length > context.quotas.methodThrottlesPerStage) throw usageQuotaReached('Method throttles');
  return Object.fromEntries(entries.map(([method, settings]) => [checkedMethod(method), checkedThrottle(settings) ?? {}]));
}

const verbs = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY'];

/** `/pets/{id}/GET`; of the root `/GET` and `//GET` are the same. */
export function checkedMethod(method: string): string {
  const slash = method.lastIndexOf('/');
  const path = method.slice(0, slash);
  const verb = method.slice(slash + 1);
  if (slash < 0 || !verbs.includes(verb) || !(path === '' || path.startsWith('/'))) {
    throw badRequest(
      `Invalid method ${method.slice(0, 200)} specified for throttle. It must be a resource path and a method: /pets/GET`,
    );
  }
  return `${path === '' ? '/' : path}/${verb}`;
}
