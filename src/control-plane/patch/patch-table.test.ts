import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AwsError } from '../../aws/aws-error.ts';
import type { SentPatchOperation } from './patch-operation.ts';
import { entryRow, flagRow, itemRow, textRow } from './patch-rows.ts';
import { applyPatch, type PatchTable, type RefusalManner } from './patch-table.ts';

interface Noun {
  readonly name?: string;
  readonly on?: boolean;
  readonly entries?: Readonly<Record<string, string>>;
  readonly items?: readonly string[];
  readonly where?: string;
}

const table = (manner: RefusalManner): PatchTable<Noun> => ({
  manner,
  rows: [
    textRow('name'),
    flagRow('on'),
    entryRow('entries'),
    itemRow('items'),
    { path: '/{method+}/metrics/enabled', ops: ['replace'], apply: (state, { path }) => ({ ...state, where: path }) },
  ],
});

const start: Noun = { name: 'a', entries: { x: '1' }, items: ['i'] };

describe('a patch changes', () => {
  const rows: readonly [description: string, patch: SentPatchOperation[], changed: Noun][] = [
    ['nothing without operations', [], start],
    ['a text', [{ op: 'replace', path: '/name', value: 'b' }], { ...start, name: 'b' }],
    ['a text away', [{ op: 'replace', path: '/name', value: '' }], { entries: { x: '1' }, items: ['i'] }],
    ['a flag', [{ op: 'replace', path: '/on', value: 'TRUE' }], { ...start, on: true }],
    ['a flag off by anything else', [{ op: 'replace', path: '/on', value: 'yes' }], { ...start, on: false }],
    ['an entry in', [{ op: 'add', path: '/entries/y', value: '2' }], { ...start, entries: { x: '1', y: '2' } }],
    [
      'an entry whose name has a slash',
      [{ op: 'add', path: '/entries/a~1b~0', value: '2' }],
      { ...start, entries: { x: '1', 'a/b~': '2' } },
    ],
    ['the last entry away, with the member', [{ op: 'remove', path: '/entries/x' }], { name: 'a', items: ['i'] }],
    [
      'an item in, once',
      [
        { op: 'add', path: '/items', value: 'j' },
        { op: 'add', path: '/items', value: 'i' },
      ],
      { ...start, items: ['j', 'i'] },
    ],
    ['an item away', [{ op: 'remove', path: '/items', value: 'i' }], { name: 'a', entries: { x: '1' } }],
    [
      'what the operation before made',
      [
        { op: 'add', path: '/entries/y', value: '2' },
        { op: 'replace', path: '/entries/y', value: '3' },
      ],
      { ...start, entries: { x: '1', y: '3' } },
    ],
    [
      'by a path of one segment',
      [{ op: 'replace', path: '/a/metrics/enabled', value: '' }],
      { ...start, where: '/a/metrics/enabled' },
    ],
    [
      'by a path of several',
      [{ op: 'replace', path: '/a/b/GET/metrics/enabled' }],
      { ...start, where: '/a/b/GET/metrics/enabled' },
    ],
  ];
  for (const [description, patch, changed] of rows) {
    test(description, () => assert.deepEqual(applyPatch(table('plain'), start, patch), changed));
  }

  test('an entry called __proto__ like any other', () => {
    const { entries } = applyPatch(table('plain'), start, [{ op: 'add', path: '/entries/__proto__', value: '2' }]);
    assert.deepEqual(Object.keys(entries ?? {}), ['x', '__proto__']);
    assert.equal(({} as Record<string, unknown>)['2'], undefined);
  });
});

describe('a patch is refused', () => {
  const listed = '/name, /on, /entries/{name}, /items, /{method+}/metrics/enabled';
  const rows: readonly [manner: RefusalManner, patch: SentPatchOperation, message: string][] = [
    ['plain', { op: 'replace', path: '/other', value: 'x' }, 'Invalid patch path /other'],
    ['plain', { op: 'replace', path: '/entries', value: 'x' }, 'Invalid patch path /entries'],
    ['plain', { op: 'replace', path: 'name', value: 'x' }, 'Invalid patch path name'],
    ['plain', { op: 'add', path: '/name', value: 'x' }, 'Invalid patch operation specified. Must be one of: [replace]'],
    ['plain', { op: 'test', path: '/name', value: 'x' }, 'Invalid patch operation specified. Must be one of: [replace]'],
    ['plain', { op: 'replace', path: '/entries/none', value: 'x' }, 'Invalid parameter name specified'],
    ['plain', { op: 'remove', path: '/items', value: 'none' }, 'none was not found at /items'],
    ['plain', { op: 'add', value: 'x' }, 'Invalid patch path null'],
    ['paths', { op: 'add', path: '/name', value: 'x' }, 'Invalid patch path /name'],
    [
      'listing',
      { op: 'replace', path: '/other' },
      `Invalid patch path  '/other' specified for op 'replace'. Must be one of: [${listed}]`,
    ],
    [
      'listing',
      { op: 'add', path: '/other' },
      "Invalid patch path  '/other' specified for op 'add'. Please choose supported operations",
    ],
    [
      'listing',
      { op: 'add', path: '/name' },
      "Invalid patch path  '/name' specified for op 'add'. Please choose supported operations",
    ],
  ];
  for (const [manner, patch, message] of rows) {
    test(`${manner}: ${patch.op} ${patch.path}`, () => {
      assert.throws(
        () => applyPatch(table(manner), start, [patch]),
        (error) => error instanceof AwsError && error.message === message,
      );
    });
  }

  test('with more operations than anybody sends', () => {
    const patch = Array.from({ length: 1_001 }, () => ({ op: 'replace', path: '/name', value: 'b' }) as const);
    assert.throws(() => applyPatch(table('plain'), start, patch), /at most 1000 patch operations/);
  });
});
