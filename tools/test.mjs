// `npm test`: everything that has to hold before a change is taken. Runs on any Node >= 20 and sets up a fresh clone first.
//   npm test                      check (types, lint, generated files), then every test
//   npm test -- src               one or more groups: check src wire parity
//   npm test -- wire --test-name-pattern=CORS     flags go on to `node --test`
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { node, root, setup } from './setup.mjs';

const groups = { src: 'src', parity: 'test/parity', wire: 'test/wire' };
const checks = [
  ['types', [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']],
  ['lint', [path.join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']],
  ['generated files', ['tools/generate-wire-contract.ts', '--check']],
];
/** The whole run may not take longer than this; a hanging test is a failing test. */
const limitMs = 25 * 60_000;

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = asked.filter((name) => name !== 'check' && !(name in groups));
if (unknown.length > 0) {
  console.error(`Unknown test group: ${unknown.join(', ')}. Groups: check ${Object.keys(groups).join(' ')}.`);
  process.exit(2);
}
const chosen = asked.length === 0 ? ['check', ...Object.keys(groups)] : asked;

setup();
const deadline = Date.now() + limitMs;
const failed = [];

if (chosen.includes('check')) {
  for (const [name, args] of checks) {
    const started = Date.now();
    const { code } = await run(args);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (code !== 0) failed.push(name);
  }
}

const folders = Object.keys(groups)
  .filter((name) => chosen.includes(name))
  .map((name) => groups[name]);
if (folders.length > 0) {
  const files = folders.flatMap(testFiles);
  if (files.length === 0) {
    console.error(`No test file (*.test.ts) in ${folders.join(', ')}.`);
    process.exit(1);
  }
  const { code, output } = await run([
    '--test',
    '--test-concurrency=2',
    '--test-timeout=180000',
    '--test-reporter=spec',
    ...flags,
    ...files,
  ]);
  const ran = count(output, 'tests') - count(output, 'skipped') - count(output, 'todo');
  if (code !== 0) failed.push('tests');
  else if (!(ran > 0)) {
    console.error('No test ran. A run that tests nothing is a failure: check the groups and the name pattern.');
    failed.push('no test ran');
  }
}

if (failed.length > 0) console.error(`npm test FAILED: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);

function testFiles(folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .map((file) => path.join(folder, file))
    .sort();
}

/** The figure of a summary line such as `ℹ tests 12`; NaN when the summary is not there. */
function count(output, word) {
  // Colours are ANSI escapes.
  const lines = [...output.replaceAll(/\u001b\[[0-9;]*m/g, '').matchAll(new RegExp(`^\\S+ ${word} (\\d+)$`, 'gm'))];
  return Number(lines.at(-1)?.[1] ?? Number.NaN);
}

/** Runs the project's Node in the project's root, passing its output on and keeping it. Killed at the deadline. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (bytes) => {
      output += bytes;
      process.stdout.write(bytes);
    });
    const timer = setTimeout(
      () => {
        console.error(`Stopped: not finished after ${limitMs / 60_000} minutes: node ${args.slice(0, 3).join(' ')} …`);
        child.kill('SIGKILL');
      },
      Math.max(1_000, deadline - Date.now()),
    );
    child.on('error', (error) => {
      console.error(String(error));
      resolve({ code: 1, output });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}
