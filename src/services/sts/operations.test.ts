import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stsOperations } from './operations.ts';

describe('GetCallerIdentity › 200', () => {
  const rows = [
    { account: '000000000000', region: 'us-east-1', arn: 'arn:aws:iam::000000000000:root' },
    { account: '111122223333', region: 'cn-north-1', arn: 'arn:aws-cn:iam::111122223333:root' },
    { account: '111122223333', region: 'us-gov-west-1', arn: 'arn:aws-us-gov:iam::111122223333:root' },
  ];
  for (const { account, region, arn } of rows) {
    test(`${account} in ${region}`, async () => {
      const identity = await stsOperations().GetCallerIdentity?.({}, { account, region, requestId: 'r', accessKeyId: 'test' });
      assert.deepEqual(identity, { Account: account, Arn: arn, UserId: account });
    });
  }
});
