// What can be patched on a usage plan. Paths of API stages hold names of other things, so they are taken apart here.

import type { ThrottleSettings, UsagePlan } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { type PatchOperation, parsePatch, type SentPatchOperation } from '../patch/patch-operation.ts';
import { withMember } from '../patch/patch-rows.ts';
import { badRequest, notFound } from './refusals.ts';
import type { UsageContext } from './usage-context.ts';
import type { StoredUsagePlan } from './usage-documents.ts';
import { checkedApiStage, checkedMethod, checkedMethodThrottles, checkedQuota, checkedThrottle } from './usage-plan-rules.ts';

type ApiStage = UsagePlan['apiStages'][number];

export async function patchedUsagePlan(
  context: UsageContext,
  reader: Reader,
  scope: Scope,
  former: StoredUsagePlan,
  sent: readonly SentPatchOperation[] | undefined,
): Promise<StoredUsagePlan> {
  let plan = former;
  // A quota is checked when all is said: its limit and its period come in operations of their own.
  let quota: QuotaDraft | undefined = former.quota;
  for (const operation of parsePatch(sent)) {
    const [first, second, ...rest] = operation.segments;
    if (first === 'apiStages') plan = await patchedStages(context, reader, scope, plan, operation, second, rest);
    else if (first === 'quota' && rest.length === 0) quota = patchedQuota(quota, operation, second);
    else if (first === 'throttle' && rest.length === 0) plan = patchedThrottle(plan, operation, second);
    else plan = patchedText(plan, operation);
  }
  const checked = quota === former.quota ? former.quota : checkedQuota(quota);
  const isNew = checked !== undefined && (former.quota === undefined || former.quota.offset !== checked.offset);
  const since = checked === undefined ? undefined : isNew ? context.timestamp() : former.quotaSince;
  return withMember(withMember(plan, 'quota', checked), 'quotaSince', since);
}

function patchedText(plan: StoredUsagePlan, operation: PatchOperation): StoredUsagePlan {
  const { op, path, value } = operation;
  // AWS: `add`, too, which its list does not name. Seen: Terraform's provider sets the code with it.
  if (path === '/productCode' && (op === 'replace' || op === 'remove' || op === 'add')) {
    return withMember(plan, 'productCode', op === 'remove' || value === '' ? undefined : value);
  }
  if (op === 'replace' && path === '/description') return withMember(plan, 'description', value === '' ? undefined : value);
  if (op === 'replace' && path === '/name') {
    if (value === undefined || value === '') throw badRequest('Usage Plan name cannot be blank');
    return { ...plan, name: value };
  }
  throw refused(operation);
}

interface QuotaDraft {
  readonly limit?: number;
  readonly offset?: number;
  readonly period?: string;
}

function patchedQuota(
  quota: QuotaDraft | undefined,
  operation: PatchOperation,
  member: string | undefined,
): QuotaDraft | undefined {
  const { op, value } = operation;
  if (member === undefined && op === 'remove') return undefined;
  if (op !== 'replace' && op !== 'add') throw refused(operation);
  if (member === 'limit' || member === 'offset') return { ...quota, [member]: numberOf(operation) };
  if (member === 'period') return { ...quota, period: value ?? '' };
  throw refused(operation);
}

function patchedThrottle(plan: StoredUsagePlan, operation: PatchOperation, member: string | undefined): StoredUsagePlan {
  return withMember(plan, 'throttle', throttleAfter(plan.throttle, operation, member));
}

function throttleAfter(
  former: ThrottleSettings | undefined,
  operation: PatchOperation,
  member: string | undefined,
): ThrottleSettings | undefined {
  const { op } = operation;
  if (member === undefined && op === 'remove') return undefined;
  if ((op !== 'replace' && op !== 'add') || (member !== 'burstLimit' && member !== 'rateLimit')) throw refused(operation);
  return checkedThrottle({ ...former, [member]: numberOf(operation) });
}

