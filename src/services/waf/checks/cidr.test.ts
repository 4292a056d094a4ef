import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCidr } from './cidr.ts';

const blocks = [
  { desc: 'an address', text: '192.0.2.44/32', version: 'IPV4', is: true },
  { desc: 'a network', text: '10.0.0.0/8', version: 'IPV4', is: true },
  { desc: 'half of all', text: '128.0.0.0/1', version: 'IPV4', is: true },
  { desc: 'everything', text: '0.0.0.0/0', version: 'IPV4', is: false },
  { desc: 'host bits', text: '195.178.188.66/29', version: 'IPV4', is: false },
  { desc: 'no prefix', text: '203.0.113.10', version: 'IPV4', is: false },
  { desc: 'too long a prefix', text: '203.0.113.10/33', version: 'IPV4', is: false },
  { desc: 'two prefixes', text: '203.0.113.0/24/24', version: 'IPV4', is: false },
  { desc: 'a zero in front', text: '10.0.0.0/08', version: 'IPV4', is: false },
  { desc: 'three parts', text: '10.0.0/24', version: 'IPV4', is: false },
  { desc: 'the other version', text: '2001:db8::/32', version: 'IPV4', is: false },
  { desc: 'an IPv6 address', text: '1111:0000:0000:0000:0000:0000:0000:0111/128', version: 'IPV6', is: true },
  { desc: 'an IPv6 network', text: '2001:DB8::/32', version: 'IPV6', is: true },
  { desc: 'a network of odd size', text: 'fe80::/10', version: 'IPV6', is: true },
  { desc: 'groups on both sides', text: '2001:db8::1:0/112', version: 'IPV6', is: true },
  { desc: 'IPv6 host bits', text: '2001:db8::1/64', version: 'IPV6', is: false },
  { desc: 'a dotted tail', text: '::ffff:192.0.2.0/120', version: 'IPV6', is: true },
  { desc: 'host bits in a dotted tail', text: '::ffff:192.0.2.1/120', version: 'IPV6', is: false },
  { desc: 'host bits before a dotted tail', text: '::ffff:192.0.2.0/24', version: 'IPV6', is: false },
  { desc: 'every IPv6 address', text: '::/0', version: 'IPV6', is: false },
  { desc: 'a zone', text: 'fe80::1%eth0/128', version: 'IPV6', is: false },
  { desc: 'IPv4 as IPv6', text: '10.0.0.0/8', version: 'IPV6', is: false },
  { desc: 'nothing', text: '', version: 'IPV6', is: false },
] as const;

for (const { desc, text, version, is } of blocks) {
  test(`${desc}: ${text}`, () => assert.equal(isCidr(text, version), is));
}
