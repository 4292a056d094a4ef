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

const offsetMax = { DAY: 0, WEEK: 6, MONTH: 27 } as const;

export function checkedQuota(
  sent:
    | { readonly limit?: number | undefined; readonly offset?: number | undefined; readonly period?: string | undefined }
    | undefined,
): Quota | undefined {
  if (sent === undefined || Object.keys(sent).length === 0) return undefined;
  const { limit = 0, offset = 0, period } = sent;
  // AWS: these words, of a limit of 0, too. Seen: cdk-preflight's deployed cases, usage-plan-quota-period-required and -limit.
  if (period !== 'DAY' && period !== 'WEEK' && period !== 'MONTH') {
    throw badRequest('Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]');
  }
  if (limit < 1 || !Number.isInteger(limit) || limit > INTEGER_MAX) {
    throw badRequest('Usage Plan quota limit must be a non-negative numeric');
  }
  if (!Number.isInteger(offset) || offset < 0 || offset > offsetMax[period]) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, usage-plan-quota-offset-range (WEEK); Terraform's provider has all three.
    throw badRequest(
      period === 'DAY'
        ? 'Usage Plan quota offset must be zero in the DAY period'
        : `Usage Plan quota offset must be between 0 and ${offsetMax[period]} inclusive in the ${period} period`,
    );
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
    const [resourcePath, verbSaid] = slash < 0 ? [method, ''] : [path, verb];
    // AWS: these words, with no blank behind the comma. Seen: cdk-preflight's deployed cases, usage-plan-throttle-key.
    throw badRequest(`Invalid method {resourcePath: ${resourcePath.slice(0, 200)},method: ${verbSaid.slice(0, 200)}} specified`);
  }
  return `${path === '' ? '/' : path}/${verb}`;
}
