import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from './aws-error.ts';
import { guardedOperations } from './guarded-operations.ts';
import type { Caller } from './operations.ts';

const caller: Caller = { account: '000000000000', region: 'us-east-1', requestId: 'r' };
const full = new Error('disk full');
const refusal = { isStorageFailure: (error: unknown) => error === full, code: 'Unavailable', status: 503 };

function throwing(error: Error) {
  return { PutThing: async (_input: object, _caller: Caller): Promise<void> => Promise.reject(error) };
}

test('what fails for storage is refused with the code of the service, and the cause is kept', async () => {
  const { PutThing } = guardedOperations(throwing(full), refusal);
  await assert.rejects(PutThing({}, caller), { name: 'AwsError', code: 'Unavailable', status: 503, cause: full });
});

test('bugs and refusals pass as they are', async () => {
  for (const error of [new TypeError('bug'), new AwsError('NotFoundException', 'not there')]) {
    const { PutThing } = guardedOperations(throwing(error), refusal);
    await assert.rejects(PutThing({}, caller), (thrown) => thrown === error);
  }
});

test('what comes before an operation knows its name and input, keeps it from running, and fails like a part of it', async () => {
  const seen: unknown[] = [];
  const operations = { GetThing: async (input: object, _caller: Caller) => seen.push('ran', input) };
  const { GetThing } = guardedOperations(operations, { ...refusal, before: (name, input) => void seen.push(name, input) });
  await GetThing({ a: 1 }, caller);
  assert.deepEqual(seen, ['GetThing', { a: 1 }, 'ran', { a: 1 }]);
  const late = guardedOperations(operations, { ...refusal, before: async () => Promise.reject(full) });
  await assert.rejects(late.GetThing({}, caller), { code: 'Unavailable' });
  assert.equal(seen.length, 4);
});
