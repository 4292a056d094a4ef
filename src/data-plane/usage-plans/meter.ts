// The metering stage: a request's API key, the plan that lets it in, the plan's throttles and its quota, in AWS's order.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html

import type { UsageRecord } from '../../model/usage-record.ts';
import type { SecretDigest } from '../../secrets/secret-digest.ts';
import { dayOf, periodStartOf } from '../../usage-plans/quota-period.ts';
import { THROTTLE_WORDS } from '../http-api/bucket-limits.ts';
import type { BoundMeter, MeteredMethod, MeterPort, MeterVerdict } from '../ports.ts';
import type { DigestTable } from './digest-table.ts';
import type { UsageSlots } from './usage-slots.ts';
import { type LiveApiKey, type LivePlan, type LiveThrottle, type Membership, stageKey, type UsageTable } from './usage-table.ts';
import {
  charge,
  countRequest,
  limitsChanged,
  restoreUsage,
  setCharged,
  turnDay,
  turnPeriod,
  USAGE_WORDS,
  usageAt,
} from './usage-words.ts';

type Refused = Extract<MeterVerdict, { readonly kind: 'refused' }>;

const noKey = refused('INVALID_API_KEY', 'The method asks for an API key and the request has none.');
const unknownKey = refused('INVALID_API_KEY', 'No API key has the value that was sent.');
const disabledKey = refused('INVALID_API_KEY', 'The API key is disabled.');
const strangeKey = refused('INVALID_API_KEY', 'The API key is in no usage plan that has this stage.');
const countersFull = refused('THROTTLED', 'No room is left to count what API keys use: the usage counters are full.');
const methodThrottled = refused('THROTTLED', "Throttled: the usage plan's limit of this method for each key.");
const planThrottled = refused('THROTTLED', "Throttled: the usage plan's limit for each key.");
const quotaUsedUp = refused('QUOTA_EXCEEDED', "The key's quota in the usage plan is used up for this period.");

function refused(kind: Refused['refused'], reason: string): Refused {
  return Object.freeze({ kind: 'refused', refused: kind, reason });
}

/** Counts what keys use. One of it runs in the gateway; the counts lie in shared memory. */
export class Meter implements MeterPort {
  readonly #table: UsageTable;
  readonly #slots: UsageSlots;
  readonly #digest: SecretDigest;
  #dirty: Membership[] = [];
  /** Days that ended before they were written. */
  #ended: UsageRecord[] = [];
  #today = { day: 0, endsAtMs: 0, startsAtMs: 0 };

  constructor(table: UsageTable, slots: UsageSlots, digest: SecretDigest) {
    this.#table = table;
    this.#slots = slots;
    this.#digest = digest;
  }

  bind(method: MeteredMethod): BoundMeter {
    const keys = this.#table.keysOf(method.scope);
    const stage = stageKey(method.apiId, method.stageName);
    const name = `${method.resourcePath}/${method.httpMethod}`;
    return { take: (apiKey, nowMs) => this.#take(keys, stage, name, apiKey, nowMs) };
  }

  #take(
    keys: Pick<DigestTable<LiveApiKey>, 'get'>,
    stage: string,
    method: string,
    apiKey: string | undefined,
    nowMs: number,
  ): MeterVerdict {
    if (apiKey === undefined || apiKey === '') return noKey;
    const digest = this.#digest.of(apiKey);
    const key = digest === undefined ? undefined : keys.get(digest);
    if (key === undefined) return unknownKey;
    if (!key.enabled) return disabledKey;
    // AWS: a key is in one plan only for each stage.
    const { first } = key;
    if (first === undefined) return strangeKey;
    const methods = first.plan.stages.get(stage);
    if (methods !== undefined) return this.#admit(first, methods.get(method), nowMs) ?? key;
    for (const membership of key.others) {
      const found = membership.plan.stages.get(stage);
      if (found !== undefined) return this.#admit(membership, found.get(method), nowMs) ?? key;
    }
    return strangeKey;
  }

