import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInIpRange, parseIpRange } from './ip-range.ts';

const rows: readonly { desc: string; range: string; address: string; inside: boolean | 'bad range' }[] = [
  { desc: 'IPv4 range', range: '203.0.113.0/24', address: '203.0.113.200', inside: true },
  { desc: 'outside', range: '203.0.113.0/24', address: '203.0.114.1', inside: false },
  { desc: 'bare address', range: '203.0.113.7', address: '203.0.113.7', inside: true },
  { desc: 'everything', range: '0.0.0.0/0', address: '1.2.3.4', inside: true },
  { desc: 'IPv6 range', range: '2001:db8::/32', address: '2001:db8:1::5', inside: true },
  { desc: 'IPv6 outside', range: '2001:db8::/32', address: '2001:db9::', inside: false },
  { desc: 'loopback', range: '::1', address: '::1', inside: true },
  { desc: 'families differ', range: '::/0', address: '1.2.3.4', inside: false },
  { desc: 'mapped range is one of IPv4', range: '::ffff:10.0.0.0/104', address: '10.1.2.3', inside: true },
  { desc: 'outside of a mapped range', range: '::ffff:10.0.0.0/104', address: '11.1.2.3', inside: false },
  { desc: 'mapped address is IPv4', range: '10.0.0.0/8', address: '::ffff:10.1.2.3', inside: true },
  { desc: 'not an address', range: '10.0.0.0/8', address: 'ten', inside: false },
  { desc: 'prefix too long', range: '10.0.0.0/33', address: '10.0.0.0', inside: 'bad range' },
  { desc: 'prefix missing', range: '10.0.0.0/', address: '10.0.0.0', inside: 'bad range' },
  { desc: 'a word', range: 'localhost', address: '10.0.0.0', inside: 'bad range' },
];

for (const row of rows) {
  test(`ip range › ${row.desc}`, () => {
    const range = parseIpRange(row.range);
    assert.equal(range === undefined ? 'bad range' : isInIpRange(range, row.address), row.inside);
  });
}
