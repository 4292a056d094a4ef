// By which VPC endpoint a client comes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VpcEndpoints } from './vpc-endpoints.ts';

const notices: string[] = [];
const endpoints = (openToThisMachine: boolean) =>
  new VpcEndpoints({
    endpoints: [
      { vpceId: 'vpce-0a', vpcId: 'vpc-0', networks: [{ address: '10.0.0.0', prefix: 16 }] },
      {
        vpceId: 'vpce-0b',
        networks: [
          { address: '10.0.0.0', prefix: 8 },
          { address: 'fd00::', prefix: 8 },
        ],
      },
    ],
    openToThisMachine,
    onNotice: (notice) => notices.push(notice),
  });

for (const [desc, named, address, open, expected] of [
  ['the endpoint that is named', 'vpce-0b', '10.0.0.1', false, 'vpce-0b'],
  ['without a name the first whose network it is', undefined, '10.0.0.1', false, 'vpce-0a'],
  ['a network of another endpoint', 'vpce-0a', '10.1.0.1', false, undefined],
  ['an IPv6 network', undefined, 'fd00::1', false, 'vpce-0b'],
  ['an IPv4 address as IPv6', 'vpce-0a', '::ffff:10.0.0.1', false, 'vpce-0a'],
  ['no network at all', undefined, '192.168.0.1', false, undefined],
  ['an unknown endpoint', 'vpce-0c', '127.0.0.1', false, undefined],
  ['an unknown endpoint, open to this machine', 'vpce-0c', '127.0.0.1', true, 'vpce-0c'],
  ['an unknown endpoint, open to this machine, from elsewhere', 'vpce-0c', '10.0.0.1', true, undefined],
  ['a known endpoint is not opened by that', 'vpce-0a', '127.0.0.1', true, undefined],
  ['nor a request that names none', undefined, '127.0.0.1', true, undefined],
  ['no address', 'vpce-0a', 'test-invoke-source-ip', true, undefined],
] as const) {
  test(desc, () => {
    assert.equal(endpoints(open).endpointOf(named, address)?.vpceId, expected);
  });
}

test('the VPC is known where it was said', () => {
  assert.deepEqual(endpoints(false).endpointOf('vpce-0a', '10.0.0.1'), { vpceId: 'vpce-0a', vpcId: 'vpc-0' });
  assert.deepEqual(endpoints(false).endpointOf('vpce-0b', '10.0.0.1'), { vpceId: 'vpce-0b' });
});

test('outsiders are told of once for each API, and not without end', () => {
  const tested = endpoints(false);
  for (let i = 0; i < 1_000; i++) tested.sayOutsider(`api${i % 200}`);
  assert.equal(notices.length, 100);
});
