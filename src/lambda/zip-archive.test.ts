import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeZip, type ZipFile, type ZipOptions } from './testing/zip-writer.ts';
import { isZipFault, readZipEntries } from './zip-archive.ts';

const limits = { entriesMax: 10, bytesMax: 1000 };
const file: ZipFile = { name: 'index.js', data: 'exports.a = 1;' };

const refused: readonly { desc: string; files: readonly ZipFile[]; options?: ZipOptions; fault: RegExp }[] = [
  { desc: 'a path that climbs', files: [{ name: '../evil.js', data: '' }], fault: /not a plain relative path/ },
  { desc: 'a path that climbs inside', files: [{ name: 'a/../../evil.js', data: '' }], fault: /not a plain relative path/ },
  { desc: 'an absolute path', files: [{ name: '/etc/passwd', data: '' }], fault: /not a plain relative path/ },
  { desc: 'a drive', files: [{ name: 'C:evil.js', data: '' }], fault: /not a plain relative path/ },
  { desc: 'a backslash', files: [{ name: '..\\evil.js', data: '' }], fault: /not a plain relative path/ },
  { desc: 'a NUL in the name', files: [{ name: 'a\0.js', data: '' }], fault: /not a plain relative path/ },
  { desc: 'a symbolic link', files: [{ name: 'link', data: '/etc/passwd', mode: 0o120777 }], fault: /a link or a device/ },
  { desc: 'a device', files: [{ name: 'null', data: '', mode: 0o020666 }], fault: /a link or a device/ },
  { desc: 'an encrypted file', files: [{ ...file, flags: 1 }], fault: /is encrypted/ },
  { desc: 'an unknown method', files: [{ ...file, method: 12 }], fault: /method 12/ },
  { desc: 'zip64 sizes', files: [{ ...file, claimedBytes: 0xffffffff }], fault: /zip64/ },
  { desc: 'a name twice', files: [file, file], fault: /is there twice/ },
  { desc: 'a name twice, spelled differently', files: [file, { ...file, name: './index.js' }], fault: /is there twice/ },
  {
    desc: 'a file that is also a folder',
    files: [
      { name: 'a', data: '' },
      { name: 'a/b', data: '' },
    ],
    fault: /a file and a folder|is there twice/,
  },
  {
    desc: 'a folder that is also a file',
    files: [
      { name: 'a/b', data: '' },
      { name: 'a', data: '' },
    ],
    fault: /is there twice/,
  },
  { desc: 'data shared by two entries', files: [file, { ...file, sharesDataOf: 0 }], fault: /is there twice|overlaps/ },
  {
    desc: 'data shared under another name',
    files: [file, { ...file, name: 'other.js', sharesDataOf: 0 }],
    fault: /two headers .* disagree|overlaps/,
  },
  { desc: 'headers that disagree', files: [{ ...file, localName: 'other.js' }], fault: /two headers .* disagree/ },
  { desc: 'data that runs into the directory', files: [{ ...file, claimedCompressedBytes: 5000 }], fault: /overlaps/ },
  { desc: 'stored data of another size', files: [{ ...file, stored: true, claimedBytes: 99 }], fault: /sizes .* disagree/ },
  {
    desc: 'bytes before the archive',
    files: [file],
    options: { prefix: Buffer.from('#!/bin/sh\n') },
    fault: /central directory is not where/,
  },
  { desc: 'a wrong count', files: [file], options: { claimedCount: 2 }, fault: /central directory is damaged/ },
  {
    desc: 'too small a count',
    files: [file, { ...file, name: 'b.js' }],
    options: { claimedCount: 1 },
    fault: /more than its entries/,
  },
  {
    desc: 'too many entries',
    files: Array.from({ length: 11 }, (_, index) => ({ name: `${index}.js`, data: '' })),
    fault: /more than 10 entries/,
  },
  { desc: 'too many bytes', files: [{ name: 'big', data: 'x'.repeat(1001) }], fault: /more than 1000 bytes/ },
];
for (const row of refused) {
  test(`zip refused › ${row.desc}`, () => {
    const result = readZipEntries(writeZip(row.files, row.options), limits);
    assert.ok(isZipFault(result), JSON.stringify(result));
    assert.match(result.fault, row.fault);
    assert.equal(result.tooLarge, row.desc === 'too many bytes');
  });
}

test('zip read › files, folders, modes, comment', () => {
  const archive = writeZip(
    [
      { name: './', data: '' },
      { name: 'bin/', data: '' },
      { name: 'bin/run', data: 'x', mode: 0o100755 },
      { name: './index.js', data: 'y', stored: true },
    ],
    { comment: 'made by hand' },
  );
  const entries = readZipEntries(archive, limits);
  assert.ok(!isZipFault(entries));
  assert.deepEqual(
    entries.map(({ name, isFolder, isExecutable, method }) => ({ name, isFolder, isExecutable, method })),
    [
      { name: 'bin', isFolder: true, isExecutable: true, method: 0 },
      { name: 'bin/run', isFolder: false, isExecutable: true, method: 8 },
      { name: 'index.js', isFolder: false, isExecutable: false, method: 0 },
    ],
  );
});

test('zip read › no bytes, any prefix of an archive, any flipped byte: an answer, never a crash', () => {
  const archive = writeZip([file, { name: 'lib/b.js', data: 'b'.repeat(100) }]);
  for (let length = 0; length < archive.length; length++)
    assert.ok(isZipFault(readZipEntries(archive.subarray(0, length), limits)));
  for (let at = 0; at < archive.length; at++) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const damaged = Buffer.from(archive);
      damaged[at] = (damaged[at] as number) ^ flip;
      readZipEntries(damaged, limits);
    }
  }
});
