import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { CodeFolders } from './code-folders.ts';
import { writeZip } from './testing/zip-writer.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'stagegate-code-'));
});
afterEach(async () => {
  await (await CodeFolders.open(root)).remove();
  rmSync(root, { recursive: true, force: true });
});

const digest = (archive: Buffer): string => createHash('sha256').update(archive).digest('base64');
const unpacked = (): string[] => readdirSync(root).filter((name) => name !== 'package.json');

test('an archive is unpacked once, read-only', async () => {
  const code = await CodeFolders.open(root);
  const archive = writeZip([
    { name: 'a/b.js', data: 'b' },
    { name: 'run', data: '#!', mode: 0o100755 },
  ]);
  const [folder, again] = await Promise.all([code.unpack(archive, digest(archive)), code.unpack(archive, digest(archive))]);
  assert.equal(folder, again);
  assert.equal(typeof folder, 'string');
  assert.equal(code.known(digest(archive)), folder);
  assert.equal(readFileSync(path.join(folder as string, 'a/b.js'), 'utf8'), 'b');
  assert.equal(statSync(path.join(folder as string, 'a/b.js')).mode & 0o777, 0o444);
  assert.equal(statSync(path.join(folder as string, 'run')).mode & 0o777, 0o555);
  assert.equal(statSync(path.join(folder as string, 'a')).mode & 0o777, 0o555);
  assert.equal(unpacked().length, 1);
});

test('a large file is unpacked piece by piece', async () => {
  const code = await CodeFolders.open(root);
  const data = Buffer.alloc(3_000_000, 'abcdefg');
  const archive = writeZip([{ name: 'big', data }]);
  const folder = await code.unpack(archive, digest(archive));
  assert.deepEqual(readFileSync(path.join(folder as string, 'big')), data);
});

const damaged: readonly { desc: string; archive: Buffer }[] = [
  { desc: 'a small file larger than it says', archive: writeZip([{ name: 'a', data: 'x'.repeat(1000), claimedBytes: 10 }]) },
  { desc: 'a bomb', archive: writeZip([{ name: 'a', data: Buffer.alloc(50_000_000), claimedBytes: 1_500_000 }]) },
  { desc: 'a file smaller than it says', archive: writeZip([{ name: 'a', data: 'x', claimedBytes: 10 }]) },
  { desc: 'a wrong checksum', archive: writeZip([{ name: 'a', data: 'x', claimedCrc32: 1 }]) },
  {
    desc: 'a wrong checksum of a large file',
    archive: writeZip([{ name: 'a', data: Buffer.alloc(2_000_000), claimedCrc32: 1 }]),
  },
  {
    desc: 'data that is not deflated',
    archive: writeZip([{ name: 'a', data: Buffer.alloc(100, 0xff), stored: true, method: 8 }]),
  },
];
for (const { desc, archive } of damaged) {
  test(`refused and nothing left › ${desc}`, async () => {
    const code = await CodeFolders.open(root);
    const result = await code.unpack(archive, digest(archive));
    assert.equal(typeof result, 'object');
    assert.match((result as { fault: string }).fault, /damaged/);
    assert.deepEqual(unpacked(), []);
  });
}

test('what an earlier process left is used when it is whole, and made again when it is not', async () => {
  const archive = writeZip([{ name: 'a.js', data: 'good' }]);
  const folder = (await (await CodeFolders.open(root)).unpack(archive, digest(archive))) as string;
  const inode = statSync(folder).ino;
  assert.equal(await (await CodeFolders.open(root)).unpack(archive, digest(archive)), folder);
  assert.equal(statSync(folder).ino, inode);
  chmodSync(path.join(folder, 'a.js'), 0o644);
  writeFileSync(path.join(folder, 'a.js'), 'evil');
  await (await CodeFolders.open(root)).unpack(archive, digest(archive));
  assert.equal(readFileSync(path.join(folder, 'a.js'), 'utf8'), 'good');
});

test('code nobody uses goes', async () => {
  const code = await CodeFolders.open(root);
  const [one, two] = [writeZip([{ name: 'a/b', data: '1' }]), writeZip([{ name: 'a/b', data: '2' }])] as const;
  const [kept, gone] = [(await code.unpack(one, digest(one))) as string, (await code.unpack(two, digest(two))) as string];
  await (await CodeFolders.open(root)).prune(new Set([digest(one)]));
  assert.equal(existsSync(kept), true);
  assert.equal(existsSync(gone), false);
});
