import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { importGraph, mayConcern } from './import-graph.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-graph-'));
after(() => rmSync(folder, { recursive: true }));

const files: Readonly<Record<string, string>> = {
  'plain.js': `const a = require('./lib/alpha'); exports.f = () => a;`,
  'lib/alpha.js': `module.exports = require("../data.json");`,
  'lib/beta.js': 'module.exports = 2;',
  'lib/gamma.js': 'module.exports = 3;',
  'data.json': '{}',
  'module.mjs': `import { x } from './lib/beta.js'; export * from "./lib/gamma.js"; await import('./late.mjs');`,
  'late.mjs': 'export const x = 1;',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a file
  'open.js': 'exports.f = (name) => require(`./lib/${name}`);',
  'handed.js': 'const load = require; exports.f = () => load("./lib/beta");',
  'thread.js': `const { Worker } = require('node:worker_threads'); new Worker(__dirname + '/lib/beta.js');`,
  'later.js': `require('./not-there-yet');`,
};
mkdirSync(path.join(folder, 'lib'));
for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);

const rows: readonly (readonly [desc: string, entry: string, changed: string, concerned: boolean])[] = [
  ['the handler itself', 'plain.js', 'plain.js', true],
  ['a required file', 'plain.js', 'lib/alpha.js', true],
  ['a file two steps away', 'plain.js', 'data.json', true],
  ['code that nobody names', 'plain.js', 'lib/beta.js', false],
  ['TypeScript, which only bundles hold', 'plain.js', 'src/x.ts', false],
  ['data that may be read by name', 'plain.js', 'page.html', true],
  ['an import', 'module.mjs', 'lib/beta.js', true],
  ['a re-export', 'module.mjs', 'lib/gamma.js', true],
  ['a late import', 'module.mjs', 'late.mjs', true],
  ['code of another function', 'module.mjs', 'lib/alpha.js', false],
  ['a name that is put together', 'open.js', 'lib/alpha.js', true],
  ['require handed on', 'handed.js', 'lib/beta.js', true],
  ['a thread', 'thread.js', 'lib/beta.js', true],
  ['a file that is not there yet', 'later.js', 'lib/gamma.js', true],
];

describe('which changes concern a function', () => {
  for (const [desc, entry, changed, concerned] of rows) {
    test(desc, () => {
      assert.equal(mayConcern(importGraph(path.join(folder, entry)), path.join(folder, changed)), concerned);
    });
  }
});
