import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionLogLine } from '../model/function-log-line.ts';
import { FunctionLog, LINE_LENGTH_MAX, type LogSource } from './function-log.ts';
import { LineSplitter } from './line-splitter.ts';

const source = (functionName: string): LogSource => ({
  scope: { account: '000000000000', region: 'us-east-1' },
  functionName,
  logFormat: 'Text',
  logGroupName: `/aws/lambda/${functionName}`,
  logStreamName: 'stream',
});

test('the log keeps the newest lines within its bytes, and tells every one', () => {
  const told: FunctionLogLine[] = [];
  const log = new FunctionLog(20_000, (line) => told.push(line));
  for (let index = 0; index < 20_000; index++)
    log.write(source(index % 2 === 0 ? 'even' : 'odd'), undefined, 'stdout', `line ${index}`);
  assert.equal(told.length, 20_000);
  const kept = log.lines();
  assert.ok(kept.length > 50 && kept.length < 200, String(kept.length));
  assert.equal(kept.at(-1)?.text, 'line 19999');
  assert.equal(kept[0]?.text, `line ${20_000 - kept.length}`);
  assert.ok(log.lines('odd').every(({ functionName }) => functionName === 'odd'));
  assert.deepEqual(log.lines(undefined, Date.now() + 1000), []);
});

test('a small log keeps its newest lines, also when nobody reads it meanwhile', () => {
  for (const bytesMax of [600, 1_000, 2_000, 5_000]) {
    const log = new FunctionLog(bytesMax, () => {});
    for (let index = 0; index < 320; index++) log.write(source('f'), undefined, 'stdout', `line ${index}`);
    const kept = log.lines();
    assert.equal(kept.at(-1)?.text, 'line 319', String(bytesMax));
    assert.ok(kept.length >= bytesMax / 400, `${kept.length} lines in ${bytesMax} bytes`);
  }
});

test('a line longer than everything kept is not kept', () => {
  const log = new FunctionLog(1000, () => {});
  log.write(source('f'), undefined, 'stdout', 'x'.repeat(5000));
  assert.deepEqual(log.lines(), []);
  log.write(source('f'), undefined, 'stdout', 'short');
  assert.equal(log.lines().length, 1);
});

test('whatever lengths lines have, the newest are kept whole and in order', () => {
  const log = new FunctionLog(6_000, () => {});
  const written: string[] = [];
  let random = 7;
  for (let index = 0; index < 5_000; index++) {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    // Now and then one that nearly fills the log, and texts of two and three bytes a character.
    const length = random % 50 === 0 ? 1_500 : random % 300;
    const text = `${index} ${['x', 'ü', '€'][index % 3]?.repeat(length)}`;
    log.write(source(`f${index % 4}`), index % 5 === 0 ? undefined : `id-${index}`, 'stderr', text);
    written.push(text);
    const kept = log.lines();
    assert.deepEqual(
      kept.map((line) => line.text),
      written.slice(written.length - kept.length),
    );
    assert.ok(kept.length > 0);
  }
  const last = log.lines().at(-1);
  assert.deepEqual([last?.functionName, last?.requestId, last?.stream], ['f3', 'id-4999', 'stderr']);
});

const splits: readonly { desc: string; chunks: readonly (string | Buffer)[]; lines: readonly string[] }[] = [
  { desc: 'lines in pieces', chunks: ['a', 'b\nc', '\nd'], lines: ['ab', 'c', 'd'] },
  { desc: 'a character cut in two', chunks: [Buffer.from([0xc3]), Buffer.from([0xbc, 0x0a])], lines: ['ü'] },
  { desc: 'empty lines', chunks: ['\n\n'], lines: ['', ''] },
  { desc: 'a record of several lines', chunks: ['one\rtwo\n'], lines: ['one\ntwo'] },
  { desc: 'Windows line ends', chunks: ['one\r\ntwo\r\n'], lines: ['one', 'two'] },
  { desc: 'a line without end is cut', chunks: ['x'.repeat(LINE_LENGTH_MAX + 5)], lines: ['x'.repeat(LINE_LENGTH_MAX), 'xxxxx'] },
];
for (const row of splits) {
  test(`lines › ${row.desc}`, () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (const chunk of row.chunks) splitter.push(Buffer.from(chunk));
    splitter.flush();
    assert.deepEqual(lines, row.lines);
  });
}
