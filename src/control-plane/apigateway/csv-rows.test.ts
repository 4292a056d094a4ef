import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCsvRows } from './csv-rows.ts';

const rows: [desc: string, text: string, rows: string[][] | undefined][] = [
  ['nothing', '', []],
  ['one field', 'a', [['a']]],
  [
    'line ends of both kinds, and at the end',
    'a,b\r\nc,d\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'empty fields',
    ',\na,',
    [
      ['', ''],
      ['a', ''],
    ],
  ],
  ['empty lines are no rows', 'a\n\n\r\nb\n\n', [['a'], ['b']]],
  ['blanks around a field', ' a , b ', [['a', 'b']]],
  ['commas, line ends and quotes in quotes', '"a,b","c\nd","e""f"', [['a,b', 'c\nd', 'e"f']]],
  ['an empty quoted field', '"",x', [['', 'x']]],
  ['a byte order mark', '\uFEFFa', [['a']]],
  ['an open quote', '"a', undefined],
  ['a quote inside of a field', 'a"b', undefined],
  ['text behind a quote', '"a"b', undefined],
];
for (const [desc, text, expected] of rows) test(desc, () => assert.deepEqual(parseCsvRows(text), expected));
