// How traces are encrypted, as a setting only: nothing here is encrypted with a key of KMS.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-encryption.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey } from '../../store/store.ts';
import { invalidRequest } from './refusals.ts';
import { type Input, scopeOf, type XRayContext, type XRayOperations } from './xray-context.ts';

type EncryptionDocument = { readonly type: 'NONE' } | { readonly type: 'KMS'; readonly keyId: string };

export function encryptionConfigOperations({ store, keptOnly }: XRayContext) {
  return {
    async GetEncryptionConfig(_: Input<'GetEncryptionConfig'>, caller: Caller) {
      const kept = await store.get<EncryptionDocument>(encryptionKey(scopeOf(caller)));
      return { EncryptionConfig: { ...toConfig(kept ?? { type: 'NONE' }), Status: 'ACTIVE' as const } };
    },

    async PutEncryptionConfig({ Type: type, KeyId: keyId }: Input<'PutEncryptionConfig'>, caller: Caller) {
      if (type === 'KMS' && keyId === undefined) throw invalidRequest('KeyId is required when Type is KMS.');
      const config: EncryptionDocument = type === 'KMS' ? { type, keyId: keyId ?? '' } : { type: 'NONE' };
      await store.transact((transaction) => transaction.put(encryptionKey(scopeOf(caller)), config));
      if (type === 'KMS') keptOnly('Encryption of traces with a key of KMS');
      // AWS: UPDATING first, ACTIVE when it is asked again. Seen: devguide xray-api-configuration.
      return { EncryptionConfig: { ...toConfig(config), Status: 'UPDATING' as const } };
    },
  } satisfies XRayOperations;
}

function encryptionKey(scope: Scope): DocumentKey {
  return { scope, kind: 'xray/encryption-config', parent: '', id: 'config' };
}

function toConfig(config: EncryptionDocument) {
  return config.type === 'KMS' ? { KeyId: config.keyId, Type: config.type } : { Type: config.type };
}
