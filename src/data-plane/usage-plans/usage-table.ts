// Which keys there are, in which plans, and what the plans allow: what the meter looks things up in. It is changed entry by entry
// when the control plane says so; a request reads it in one look.

import type { ThrottleSettings, UsagePlan } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import { dayOf, type QuotaPeriod } from '../../usage-plans/quota-period.ts';
import { BucketLimits } from '../http-api/bucket-limits.ts';
import { DigestTable } from './digest-table.ts';

export interface PlanLimits extends UsagePlan {
  /** When the quota began to count, ISO-8601. */
  readonly quotaSince?: string;
}

export interface LiveQuota {
  readonly limit: number;
  readonly period: QuotaPeriod;
  /** What the period of `since` is charged with when it begins. */
  readonly offset: number;
  /** Day. */
  readonly since: number;
}

/** Token buckets with these limits: one for each key. */
export interface LiveThrottle {
  readonly settings: ThrottleSettings;
  readonly limits: BucketLimits;
  /** Another one for every change: a bucket takes its limits over when it sees a new version. */
  readonly version: number;
}

/** The throttle of one method in one stage of a plan. */
export interface LiveMethodThrottle extends LiveThrottle {
  /** `{apiId}/{stage}{path}/{VERB}` */
  readonly name: string;
}

export interface LivePlan {
  readonly id: string;
  readonly scope: Scope;
  /** The plan was deleted: what its keys used is not kept. */
  isGone: boolean;
  throttle: LiveThrottle | undefined;
  quota: LiveQuota | undefined;
  /** `{apiId}/{stage}` -> `{path}/{VERB}` -> what each key may do there. */
  stages: ReadonlyMap<string, ReadonlyMap<string, LiveMethodThrottle>>;
}

/** A key in a plan. */
export interface Membership {
  readonly plan: LivePlan;
  readonly keyId: string;
  /** First of its words, or -1 before the first request: most of a million keys never come. */
  slot: number;
  /** Buckets of methods by the names of their throttles, likewise. */
  methodSlots: Map<string, number> | undefined;
  /** Waits to be written. */
  dirty: boolean;
}

/** A key, and the meter's answer for a request that it lets in: one object, because a look-up is mostly waiting for memory. */
export interface LiveApiKey {
  readonly kind: 'passed';
  readonly apiKeyId: string;
  enabled: boolean;
  /** Most keys are in one plan. */
  first: Membership | undefined;
  others: readonly Membership[];
}

interface ScopeTable {
  readonly keys: DigestTable<LiveApiKey>;
  readonly plans: Map<string, LivePlan>;
}

/** AWS: what an account has where a plan names only one of the two limits. From memory of the console, which asks for both. */
const RATE_WHEN_LEFT_OUT = 10_000;
const BURST_WHEN_LEFT_OUT = 5_000;
/** Longer than any read of the store that was begun before the end. */
const KEPT_AFTER_END_MS = 60_000;

export class UsageTable {
  #versions = 0;
  readonly #scopes = new Map<string, ScopeTable>();
  /** Memberships that ended and had counts, by plan and key: a key that comes back finds what it had. */
  readonly #ended = new Map<string, { readonly membership: Membership; readonly atMs: number }>();

  /** The keys of a scope by the digests of their values. */
  keysOf(scope: Scope): Pick<DigestTable<LiveApiKey>, 'get'> {
    return this.#scope(scope).keys;
  }

  plan(scope: Scope, planId: string): LivePlan | undefined {
    return this.#scope(scope).plans.get(planId);
  }

