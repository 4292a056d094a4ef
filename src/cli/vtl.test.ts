import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommand } from './testing/run-command.ts';

const run = (args: readonly string[], cwd: string) => runCommand(args, [''], { workingDirectory: cwd });

describe('stagegate vtl render', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-vtl-'));
    const template = '#set($x = $input.path("$.n"))\n{"n": $x, "q": "$input.params(\'q\')", "stage": "$context.stage"}\n';
    writeFileSync(path.join(folder, 't.vtl'), template);
    writeFileSync(path.join(folder, 'bad.vtl'), '{\n  #if($x)\n}\n');
    writeFileSync(path.join(folder, 'late.vtl'), '#set($l = [1])\n$l.get(5)');
    const event = { body: { n: 7 }, queryStringParameters: { q: 'a' }, requestContext: { stage: 'prod' } };
    writeFileSync(path.join(folder, 'event.json'), JSON.stringify(event));
    writeFileSync(path.join(folder, 'list.json'), '[1]');
    writeFileSync(path.join(folder, 'typo.json'), '{"queryStringParameter": {"q": "a"}}');
  });

  after(() => rmSync(folder, { recursive: true }));

  test('prints what the template makes of the event', async () => {
    const { code, out, err } = await run(['vtl', 'render', 't.vtl', '--event', 'event.json'], folder);
    assert.equal(err, '');
    assert.equal(out, '{"n": 7, "q": "a", "stage": "prod"}\n');
    assert.equal(code, 0);
  });

  test('an event is not needed', async () => {
    const { code, out } = await run(['vtl', 'render', 't.vtl'], folder);
    assert.equal(out, '{"n": , "q": "", "stage": ""}\n');
    assert.equal(code, 0);
  });

  test('--trace prints a line per line of the template', async () => {
    const { code, out, err } = await run(['vtl', 'render', 't.vtl', '--event', 'event.json', '--trace'], folder);
    assert.equal(code, 0);
    assert.equal(out, '{"n": 7, "q": "a", "stage": "prod"}\n');
    const lines = err.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^1 +x1 +#set.* \$x = 7$/);
    assert.match(lines[1] ?? '', /^2 +x1 +\{"n": \$x.*"\{\\"n\\": 7/);
  });

  test('a template that is wrong is told with its place', async () => {
    const wrong = await run(['vtl', 'render', 'bad.vtl'], folder);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /SG_TEMPLATE/);
    assert.match(wrong.err, /bad\.vtl:2:3/);
    assert.equal(wrong.err.split('#if($x)').length, 2, 'the line is shown once');
    const late = await run(['vtl', 'render', 'late.vtl'], folder);
    assert.equal(late.code, 1);
    assert.match(late.err, /late\.vtl:2:4/);
    assert.match(late.err, /Index 5/);
  });

  test('other mistakes', async () => {
    const cases: readonly [args: readonly string[], message: RegExp][] = [
      [['vtl', 'render', 'none.vtl'], /SG_TEMPLATE/],
      [['vtl', 'render', 't.vtl', '--event', 'none.json'], /SG_EVENT/],
      [['vtl', 'render', 't.vtl', '--event', 'list.json'], /not a JSON object/],
      [
        ['vtl', 'render', 't.vtl', '--event', 'typo.json'],
        /nothing that a template sees: queryStringParameter\.[\s\S]*queryStringParameters/,
      ],
      [['vtl', 'draw', 't.vtl'], /SG_BAD_ARGUMENT/],
      [['vtl', 'render'], /SG_BAD_ARGUMENT/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await run(args, folder);
      assert.notEqual(code, 0, args.join(' '));
      assert.match(err, message, args.join(' '));
    }
  });
});
