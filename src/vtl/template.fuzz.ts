// Random templates from a grammar, mutated golden ones and garbage: compiling and rendering never throw, end in time, keep
// their budgets, reach nothing of JavaScript's, and a fault has a place in the template.

import { mulberry32 } from '../json-path/json-path.fuzz.ts';
import type { RenderLimits } from './run.ts';
import { compileTemplate } from './template.ts';
import type { TemplateFault } from './template-fault.ts';
import { inputOf } from './testing/golden-input.ts';

export interface TemplateFuzzReport {
  readonly cases: number;
  readonly compiled: number;
  readonly rendered: number;
  readonly budgets: ReadonlyMap<string, number>;
  readonly longestMs: number;
  readonly failures: readonly { readonly case: number; readonly template: string; readonly what: string }[];
}

export const fuzzLimits: RenderLimits = {
  stepsMax: 20_000,
  iterationsMax: 100,
  outputBytesMax: 20_000,
  timeMsMax: 1000,
  depthMax: 64,
};

/** The same numbers make the same cases. */
export function fuzzTemplates(cases: number, seed: number, seeds: readonly string[]): TemplateFuzzReport {
  const random = mulberry32(seed);
  const failures: { case: number; template: string; what: string }[] = [];
  const budgets = new Map<string, number>();
  let compiled = 0;
  let rendered = 0;
  let longestMs = 0;
  for (let number = 0; number < cases && failures.length < 20; number++) {
    const source = randomTemplate(random, seeds);
    const fail = (what: string) => failures.push({ case: number, template: source, what });
    const start = performance.now();
    try {
      const result = compileTemplate(source);
      if (result.template === undefined) {
        count(budgets, result.fault);
        checkFault(result.fault, source, fail);
        continue;
      }
      compiled++;
      const output = result.template.render(randomInput(), fuzzLimits);
      longestMs = Math.max(longestMs, performance.now() - start);
      if (output.fault !== undefined) {
        count(budgets, output.fault);
        checkFault(output.fault, source, fail);
        continue;
      }
      rendered++;
      if (Buffer.byteLength(output.output) > fuzzLimits.outputBytesMax) fail(`${output.output.length} characters of output`);
      if (/\[native code\]|\[object |function \w*\(|=> /.test(output.output)) fail('JavaScript shows');
      if (number % 10 === 0) {
        const traced = result.template.trace(randomInput(), fuzzLimits);
        if (traced.output !== output.output && !/hashCode/.test(source)) fail('a trace prints something else');
      }
    } catch (error) {
      fail(`threw ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    }
  }
  return { cases, compiled, rendered, budgets, longestMs, failures };
}

function count(budgets: Map<string, number>, { budget }: TemplateFault): void {
  if (budget !== undefined) budgets.set(budget, (budgets.get(budget) ?? 0) + 1);
}

function checkFault(fault: TemplateFault, source: string, fail: (what: string) => void): void {
  const lines = source.split('\n');
  const { length } = lines[fault.line - 1] ?? '';
  if (fault.line < 1 || fault.line > lines.length || fault.column < 1 || fault.column > length + 2) {
    fail(`a fault at ${fault.line}:${fault.column}: ${fault.message}`);
  }
}

const body = '{"a":{"b":[1,2.5,"x",null]},"s":"it\'s \\"q\\"","n":12345678901,"__proto__":{"p":1}}';

function randomInput() {
  return inputOf({
    body,
    path: { id: '42' },
    querystring: { q: 'a b&c' },
    header: { Accept: 'x' },
    context: { stage: 'prod', identity: { sourceIp: '1.2.3.4' } },
    stageVariables: { fn: 'hello' },
  });
}

function randomTemplate(random: () => number, seeds: readonly string[]): string {
  const kind = random();
  if (kind < 0.5) return prelude + block(random, 3);
  if (kind < 0.9) {
    let template = pick(seeds, random);
    for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
      const at = Math.floor(random() * (template.length + 1));
      const end = at + Math.floor(random() * 6);
      const other = pick(seeds, random);
      const piece = random() < 0.3 ? other.slice(Math.floor(random() * other.length)) : pick(pieces, random);
      template =
        random() < 0.25 ? template.slice(0, at) + template.slice(end) : template.slice(0, at) + piece + template.slice(end);
    }
    return template;
  }
  let garbage = '';
  for (let count = Math.floor(random() * 30); count > 0; count--) garbage += pick(pieces, random);
  return garbage;
}

const prelude =
  '#set($x = "hello")#set($y = 5)#set($m = {"a": 1, "b": {"c": [1, 2]}})#set($l = [1, "b", 2.5])#macro(mac $p $q)<$p|$!q>#end#define($blk)[$x]#end';

const references: readonly string[] = [
  ...['$x', '$y', '$nope', '$i', '$m', '$l', '$!x', '$!{nope}', '$context.stage', '$context', '$foreach.index', '$blk'],
  ...[
    '$!{x}',
    '$m.a',
    '$l[0]',
    '$l[9]',
    '$m.get("a")',
    '$m["b"]',
    '$input.path("$.a.b")',
    '$input.json("$")',
    '$input.params("q")',
  ],
  ...['$util.escapeJavaScript($x)', '$util.parseJson($x)', '$x.length()', '$x.substring(1,3)', '$x.replaceAll("l+","$0$0")'],
  ...['$x.split("")', '$x.repeat(1000)', '$x.format("%5s",$y)', '$m.put($x,$l)', '$l.add($l)', '$l.add($m)', '$m.put("m",$m)'],
  ...[
    '$x.class.name',
    '$x.constructor',
    '$x.__proto__',
    '$m["__proto__"]',
    '$m.constructor.constructor("return 1")',
    '$l.hashCode()',
  ],
  ...['$input.path($x)', '$input.path("$..*")', '$x.matches("(a*)*b")', '$y.toHexString($y)', '\\$x', '$$x', '$x.y.z', '#$x'],
  ...[
    '$context.requestOverride.header.put($x,$y)',
    '$context.responseOverride',
    '$util',
    '$input',
    '$l.remove(0)',
    '$m.keySet()',
  ],
];

const literals: readonly string[] = [
  ...['1', '-3', '0', '7.5', '"s"', "'it'", 'true', 'false', '"v=$x"', '[1,2]', '[]', '{}', '{"a":1}', '[1..3]', '[1..$y]'],
  ...['2147483647', '9223372036854775807', '99999999999999999999', '"#if($x)t#end"', '"$x$x$x$x"', '[0..2147483647]'],
];

function expression(random: () => number, depth: number): string {
  const kind = random();
  if (depth <= 0 || kind < 0.4) return pick(random() < 0.5 ? literals : references, random);
  if (kind < 0.8) {
    const operator = pick([' + ', ' - ', '*', ' / ', ' % ', '==', '!=', ' < ', '>=', '&&', ' || ', ' and ', ' gt '], random);
    return expression(random, depth - 1) + operator + expression(random, depth - 1);
  }
  if (kind < 0.9) return `!${expression(random, depth - 1)}`;
  return `(${expression(random, depth - 1)})`;
}

function statement(random: () => number, depth: number): string {
  const kind = random();
  if (depth <= 0 || kind < 0.3) return pick(random() < 0.6 ? references : pieces, random);
  if (kind < 0.5)
    return `#set(${pick(['$x', '$y', '$m.a', '$l[0]', '$m["q"]', '$z', '$m.a.b'], random)} = ${expression(random, 2)})`;
  if (kind < 0.65) {
    const otherwise = random() < 0.4 ? `#else${block(random, depth - 1)}` : '';
    return `#if(${expression(random, 2)})${block(random, depth - 1)}${otherwise}#end`;
  }
  if (kind < 0.85) return `#foreach($i in ${expression(random, 1)})\n${block(random, depth - 1)}#end\n`;
  return pick(
    ['#break', '#stop', '#mac($x $blk)', '#mac("a")', '#evaluate($x)', "#evaluate('$x$y')", '#@mac($x)b#end', '#x($y)'],
    random,
  );
}

function block(random: () => number, depth: number): string {
  let made = '';
  for (let count = 1 + Math.floor(random() * 4); count > 0; count--) made += statement(random, depth);
  return made;
}

const pieces: readonly string[] = [
  ...['a', '\n', ' ', '$', '#', '"', "'", '\\', '\\\\', '.', '[', ']', '(', ')', '{', '}', '!', '$!', ',', '-', '##', '#*', '*#'],
  ...[
    '#[[',
    ']]#',
    '#set(',
    '#if(',
    '#else',
    '#elseif(',
    '#end',
    '#foreach(',
    '#macro(',
    '#define($d)',
    '#break',
    '#stop',
    '$x',
    '${',
  ],
  ...[
    '$x.',
    '$x[',
    '#evaluate(',
    '#literal()',
    '#include("x")',
    '\u0000',
    'é',
    '\ud800',
    '\r\n',
    '\t',
    '#@x',
    '#{if}',
    '#**',
    ' in ',
  ],
  ...['9'.repeat(50), '((((((((', '[[[[[[[[', '"$x', '..', '=', '&&', '#if(true)'.repeat(70), '$a.b.c.d.e', '"#set($x=1)"'],
];

function pick(list: readonly string[], random: () => number): string {
  return list[Math.floor(random() * list.length)] as string;
}
