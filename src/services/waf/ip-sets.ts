// IP sets: CIDR blocks that rules refer to.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html

import type { IPAddressVersion } from '@aws-sdk/client-wafv2';
import type { Caller } from '../../aws/operations.ts';
import { isCidr } from './checks/cidr.ts';
import {
  entityKey,
  entityPage,
  lockedEntity,
  namedEntity,
  newEntity,
  nextEntity,
  placeOf,
  putNewEntity,
  summaryOf,
  tellWafScope,
} from './entities.ts';
import { assertNotReferenced } from './references.ts';
import { invalidParameter, limitsExceeded, REASONS } from './refusals.ts';
import type { Input, WafContext, WafOperations } from './waf-context.ts';
import { type IpSetDocument, ipSetKind } from './waf-documents.ts';

/** AWS: Seen: WAF quotas. */
const ADDRESSES_MAX = 10_000;

export function ipSetOperations(context: WafContext) {
  const { store } = context;

  return {
    async CreateIPSet(input: Input<'CreateIPSet'>, caller: Caller) {
      const place = placeOf(input, caller);
      const ipAddressVersion = input.IPAddressVersion ?? 'IPV4';
      const addresses = checkedAddresses(input.Addresses, ipAddressVersion);
      const set: IpSetDocument = { ...newEntity(place, ipSetKind, input), ipAddressVersion, addresses };
      await store.transact((transaction) => putNewEntity(transaction, place, ipSetKind, set));
      tellWafScope(context, place);
      return { Summary: summaryOf(set) };
    },

    async GetIPSet(input: Input<'GetIPSet'>, caller: Caller) {
      const set = await namedEntity<IpSetDocument>(store, placeOf(input, caller), ipSetKind, input);
      return { IPSet: toIpSet(set), LockToken: set.lockToken };
    },

    async UpdateIPSet(input: Input<'UpdateIPSet'>, caller: Caller) {
      const place = placeOf(input, caller);
      return store.transact(async (transaction) => {
        const former = await lockedEntity<IpSetDocument>(transaction, place, ipSetKind, input);
        const { ipAddressVersion } = former;
        const addresses = checkedAddresses(input.Addresses, ipAddressVersion);
        const set: IpSetDocument = { ...nextEntity(former, input), ipAddressVersion, addresses };
        await transaction.put(entityKey(place, ipSetKind, set.id), set);
        return { NextLockToken: set.lockToken };
      });
    },

    async DeleteIPSet(input: Input<'DeleteIPSet'>, caller: Caller) {
      const place = placeOf(input, caller);
      await store.transact(async (transaction) => {
        const { id, arn } = await lockedEntity(transaction, place, ipSetKind, input);
        await assertNotReferenced(transaction, place, arn);
        await transaction.delete(entityKey(place, ipSetKind, id));
      });
      return {};
    },

    async ListIPSets(input: Input<'ListIPSets'>, caller: Caller) {
      const { summaries, next } = await entityPage(context, ipSetKind, input, caller);
      return { IPSets: summaries, ...next };
    },
  } satisfies WafOperations;
}

function checkedAddresses(addresses: readonly string[] = [], version: IPAddressVersion): readonly string[] {
  if (addresses.length > ADDRESSES_MAX) throw limitsExceeded(`An IP set can have at most ${ADDRESSES_MAX} CIDR blocks.`);
  const wrong = addresses.find((address) => !isCidr(address, version));
  if (wrong !== undefined) throw invalidParameter(REASONS.formatting, 'IP_ADDRESS', wrong);
  return addresses;
}

function toIpSet({ name, id, arn, description, ipAddressVersion, addresses }: IpSetDocument) {
  return {
    ...{ Name: name, Id: id, ARN: arn, Description: description },
    ...{ IPAddressVersion: ipAddressVersion, Addresses: [...addresses] },
  };
}
