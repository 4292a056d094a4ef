import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRenderLimits, type RenderLimits } from './run.ts';
import { compileTemplate, type Rendered } from './template.ts';
import { requestOverridesOf, responseOverridesOf } from './template-input.ts';
import { goldenCases, goldenInput, inputOf, methodCases } from './testing/golden-input.ts';

/** Shared machines are slow at times; tests that are not about time have enough of it. */
const patient: RenderLimits = { ...defaultRenderLimits, timeMsMax: 5000 };

function render(source: string, input = inputOf({}), limits = patient): Rendered {
  const { template, fault } = compileTemplate(source);
  return template === undefined ? { fault } : template.render(input, limits);
}

function output(source: string, input = inputOf({})): string {
  const rendered = render(source, input);
  assert.ok(rendered.fault === undefined, `${source}: ${rendered.fault?.message}`);
  return rendered.output;
}

test('every golden template is rendered as Velocity 1.7 does', () => {
  assert.ok(goldenCases.length >= 77);
  for (const { name, template: source, output: expected, error } of goldenCases) {
    if (name === 'params-pref') continue; // `$input` is API Gateway's: an absent parameter is an empty text in both dialects.
    const { template, fault } = compileTemplate(source, { dialect: 'velocity' });
    const rendered = template === undefined ? { fault } : template.render(goldenInput('plain'), patient);
    if (error === true) assert.ok(rendered.fault !== undefined, name);
    else assert.deepEqual(rendered, { output: expected }, name);
  }
});

test('values print, have methods and fail as in Velocity 1.7 on Java', () => {
  assert.ok(methodCases.length >= 50);
  for (const { name, template: source, output: expected, error } of methodCases) {
    const { template, fault } = compileTemplate(source, { dialect: 'velocity' });
    const rendered = template === undefined ? { fault } : template.render(goldenInput('plain'), patient);
    if (error === true) assert.ok(rendered.fault !== undefined, name);
    else assert.deepEqual(rendered, { output: expected }, name);
  }
});

/** The golden cases in which API Gateway differs from plain Velocity. */
const differences: Readonly<Record<string, readonly [output: string, why: string]>> = {
  'foreach-parent': ['0 1 0 1 ', 'no value prints nothing (the name is `index-`)'],
  formal: ['prodx prody z', 'no value prints nothing'],
  'null-json-value': ['[][]', 'null prints nothing'],
  'missing-path': ['[][]', 'null prints nothing'],
  'escape-dollar': ['$x \\1 \\$x \\$nope \\\\', 'no value prints nothing; the backslashes in front are text'],
  'escape-directive': ['#if(true) #set(=1) \\#foo', 'no value prints nothing'],
  'dollar-amount': ['cost $5 and $ 6 $ $-1', 'no value prints nothing'],
  'macro-defaults': ['[x][]', 'a parameter without an argument prints nothing'],
  'params-pref': ['42   application/json bar', 'an absent parameter is an empty text'],
  'hyphen-ref': [' ', 'no value prints nothing'],
  'prop-size': ['3  b 1', 'no value prints nothing'],
  'set-null-prop': ['[][]', 'null is not assigned, and prints nothing'],
  'uppercase-ref': ['  ', 'no value prints nothing'],
};

test('every golden template is rendered as API Gateway does', () => {
  for (const { name, template: source, output: expected, error } of goldenCases) {
    const rendered = render(source, goldenInput('api-gateway'));
    if (error === true) {
      assert.ok(rendered.fault !== undefined, name);
      continue;
    }
    assert.ok(rendered.fault === undefined, `${name}: ${rendered.fault?.message}`);
    const known = differences[name];
    if (known === undefined) assert.equal(rendered.output, expected, name);
    else assert.equal(rendered.output, known[0], `${name}: ${known[1]}`);
  }
});

