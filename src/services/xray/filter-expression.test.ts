import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchesFilter, parseEntitySelector, parseFilterExpression } from './filter-expression.ts';
import type { Trace } from './segment.ts';
import { ACCOUNT, functionDocuments, id, malformedTraces, petsTrace, stageDocument, traceOf } from './testing/trace-examples.ts';
import { summarise } from './trace-summary.ts';

function matches(text: string, trace: Trace): boolean {
  const expression = parseFilterExpression(text);
  assert.ok(expression.kind !== 'problem', JSON.stringify(expression));
  return matchesFilter(expression, trace, summarise(trace, ACCOUNT));
}

const pets = petsTrace();
const failed = traceOf(
  stageDocument({ fault: true, http: { response: { status: 502 } } }),
  ...functionDocuments({ fault: true, cause: { exceptions: [{ message: 'Access denied' }] } }),
);
const partial = traceOf(stageDocument({ end_time: undefined, in_progress: true, subsegments: undefined }));
const remote = traceOf({
  ...{
    id: id('a'),
    name: 'shop',
    start_time: 0,
    end_time: 6,
    aws: { ec2: { instance_id: 'i-1', availability_zone: 'us-east-1a' } },
  },
  subsegments: [{ id: id('a1'), name: 'api.example.com', namespace: 'remote', start_time: 1, end_time: 4, error: true }],
});

describe('the whole trace', () => {
  for (const [text, trace, expected] of [
    ['ok', pets, true],
    ['!ok', failed, true],
    ['ok = false', failed, true],
    ['OK != "TRUE"', failed, true],
    ['error', pets, false],
    ['throttle', pets, false],
    ['fault', failed, true],
    ['fault = true AND http.status >= 500', failed, true],
    ['partial', partial, true],
    ['ok !partial duration <3', pets, true],
    ['ok !partial duration <3', partial, false],
    ['inferred', pets, true],
    ['inferred', partial, false],
    ['remote', remote, true],
    ['remote', pets, false],
    ['root', pets, true],
    ['responsetime > 5', remote, true],
    ['responseTime > 6', remote, false],
    ['responsetime != 1', partial, false],
    ['duration >= 5 AND duration <= 8', remote, true],
    ['http.status = 200', pets, true],
    ['http.status != 200', pets, false],
    ['http.status', remote, false],
    ['http.url CONTAINS "/pets"', pets, true],
    ['http.url beginswith "https://" and http.url endswith "/PETS"', pets, false],
    ['http.url AND responseTime > 2', remote, false],
    ['http.method = "GET" http.clientip BEGINSWITH "192.0." http.useragent CONTAINS "curl"', pets, true],
    ['user CONTAINS ""', pets, true],
    ['user CONTAINS ""', remote, false],
    ['user = "alice" AND user != "bob"', pets, true],
    ['name = "Pets"', pets, true],
    ['type = "AWS::DynamoDB::Table"', pets, true],
    ['message = "Rate exceeded"', pets, true],
    ['message BEGINSWITH "Access"', failed, true],
    ['availabilityzone = "us-east-1a" AND instance.id = "i-1"', remote, true],
    ['resource.arn ENDSWITH "/stages/dev"', pets, true],
  ] as const) {
    test(`${text}: ${expected}`, () => assert.equal(matches(text, trace), expected));
  }
});

describe('annotations', () => {
  for (const [text, expected] of [
    ['annotation.age', true],
    ['!annotation.age', false],
    ['annotation.Age', false],
    ['annotation.age > 29', true],
    ['annotation.age <= 29', false],
    ['annotation.age = "30"', false],
    ['annotation[age] = 30', true],
    ['ANNOTATION["age"] != 30', false],
    ['annotation.aws:api_id = "abc"', true],
    ['annotation[aws:api_stage] CONTAINS "de"', true],
    ['annotation.vip', true],
    ['annotation.old', false],
    ['annotation.old = false', true],
    ['annotation.vip != true', false],
    ['annotation.__proto__', false],
    ['annotation[constructor] != "x"', false],
    ['annotation.tags', false],
  ] as const) {
    test(`${text}: ${expected}`, () => assert.equal(matches(text, pets), expected));
  }
});

