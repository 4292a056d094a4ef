// Who may import whom. The folder tree is the architecture; this test holds it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = import.meta.dirname;
const leaves = [
  'model',
  'http1',
  'websocket',
  'aws',
  'iam-policy',
  'json-path',
  'vtl',
  'jwt',
  'config',
  'parameter-mapping',
  'selection-expression',
  'safe-regex',
  'secrets',
  'usage-plans',
  'json-schema',
];

/** What each folder may import at run time, and what in types only. A folder may always import itself. */
const rules: Record<string, { readonly run: readonly string[]; readonly types?: readonly string[] }> = {
  model: { run: [] },
  http1: { run: [] },
  websocket: { run: ['http1'] },
  aws: { run: [] },
  'iam-policy': { run: [] },
  'parameter-mapping': { run: [], types: ['model'] },
  'selection-expression': { run: ['json-path'], types: ['model'] },
  jwt: { run: [] },
  'json-path': { run: ['safe-regex'] },
  vtl: { run: ['json-path', 'safe-regex'] },
  'safe-regex': { run: [] },
  secrets: { run: [] },
  'usage-plans': { run: [] },
  'json-schema': { run: ['safe-regex'] },
  config: { run: [] },
  store: { run: ['model'] },
  'data-plane': { run: leaves },
  compile: { run: [...leaves, 'data-plane'] },
  'front-door': { run: ['data-plane', 'http1', 'websocket', 'model'], types: ['compile'] },
  'control-plane': {
    run: [
      'model',
      'aws',
      'iam-policy',
      'json-schema',
      'parameter-mapping',
      'selection-expression',
      'safe-regex',
      'secrets',
      'usage-plans',
      'vtl',
      'store',
    ],
  },
  templates: { run: ['model', 'control-plane'], types: ['config', 'aws'] },
  lambda: { run: ['model', 'http1', 'aws', 'iam-policy', 'store'], types: ['data-plane'] },
  services: { run: ['model', 'http1', 'aws', 'iam-policy', 'safe-regex', 'secrets', 'store'], types: ['data-plane'] },
  cli: { run: ['stagegate.ts', 'config', 'templates', 'aws', 'json-path', 'vtl', 'websocket'], types: ['model'] },
  composition: { run: ['*'] },
  'stagegate.ts': { run: ['*'] },
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sourceFiles(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.fuzz.ts') && !file.endsWith('.bench.ts'),
  );
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(/^\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'(\.[^']+)'/gm)) {
    const target = path.relative(root, path.resolve(root, path.dirname(file), match[3] as string));
    found.push({ file, from: room(file), to: room(target), typeOnly: match[2] !== undefined });
  }
  return found;
}

function room(file: string): string {
  return file.split(path.sep)[0] as string;
}

test('folders import only whom the architecture allows', () => {
  const files = sourceFiles();
  assert.ok(files.length > 10, 'the test must see the source files');
  const broken: string[] = [];
  for (const entry of files.flatMap(importsOf)) {
    if (entry.from === entry.to) continue;
    const rule = rules[entry.from];
    const allowed = rule !== undefined && (rule.run.includes('*') || rule.run.includes(entry.to));
    const allowedAsType = entry.typeOnly && rule?.types?.includes(entry.to) === true;
    if (!allowed && !allowedAsType) broken.push(`${entry.file} imports ${entry.to}`);
  }
  assert.deepEqual(broken, []);
});

test('every folder has a rule', () => {
  const rooms = new Set(sourceFiles().map(room));
  assert.deepEqual(
    [...rooms].filter((name) => rules[name] === undefined),
    [],
  );
});

test('nothing user-supplied can be run as code, and no barrel files', () => {
  const broken: string[] = [];
  for (const file of sourceFiles()) {
    if (file.includes('generated')) continue;
    const text = readFileSync(path.join(root, file), 'utf8');
    if (/\beval\(|new Function\(|from 'node:vm'|require\('vm'\)/.test(text)) broken.push(`${file}: eval, Function or vm`);
    if (/^export \* from/m.test(text)) broken.push(`${file}: export *`);
    if (/^export default/m.test(text)) broken.push(`${file}: default export`);
  }
  assert.deepEqual(broken, []);
});
