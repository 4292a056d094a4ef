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

for (const [desc, candidates, address, open, expected] of [
  ['the first endpoint of the network that is among them', ['vpce-0b'], '10.0.0.1', false, 'vpce-0b'],
  ['… in the order of the operator', ['vpce-0b', 'vpce-0a'], '10.0.0.1', false, 'vpce-0a'],
  ['none of them has the network', ['vpce-0a'], '10.1.0.1', false, undefined],
  ['none of them is known', ['vpce-0c'], '127.0.0.1', false, undefined],
  ['open to this machine: the first that is not known', ['vpce-0a', 'vpce-0c', 'vpce-0d'], '127.0.0.1', true, 'vpce-0c'],
  ['open to this machine, from elsewhere', ['vpce-0c'], '192.168.0.1', true, undefined],
  ['a known endpoint is not opened by that', ['vpce-0a'], '127.0.0.1', true, undefined],
  ['there are none', [], '127.0.0.1', true, undefined],
] as const) {
  test(`among several: ${desc}`, () => {
    const among = new Map(candidates.map((vpceId) => [vpceId, true]));
    assert.equal(endpoints(open).endpointAmong(among, address)?.vpceId, expected);
  });
}

test('the VPC is known where it was said', () => {
  assert.deepEqual(endpoints(false).endpointOf('vpce-0a', '10.0.0.1'), { vpceId: 'vpce-0a', vpcId: 'vpc-0' });
  assert.deepEqual(endpoints(false).endpointOf('vpce-0b', '10.0.0.1'), { vpceId: 'vpce-0b' });
});

test('outsiders are told of once for each API and domain name, and not without end', () => {
  const tested = endpoints(false);
  for (let i = 0; i < 1_000; i++) tested.sayOutsider(`api${i % 50}`);
  for (let i = 0; i < 1_000; i++) tested.sayOutsiderOfDomain(`d${i % 200}.example`);
  assert.equal(notices.length, 100);
});
