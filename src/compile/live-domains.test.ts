import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeHeaders } from '../data-plane/testing/fake-messages.ts';
import type { MappedDomain } from '../model/custom-domain.ts';
import { LiveDomains } from './live-domains.ts';
import { mappedDomain } from './testing/mapped-domain.ts';

function domains(...names: string[]): LiveDomains {
  const live = new LiveDomains();
  live.replace(names.map((domainName) => mappedDomain({ domainName })));
  return live;
}

describe('which domain a Host field names', () => {
  const cases: [desc: string, names: string[], host: string, hostName: string | undefined, prefix?: string][] = [
    ['the name itself', ['api.example.com'], 'api.example.com', 'api.example.com', 'api'],
    ['with a port, in other case, with the root dot', ['api.example.com'], 'API.Example.com.:8080', 'api.example.com', 'api'],
    ['a wildcard stands for one label', ['*.example.com'], 'a.example.com', 'a.example.com', 'a'],
    ['… and not for two', ['*.example.com'], 'a.b.example.com', undefined],
    ['… nor for none', ['*.example.com'], 'example.com', undefined],
    ['another name', ['api.example.com'], 'www.example.com', undefined],
    ['a name that ends alike', ['api.example.com'], 'xapi.example.com', undefined],
    ['no label', ['api.example.com'], '', undefined],
    ['an address', ['*.example.com'], '127.0.0.1:8080', undefined],
    ['an IPv6 address', ['*.example.com'], '[::1]:8080', undefined],
    ['a member of the prototype', ['api.example.com'], 'constructor', undefined],
    ['nothing when there are no domains', [], 'api.example.com', undefined],
  ];
  for (const [desc, names, host, hostName, prefix] of cases) {
    test(desc, () => {
      const live = domains(...names);
      for (const _ of ['first', 'remembered']) {
        const found = live.find(host);
        assert.equal(found?.hostName, hostName);
        assert.equal(found?.prefix, hostName === undefined ? undefined : prefix);
      }
    });
  }

  test('the exact name comes before the wildcard', () => {
    const live = domains('*.example.com', 'api.example.com');
    assert.notEqual(live.find('api.example.com')?.domain, live.find('www.example.com')?.domain);
    assert.equal(live.find('a.example.com')?.domain, live.find('b.example.com')?.domain);
  });

  test('a change is seen by the next request, also for hosts that were asked before', () => {
    const live = domains('api.example.com');
    assert.equal(live.find('new.example.com'), undefined);
    live.replace([mappedDomain({ domainName: 'new.example.com' })]);
    assert.ok(live.find('new.example.com'));
    assert.equal(live.find('api.example.com'), undefined);
  });

  test('a flood of hosts does not stay in memory', () => {
    const live = domains('*.example.com');
    for (let i = 0; i < 5_000; i++) assert.equal(live.find(`h${i}.example.com`)?.prefix, `h${i}`);
  });
});

describe('which mapping a path selects', () => {
  const live = new LiveDomains();
  const mapping = (apiMappingKey: string) => ({ apiMappingId: 'm', apiId: `api of ${apiMappingKey}`, stage: 's', apiMappingKey });
  const keys = ['', 'orders', 'orders/v1/items', 'orders/v2/items', 'orders/v1/items/categories'];
  const without = keys.slice(1);
  const cases: [desc: string, keys: string[], path: string, key: string | undefined, rest?: string][] = [
    ['one segment', keys, '/orders/7', 'orders', '/7'],
    ['the key alone', keys, '/orders', 'orders', ''],
    ['the key and a slash', keys, '/orders/', 'orders', '/'],
    ['segments are whole', keys, '/ordersx/7', '', '/ordersx/7'],
    ['the longest key', keys, '/orders/v1/items/categories/5', 'orders/v1/items/categories', '/5'],
    ['the longest key that fits', keys, '/orders/v1/items/123', 'orders/v1/items', '/123'],
    ['a shorter key when the longer is not complete', keys, '/orders/v1/customers', 'orders', '/v1/customers'],
    ['the empty key takes the rest', keys, '/customers/orders', '', '/customers/orders'],
    ['the root', keys, '/', '', '/'],
    ['keys are case-sensitive', keys, '/Orders/7', '', '/Orders/7'],
    ['an encoded slash separates nothing', keys, '/orders%2Fv1/items', '', '/orders%2Fv1/items'],
    ['an empty first segment is not skipped', keys, '//orders/7', '', '//orders/7'],
    ['an empty segment inside', keys, '/orders//v1/items', 'orders', '//v1/items'],
    ['nothing fits', without, '/customers', undefined],
    ['the root without an empty key', without, '/', undefined],
    ['a member of the prototype', without, '/constructor', undefined],
  ];
  for (const [desc, present, path, key, rest] of cases) {
    test(`${desc}: ${path}`, () => {
      live.replace([mappedDomain({ domainName: 'api.example.com', mappings: present.map(mapping) })]);
      const found = live.find('api.example.com')?.domain?.select(path, new FakeHeaders([]), 'api.example.com');
      assert.equal(found?.apiId, key === undefined ? undefined : `api of ${key}`);
      assert.equal(found?.rest, key === undefined ? undefined : rest);
    });
  }
});

