// Account: GetAccount, UpdateAccount. One per account and region.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Account.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey } from '../../store/store.ts';
import { textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { badRequest } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

interface StoredAccount {
  readonly cloudwatchRoleArn?: string;
}

export function accountOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async GetAccount(_input: Input<'GetAccount'>, caller: Caller) {
      return toAccountOutput((await store.get<StoredAccount>(accountKey(scopeOf(caller)))) ?? {});
    },

    async UpdateAccount(input: Input<'UpdateAccount'>, caller: Caller) {
      const key = accountKey(scopeOf(caller));
      return store.transact(async (transaction) => {
        const former = (await transaction.get<StoredAccount>(key)) ?? {};
        const account = applyPatch(accountPatch, former, input.patchOperations);
        await transaction.put(key, account);
        return toAccountOutput(account);
      });
    },
  } satisfies V1Operations;
}

const accountPatch: PatchTable<StoredAccount> = {
  manner: 'plain',
  rows: [
    textRow('cloudwatchRoleArn', { ops: ['replace', 'remove'], check: checkedRole }),
    {
      path: '/features',
      ops: ['add', 'remove'],
      apply(state, { op, value }) {
        if (value !== 'UsagePlans') throw badRequest('Invalid feature specified. Valid options are UsagePlans');
        // AWS: they cannot be given up. Seen: API reference, UpdateAccount.
        if (op === 'remove') throw badRequest('Usage Plans cannot be disabled once enabled');
        return state;
      },
    },
  ],
};

function accountKey(scope: Scope): DocumentKey {
  return { scope, kind: 'apigateway/account', parent: '', id: 'account' };
}

function checkedRole(arn: string): string {
  if (/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(arn)) return arn;
  throw badRequest('Invalid ARN specified in the request');
}

/** AWS: these figures and words for every account that was not changed. */
function toAccountOutput(account: StoredAccount) {
  return present({
    cloudwatchRoleArn: account.cloudwatchRoleArn,
    throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  });
}