test('API Gateway’s own rules', () => {
  const body = '{"json":{"foo":"bar"},"list":[{"foo":"bar"}],"deep":{"foo":[{"nested":"bar"}]},"empty":[],"nul":null,"n":1.0}';
  const input = inputOf({ body, header: { A: 'h', B: 'h', 'x-LOW': 'l' }, querystring: { A: 'q' }, path: { A: 'p' } });
  const cases: readonly [template: string, output: string, desc: string][] = [
    ['$input.path("$.json")', '{foo=bar}', 'a map prints as Java’s'],
    ['$input.path("$.list")', '[{"foo":"bar"}]', 'a list prints as JSON'],
    ['$input.path("$.deep")', '{foo=[{"nested":"bar"}]}', 'a list in a map'],
    ['$input.path("$.list")[0]', '{foo=bar}', 'a map of a list'],
    ['$input.path("$.list").toString()', '[{"foo":"bar"}]', 'toString is the same'],
    ['$input.path("$.empty") [$input.path("$.empty").foo]', '[] []', 'a property of an empty list is nothing'],
    ['#set($x = $input.path("$.nope"))#if($x == $null)T#end#if($x == "")T#end', 'TT', 'null equals null and the empty text'],
    ['$input.json("$.nope") $input.json("$.nul")', '"" ""', 'no value is an empty JSON text'],
    ['$input.json("$.n")', '1.0', 'a double stays one'],
    ['$input.params("A") $input.params("B") [$input.params("C")]', 'p h []', 'path, then query string, then header'],
    ['$input.params("X-low") [$input.params().header.get("X-low")]', 'l []', 'a header in another spelling'],
    ['$context.identity|$context|$context.identity.sourceIp', '||1.2.3.4', '$context and its maps print nothing'],
    ['  x  ', 'x', 'blanks around a template are left off'],
    ['$util.escapeJavaScript($nope)', 'null', 'null is a text for $util'],
    ['$util.urlEncode("a b&é*") $util.urlDecode("a+b%26")', 'a+b%26%C3%A9* a b&', 'form encoding'],
    ['$util.base64Encode("é") $util.base64Decode("w6k=")', 'w6k= é', 'base64 of UTF-8'],
    ['$util.parseJson(\'{"a":[1,2]}\').a[1]', '2', 'parseJson'],
    ['#set($m = {})#set($m.a = {})#set($m.a.b = 1)$m', '{a={b=1}}', 'nested assignment'],
    ['$m.put("a", 1)x', 'x', 'a reference without a value prints nothing'],
    ['#set($m = {})$m.put("a", 1)x', 'x', 'put gives null, which prints nothing'],
    [
      '$__proto__ $input.path("$")["__proto__"] $input.constructor $input.path("$").constructor $util.hasOwnProperty',
      '',
      'names of JavaScript are nothing',
    ],
    ['#set($m = {})#set($m["__proto__"] = "k")$m $m["__proto__"] $m.constructor', '{__proto__=k} k', '__proto__ is a key'],
    ['$input.class.forName("java.lang.Runtime") $input.class.classLoader', '', 'no reflection'],
  ];
  for (const [source, expected, desc] of cases) {
    const context = inputOf({ context: { identity: { sourceIp: '1.2.3.4' } } }).context;
    assert.equal(output(source, { ...input, context }).trimEnd(), expected, `${desc}: ${source}`);
  }
  const followed = inputOf({ body: '{"a":1} {"b":2}' });
  assert.equal(output('$input.path("$.a")$input.path("$.b")', followed), '1', 'what follows a document is not read');
  assert.equal(output('$input.json("$")', inputOf({ body: 'a=1&b=2' })), '"a=1&b=2"', 'a form is one text');
  assert.equal(output('$input.body $input.body.x'), '{} ', 'an empty body reads as an empty object');
});

test('methods with regular expressions, as Java runs them', () => {
  const cases: readonly [call: string, output: string, desc: string][] = [
    ['"it\'s".replaceAll("\\\\\'", "q")', "it's", 'a backslash before an apostrophe that is not there'],
    ['"a1b22".replaceAll("([a-z])([0-9]+)", \'$2$1\')', '1a22b', 'groups'],
    ['"a1".replaceAll("([a-z])", \'$11\')', 'a11', 'a digit that is no group is text'],
    [`"a1".replaceAll("(?<n>[0-9])", '<$\{n}>')`, 'a<1>', 'a named group'],
    ['"abc".replaceAll("", "-")', '-a-b-c-', 'the empty pattern'],
    ['"abc".replaceAll("x*", "-")', '-a-b-c-', 'a pattern that matches nothing'],
    ['"a.b.c".replaceFirst(".", "x")', 'x.b.c', 'the first'],
    ['"a.b".replace(".", "")', 'ab', 'replace takes no pattern'],
    ['"ab".replace("", "-")', '-a-b-', 'the empty text'],
    ['"Hello".matches("h.*")', 'false', 'the whole text, with its case'],
    ['"Hello".matches("(?i)h.*")', 'true', 'a flag'],
    ['"a,b,,c,,".split(",").size()', '4', 'empty texts at the end are left off'],
    ['"a,b,,c,,".split(",", -1).size()', '6', 'but not with a negative limit'],
    ['"a,b,c".split(",", 2)[1]', 'b,c', 'a limit'],
    ['"abc".split("").size()', '3', 'a match of no width at the beginning'],
    ['"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab".matches("(a+)+")', 'false', 'in linear time'],
  ];
  for (const [call, expected, desc] of cases) {
    const at = call.indexOf('".') + 1;
    assert.equal(output(`#set($s = ${call.slice(0, at)})$s${call.slice(at)}`), expected, `${desc}: ${call}`);
  }
});

