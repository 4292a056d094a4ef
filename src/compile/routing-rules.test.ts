import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeHeaders } from '../data-plane/testing/fake-messages.ts';
import type { RoutingCondition, RoutingRule } from '../model/custom-domain.ts';
import { RoutingRules } from './routing-rules.ts';

const header = (name: string, valueGlob: string): RoutingCondition => ({ matchHeaders: { header: name, valueGlob } });

function rule(routingRuleId: string, priority: number, ...conditions: RoutingCondition[]): RoutingRule {
  return { routingRuleId, priority, conditions, target: { apiId: 'a', stage: 's', stripBasePath: false } };
}

const isMet = (conditions: RoutingCondition[], path: string, fields: [string, string][] = [], host = 'api.example.com') =>
  new RoutingRules([rule('r', 1, ...conditions)]).select(path, new FakeHeaders(fields), host) !== undefined;

// The tables of the developer guide.
describe('header conditions', () => {
  const versions = ['account', 'alpha', 'backup', 'beta', 'users'];
  const rows: [globs: string[], met: string[]][] = [
    [['a*'], ['account', 'alpha']],
    [['*a'], ['alpha', 'beta']],
    [['*a*'], ['account', 'alpha', 'backup', 'beta']],
    [
      ['*a*', '*b*'],
      ['backup', 'beta'],
    ],
    [['b*', '*a'], ['beta']],
    [['*'], versions],
    [['beta'], ['beta']],
    [['Beta'], []],
    [['bet?'], []],
  ];
  for (const [globs, met] of rows) {
    test(`x-version: ${globs.join(' and ')}`, () => {
      const conditions = globs.map((glob) => header('X-Version', glob));
      assert.deepEqual(
        versions.filter((version) => isMet(conditions, '/', [['x-VERSION', version]])),
        met,
      );
      assert.equal(isMet(conditions, '/', [['x-other', 'beta']]), false);
    });
  }

  for (const [desc, fields, glob, expected] of [
    ['two fields are compared one by one', ['application/json', 'text/xml'], '*json', true],
    ['… each of them', ['application/json', 'text/xml'], 'text/*', true],
    ['… and not their join', ['application/json', 'text/xml'], '*json,text*', false],
    ['one field with a comma is one text', ['application/json,text/xml'], '*json', false],
    ['… in which something may stand', ['application/json,text/xml'], '*json*', true],
    ['an empty field is there', [''], '*', true],
    ['prefix and text may not overlap beyond the value', ['ab'], 'abc*', false],
  ] as const) {
    test(desc, () => {
      const accept = fields.map((value): [string, string] => ['Accept', value]);
      assert.equal(isMet([header('accept', glob)], '/', accept), expected);
    });
  }

  test('Host is the host without its port, in any case', () => {
    const conditions = [header('Host', 'A.example.com')];
    assert.equal(isMet(conditions, '/', [['Host', 'a.example.com:8080']], 'a.example.com'), true);
    assert.equal(isMet(conditions, '/', [['Host', 'b.example.com:8080']], 'b.example.com'), false);
    assert.equal(isMet([header('host', '*.example.com')], '/', [], 'b.example.com'), true);
  });
});

describe('base path conditions', () => {
  for (const [path, expected] of [
    ['/PetStore/dogs', true],
    ['/PetStore/dogs/7', true],
    ['/PetStore/dogs/', true],
    ['/PetStore/dogsled', false],
    ['/petstore/dogs', false],
    ['/PetStore', false],
    ['/a/PetStore/dogs', false],
    ['//PetStore/dogs', false],
    ['/PetStore%2Fdogs', false],
    ['/', false],
  ] as const) {
    test(`PetStore/dogs and ${path}`, () => assert.equal(isMet([{ matchBasePath: 'PetStore/dogs' }], path), expected));
  }
});

describe('the order', () => {
  // Example 1 of the developer guide.
  const rules = new RoutingRules([
    rule('efg456', 100),
    rule('zzz000', 50, header('Accept', 'image/webp'), header('Pet', 'Dog-*'), { matchBasePath: 'PetStoreShopper' }),
    rule('abc123', 10, header('Hello', 'World')),
  ]);
  const rows: [path: string, fields: [string, string][], id: string][] = [
    ['/', [['Hello', 'World']], 'abc123'],
    [
      '/PetStoreShopper',
      [
        ['Hello', 'World'],
        ['Pet', 'Dog-Bella'],
        ['Accept', 'image/webp'],
      ],
      'abc123',
    ],
    [
      '/PetStoreShopper',
      [
        ['Pet', 'Dog-Bella'],
        ['Accept', 'image/webp'],
      ],
      'zzz000',
    ],
    ['/PetStoreShopper', [['Pet', 'Dog-Bella']], 'efg456'],
  ];
  for (const [path, fields, id] of rows) {
    test(`${path} ${fields.join(' ')}`, () => {
      assert.equal(rules.select(path, new FakeHeaders(fields), 'petstore.example.com')?.routingRuleId, id);
    });
  }

  test('is that of numbers', () => {
    const found = new RoutingRules([rule('ten', 10), rule('nine', 9)]).select('/', new FakeHeaders([]), 'a.example');
    assert.equal(found?.routingRuleId, 'nine');
  });

  test('no rule, no answer', () => {
    assert.equal(new RoutingRules([]).select('/', new FakeHeaders([]), 'a.example'), undefined);
  });
});