/** `/apiStages` with `apiId:stage` as the value, or `/apiStages/{apiId:stage}/throttle…`. */
async function patchedStages(
  context: UsageContext,
  reader: Reader,
  scope: Scope,
  plan: StoredUsagePlan,
  operation: PatchOperation,
  name: string | undefined,
  rest: readonly string[],
): Promise<StoredUsagePlan> {
  const { op, value = '' } = operation;
  if (name === undefined) {
    if (op !== 'add' && op !== 'remove') throw refused(operation);
    const { apiId, stage } = stageNamed(value);
    const others = plan.apiStages.filter((each) => each.apiId !== apiId || each.stage !== stage);
    if (op === 'remove') {
      if (others.length === plan.apiStages.length) throw unknownStage(plan, apiId, stage);
      return { ...plan, apiStages: others };
    }
    if (others.length < plan.apiStages.length) return plan;
    return { ...plan, apiStages: [...plan.apiStages, await checkedApiStage(context, reader, scope, { apiId, stage })] };
  }
  if (rest[0] !== 'throttle') throw refused(operation);
  const { apiId, stage } = stageNamed(name);
  const index = plan.apiStages.findIndex((each) => each.apiId === apiId && each.stage === stage);
  const former = plan.apiStages[index];
  if (former === undefined) throw unknownStage(plan, apiId, stage);
  const throttle = checkedMethodThrottles(context, methodThrottlesAfter(former, operation, rest.slice(1)));
  return { ...plan, apiStages: plan.apiStages.with(index, withMember(former, 'throttle', throttle)) };
}

/** `path` is what follows `throttle`: nothing, `{res}/{VERB}` or `{res}/{VERB}/rateLimit`. */
function methodThrottlesAfter(stage: ApiStage, operation: PatchOperation, path: readonly string[]): ApiStage['throttle'] {
  const { op, value } = operation;
  if (path.length === 0) {
    if (op === 'remove') return undefined;
    if (op !== 'replace' && op !== 'add') throw refused(operation);
    return throttlesOfText(value ?? '');
  }
  const member = path.at(-1) === 'rateLimit' || path.at(-1) === 'burstLimit' ? path.at(-1) : undefined;
  const [verb = '', ...resource] = path.slice(0, member === undefined ? undefined : -1).toReversed();
  const joined = resource.toReversed().join('/');
  const method = checkedMethod(`${joined === '' || joined.startsWith('/') ? joined : `/${joined}`}/${verb}`);
  const throttles = new Map(Object.entries(stage.throttle ?? {}));
  if (op === 'remove' && member === undefined) {
    if (!throttles.delete(method)) throw notFound(`Invalid method ${method} specified for throttle`);
  } else {
    const settings = throttleAfter(throttles.get(method), operation, member);
    if (settings !== undefined) throttles.set(method, settings);
  }
  return Object.fromEntries(throttles);
}

/** AWS: the value is JSON. Seen: developer guide, patch operations of UpdateUsagePlan. */
function throttlesOfText(text: string): ApiStage['throttle'] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([method, settings]) => {
          const { rateLimit, burstLimit } = (settings ?? {}) as Readonly<Record<string, unknown>>;
          return [method, checkedThrottle({ rateLimit: toNumber(rateLimit), burstLimit: toNumber(burstLimit) }) ?? {}];
        }),
      );
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badRequest('Invalid throttle specified. It must be a JSON object of method throttles');
}

function toNumber(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : Number(value);
}

/** AWS: these words. Seen: recorded answers, test_usage_plan_crud. */
function stageNamed(text: string): { readonly apiId: string; readonly stage: string } {
  const [apiId = '', stage = '', ...more] = text.split(':');
  if (apiId === '' || stage === '' || more.length > 0) throw badRequest('Invalid API Stage specified');
  return { apiId, stage };
}

function unknownStage(plan: StoredUsagePlan, apiId: string, stage: string) {
  return notFound(`Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${plan.id}`);
}

function numberOf({ path, value = '' }: PatchOperation): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number))
    throw badRequest(`Invalid patch value '${value}' specified for path ${path}`);
  return number;
}

const stageThrottles = [
  '/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>',
  '/apiStages/<apidId:stageName>/throttle',
];

/** AWS: the list of `remove` in these words, typing error included (boto/boto3#2629); the other lists are made in its image. */
const paths = {
  remove: ['/apiStages', '/quota', '/throttle', '/productCode', ...stageThrottles],
  add: ['/apiStages', ...stageThrottles],
  replace: [
    '/name',
    '/description',
    '/productCode',
    '/quota/limit',
    '/quota/offset',
    '/quota/period',
    '/throttle/rateLimit',
    '/throttle/burstLimit',
    ...stageThrottles,
  ],
} as const;

function refused({ op, path }: PatchOperation) {
  if (op === 'remove' || op === 'add' || op === 'replace') {
    return badRequest(`Invalid patch path  '${path}' specified for op '${op}'. Must be one of: [${paths[op].join(', ')}]`);
  }
  return badRequest(`Invalid patch path  '${path}' specified for op '${op}'. Please choose supported operations`);
}
