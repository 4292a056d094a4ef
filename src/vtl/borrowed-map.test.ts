// Maps that are lent to a template.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../json-path/json-value.ts';
import { BorrowedMap } from './borrowed-map.ts';
import { compileTemplate } from './template.ts';
import { inputOf } from './testing/golden-input.ts';

const lender = (): Map<string, JsonValue> => new Map<string, JsonValue>(Object.entries({ a: '1', b: '2', c: '3' }));

test('it reads like the map that it was lent', () => {
  const [lent, map] = [lender(), new BorrowedMap(lender())];
  assert.equal(map.size, 3);
  assert.equal(map.get('b'), '2');
  assert.equal(map.get('z'), undefined);
  assert.ok(map.has('c') && !map.has('z'));
  assert.deepEqual([...map.keys()], [...lent.keys()]);
  assert.deepEqual([...map.values()], [...lent.values()]);
  assert.deepEqual([...map], [...lent]);
  assert.deepEqual(new Map(map), lent);
  const seen: unknown[] = [];
  map.forEach((value, key) => {
    seen.push([key, value]);
  });
  assert.deepEqual(seen, [...lent]);
});

test('what is changed in it is changed in it alone, in place', () => {
  const changes: [what: string, change: (map: Map<unknown, JsonValue>) => void, left: string][] = [
    ['set', (map) => map.set('b', 'x').set('d', '4'), 'a=1 b=x c=3 d=4'],
    ['delete', (map) => map.delete('a'), 'b=2 c=3'],
    ['clear', (map) => map.clear(), ''],
    ['clear and set', (map) => [map.clear(), map.set('b', '1')], 'b=1'],
  ];
  for (const [what, change, left] of changes) {
    const lent = lender();
    const map = new BorrowedMap(lent);
    change(map);
    assert.equal([...map].map(([key, value]) => `${key}=${value}`).join(' '), left, what);
    assert.equal(map.size, [...map].length, what);
    assert.deepEqual(lent, lender(), what);
  }
});

test('$context is read as it is asked for, and shows everything in order when it is looped over', () => {
  const input = inputOf({ context: { stage: 'prod', identity: { sourceIp: '192.0.2.1' }, apiId: 'a1' } });
  const output = (template: string) => compileTemplate(template).template?.render(input).output;
  assert.equal(output('$context.apiId $context.identity.sourceIp $context.nothing'), 'a1 192.0.2.1 ');
  assert.deepEqual(input.context.overrides, []);
  assert.equal(output('#set($context.identity.user = "u")$context.identity.user'), 'u');
  assert.equal(
    output('#foreach($k in $context.keySet())$k #end$context.size()'),
    'stage identity apiId requestOverride responseOverride 5',
  );
  assert.equal(output('$context.identity.user'), 'u', 'the map that a template changed is still there');
  assert.equal(output('#set($context.stage = "test")$context.stage $context.containsKey("apiId")'), 'test true');
});

test('overrides that were made before all of $context was read are kept', () => {
  const input = inputOf({ context: { stage: 'prod' } });
  const template = '#set($context.responseOverride.status = 201)#set($context.x = 1)$context.responseOverride.status $context.x';
  assert.equal(compileTemplate(template).template?.render(input).output, '201 1');
  assert.equal(input.context.overrides.length, 5);
});
