import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nearestName } from './nearest-name.ts';

const names = ['runtime', 'timeout', 'memorySize', 'name', 'environment'];
const rows: readonly { desc: string; name: string; near: string | undefined }[] = [
  { desc: 'a missing letter', name: 'runtme', near: 'runtime' },
  { desc: 'two letters swapped', name: 'enviornment', near: 'environment' },
  { desc: 'another case', name: 'memorysize', near: 'memorySize' },
  { desc: 'a short name with one wrong letter', name: 'nome', near: 'name' },
  { desc: 'a short name with two wrong letters', name: 'node', near: undefined },
  { desc: 'nothing alike', name: 'xyz', near: undefined },
  { desc: 'very long names are cut, not compared for ever', name: 'x'.repeat(1_000_000), near: undefined },
];

describe('nearestName', () => {
  for (const { desc, name, near } of rows) test(desc, () => assert.equal(nearestName(name, names), near));
});