  membership(scope: Scope, planId: string, digest: string): Membership | undefined {
    return membershipsOf(this.#scope(scope).keys.get(digest)).find(({ plan }) => plan.id === planId);
  }

  /** Makes or changes a plan; keys that are in it see the change with their next request. */
  putPlan(scope: Scope, definition: PlanLimits): void {
    const plan = this.#planOf(scope, definition.id);
    plan.throttle = this.#throttle(definition.throttle, plan.throttle);
    const { quota, quotaSince } = definition;
    plan.quota =
      quota === undefined
        ? undefined
        : { limit: quota.limit, period: quota.period, offset: quota.offset, since: dayOf(Date.parse(quotaSince ?? '')) };
    const former = plan.stages;
    plan.stages = new Map(
      definition.apiStages.map(({ apiId, stage, throttle = {} }) => {
        const name = stageKey(apiId, stage);
        const methods = new Map<string, LiveMethodThrottle>();
        for (const [method, settings] of Object.entries(throttle)) {
          const live = this.#throttle(settings, former.get(name)?.get(method));
          if (live !== undefined) methods.set(method, { ...live, name: `${name}${method}` });
        }
        return [name, methods];
      }),
    );
  }

  removePlan(scope: Scope, planId: string): void {
    const table = this.#scope(scope);
    const plan = table.plans.get(planId);
    if (plan === undefined) return;
    plan.isGone = true;
    plan.stages = new Map();
    table.plans.delete(planId);
    for (const [name, { membership }] of this.#ended) if (membership.plan === plan) this.#ended.delete(name);
  }

  /** Makes or changes a key. Memberships that stay keep their counts, and one that comes back finds those that it had. */
  putKey(
    scope: Scope,
    digest: string,
    key: { readonly keyId: string; readonly enabled: boolean; readonly planIds: readonly string[] },
  ) {
    const { keys } = this.#scope(scope);
    const former = keys.get(digest);
    const formerly = membershipsOf(former);
    const memberships = key.planIds.map(
      (planId) => formerly.find(({ plan }) => plan.id === planId) ?? this.#join(scope, planId, key.keyId),
    );
    for (const membership of formerly) if (!memberships.includes(membership)) this.#end(membership);
    const [first, ...more] = memberships;
    const others = more.length === 0 ? none : more;
    if (former !== undefined && former.apiKeyId === key.keyId) {
      former.enabled = key.enabled;
      former.first = first;
      former.others = others;
    } else keys.set(digest, { kind: 'passed', apiKeyId: key.keyId, enabled: key.enabled, first, others });
  }

  removeKey(scope: Scope, digest: string): void {
    const { keys } = this.#scope(scope);
    for (const membership of membershipsOf(keys.get(digest))) this.#end(membership);
    keys.delete(digest);
  }

  /**
   * Memberships that ended a while ago and whose counts are written: they are forgotten, and whoever comes back reads what was
   * written. Called when all writes are over.
   */
  forgetEnded(nowMs: number): readonly Membership[] {
    const forgotten: Membership[] = [];
    for (const [name, { membership, atMs }] of this.#ended) {
      if (membership.dirty || (nowMs >= atMs && nowMs < atMs + KEPT_AFTER_END_MS)) continue;
      this.#ended.delete(name);
      forgotten.push(membership);
    }
    return forgotten;
  }

  #throttle<T extends LiveThrottle>(settings: ThrottleSettings | undefined, former: T | undefined): LiveThrottle | undefined {
    if (settings === undefined) return undefined;
    const { burstLimit = BURST_WHEN_LEFT_OUT, rateLimit = RATE_WHEN_LEFT_OUT } = settings;
    if (
      former !== undefined &&
      former.settings.burstLimit === settings.burstLimit &&
      former.settings.rateLimit === settings.rateLimit
    )
      return former;
    return { settings, limits: new BucketLimits(rateLimit, burstLimit), version: ++this.#versions };
  }

  #join(scope: Scope, planId: string, keyId: string): Membership {
    const name = endedName(scope, planId, keyId);
    const ended = this.#ended.get(name);
    if (ended !== undefined) {
      this.#ended.delete(name);
      return ended.membership;
    }
    return { plan: this.#planOf(scope, planId), keyId, slot: -1, methodSlots: undefined, dirty: false };
  }

  #end(membership: Membership): void {
    const { plan, keyId, slot } = membership;
    if (slot >= 0 && !plan.isGone) this.#ended.set(endedName(plan.scope, plan.id, keyId), { membership, atMs: Date.now() });
  }

  /** A key may be told of before its plan. */
  #planOf(scope: Scope, planId: string): LivePlan {
    const { plans } = this.#scope(scope);
    const known = plans.get(planId);
    if (known !== undefined) return known;
    const plan: LivePlan = {
      id: planId,
      scope,
      isGone: false,
      throttle: undefined,
      quota: undefined,
      stages: new Map(),
    };
    plans.set(planId, plan);
    return plan;
  }

  #scope(scope: Scope): ScopeTable {
    const name = `${scope.account}/${scope.region}`;
    const known = this.#scopes.get(name);
    if (known !== undefined) return known;
    const table: ScopeTable = { keys: new DigestTable(), plans: new Map() };
    this.#scopes.set(name, table);
    return table;
  }
}

/** One for all keys. */
const none: readonly Membership[] = [];

function membershipsOf(key: LiveApiKey | undefined): readonly Membership[] {
  return key?.first === undefined ? none : [key.first, ...key.others];
}

export function stageKey(apiId: string, stageName: string): string {
  return `${apiId}/${stageName}`;
}

function endedName(scope: Scope, planId: string, keyId: string): string {
  return `${scope.account}/${scope.region}/${planId}/${keyId}`;
}