describe('which of rules and mappings lead on', () => {
  const domain = mappedDomain({
    domainName: 'api.example.com',
    mappings: [{ apiMappingId: 'm', apiId: 'mapped', stage: 's', apiMappingKey: 'orders' }],
    rules: [
      {
        routingRuleId: 'r1',
        priority: 7,
        conditions: [{ matchBasePath: 'orders/v2' }],
        target: { apiId: 'ruled', stage: 't', stripBasePath: true },
      },
    ],
  });
  const byMapping = { apiId: 'mapped', stage: 's', rest: '/v1/7', routingRuleId: undefined };
  const byRule = { apiId: 'ruled', stage: 't', rest: '/7', routingRuleId: 'r1' };
  const ruledAway = { apiId: 'mapped', stage: 's', rest: '/v2/7', routingRuleId: undefined };
  const cases: [MappedDomain['routingMode'], path: string, found: object | undefined][] = [
    ['API_MAPPING_ONLY', '/orders/v1/7', byMapping],
    ['API_MAPPING_ONLY', '/orders/v2/7', ruledAway],
    ['ROUTING_RULE_THEN_API_MAPPING', '/orders/v2/7', byRule],
    ['ROUTING_RULE_THEN_API_MAPPING', '/orders/v1/7', byMapping],
    ['ROUTING_RULE_THEN_API_MAPPING', '/other', undefined],
    ['ROUTING_RULE_ONLY', '/orders/v2/7', byRule],
    ['ROUTING_RULE_ONLY', '/orders/v1/7', undefined],
  ];
  for (const [routingMode, path, expected] of cases) {
    test(`${routingMode}: ${path}`, () => {
      const live = new LiveDomains();
      live.replace([{ ...domain, routingMode }]);
      const found = live.find('api.example.com')?.domain?.select(path, new FakeHeaders([]), 'api.example.com');
      assert.deepEqual(found, expected);
    });
  }
});

describe('private domains', () => {
  const privately = (routingRuleId: string, ...vpcEndpointIds: string[]) =>
    mappedDomain({
      domainName: 'api.example.com',
      routingMode: 'ROUTING_RULE_ONLY',
      rules: [{ routingRuleId, priority: 1, conditions: [], target: { apiId: 'a', stage: 's', stripBasePath: false } }],
      privateAccess: { domainArn: `arn of ${routingRuleId}`, policy: undefined, vpcEndpointIds },
    });
  const live = (...more: MappedDomain[]) => {
    const domains = new LiveDomains();
    domains.replace(more);
    return domains;
  };
  const ruleOf = (domains: LiveDomains, host: string, vpceId: string) =>
    domains.find(host)?.privateDomains?.get(vpceId)?.select('/', new FakeHeaders([]), host)?.routingRuleId;

  test('that are called the same are told apart by the endpoint', () => {
    const domains = live(privately('one', 'vpce-1', 'vpce-3'), privately('two', 'vpce-2'));
    assert.deepEqual(
      ['vpce-1', 'vpce-2', 'vpce-3', 'vpce-4'].map((vpceId) => ruleOf(domains, 'API.example.com:8080', vpceId)),
      ['one', 'two', 'one', undefined],
    );
    assert.equal(domains.find('api.example.com')?.domain, undefined);
    assert.equal(domains.find('other.example.com'), undefined);
  });

  test('stand beside a public name, also beside a wildcard', () => {
    for (const domainName of ['api.example.com', '*.example.com']) {
      const found = live(privately('one', 'vpce-1'), mappedDomain({ domainName })).find('api.example.com');
      assert.equal(found?.domain?.policy, undefined);
      assert.equal(found?.privateDomains?.size, 1);
    }
  });

  test('without an association are there for nobody', () => {
    assert.equal(live(privately('one')).find('api.example.com')?.privateDomains?.size, 0);
  });
});
