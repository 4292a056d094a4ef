import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matches, type RequestExample } from './testing/inspection-examples.ts';

/** The set has 10.0.0.0/8, 192.0.2.0/31 and 2001:db8::/32. */
function client(clientIp: string): boolean {
  return matches({ IPSetReferenceStatement: { ARN: 'ips' } }, { clientIp });
}

function forwarded(Position: 'FIRST' | 'LAST' | 'ANY', FallbackBehavior: 'MATCH' | 'NO_MATCH', request: RequestExample): boolean {
  const IPSetForwardedIPConfig = { HeaderName: 'X-Forwarded-For', FallbackBehavior, Position };
  return matches({ IPSetReferenceStatement: { ARN: 'ips', IPSetForwardedIPConfig } }, request);
}

const via = (...values: string[]): RequestExample => ({
  clientIp: '10.0.0.1',
  headers: values.flatMap((value) => ['x-forwarded-for', value]),
});

describe('the address of the client', () => {
  const rows: readonly (readonly [desc: string, address: string, boolean])[] = [
    ['in a block', '10.255.255.255', true],
    ['outside', '11.0.0.0', false],
    ['the last of a block', '192.0.2.1', true],
    ['after it', '192.0.2.2', false],
    ['version 6', '2001:db8::1', true],
    ['another of version 6', '2001:db9::1', false],
    ['version 4 in the clothes of 6', '::ffff:10.1.2.3', true],
    ['no address', 'unknown', false],
  ];
  for (const [desc, address, expected] of rows) test(desc, () => assert.equal(client(address), expected));
});

describe('an address in a header', () => {
  const eleven = Array.from({ length: 11 }, (_, i) => `203.0.113.${i}`);
  const rows: readonly (readonly [desc: string, 'FIRST' | 'LAST' | 'ANY', RequestExample, match: boolean, noMatch?: boolean])[] =
    [
      ['the first', 'FIRST', via('10.1.1.1, 203.0.113.1'), true],
      ['not the first', 'FIRST', via('203.0.113.1, 10.1.1.1'), false],
      ['the last', 'LAST', via('203.0.113.1, 10.1.1.1'), true],
      ['not the last', 'LAST', via('10.1.1.1,203.0.113.1'), false],
      ['any of them', 'ANY', via('203.0.113.1,10.1.1.1 ,203.0.113.2'), true],
      ['none of them', 'ANY', via('203.0.113.1,203.0.113.2'), false],
      ['lines of the header', 'LAST', via('203.0.113.1', '10.1.1.1'), true],
      ['only the last ten', 'ANY', via(['10.1.1.1', ...eleven.slice(1)].join()), false],
      ['the tenth from the end', 'ANY', via(['10.1.1.1', ...eleven.slice(2)].join()), true],
      ['no header is no match, whatever the fallback', 'ANY', { clientIp: '10.0.0.1' }, false],
      ['nothing in the header', 'FIRST', via(''), true, false],
      ['no address at the place', 'FIRST', via('unknown, 10.1.1.1'), true, false],
      ['no address elsewhere', 'LAST', via('unknown, 203.0.113.1'), false],
      ['an address with a port is none', 'FIRST', via('10.1.1.1:80'), true, false],
      ['a block is no address', 'FIRST', via('10.1.1.1/8'), true, false],
      ['another separator', 'FIRST', via('10.1.1.1; 10.1.1.2'), true, false],
      ['a match counts more than what is no address', 'ANY', via('unknown, 10.1.1.1'), true],
      ['what is no address counts more than none', 'ANY', via('unknown, 203.0.113.1'), true, false],
      ['version 6', 'FIRST', via('2001:DB8:0::5'), true],
    ];
  for (const [desc, position, request, match, noMatch = match] of rows) {
    test(desc, () => {
      assert.equal(forwarded(position, 'MATCH', request), match);
      assert.equal(forwarded(position, 'NO_MATCH', request), noMatch);
    });
  }
});