test('overrides are read after rendering, and survive from the request to the response template', () => {
  const input = inputOf({});
  const request = [
    '#set($n = "foo")',
    '#set($context.requestOverride.querystring[$n] = "bar")',
    '$context.requestOverride.querystring.put("put", "it")',
    '#set($context["requestOverride"].header["h"] = ["a", "b"])',
    '#set($context.requestOverride.path.p = 7)',
    '#set($context.responseOverride.status = 418)',
    '#set($context.responseOverride.header.x = "y")',
    '{}',
  ].join('\n');
  assert.equal(output(request, input).trim(), '{}');
  const overrides = requestOverridesOf(input.context);
  assert.deepEqual(
    [...overrides.querystring],
    [
      ['foo', 'bar'],
      ['put', 'it'],
    ],
  );
  assert.deepEqual([...overrides.header], [['h', 'a,b']]);
  assert.deepEqual([...overrides.path], [['p', '7']]);
  const response = '$context.requestOverride.querystring["foo"] $context.responseOverride.status';
  assert.equal(output(response, input), 'bar 418');
  const answered = responseOverridesOf(input.context);
  assert.equal(answered.status, 418);
  assert.deepEqual([...answered.header], [['x', 'y']]);
});

test('a status that is none is ignored; the same override twice is a fault', () => {
  for (const status of ['"abc"', '99', '600', '4.5', '{}']) {
    const input = inputOf({});
    output(`#set($context.responseOverride.status = ${status})`, input);
    assert.equal(responseOverridesOf(input.context).status, undefined, status);
  }
  const { fault } = render('#set($context.requestOverride.header.a = 1)#set($context.requestOverride.header.a = 2)');
  assert.equal(fault?.kind, 'override');
});

test('a template that is wrong is found when it is compiled, with line and column', () => {
  const cases: readonly [template: string, place: string, desc: string][] = [
    ['#if(true)x', '1:1', 'an #if without #end'],
    ['a\n#set($x 1)', '2:9', 'a #set without ='],
    ['a\n  #set($x = )', '2:13', 'no value'],
    ['\n\n  #end', '3:3', 'an #end alone'],
    ['${x', '1:4', 'an open reference'],
    ['#foreach($x)a#end', '1:1', 'a #foreach without a list'],
    ['#set($x = "a $y.foo( b")', '1:24', 'inside a text in quotes'],
    ['#include("x")', '1:1', '#include'],
    ['#parse("x")', '1:1', '#parse'],
    ['#macro(f x)#end', '1:10', 'a parameter that is no reference'],
    ['#set($b=10-2-3)', '1:11', 'two numbers without an operator between'],
    ['x $', '1:3', 'a $ as the last character'],
  ];
  for (const [source, place, desc] of cases) {
    const { fault } = compileTemplate(source, { dialect: 'velocity' });
    assert.ok(fault !== undefined, desc);
    assert.equal(fault.kind, 'parse', desc);
    assert.equal(`${fault.line}:${fault.column}`, place, `${desc}: ${fault.message}`);
  }
  const late = compileTemplate(`\n\n  ${'a'.repeat(300 * 1024)}`);
  assert.equal(late.fault?.budget, 'size');
});

