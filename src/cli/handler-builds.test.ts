import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { nearestName } from '../config/nearest-name.ts';
import type { DesiredState } from '../templates/desired-state.ts';
import { readServerlessYml } from '../templates/serverless-yml/read-serverless-yml.ts';
import { HandlerBuilds } from './handler-builds.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/** A service in the folder `service` of a temporary folder, so that files outside it have a place. */
function project(files: Files): string {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'stagegate-builds-')));
  folders.push(root);
  const service = path.join(root, 'service');
  write(service, files);
  return service;
}

const yml = (functions: string, more = '') =>
  `service: s\nprovider: { name: aws, runtime: nodejs22.x }\n${more}\nfunctions:\n${functions}\n`;

function desired(service: string): DesiredState {
  const { desired: state, problems } = readServerlessYml({
    file: path.join(service, 'serverless.yml'),
    environment: {},
    options: new Map(),
    params: new Map(),
    accountId: '000000000000',
    instanceId: 'x',
    lenient: false,
    nearestName,
  });
  assert.ok(state, JSON.stringify(problems));
  return state;
}

/** What a function's export gives, run by Node as an execution environment would find it. */
function run(state: DesiredState, key = 'hello'): string {
  const one = state.functions.find((other) => other.key === key);
  assert.ok(one?.codeFolder);
  const at = one.handler.indexOf('.', one.handler.lastIndexOf('/') + 1);
  const file = path.join(one.codeFolder, `${one.handler.slice(0, at)}.js`);
  const script = `const m = await import(${JSON.stringify(file)}); const f = m.${one.handler.slice(at + 1)} ?? m.default.${one.handler.slice(at + 1)}; process.stdout.write(String(await f()));`;
  const { NODE_OPTIONS = '' } = one.environment;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: one.codeFolder,
    env: { NODE_OPTIONS },
    encoding: 'utf8',
  });
}

async function withBuilds(files: Files, work: (builds: HandlerBuilds, service: string) => Promise<void>): Promise<void> {
  const service = project(files);
  const builds = new HandlerBuilds(service);
  try {
    await work(builds, service);
  } finally {
    await builds.close();
  }
}

const HELLO = '  hello: { handler: src/handler.hello }';

/** Each is a service whose function `hello` gives the text. */
const rows: readonly { readonly desc: string; readonly files: Files; readonly gives: string }[] = [
  {
    desc: 'enums, parameter properties, imports without an ending, JSON',
    files: {
      'serverless.yml': yml(HELLO),
      'src/handler.ts': `import { Greeter } from './greeter'; import data from './data.json'; export const hello = async (): Promise<string> => new Greeter(data.name).text;`,
      'src/greeter.ts': `enum Tone { Low, High } export class Greeter { constructor(private readonly name: string) {} get text(): string { return this.name + Tone[1]; } }`,
      'src/data.json': '{"name":"Ada"}',
    },
    gives: 'AdaHigh',
  },
  {
    desc: 'paths of a tsconfig.json that extends another outside the service',
    files: {
      'serverless.yml': yml(HELLO),
      'tsconfig.json': '{ // a comment\n "extends": "../tsconfig.base.json" }',
      '../tsconfig.base.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
      'src/handler.ts': `import { name } from '@lib/name'; export const hello = async () => name;`,
      '../lib/name.ts': `export const name: string = 'from lib';`,
    },
    gives: 'from lib',
  },
  {
    desc: 'decorators, as TypeScript had them first',
    files: {
      'serverless.yml': yml(HELLO),
      'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      'src/handler.ts': `function mark(target: any, key: string) { target.marked = key; } class A { @mark run() {} } export const hello = async () => (A.prototype as any).marked;`,
    },
    gives: 'run',
  },
  {
    desc: 'decorators of the language',
    files: {
      'serverless.yml': yml(HELLO),
      'src/handler.ts': `function twice(f: () => string) { return function (this: A) { return f.call(this) + f.call(this); }; } class A { @twice run() { return 'x'; } } export const hello = async () => new A().run();`,
    },
    gives: 'xx',
  },
  {
    desc: 'an ES module with top-level await, where package.json says so',
    files: {
      'serverless.yml': yml(HELLO),
      'package.json': '{"type":"module"}',
      'src/handler.mts': `const text = await Promise.resolve('awaited'); export const hello = async () => text;`,
    },
    gives: 'awaited',
  },
  {
    desc: 'CommonJS from .cts, and a package that is bundled',
    files: {
      'serverless.yml': yml(HELLO),
      'src/handler.cts': `import { seven } from 'seven'; export const hello = async () => 'n' + seven;`,
      'node_modules/seven/package.json': '{"name":"seven","main":"index.js"}',
      'node_modules/seven/index.js': 'exports.seven = 7;',
    },
    gives: 'n7',
  },
  {
    desc: 'a package that stays outside the bundle is found in node_modules',
    files: {
      'serverless.yml': yml(HELLO, 'build: { esbuild: { external: [seven] } }'),
      'src/handler.ts': `import { seven } from 'seven'; export const hello = async () => 'n' + seven;`,
      'node_modules/seven/package.json': '{"name":"seven","main":"index.js"}',
      'node_modules/seven/index.js': 'exports.seven = require("node:path").basename(__dirname);',
    },
    gives: 'nseven',
  },
  {
    desc: 'JSX, with the settings of the file',
    files: {
      'serverless.yml': yml(HELLO, 'build: { esbuild: { jsxFactory: h, define: { VERSION: \'"3"\' } } }'),
      'src/handler.tsx': `const h = (tag: string) => tag; declare const VERSION: string; export const hello = async () => <p /> + VERSION;`,
    },
    gives: 'p3',
  },
  {
    desc: 'files beside the handler, by the working directory and by __dirname',
    files: {
      'serverless.yml': yml(HELLO),
      'src/handler.ts': `import { readFileSync } from 'node:fs'; export const hello = async () => readFileSync('data/a.txt', 'utf8') + readFileSync(__dirname + '/b.txt', 'utf8');`,
      'data/a.txt': 'A',
      'src/b.txt': 'B',
    },
    gives: 'AB',
  },
];

