// Exported YAML means the same to readers of YAML 1.1 and 1.2.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { yamlText } from './yaml-text.ts';

test('texts stay texts, whichever version of YAML reads them', () => {
  const texts = [
    '2012-10-17',
    '2026-11-28T08:10:58Z',
    'yes',
    'No',
    'on',
    'off',
    '12:30',
    '1_000',
    '0b1',
    '010',
    '=',
    '<<',
    '~',
    'y',
  ];
  const document = { info: { version: '2026-11-28T08:10:58Z' }, enum: texts, on: { yes: 1 }, shared: [texts, texts] };
  const text = yamlText(document);
  for (const version of ['1.1', '1.2'] as const) assert.deepEqual(parse(text, { version }), document, version);
  for (const one of texts) assert.ok(text.includes(`- "${one}"\n`), `${one} is quoted in\n${text}`);
});