describe('services and edges', () => {
  for (const [text, trace, expected] of [
    ['service("pets/dev")', pets, true],
    ['!service("cats/dev")', pets, true],
    ['service() { fault }', pets, false],
    ['service() { fault }', failed, true],
    ['service("pets") { fault }', failed, true],
    ['service(id(name: "pets", type: "AWS::Lambda")) { fault }', failed, false],
    ['service(id(type: "AWS::Lambda::Function")) { fault = true and root = false }', failed, true],
    ['service("pets/dev") { root }', pets, true],
    ['service("Pets") { throttle error !fault inferred }', pets, true],
    ['service("Pets") { ok }', pets, false],
    ['service("pets/dev") { first } AND service("Pets") { last }', pets, true],
    ['service("pets") { annotation.age > 29 user = "alice" }', pets, true],
    ['service("pets/dev") { annotation.age }', pets, false],
    ['service("pets/dev") { http.status = 200 AND responsetime < 1 }', pets, true],
    ['service(id(account.id: "000000000000", name: "pets"))', pets, true],
    ['service(id(account.id: "111111111111"))', pets, false],
    ['service("api.example.com") { remote AND error AND responsetime = 3 }', remote, true],
    ['edge("pets/dev", "pets")', pets, true],
    ['edge("pets", "pets/dev")', pets, false],
    ['edge(id(type: "AWS::Lambda"), id(type: "AWS::Lambda::Function"))', pets, true],
    ['edge("pets", "Pets") { throttle }', pets, true],
    ['edge("pets", "Pets") { message CONTAINS "exceeded" }', pets, true],
    ['edge("pets/dev", "pets") { responsetime = 0.35 AND duration = 0.35 }', pets, true],
    ['service("shop") { fault = true OR responsetime > 2.5 } AND !user', remote, true],
    ['id(name: "pets")', pets, true],
  ] as const) {
    test(`${text}: ${expected}`, () => assert.equal(matches(text, trace), expected));
  }
});

describe('what binds stronger', () => {
  for (const [text, expected] of [
    ['ok OR fault AND fault', true],
    ['(ok OR fault) AND fault', false],
    ['ok or fault fault', true],
    ['!fault ok', true],
    ['!(fault OR ok)', false],
    ['! ! ok', true],
  ] as const) {
    test(text, () => assert.equal(matches(text, pets), expected));
  }
});

test('quotes inside of texts', () => {
  const trace = traceOf(stageDocument({ user: 'a"b\\c' }));
  assert.equal(matches(String.raw`user = "a\"b\\c"`, trace), true);
  assert.equal(matches(String.raw`user = 'a"b\\c'`, trace), true);
});

