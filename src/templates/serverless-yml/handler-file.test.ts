import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { readServerlessYml } from './read-serverless-yml.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-handler-file-'));
after(() => rmSync(folder, { recursive: true }));
const FILES = {
  'module.js': "import { text } from './libs/text'\nexport const main = async () => text;\n",
  'reexport.js': "'use strict';\n  export { main } from './module';\n",
  'common.js': "exports.main = async () => 'import x'; // export default\n",
  'typed.ts': 'export const main = async (): Promise<void> => {};\n',
};
for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);

/** Names of the functions that are bundled, and the settings. */
function bundled(head: string) {
  const file = path.join(folder, 'serverless.yml');
  const names = ['module', 'reexport', 'common', 'typed'];
  writeFileSync(
    file,
    `service: s\nprovider: { name: aws }\n${head}\nfunctions:\n${names.map((name) => `  ${name}: { handler: ${name}.main }\n`).join('')}`,
  );
  const { desired, problems } = readServerlessYml({
    file,
    environment: {},
    options: new Map(),
    params: new Map(),
    accountId: '000000000000',
    instanceId: 'x',
    lenient: false,
    nearestName: () => undefined,
  });
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  return {
    names: desired?.functions.filter((one) => one.bundle !== undefined).map(({ key }) => key),
    options: desired?.bundler?.options,
  };
}

describe('which handlers are bundled', () => {
  const rows: readonly (readonly [desc: string, head: string, names: readonly string[]])[] = [
    ['without a bundler those in TypeScript alone', '', ['typed']],
    ['a plugin that compiles TypeScript changes nothing', 'plugins: [serverless-plugin-typescript]', ['typed']],
    ['serverless-esbuild: modules in JavaScript, too', 'plugins: [serverless-esbuild]', ['module', 'reexport', 'typed']],
    ['serverless-webpack', 'plugins: [serverless-webpack]', ['module', 'reexport', 'typed']],
    ['build.esbuild of version 4', 'build: { esbuild: { bundle: true } }', ['module', 'reexport', 'typed']],
    ['build: esbuild', 'build: esbuild', ['module', 'reexport', 'typed']],
    [
      'a setting that changes the code: all',
      'custom: { esbuild: { define: { A: "1" } } }',
      ['module', 'reexport', 'common', 'typed'],
    ],
    ['build.esbuild: false', 'plugins: [serverless-esbuild]\nbuild: { esbuild: false }', []],
  ];
  for (const [desc, head, names] of rows) test(desc, () => assert.deepEqual(bundled(head).names, names));

  test('webpack projects have JSX in .js, unless the file says what .js is', () => {
    assert.deepEqual(bundled('plugins: [serverless-webpack]').options, { loader: { '.js': 'jsx' } });
    assert.deepEqual(bundled('plugins: [serverless-webpack]\ncustom: { esbuild: { loader: { .js: js } } }').options, {
      loader: { '.js': 'js' },
    });
  });
});
