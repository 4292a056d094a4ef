import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileJsonPath } from './json-path.ts';
import { JsonDouble, type JsonValue } from './json-value.ts';
import { parseJson } from './parse-json.ts';
import { printJson } from './print-json.ts';

const goldenText = readFileSync(new URL('testdata/json-path.json', import.meta.url), 'utf8');
const golden = goldenOf(goldenText);

function goldenOf(text: string): Map<unknown, JsonValue> {
  const parsed = parseJson(text);
  assert.ok(parsed.fault === undefined && parsed.value instanceof Map);
  return parsed.value;
}

const document = golden.get('document') as JsonValue;

function read(path: string, of: JsonValue = document): string {
  const compiled = compileJsonPath(path);
  if (compiled.fault !== undefined) return `fault at ${compiled.fault.position}`;
  const result = compiled.path.read(of);
  return result.found ? printJson(result.value) : `nothing, ${printJson(result.suppressed)}`;
}

test('every path of the golden file answers as Jayway does, with its kinds of number', () => {
  const cases = golden.get('cases') as JsonValue[];
  assert.ok(cases.length >= 60);
  for (const one of cases) {
    assert.ok(one instanceof Map);
    const path = one.get('path') as string;
    const got = read(path);
    if (one.get('error') === true) assert.match(got, /^(fault|nothing)/, path);
    else assert.equal(got, printJson(one.get('result') as JsonValue), path);
  }
});

const titles = '["Sayings","Sword","Moby Dick","LOTR"]';

test('what the golden file does not have, as Jayway 2.10 answers it', () => {
  const cases: readonly [path: string, answer: string, desc: string][] = [
    ['$..[0].title', '["Sayings"]', 'an index behind a scan'],
    ['$..book[0].title', '["Sayings"]', 'a property and an index behind a scan'],
    ['$..[1]', '[{"category":"fiction","author":"Evelyn Waugh","title":"Sword","price":12.99},2,[3,[4]],2,[4]]', 'scan order'],
    ['$..[?(@.isbn)].isbn', '["0-553-21311-3","0-395-19395-8"]', 'a filter behind a scan'],
    ['$..price.sum()', '73.87', 'a function behind a scan takes all that it finds'],
    ['$..price.max()', '22.99', 'likewise max'],
    ['$.num[-3:-1]', '[3,4]', 'a slice with two negative ends'],
    ['$.num[-2:5]', '[4,5,1,2,3,4,5]', 'a negative beginning with an end wraps around'],
    ["$.store.book[?(@.title nin 'LOTR')].title", '[]', 'a list of one that is none'],
    ["$.store.book[?($.num noneof 'LOTR')].title", '[]', 'likewise noneof'],
    ['$.num[:-1]', '[1,2,3,4]', 'a slice up to the last'],
    ['$.num[:]', 'fault at 5', 'a slice without ends'],
    ['$.num[1:2:3]', '[2]', 'a step is ignored'],
    ['$.num[ 1 , 2 ]', '[2,3]', 'blanks between indexes'],
    ['$.num[*', 'fault at 5', 'an open bracket'],
    ['$.store.book[*].price.sum()', 'nothing, null', 'a sum of each price has no numbers'],
    ['$.store.bicycle[\'color\',"nope"]', '{"color":"red"}', 'only the names that are there'],
    ["$['store','o']['book','color']", read("$['store','o']['book','color']"), 'two lists of names'],
    ["$.store.book[?(@.price == '8.95')].title", '["Sayings"]', 'a number equals its text'],
    ['$.store.book[?(@.price > $.expensive)].title', '["Sword","LOTR"]', 'the document inside a filter'],
    ["$.store.book[?(@.isbn != 'x')].title", titles, 'missing is unequal'],
    ['$.store.book[?(@.title =~ /O/)].title', '[]', 'a pattern matches the whole text'],
    ['$.nested[?(@ size 2)]', '[[1,2],[3,[4]]]', 'size'],
    ['$.nested[?(@.length() == 2)]', '[[1,2],[3,[4]]]', 'a function inside a filter'],
    ['$.store.book[?(@.price)]..title', titles, 'a scan behind a filter'],
    ['$.store[?(@.color)]', '[]', 'a filter of an object asks the object'],
    ['$.s[?(@.x)]', 'nothing, null', 'a filter of a text'],
    ['$.n[*]', '[]', 'a wildcard of null'],
    ['$.nope[*]', 'nothing, []', 'a path that can find several is an empty list when suppressed'],
    ['$.store.book[0].nope', 'nothing, null', 'a missing leaf'],
    ['$.num.avg()', '3.0', 'avg'],
    ['$.num.stddev()', '1.4142135623730951', 'stddev'],
    ['$.num.append(6)', '[1,2,3,4,5,6]', 'append'],
    ['$.store.keys()', '["book","bicycle"]', 'keys'],
    ['$.e.min()', 'nothing, null', 'min of nothing'],
    ['$.num.foo()', 'fault at 6', 'an unknown function'],
    ['$.num.length(', 'fault at 12', 'open arguments'],
    ['$.concat($.s,"b")', '"strb"', 'arguments that are paths'],
    ['$.max(1,2,$.num)', '5.0', 'a list among the arguments'],
    ['$.num[?(@ > 2 || @ == 1 && @ < 0)]', '[3,4,5]', 'and binds closer than or'],
    ['$.num[?(true)]', 'fault at 8', 'a value alone is no filter'],
    ['$.num[?(1 == 1)]', '[1,2,3,4,5]', 'two values'],
    ['$.num[?()]', 'fault at 8', 'an empty filter'],
    ['$.num[?(@ > 2]', 'fault at 5', 'an open filter'],
    ["$.num[?(@ === '1')]", '[]', 'strict equality'],
    ['$.num[(@.length-1)]', 'fault at 5', 'no scripts'],
    ['$...s', 'fault at 3', 'three points'],
    ['$s', 'fault at 1', 'a name needs a point'],
    ["$.['s']", '"str"', 'a point before a bracket'],
    ['$.a b', 'fault at 3', 'a blank in a name'],
    ['$.num[99999999999]', 'fault at 5', 'an index beyond int'],
    ['$.store.book[?(@.price < 10)].length()', '[4,5]', 'a function of each'],
    ['$.store.book[?(@.nope == @.nope2)]', '[]', 'two that are missing are not equal'],
    ['$.store.book[?(!@.isbn)].title', '["Sayings","Sword"]', 'not'],
    ['$.store.book[?(@.title =~ /(?=L)/)]', 'fault at 27', 'look-ahead is refused where it stands'],
  ];
  for (const [path, answer, desc] of cases) assert.equal(read(path), answer, `${desc}: ${path}`);
});