describe('bundled handlers run', () => {
  for (const { desc, files, gives } of rows) {
    test(desc, () =>
      withBuilds(files, async (builds, service) => {
        const state = await builds.prepare(desired(service));
        assert.deepEqual(state.problems, []);
        assert.equal(run(state.desired), gives);
      }),
    );
  }
});

describe('bundled handlers', () => {
  test('a JavaScript file beside the TypeScript one is taken as it is, and nothing is loaded for it', () =>
    withBuilds({ 'serverless.yml': yml(HELLO), 'src/handler.ts': 'x', 'src/handler.js': '' }, async (builds, service) => {
      const state = await builds.prepare(desired(service));
      assert.equal(state.desired.functions[0]?.codeFolder, undefined);
      assert.equal(existsSync(path.join(service, '.stagegate')), false);
    }));

  test('stack traces name the source file and line', () =>
    withBuilds(
      {
        'serverless.yml': yml(HELLO),
        'src/handler.ts': `interface A {\n  a: 1;\n}\nexport const hello = async () => {\n  return new Error('x').stack;\n};\n`,
      },
      async (builds, service) => {
        const { desired: state } = await builds.prepare(desired(service));
        assert.match(run(state), /src\/handler\.ts:5:10/);
      },
    ));

  test('errors have a place; the last good build stays; what mends it builds again', () =>
    withBuilds(
      {
        'serverless.yml': yml(HELLO),
        'src/handler.ts': `import { a } from './a';\nexport const hello = async () => a;\n`,
        'src/a.ts': `export const a = 'one';`,
      },
      async (builds, service) => {
        const { desired: state } = await builds.prepare(desired(service));
        assert.equal(run(state), 'one');
        const file = path.join(service, 'src/a.ts');
        writeFileSync(file, `export const a = 'two' 'three';`);
        const broken = await builds.rebuild(new Set([file]));
        assert.deepEqual([...broken.changed], []);
        assert.deepEqual(broken.problems[0]?.place, { file, line: 1, column: 24 });
        assert.match(broken.problems[0]?.message ?? '', /Expected ";" but found/);
        assert.equal(builds.failureOf('hello'), broken.problems[0]);
        assert.equal(run(state), 'one');
        writeFileSync(file, `export const a = 'two';`);
        const mended = await builds.rebuild(new Set([file]));
        assert.deepEqual([[...mended.changed], mended.problems], [['hello'], []]);
        assert.equal(builds.failureOf('hello'), undefined);
        assert.equal(run(state), 'two');
      },
    ));

  test('without a good build the function says what is wrong', () =>
    withBuilds({ 'serverless.yml': yml(HELLO), 'src/handler.ts': `import './missing';\n` }, async (builds, service) => {
      const { desired: state, problems } = await builds.prepare(desired(service));
      assert.equal(problems.length, 1);
      assert.throws(() => run(state), /BuildFailed: The build failed: src\/handler\.ts:1:8 Could not resolve "\.\/missing"/);
    }));

  test('only what a change is part of becomes other code; the same output is no change', () =>
    withBuilds(
      {
        'serverless.yml': yml('  one: { handler: one.f }\n  two: { handler: two.f }\n  three: { handler: two.g }'),
        'one.ts': `import { a } from '../shared/a'; export const f = async () => a;`,
        'two.ts': `export const f = async () => 2; export const g = async () => 3;`,
        '../shared/a.ts': `export const a: number = 1;`,
      },
      async (builds, service) => {
        const { desired: state } = await builds.prepare(desired(service));
        const shared = path.join(service, '../shared/a.ts');
        assert.deepEqual(builds.filesOutside, [shared], 'watched from outside the service folder');
        writeFileSync(shared, `export const a: number = 5;`);
        assert.deepEqual([...(await builds.rebuild(new Set([shared]))).changed], ['one']);
        assert.equal(run(state, 'one'), '5');
        writeFileSync(path.join(service, 'two.ts'), `export const f = async () => 2; export const g = async () => 4;`);
        assert.deepEqual([...(await builds.rebuild(new Set([path.join(service, 'two.ts')]))).changed], ['two', 'three']);
        assert.deepEqual([...(await builds.rebuild(new Set([path.join(service, 'two.ts')]))).changed], []);
      },
    ));

  test('built files never follow a link into the service folder', () =>
    withBuilds(
      { 'serverless.yml': yml(HELLO), 'src/handler.ts': `export const hello = async () => 1;` },
      async (builds, service) => {
        const { desired: state } = await builds.prepare(desired(service));
        const folder = state.functions[0]?.codeFolder ?? '';
        assert.ok(lstatSync(path.join(folder, 'serverless.yml')).isSymbolicLink());
        assert.ok(lstatSync(path.join(folder, 'src/handler.ts')).isSymbolicLink());
        assert.ok(lstatSync(path.join(folder, 'src/handler.js')).isFile());
        assert.equal(existsSync(path.join(service, 'src/handler.js')), false);
        assert.equal(readFileSync(path.join(service, 'src/handler.ts'), 'utf8'), `export const hello = async () => 1;`);
      },
    ));
});
