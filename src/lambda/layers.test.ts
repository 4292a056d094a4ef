// Layers: published, listed, shared, and found by functions.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AwsError } from '../aws/aws-error.ts';
import { createMemoryStore } from '../store/memory.ts';
import { CodeFolders } from './code-folders.ts';
import { environmentVariables } from './environment-variables.ts';
import type { FunctionVersion } from './function-version.ts';
import { LayerFolders } from './layer-folders.ts';
import { type StartedLambda, startLambda } from './testing/started-lambda.ts';
import { writeZip } from './testing/zip-writer.ts';

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda();
});
after(async () => {
  await lambda.close();
});

const arnOf = (name: string, version: number, account = '000000000000'): string =>
  `arn:aws:lambda:us-east-1:${account}:layer:${name}:${version}`;
const tool = (text: string, file = 'tool'): Uint8Array =>
  writeZip([{ name: `nodejs/node_modules/${file}/index.js`, data: `module.exports = '${text}';` }]);
const publish = async (name: string, ZipFile: Uint8Array): Promise<string> =>
  (await lambda.call('PublishLayerVersion', { LayerName: name, Content: { ZipFile } })).LayerVersionArn ?? '';

async function refusal(work: Promise<unknown>): Promise<[string, string]> {
  const error = await work.then(
    () => assert.fail('must be refused'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AwsError, String(error));
  return [error.code, error.message];
}

describe('a function', () => {
  const source = "exports.handler = async () => ({ tool: require('tool') });";

  test('requires what its layer brings; updates change it, and the layer may be deleted meanwhile', async () => {
    const one = await publish('tools', tool('one'));
    const two = await publish('tools', tool('two'));
    assert.deepEqual([one, two], [arnOf('tools', 1), arnOf('tools', 2)]);
    await lambda.define('uses', source, { Layers: [one] });
    await lambda.call('DeleteLayerVersion', { LayerName: 'tools', VersionNumber: 1 });
    assert.deepEqual((await lambda.invoke('uses')).payload, { tool: 'one' });
    assert.equal((await lambda.call('PublishVersion', { FunctionName: 'uses' })).Version, '1');
    const { Layers } = await lambda.call('UpdateFunctionConfiguration', { FunctionName: 'uses', Layers: [two] });
    assert.deepEqual(
      Layers?.map(({ Arn }) => Arn),
      [two],
    );
    assert.deepEqual((await lambda.invoke('uses')).payload, { tool: 'two' });
    assert.deepEqual((await lambda.invoke('uses', {}, { Qualifier: '1' })).payload, { tool: 'one' });
    assert.equal((await lambda.call('UpdateFunctionConfiguration', { FunctionName: 'uses', Layers: [] })).Layers, undefined);
    assert.match(JSON.stringify((await lambda.invoke('uses')).payload), /Cannot find module 'tool'/);
  });

  test('finds several layers, the later over the earlier, and cannot write there', async () => {
    const under = await publish(
      'under',
      writeZip([
        { name: 'nodejs/node_modules/tool/index.js', data: "module.exports = 'under';" },
        { name: 'nodejs/node_modules/base/index.js', data: "module.exports = 'base';" },
      ]),
    );
    const over = await publish('over', tool('over'));
    await lambda.define(
      'both',
      `const fs = require('node:fs'); const path = require('node:path');
exports.handler = async () => {
  let written = 'yes';
  try { fs.writeFileSync(path.join(path.dirname(require.resolve('tool')), 'new.js'), ''); } catch (error) { written = error.code; }
  return { tool: require('tool'), base: require('base'), written: process.getuid() === 0 ? 'EACCES' : written };
};`,
      { Layers: [under, over] },
    );
    assert.deepEqual((await lambda.invoke('both')).payload, { tool: 'over', base: 'base', written: 'EACCES' });
  });

  test('finds its layers after a restart, unpacked anew', async () => {
    const store = createMemoryStore();
    const first = await startLambda({ store });
    for (const name of ['a', 'b']) {
      await first.call('PublishLayerVersion', { LayerName: name, Content: { ZipFile: tool(name, name) } });
    }
    await first.define('f', "exports.handler = async () => require('a') + require('b');", {
      Layers: [arnOf('a', 1), arnOf('b', 1)],
    });
    await first.service.close();
    const second = await startLambda({ store });
    assert.equal((await second.invoke('f')).payload, 'ab');
    await second.close();
  });

  const rows: readonly (readonly [desc: string, layers: readonly string[], code: string, message: RegExp])[] = [
    [
      'six layers',
      [1, 2, 3, 4, 5, 6].map((n) => arnOf('tools', n)),
      'InvalidParameterValueException',
      /^Cannot reference more than 5 layers\.$/,
    ],
    [
      'a layer that is not there',
      [arnOf('none', 1)],
      'InvalidParameterValueException',
      /^Layer version .*:layer:none:1 does not exist\.$/,
    ],
    [
      'a layer twice',
      [arnOf('tools', 2), arnOf('tools', 1)],
      'InvalidParameterValueException',
      /^Two different versions of the same layer .* are versions of the same layer\.$/,
    ],
    [
      'a layer of another region',
      ['arn:aws:lambda:eu-west-1:000000000000:layer:tools:1'],
      'InvalidParameterValueException',
      /^Layers are not in the same region as the function\. Layers are expected to be in region us-east-1\.$/,
    ],
    [
      'a layer of another account that does not share it',
      [arnOf('tools', 1, '111111111111')],
      'AccessDeniedException',
      /is not authorized to perform: lambda:GetLayerVersion on resource/,
    ],
  ];
  for (const [desc, Layers, code, message] of rows) {
    test(`refused › ${desc}`, async () => {
      const [given, text] = await refusal(lambda.define('refused', source, { Layers: [...Layers] }));
      assert.equal(given, code);
      assert.match(text, message);
    });
  }

  test('refused › more than 250 MB together', async () => {
    const half = writeZip([{ name: 'large', data: Buffer.alloc(140_000_000) }]);
    const layer = await publish('large', half);
    const [code, message] = await refusal(lambda.define('large', source, { Code: { ZipFile: half }, Layers: [layer] }));
    assert.equal(code, 'InvalidParameterValueException');
    assert.equal(
      message,
      'Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 280000000 bytes.',
    );
  });
});

test('another account uses what a layer’s policy shares', async () => {
  const other = { account: '222222222222', region: 'us-east-1', requestId: '' };
  await publish('shared', tool('shared'));
  const read = () => lambda.service.operations.GetLayerVersionByArn?.({ Arn: arnOf('shared', 1) } as never, other);
  assert.equal((await refusal(Promise.resolve(read())))[0], 'AccessDeniedException');
  await lambda.call('AddLayerVersionPermission', {
    LayerName: 'shared',
    VersionNumber: 1,
    StatementId: 'a',
    Action: 'lambda:GetLayerVersion',
    Principal: other.account,
  });
  assert.equal((await read())?.LayerVersionArn, arnOf('shared', 1));
});

test('versions are listed newest first and by what they are made for; numbers are not given again', async () => {
  for (const CompatibleRuntimes of [['nodejs22.x'], ['python3.12'], ['nodejs22.x', 'nodejs20.x']] as const) {
    await lambda.call('PublishLayerVersion', {
      LayerName: 'listed',
      Content: { ZipFile: tool('x') },
      CompatibleRuntimes: [...CompatibleRuntimes],
    });
  }
  const versions = async (input: object) =>
    (await lambda.call('ListLayerVersions', { LayerName: 'listed', ...input })).LayerVersions?.map(({ Version }) => Version);
  assert.deepEqual(await versions({}), [3, 2, 1]);
  assert.deepEqual(await versions({ CompatibleRuntime: 'nodejs22.x' }), [3, 1]);
  const first = await lambda.call('ListLayerVersions', { LayerName: 'listed', MaxItems: 2 });
  assert.deepEqual(await versions({ MaxItems: 2, Marker: first.NextMarker }), [1]);
  const latest = async (input: object) =>
    (await lambda.call('ListLayers', input)).Layers?.find(({ LayerName }) => LayerName === 'listed')?.LatestMatchingVersion
      ?.Version;
  assert.equal(await latest({}), 3);
  assert.equal(await latest({ CompatibleRuntime: 'python3.12' }), 2);
  await lambda.call('DeleteLayerVersion', { LayerName: 'listed', VersionNumber: 3 });
  assert.equal(await latest({}), 2);
  assert.equal(await publish('listed', tool('x')), arnOf('listed', 4));
});

describe('LayerFolders', () => {
  test('a file in the place of a folder, and a folder in the place of a file', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'stagegate-layers-'));
    const code = await CodeFolders.open(path.join(root, 'code'));
    const layers = await LayerFolders.open(path.join(root, 'layers'), code);
    const digests: string[] = [];
    for (const names of [
      ['a/b', 'c'],
      ['a', 'c/d'],
    ]) {
      const digest = randomBytes(32).toString('base64');
      await code.unpack(Buffer.from(writeZip(names.map((name) => ({ name, data: name })))), digest);
      digests.push(digest);
    }
    assert.equal(layers.known(digests), undefined);
    const [folder, again] = await Promise.all([layers.merge(digests), layers.merge(digests)]);
    assert.equal(folder, again);
    assert.equal(layers.known(digests), folder);
    assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), ['a', 'c', 'c/d']);
    assert.equal(statSync(folder).mode & 0o777, 0o555);
    await layers.prune([]);
    assert.equal(layers.known(digests), undefined);
    await code.remove();
    rmSync(root, { recursive: true, force: true });
  });
});

test('each runtime is told where its layers are', () => {
  const variables = (runtime: string) =>
    environmentVariables({
      version: {
        scope: { account: '0', region: 'us-east-1' },
        runtime,
        codeFolder: '/code',
        environment: {},
        layerFolders: ['/l'],
      } as unknown as FunctionVersion,
      logStreamName: '',
      initializationType: 'on-demand',
      temporaryFolder: '/tmp',
      nodeBinary: '/node/bin/node',
      endpointUrl: undefined,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  assert.equal(variables('nodejs22.x')['NODE_PATH'], '/l/nodejs/node22/node_modules:/l/nodejs/node_modules');
  assert.equal(variables('python3.12')['PYTHONPATH'], '/l/python/lib/python3.12/site-packages:/l/python');
  assert.equal(variables('ruby3.4')['GEM_PATH'], '/l/ruby/gems/3.4.0');
  assert.equal(variables('provided.al2023')['PATH'], '/node/bin:/usr/local/bin:/usr/bin:/bin:/l/bin');
  assert.equal(variables('provided.al2023')['LD_LIBRARY_PATH'], '/code:/code/lib:/l/lib');
});
