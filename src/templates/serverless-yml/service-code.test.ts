// A service file that is code: serverless.ts as the templates of the Serverless Framework lay it out.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { nearestName } from '../../config/nearest-name.ts';
import { readServerlessYml } from './read-serverless-yml.ts';

const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'stagegate-service-code-')));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

function read(name: string, files: Readonly<Record<string, string>>) {
  const folder = path.join(root, String(++folders));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const reading = readServerlessYml({
    file: path.join(folder, name),
    environment: { PATH: process.env['PATH'], STAGE_NAME: 'given' },
    options: new Map([['stage', 'test']]),
    params: new Map(),
    accountId: '000000000000',
    instanceId: 'x',
    lenient: false,
    nearestName,
  });
  return { folder, ...reading };
}

describe('a service file that is code', () => {
  test('TypeScript with paths, types, and functions in folders of their own', () => {
    const { desired, problems, files, folder } = read('serverless.ts', {
      'serverless.ts': `import type { AWS } from '@serverless/typescript';
import hello from '@functions/hello';
enum Size { Small = 128 }
const configuration: AWS = {
  service: 'coded',
  plugins: ['serverless-esbuild'],
  provider: { name: 'aws', runtime: 'nodejs22.x', memorySize: Size.Small, environment: { NAME: '\${env:STAGE_NAME}', STAGE: '\${sls:stage}' } },
  functions: { hello },
};
module.exports = configuration;
`,
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@functions/*": ["./src/functions/*"] } } }',
      'src/functions/hello/index.ts': `const here = __dirname.split(process.cwd())[1]!.substring(1);
export default { handler: here + '/handler.main', events: [{ httpApi: { method: 'get', path: '/hello' } }] };
`,
      'src/functions/hello/handler.ts': `export const main = async () => 'hello';`,
    });
    assert.deepEqual(problems, []);
    const [hello] = desired?.functions ?? [];
    assert.equal(hello?.handler, 'src/functions/hello/handler.main');
    assert.equal(hello?.bundle?.entry, 'src/functions/hello/handler.ts');
    assert.deepEqual(hello?.environment, { NAME: 'given', STAGE: 'test' });
    assert.equal(hello?.memorySize, 128);
    assert.deepEqual(desired?.api?.routes[0]?.routeKey, 'GET /hello');
    assert.ok(files.includes(path.join(folder, 'src/functions/hello/index.ts')), 'what it imports is watched');
  });

  for (const [name, text] of [
    ['serverless.cjs', `module.exports = async () => ({ service: 'coded', provider: { name: 'aws' } });`],
    ['serverless.mjs', `export default { service: 'coded', provider: { name: 'aws' } };`],
    ['serverless.js', `module.exports = { service: 'coded', provider: { name: 'aws' } };`],
  ] as const) {
    test(name, () => {
      const { desired, problems } = read(name, { [name]: text });
      assert.deepEqual([problems, desired?.service], [[], 'coded']);
    });
  }

  test('mistakes in what it exports name the file; code that fails says why', () => {
    const wrong = read('serverless.cjs', { 'serverless.cjs': `module.exports = { service: 'a b', provider: { name: 'aws' } };` });
    assert.match(wrong.problems[0]?.what ?? '', /service must be a letter/);
    assert.deepEqual(wrong.problems[0]?.place, { file: path.join(wrong.folder, 'serverless.cjs') });
    const failing = read('serverless.ts', { 'serverless.ts': `import './missing'; export default {};` });
    assert.match(failing.problems[0]?.what ?? '', /serverless\.ts could not be run: .*Build failed with 1 error/);
  });
});
