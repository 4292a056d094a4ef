import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../aws/operations.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { encryptionConfigOperations } from './encryption-config.ts';
import type { XRayContext } from './xray-context.ts';

const caller: Caller = { account: '111111111111', region: 'eu-west-1', requestId: 'r' };

test('the setting is kept and shown, and said not to run', async () => {
  const told: string[] = [];
  const keptOnly = (what: string): void => void told.push(what);
  // These operations ask nothing else of the context.
  const operations = encryptionConfigOperations({ store: createMemoryStore(), keptOnly } as XRayContext);
  const shown = async () => (await operations.GetEncryptionConfig({}, caller)).EncryptionConfig;
  assert.deepEqual(await shown(), { Type: 'NONE', Status: 'ACTIVE' });
  const KeyId = 'arn:aws:kms:eu-west-1:111111111111:key/c234e4e8-39e9-4ab0-84e2-b0ea215cbba5';
  const answer = await operations.PutEncryptionConfig({ Type: 'KMS', KeyId }, caller);
  assert.deepEqual(answer, { EncryptionConfig: { Type: 'KMS', KeyId, Status: 'UPDATING' } });
  assert.deepEqual(await shown(), { Type: 'KMS', KeyId, Status: 'ACTIVE' });
  assert.deepEqual(told, ['Encryption of traces with a key of KMS']);
  await operations.PutEncryptionConfig({ Type: 'NONE' }, caller);
  assert.deepEqual(await shown(), { Type: 'NONE', Status: 'ACTIVE' });
  assert.equal(told.length, 1);
  const refused = { code: 'InvalidRequestException' };
  await assert.rejects(operations.PutEncryptionConfig({ Type: 'KMS', KeyId: undefined }, caller), refused);
});
