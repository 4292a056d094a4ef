// --vpc-endpoint: what it says, and what it may not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from './user-error.ts';
import { vpcEndpoints } from './vpc-endpoints.ts';

const read = (id: string, text: string) => vpcEndpoints(new Map([[id, text]]));

test('an endpoint, its VPC and its networks', () => {
  assert.deepEqual(read('vpce-0a', 'vpc-0b, 10.0.0.0/16,fd00::/8'), [
    {
      vpceId: 'vpce-0a',
      vpcId: 'vpc-0b',
      networks: [
        { address: '10.0.0.0', prefix: 16 },
        { address: 'fd00::', prefix: 8 },
      ],
    },
  ]);
  assert.deepEqual(read('vpce-0a', '10.0.0.7'), [{ vpceId: 'vpce-0a', networks: [{ address: '10.0.0.7', prefix: 32 }] }]);
});

for (const [desc, id, text] of [
  ['no endpoint', 'endpoint', '10.0.0.0/8'],
  ['no network', 'vpce-0a', 'vpc-0b'],
  ['two VPCs', 'vpce-0a', 'vpc-0b,vpc-0c,10.0.0.0/8'],
  ['no address', 'vpce-0a', 'office/8'],
  ['too long a prefix', 'vpce-0a', '10.0.0.0/33'],
  ['no prefix', 'vpce-0a', '10.0.0.0/'],
] as const) {
  test(`refused: ${desc}`, () => {
    assert.throws(() => read(id, text), UserError);
  });
}
