import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AwsError } from '../aws/aws-error.ts';
import { guardedOperations } from '../aws/guarded-operations.ts';
import type { Caller } from '../aws/operations.ts';
import { StoreError } from '../store/store-error.ts';
import { storageRefusal } from './storage-failure.ts';

const caller = { account: '000000000000', region: 'us-east-1', requestId: 'r' };
const failing = (error: Error) =>
  guardedOperations({ GetFunction: async (_input: object, _caller: Caller) => Promise.reject(error) }, storageRefusal)
    .GetFunction;

describe('an operation whose storage fails', () => {
  const rows: readonly { readonly desc: string; readonly error: Error }[] = [
    { desc: 'the store', error: new StoreError('full', 'no space') },
    { desc: 'a file', error: Object.assign(new Error('write'), { code: 'ENOSPC' }) },
  ];
  for (const { desc, error } of rows) {
    test(`${desc}: the caller is told, the cause is kept for the log`, async () => {
      await assert.rejects(failing(error)({}, caller), (thrown: unknown) => {
        assert.ok(thrown instanceof AwsError);
        assert.equal(thrown.code, 'ServiceException');
        assert.match(thrown.message, /Nothing was acknowledged/);
        assert.equal(thrown.cause, error);
        return true;
      });
    });
  }

  test('a bug stays a bug, a refusal a refusal', async () => {
    for (const error of [new TypeError('bug'), new AwsError('ResourceNotFoundException', 'not there')]) {
      await assert.rejects(failing(error)({}, caller), (thrown: unknown) => thrown === error);
    }
  });
});