test('what fails while rendering is a fault at its place', () => {
  const cases: readonly [template: string, place: string, message: RegExp][] = [
    ['a\n$x.y #set($l=[1])\n $l.get(5)', '3:5', /Index 5/],
    ['#set($l=[1])$l[5]', '1:15', /Index 5/],
    ['$util.parseJson("{")', '1:7', /parseJson/],
    ['$input.path("$[")', '1:8', /JSONPath.*position 1/],
    ['#set($s="x")\n$s.replaceAll("(?=x)", "")', '2:4', /look-ahead/],
    ['#set($s="x")$s.substring(5)', '1:16', /begin 5/],
    ['#set($s="x")$s.concat($nope)', '1:16', /null/],
    ["#evaluate('#if(')", '1:1', /#evaluate/],
  ];
  for (const [source, place, message] of cases) {
    const { fault } = render(source);
    assert.ok(fault !== undefined, source);
    assert.equal(fault.kind, 'call', source);
    assert.match(fault.message, message);
    assert.equal(`${fault.line}:${fault.column}`, place, source);
  }
});

test('each budget ends a rendering with its name', () => {
  const nest = (open: string, close: string, count: number) => open.repeat(count) + close.repeat(count);
  const double = '#set($s = "0123456789")#foreach($i in [1..40])#set($s = "$s$s")#end';
  const cases: readonly [template: string, budget: string, desc: string][] = [
    ['#foreach($i in [1..1001])x#end', 'iterations', 'a loop of 1,001'],
    ['#foreach($i in [0..2147483647])x#end', 'iterations', 'a range of all integers'],
    ['#set($r = [0..2147483647])', 'size', 'a range that is kept'],
    ['#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])#end#end#end', 'steps', 'loops in loops'],
    [double, 'output', 'a text that doubles'],
    [`#set($s = "${'x'.repeat(10_000)}")#foreach($i in [1..1000])$s$s#end`, 'output', 'a long output'],
    ['#macro(f)#f()#end#f()', 'depth', 'a macro in itself'],
    [nest('#if(true)', '#end', 65), 'depth', '65 blocks'],
    [`#set($x = ${nest('(', ')', 100)})`, 'depth', '100 parentheses'],
    [`#set($x = ${nest('[', ']', 100)})`, 'depth', '100 lists'],
    ['#set($m = {})#set($n = {"m": $m})#set($m.n = $n)$m', 'depth', 'a map in itself'],
    ['#set($l = [1])#foreach($i in [1..30])#set($l = [$l, $l])#end$l', 'steps', 'a list that doubles'],
    ["#set($e = '#evaluate($e)')#evaluate($e)", 'depth', '#evaluate in itself'],
    ['#set($n = 99999999999999999999)#foreach($i in [1..100])#set($n = $n * $n)#end', 'size', 'a number that squares'],
    ['#set($s = "a")$s.repeat(2000000000)', 'output', 'repeat'],
    [
      '#set($a = [1])#set($b = [1])#foreach($i in [1..40])#set($a = [$a, $a])#set($b = [$b, $b])#end$a.equals($b)',
      'steps',
      'two lists that are long to compare',
    ],
    [`#foreach($i in [1..1000])#foreach($j in [1..1000])${'x'.repeat(50_000)}#end#end`, 'output', 'a long text in loops'],
    [
      '#set($s = "a")#set($s = $s.repeat(20000))#set($r = "a")#set($r = $r.repeat(600))$s.replaceAll("a+", $r.replace("a", \'$0\'))',
      'output',
      'a group again and again',
    ],
    ['#set($s = "a")#set($s = $s.repeat(50000))$s.replace("a", $s)', 'output', 'each letter becomes a long text'],
    ['#set($s = "%999s")#set($f = $s.repeat(50000))$s.format($f, 1)', 'call', 'too few arguments of format'],
    [
      '#set($s = "abc")#set($t = $s.repeat(300000))$s.join($t, ["a","a","a","a","a","a","a","a","a","a","a","a","a","a"])',
      'output',
      'join',
    ],
    [`#set($x = ${'9'.repeat(2000)})`, 'size', 'a number of 2,000 digits'],
  ];
  for (const [source, budget, desc] of cases) {
    const { fault } = render(source);
    assert.equal(fault?.budget ?? fault?.kind, budget, `${desc}: ${fault?.message}`);
  }
  assert.equal(output('#foreach($i in [1..1000])x#end').length, 1000, 'a loop of 1,000 is fine');
  assert.equal(output(nest('#if(true)', '#end', 60)), '', '60 blocks are fine');
  const slow = '#foreach($i in [1..1000])#foreach($j in [1..900])$i#end#end';
  assert.equal(render(slow, inputOf({}), { ...patient, timeMsMax: 0 }).fault?.budget, 'time');
});

test('a trace tells per line what was printed and set, and how often', () => {
  const source =
    '#set($n = 2)\n{\n#foreach($i in [1..$n])\n  "k$i": $i#if($foreach.hasNext),#end\n\n#end\n#if($n > 5)\n  never\n#end\n}';
  const { template } = compileTemplate(source);
  assert.ok(template !== undefined);
  const { trace, ...rendered } = template.trace(inputOf({}), patient);
  assert.deepEqual(rendered, template.render(inputOf({}), patient));
  assert.deepEqual(trace, [
    [1, '$n = 2', 1],
    [2, '"{"', 1],
    [3, '', 1],
    [4, '"  \\"k1\\": 1,  \\"k2\\": 2"', 2],
    [7, '', 1],
    [10, '"}"', 1],
  ]);
  assert.deepEqual(template.trace(inputOf({}), patient).trace, trace, 'a second trace begins anew');
});
