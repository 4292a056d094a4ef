import assert from 'node:assert/strict';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { openDocument, readDocument } from './document-node.ts';
import { parseAside } from './parse-aside.ts';
import { DocumentFault, DocumentLines, parseOpenApiText } from './parse-document.ts';
import { withLines } from './pending-lines.ts';

/** A document of some 400 KB: half a second of reading. */
const large = Array.from({ length: 12_000 }, (_, i) => `name${i}: {a: [1, "x${i}"], b: 2.0}\n`).join('');

test('a long YAML text is the same as it would be, and nobody waits for it', { timeout: 60_000 }, async () => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAt = performance.now();
  const value = await parseAside(large);
  const took = performance.now() - startedAt;
  delay.disable();
  assert.deepEqual(value, parseOpenApiText(large));
  // What comes from the thread is unpacked here.
  assert.ok(delay.max / 1e6 < took / 2, `${delay.max / 1e6} of ${took} ms`);
});

test('what is wrong with a long text is said with its line', async () => {
  await assert.rejects(parseAside(`${large}name0: again\n`), (error: unknown) => {
    assert.ok(error instanceof DocumentFault);
    assert.match(error.message, /Map keys must be unique/);
    assert.equal(error.line, 12_001);
    return true;
  });
  const variables = { AccountId: '1', Partition: 'aws', Region: 'us-east-1' };
  await assert.rejects(openDocument(`${large}name0: again\n`, variables), /Invalid OpenAPI input.*line 12001/);
});

test('several at once are read one after the other, those that are none too', { timeout: 60_000 }, async () => {
  const bad = `${large}- what\n`;
  const found = await Promise.allSettled([parseAside(large), parseAside(bad), parseAside('a: 1'), parseAside(large)]);
  assert.deepEqual(
    found.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  );
});

test('the text is read once for the lines of all its values', () => {
  const text = large.slice(0, 100_000);
  const lines = new DocumentLines(text);
  const startedAt = performance.now();
  assert.equal(lines.lineOf(['name5', 'a', '1']), 6);
  const first = performance.now() - startedAt;
  for (let i = 0; i < 50; i++) assert.equal(lines.lineOf([`name${i}`]), i + 1);
  assert.ok(performance.now() - startedAt < first * 5, 'fifty more take less than four readings would');
  assert.equal(lines.lineOf(['name7', 'nothing', 'here']), 8);
  assert.equal(new DocumentLines(large.repeat(3)).lineOf(['name5']), undefined);
});

const near = { AccountId: '1', Partition: 'aws', Region: 'us-east-1' };

for (const [desc, text, line] of [
  ['short', 'name0: 1\nname1: {a: [1, x]}\n', 2],
  ['long', large, 2],
  ['too long for lines', large.repeat(3), undefined],
] as const) {
  test(`an error about a value of a ${desc} document says where it stands`, async () => {
    const root = text.length > 1e6 ? readJson(text) : await openDocument(text, near);
    const wrong = withLines(text, async () => {
      throw root.member('name1')?.member('a')?.fault('Wrong \0["name3"]\0 here.');
    });
    const told = await wrong.catch((error: Error) => error.message);
    const at = line === undefined ? '' : ` (line ${line})`;
    assert.ok(String(told).endsWith(` here. At /name1/a${at}.`), String(told));
  });
}

/** What is too long for YAML can still be a document: as JSON. */
function readJson(text: string): ReturnType<typeof readDocument> {
  return readDocument(JSON.stringify({ name1: { a: [1] }, fill: text }), near);
}