  #admit(
    membership: Membership,
    methodThrottle: (LiveThrottle & { name: string }) | undefined,
    nowMs: number,
  ): Refused | undefined {
    const { counters } = this.#slots;
    const { plan } = membership;
    if (membership.slot < 0 && !this.#begin(membership)) return countersFull;
    const { slot } = membership;
    let methodSlot = -1;
    if (methodThrottle !== undefined) {
      methodSlot = this.#methodSlot(membership, methodThrottle.name);
      if (methodSlot < 0) return countersFull;
      if (!this.#takeToken(methodThrottle, methodSlot, nowMs)) return methodThrottled;
    }
    if (plan.throttle !== undefined && !this.#takeToken(plan.throttle, slot, nowMs)) {
      methodThrottle?.limits.giveBack(counters, methodSlot);
      return planThrottled;
    }
    const today = this.#dayAt(nowMs);
    const ended = turnDay(counters, slot, today);
    if (ended !== undefined && membership.dirty) this.#ended.push(recordOf(membership, { ...usageAt(counters, slot), ...ended }));
    const { quota } = plan;
    if (quota !== undefined) {
      this.#turnPeriod(plan, slot, today);
      if (!charge(counters, slot, quota.limit)) return quotaUsedUp;
    }
    countRequest(counters, slot);
    this.#touch(membership);
    return undefined;
  }

  #takeToken({ limits, version }: LiveThrottle, slot: number, nowMs: number): boolean {
    const { counters } = this.#slots;
    if (limitsChanged(counters, slot, version)) limits.adopt(counters, slot, nowMs);
    return limits.take(counters, slot, nowMs);
  }

  #turnPeriod(plan: LivePlan, slot: number, today: number): void {
    const { quota } = plan;
    if (quota === undefined) return;
    const start = periodStartOf(quota.period, today);
    const isFirst = start <= quota.since;
    turnPeriod(this.#slots.counters, slot, start, today, isFirst ? quota.offset : 0);
  }

  #begin(membership: Membership): boolean {
    const slot = this.#slots.take(USAGE_WORDS);
    if (slot === undefined) return false;
    membership.slot = slot;
    return true;
  }

  #methodSlot(membership: Membership, name: string): number {
    const known = membership.methodSlots?.get(name);
    if (known !== undefined) return known;
    const slot = this.#slots.take(THROTTLE_WORDS);
    if (slot === undefined) return -1;
    membership.methodSlots ??= new Map();
    membership.methodSlots.set(name, slot);
    return slot;
  }

  #touch(membership: Membership): void {
    if (membership.dirty) return;
    membership.dirty = true;
    this.#dirty.push(membership);
  }

  /** Days are computed once a day; a clock that was set is seen. */
  #dayAt(nowMs: number): number {
    if (nowMs >= this.#today.endsAtMs || nowMs < this.#today.startsAtMs) {
      const day = dayOf(nowMs);
      this.#today = { day, startsAtMs: day * 86_400_000, endsAtMs: (day + 1) * 86_400_000 };
    }
    return this.#today.day;
  }

  /** Gives a membership the counts that were kept. Only before its first request here. */
  restore(membership: Membership, record: Pick<UsageRecord, 'day' | 'used' | 'periodStart' | 'charged'>): void {
    if (membership.slot >= 0 || !this.#begin(membership)) return;
    restoreUsage(this.#slots.counters, membership.slot, record);
  }

  /** From now on the key may make `remaining` more requests in the period. False when its plan has no quota or the counters are full. */
  setRemaining(membership: Membership, remaining: number, nowMs: number): boolean {
    const { quota } = membership.plan;
    if (quota === undefined || (membership.slot < 0 && !this.#begin(membership))) return false;
    const today = this.#dayAt(nowMs);
    const ended = turnDay(this.#slots.counters, membership.slot, today);
    if (ended !== undefined && membership.dirty) {
      this.#ended.push(recordOf(membership, { ...usageAt(this.#slots.counters, membership.slot), ...ended }));
    }
    this.#turnPeriod(membership.plan, membership.slot, today);
    setCharged(this.#slots.counters, membership.slot, quota.limit - remaining);
    this.#touch(membership);
    return true;
  }

  /** Everything that changed since the last call, to be written. What could not be written is handed back with `putBack`. */
  collect(): CollectedUsage {
    const memberships = this.#dirty;
    const ended = this.#ended;
    this.#dirty = [];
    this.#ended = [];
    const records = [...ended];
    for (const membership of memberships) {
      // Before the words are read: a request that comes later is for the next time.
      membership.dirty = false;
      records.push(recordOf(membership, usageAt(this.#slots.counters, membership.slot)));
    }
    return { records: records.filter(({ scope, planId }) => this.#table.plan(scope, planId) !== undefined), memberships, ended };
  }

  putBack({ memberships, ended }: CollectedUsage): void {
    for (const membership of memberships) this.#touch(membership);
    this.#ended.unshift(...ended);
  }

  /** When everything is written: words of keys that left their plans are free for others. */
  sweep(nowMs: number): void {
    for (const membership of this.#table.forgetEnded(nowMs)) {
      this.#slots.giveBack(membership.slot, USAGE_WORDS);
      for (const slot of membership.methodSlots?.values() ?? []) this.#slots.giveBack(slot, THROTTLE_WORDS);
    }
  }
}

export interface CollectedUsage {
  readonly records: readonly UsageRecord[];
  readonly memberships: readonly Membership[];
  /** Those of the records whose day is over. */
  readonly ended: readonly UsageRecord[];
}

function recordOf(
  { plan, keyId }: Membership,
  { day, used, periodStart, charged }: Pick<UsageRecord, 'day' | 'used' | 'periodStart' | 'charged'>,
): UsageRecord {
  const remaining = plan.quota === undefined ? undefined : Math.max(0, plan.quota.limit - charged);
  return { scope: plan.scope, planId: plan.id, keyId, day, used, periodStart, charged, remaining };
}