test('names of Object.prototype are keys like any other', () => {
  const of = parseJson('{"__proto__":{"a":1},"constructor":2}');
  assert.ok(of.fault === undefined);
  assert.equal(read('$.__proto__.a', of.value), '1');
  assert.equal(read('$.constructor', of.value), '2');
  assert.equal(read('$.toString', of.value), 'nothing, null');
  assert.equal(read("$['hasOwnProperty']", of.value), 'nothing, null');
});

test('a read ends when its steps or results are spent', () => {
  let nested: JsonValue = 1;
  for (let level = 0; level < 12; level++) nested = [nested, nested, nested];
  const scan = compileJsonPath('$..*');
  assert.ok(scan.fault === undefined);
  const bySteps = scan.path.read(nested, { stepsMax: 10_000, resultsMax: 1e9 });
  assert.deepEqual({ ...bySteps, reason: '' }, { found: false, reason: '', suppressed: null, exceeded: 'steps' });
  const byResults = scan.path.read(nested, { stepsMax: 1e9, resultsMax: 100 });
  assert.ok(!byResults.found && byResults.exceeded === 'results');
});

test('nesting is bounded when a path is compiled', () => {
  const deep = (open: string, close: string) => `$.a[?(${open.repeat(500)}@.b${close.repeat(500)})]`;
  for (const path of [deep('(', ')'), deep('!', ''), deep('@[?(', ')]'), `$${'.a'.repeat(300)}`, `$.${'a'.repeat(20_000)}`]) {
    assert.ok(compileJsonPath(path).fault !== undefined, path.slice(0, 30));
  }
});

test('doubles print as Java prints them', () => {
  const cases: readonly [number, string][] = [
    [10, '10.0'],
    [0.1, '0.1'],
    [1e7, '1.0E7'],
    [12_345_678.9, '1.23456789E7'],
    [9_999_999.5, '9999999.5'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [-0, '-0.0'],
    [Number.NaN, 'null'],
  ];
  for (const [value, text] of cases) assert.equal(printJson(new JsonDouble(value)), text);
});
