import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isIgnoredPath, type ServiceWatch, watchService } from './watch-service.ts';

describe('watchService', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-watch-'));
  const outside = mkdtempSync(path.join(os.tmpdir(), 'stagegate-shared-'));
  const told: string[][] = [];
  let watching: ServiceWatch;
  const file = (name: string) => path.join(folder, name);
  const replace = (name: string, text: string) => {
    writeFileSync(`${file(name)}.tmp`, text);
    renameSync(`${file(name)}.tmp`, file(name));
  };

  before(() => {
    mkdirSync(file('src/deep'), { recursive: true });
    mkdirSync(file('node_modules/x'), { recursive: true });
    writeFileSync(file('src/deep/b.js'), '1');
    watching = watchService(
      folder,
      (files) => told.push([...files].map((one) => path.relative(folder, one))),
      (error) => assert.fail(error),
    );
    watching.setFurtherFiles([path.join(outside, 'shared.yml'), file('serverless.yml')]);
  });
  after(() => {
    watching.close();
    rmSync(folder, { recursive: true });
    rmSync(outside, { recursive: true });
  });

  async function toldOf(name: string, change: () => void): Promise<void> {
    told.length = 0;
    change();
    const end = Date.now() + 5000;
    while (!told.flat().includes(name)) {
      assert.ok(Date.now() < end, `${name} was not told of: ${JSON.stringify(told)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  test('a file written in place, and again', async () => {
    await toldOf('a.js', () => writeFileSync(file('a.js'), '1'));
    await toldOf('a.js', () => writeFileSync(file('a.js'), '2'));
  });

  test('a file replaced as editors do, and again', async () => {
    await toldOf('src/deep/b.js', () => replace('src/deep/b.js', '2'));
    await toldOf('src/deep/b.js', () => replace('src/deep/b.js', '3'));
  });

  test('a file in a new folder', async () => {
    await toldOf('new/c.js', () => {
      mkdirSync(file('new'));
      writeFileSync(file('new/c.js'), '1');
    });
  });

  test('an included file outside the folder', async () => {
    await toldOf(path.relative(folder, path.join(outside, 'shared.yml')), () =>
      writeFileSync(path.join(outside, 'shared.yml'), 'a: 1'),
    );
  });

  test('an archive of the definition, in a folder that is not watched otherwise', async () => {
    mkdirSync(file('.serverless'), { recursive: true });
    watching.setFurtherFiles([path.join(outside, 'shared.yml'), file('.serverless/function.zip')]);
    await toldOf('.serverless/function.zip', () => writeFileSync(file('.serverless/function.zip'), '1'));
  });

  test('many writes are one change', async () => {
    await toldOf('z.js', () => {
      for (let i = 0; i < 20; i++) writeFileSync(file(`many-${i}.js`), '1');
      writeFileSync(file('z.js'), '1');
    });
    assert.equal(told.length, 1);
  });

  test('what does not matter is not told', async () => {
    for (const name of [
      'node_modules/x/y.js',
      '.git/HEAD',
      '.stagegate/stagegate.sqlite',
      'x.log',
      'a.js~',
      '.a.js.swp',
      'state.sqlite-wal',
    ]) {
      assert.ok(isIgnoredPath(name), name);
    }
    for (const name of ['serverless.yml', '.env', 'src/a.ts', 'data.json', 'views/index.html'])
      assert.ok(!isIgnoredPath(name), name);
    await toldOf('last.js', () => {
      writeFileSync(file('node_modules/x/y.js'), '1');
      writeFileSync(file('x.log'), '1');
      writeFileSync(file('last.js'), '1');
    });
    assert.deepEqual(told, [['last.js']]);
  });
});
