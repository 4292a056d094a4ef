// What rate-based rules count requests under.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inspection } from './matcher.ts';
import { compileRateKey } from './rate-key.ts';
import { ALWAYS_LIMITED } from './rate-limiter.ts';
import type { WebRequest } from './web-request.ts';

const none = [{ Priority: 0, Type: 'NONE' as const }];
const headers = ['Host', 'example.com', 'X-Tag', 'one', 'x-tag', 'two', 'Cookie', 'a=1; B=bee; a=2'];
const via = (value: string) => ({ headers: ['X-Forwarded-For', value] });

function inspection(request: Partial<WebRequest> = {}, labels: readonly string[] = []): Inspection {
  const whole = { clientIp: '192.0.2.1', method: 'GET', path: '/prod/pets', query: '', headers: [], body: '', bodyLength: 0 };
  return { request: { ...whole, ...request }, labels: new Set(labels), now: 0, details: [], worked: new Map() };
}

test('what requests are counted under', () => {
  const rate = (AggregateKeyType: 'IP' | 'FORWARDED_IP' | 'CONSTANT' | 'CUSTOM_KEYS', more: object = {}) =>
    compileRateKey({ Limit: 10, AggregateKeyType, ...more });
  const ForwardedIPConfig = { HeaderName: 'X-Forwarded-For', FallbackBehavior: 'MATCH' };
  const keys = (...CustomKeys: object[]) => rate('CUSTOM_KEYS', { CustomKeys, ForwardedIPConfig });
  const of = (name: string) => ({ Name: name, TextTransformations: [{ Priority: 0, Type: 'LOWERCASE' }] });
  for (const [what, keyOf, request, expected] of [
    ['the address', rate('IP'), {}, '192.0.2.1'],
    ['all together', rate('CONSTANT'), {}, ''],
    ['the first forwarded address', rate('FORWARDED_IP', { ForwardedIPConfig }), via('10.0.0.1, 10.0.0.2'), '10.0.0.1'],
    ['none forwarded: not counted', rate('FORWARDED_IP', { ForwardedIPConfig }), {}, undefined],
    ['a broken one: the fallback', rate('FORWARDED_IP', { ForwardedIPConfig }), via('x'), ALWAYS_LIMITED],
    ['a header, transformed', keys({ Header: of('x-tag') }), { headers }, '7:one,two'],
    ['a header that is not there', keys({ Header: of('x-none') }), { headers }, undefined],
    ['a cookie', keys({ Cookie: of('B') }), { headers }, '3:bee'],
    ['an argument', keys({ QueryArgument: of('id') }), { query: 'ID=A' }, '1:a'],
    ['several', keys({ HTTPMethod: {} }, { IP: {} }), {}, '3:GET9:192.0.2.1'],
    ['the path', keys({ UriPath: { TextTransformations: none } }), {}, '10:/prod/pets'],
    ['a fingerprint is never there', keys({ JA3Fingerprint: { FallbackBehavior: 'MATCH' } }), {}, undefined],
  ] as const) {
    assert.equal(keyOf(inspection(request)), expected, what);
  }
  const labelled = inspection({}, ['awswaf:1:webacl:shop:tenant:b', 'awswaf:1:webacl:shop:tenant:a', 'awswaf:1:webacl:shop:x']);
  const byLabel = keys({ LabelNamespace: { Namespace: 'awswaf:1:webacl:shop:tenant:' } });
  assert.match(byLabel(labelled) ?? '', /tenant:a,awswaf:1:webacl:shop:tenant:b$/);
  assert.equal(byLabel(inspection()), undefined);
});
