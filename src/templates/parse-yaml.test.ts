import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FILE_SIZE_LIMIT_BYTES, parseYaml } from './parse-yaml.ts';
import { Problems } from './problem.ts';
import type { TemplateNode } from './template-node.ts';

function parse(text: string): { node: TemplateNode | undefined; what: string[] } {
  const problems = new Problems(false);
  const node = parseYaml(text, 'x.yml', problems);
  return { node, what: problems.sorted().map((problem) => `${problem.place.line}:${problem.place.column} ${problem.what}`) };
}

/** The tree without places. */
function plain(node: TemplateNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries.values()].map(({ key, node: value }) => [key, plain(value)]));
}

const rows: readonly { desc: string; text: string; value: unknown }[] = [
  { desc: 'an empty file', text: '', value: null },
  { desc: 'JSON', text: '{"a":[1,true,null,"x"]}', value: { a: [1, true, null, 'x'] } },
  { desc: 'yes and no stay texts', text: 'a: yes\nb: no\nc: 012', value: { a: 'yes', b: 'no', c: 12 } },
  { desc: '!Ref', text: 'a: !Ref T', value: { a: { Ref: 'T' } } },
  { desc: '!GetAtt with a dot', text: 'a: !GetAtt T.Stream.Arn', value: { a: { 'Fn::GetAtt': ['T', 'Stream.Arn'] } } },
  { desc: '!GetAtt with a list', text: 'a: !GetAtt [T, Arn]', value: { a: { 'Fn::GetAtt': ['T', 'Arn'] } } },
  { desc: '!Join of !Ref', text: "a: !Join ['-', [x, !Ref Y]]", value: { a: { 'Fn::Join': ['-', ['x', { Ref: 'Y' }]] } } },
  { desc: 'a multi-line text', text: 'a: |\n  one\n  two\n', value: { a: 'one\ntwo\n' } },
  {
    desc: 'a merge of two, the earlier wins',
    text: 'x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz:\n  <<: [*x, *y]\n  c: 3',
    value: { x: { a: 1 }, y: { a: 2, b: 2 }, z: { a: 1, b: 2, c: 3 } },
  },
  { desc: 'a key named __proto__', text: '__proto__: {a: 1}', value: JSON.parse('{"__proto__":{"a":1}}') },
];

describe('parseYaml', () => {
  for (const { desc, text, value } of rows) {
    test(desc, () => {
      const { node, what } = parse(text);
      assert.deepEqual(what, []);
      assert.ok(node);
      assert.deepEqual(plain(node), value);
    });
  }

  test('an alias bomb is refused in bounded time', () => {
    let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 12; i++)
      text += `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]\n`;
    const { node, what } = parse(text);
    assert.equal(node, undefined);
    assert.match(what[0] ?? '', /more than 200000 values, aliases included/);
  });

  test('an alias inside its own anchor is refused', () => {
    assert.equal(parse('a: &a [*a]').node, undefined);
  });

  test('deep nesting is refused', () => {
    assert.equal(parse('['.repeat(20_000) + ']'.repeat(20_000)).node, undefined);
    assert.match(parse(`${'['.repeat(150)}${']'.repeat(150)}`).what[0] ?? '', /nested deeper than 100 levels/);
  });

  test('a file over the limit is refused before it is parsed', () => {
    assert.match(parse(`a: ${'x'.repeat(FILE_SIZE_LIMIT_BYTES)}`).what[0] ?? '', /larger than 6 MB/);
  });

  test('no mangled file makes it throw', () => {
    const seed =
      'service: s\nprovider: {name: aws, httpApi: {cors: true}}\nfunctions:\n  a:\n    handler: h.a\n    events:\n      - httpApi: "GET /x"\n';
    let random = 12345;
    const next = (below: number) => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return random % below;
    };
    for (let round = 0; round < 500; round++) {
      const at = next(seed.length);
      const noise = '{}[]:&*!|>\'"%@`,#?-\t\n\u0000\u2028 $'[next(26)] ?? '';
      parse(seed.slice(0, at) + noise + seed.slice(at + next(3)));
    }
  });
});