describe('what is no filter', () => {
  for (const [text, message] of [
    ['', /Expected a condition, found the end \(character 1\)/],
    ['ok AND', /Expected a condition, found the end \(character 7\)/],
    ['ok OR OR ok', /or is no keyword \(character 7\)/],
    ['colour = "red"', /colour is no keyword \(character 1\)/],
    ['ok = 1', /true or false, found the number 1 \(character 6\)/],
    ['http.url = pets', /text in quotes, found "pets"/],
    ['http.url > "a"', /http\.url cannot be compared by ">"/],
    ['duration CONTAINS "5"', /duration cannot be compared by "contains"/],
    ['duration = "5"', /a number, found a text/],
    ['duration > 1.2.3', /1\.2\.3 is no number \(character 12\)/],
    ['annotation.', /key of the annotation is missing/],
    ['annotation[]', /key of the annotation is missing/],
    ['annotation[a = 1', /bracket after annotation is not closed \(character 11\)/],
    ['annotation.a contains 3', /cannot be compared by "contains" with the number 3/],
    ['annotation.a < "b"', /cannot be compared/],
    ['annotation.a =', /with the end/],
    ['user = "alice', /quote is not closed \(character 8\)/],
    ['(ok', /Expected "\)", found the end/],
    ['ok)', /Unexpected "\)" \(character 3\)/],
    ['service("a") { ok', /Expected "\}"/],
    ['service("a") { service("b") }', /service cannot be used inside braces \(character 16\)/],
    ['service(a)', /name of a service in quotes or id\(\)/],
    ['edge("a")', /Expected ","/],
    ['service(id())', /Expected name, type or account\.id/],
    ['service(id(name: "a", name: "b"))', /name is there twice/],
    ['ok & fault', /Unexpected character "&" \(character 4\)/],
    ['rootcause.fault.entity { last }', /rootcause\.fault\.entity is not supported here/],
    ['group.name = "slow"', /group\.name is not supported here/],
    ['coverage > 0.7', /coverage is not supported here/],
    ['service() { index = 1 }', /index is not supported here/],
    ['('.repeat(40), /nested more than 32 deep \(character 34\)/],
    ['!'.repeat(1999), /nested more than 32 deep/],
    ['service() {'.repeat(100), /inside braces/],
    [`user = "${'a'.repeat(2000)}"`, /more than 2000 characters/],
  ] as const) {
    test(text.slice(0, 40), () => {
      const expression = parseFilterExpression(text);
      assert.ok(expression.kind === 'problem');
      assert.match(expression.message, message);
    });
  }
});

describe('selectors of entities', () => {
  test('a service, an id or an edge', () => {
    assert.equal(parseEntitySelector('service("a")').kind, 'service');
    assert.equal(parseEntitySelector('id(name: "a", type: "AWS::Lambda")').kind, 'service');
    assert.equal(parseEntitySelector('edge("a", "b")').kind, 'edge');
  });

  test('nothing else', () => {
    assert.equal(parseEntitySelector('ok').kind, 'problem');
    assert.equal(parseEntitySelector('service("a") OR service("b")').kind, 'problem');
    assert.equal(parseEntitySelector(`service("${'a'.repeat(600)}")`).kind, 'problem');
  });
});

test('whatever the members of segments are, every keyword is decided', () => {
  const texts = [
    'http.url',
    'http.method',
    'http.useragent',
    'http.clientip',
    'user',
    'name',
    'type',
    'message',
    'availabilityzone',
  ];
  const others = [
    'instance.id',
    'resource.arn',
    'annotation.message',
    'annotation[0]',
    'duration',
    'responsetime',
    'http.status',
  ];
  const all = [...texts, ...others, 'ok', 'error', 'throttle', 'fault', 'partial', 'inferred', 'first', 'last', 'remote', 'root'];
  for (const trace of malformedTraces()) {
    for (const keyword of all) {
      for (const text of [keyword, `service() { ${keyword} }`, `edge("y", "Lambda") { ${keyword} }`]) {
        assert.equal(typeof matches(text, trace), 'boolean');
      }
    }
  }
});

test('random texts are refused or decided, never thrown at', () => {
  const words = [
    'ok',
    '!',
    '(',
    ')',
    '{',
    '}',
    'AND',
    'or',
    'service',
    'edge',
    'id',
    'name',
    ':',
    ',',
    '"pets"',
    '=',
    '!=',
    '<',
    '5',
  ];
  words.push(
    'annotation.age',
    'annotation[',
    ']',
    'http.url',
    'CONTAINS',
    'true',
    'duration',
    '"',
    '\\',
    '-',
    '.',
    '\u0000',
    '😀',
    'user',
  );
  let seed = 20_260_701;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const summary = summarise(pets, ACCOUNT);
  let decided = 0;
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: 1 + random(9) }, () => words[random(words.length)]).join(random(3) === 0 ? '' : ' ');
    const expression = parseFilterExpression(text);
    if (expression.kind === 'problem') {
      assert.match(expression.message, /\(character \d+\)$/);
      assert.ok(expression.at >= 0 && expression.at <= text.length);
      continue;
    }
    decided++;
    assert.equal(typeof matchesFilter(expression, pets, summary), 'boolean');
  }
  assert.ok(decided > 100, `${decided}`);
});
