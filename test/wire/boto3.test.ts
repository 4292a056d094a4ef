// The same flow as the SDK tests, driven by boto3 (Python), with any key and with signatures required.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { account, hostOf } from './deployed-api.ts';
import { pythonWithBoto3, runClient, skipWithout } from './other-clients.ts';
import { rawRequest } from './raw-http.ts';
import { administratorKey, startServer, temporaryFolder } from './started-server.ts';
import { zipFile } from './zip-file.ts';

const python = pythonWithBoto3();
const skip = skipWithout(python, 'boto3', 'install it with: apt-get install python3-boto3, or pip install boto3');
const source = `export const handler = async (event) => ({ hello: event.from ?? event.rawPath });`;

for (const auth of ['open', 'required'] as const) {
  test(`boto3 with --auth ${auth}`, { skip }, async () => {
    assert.ok(python !== undefined, 'no Python with boto3: under CI the tests need python3-boto3');
    const data = temporaryFolder();
    const server = await startServer({ auth, dataDirectory: path.join(data.folder, 'data') });
    try {
      const zip = path.join(data.folder, 'function.zip');
      writeFileSync(zip, zipFile({ 'index.mjs': source }));
      const key =
        auth === 'open' ? { accessKeyId: 'any', secretAccessKey: 'thing' } : administratorKey(path.join(data.folder, 'data'));
      const flow = path.join(import.meta.dirname, 'boto3_flow.py');
      const args = (secret: string, prefix: string) => [flow, server.controlUrl, key.accessKeyId, secret, zip, prefix];
      const said = JSON.parse(await runClient(python, args(key.secretAccessKey, 'boto')));
      const { apiId, errors, ...rest } = said;
      assert.deepEqual(rest, {
        account,
        arn: `arn:aws:lambda:us-east-1:${account}:function:boto-function`,
        returned: { hello: 'boto3' },
        statuses: [200, 202, 204],
        stageVariables: { k: 'v' },
        description: 'by boto3',
        createdIsTime: true,
        keys: ['GET /a', 'GET /b', 'POST /c'],
      });
      assert.deepEqual(errors, {
        goneApi: ['NotFoundException', 404],
        sameRoute: ['ConflictException', 409],
        sameFunction: ['ResourceConflictException', 409],
        noFunction: ['ResourceNotFoundException', 404],
        badTimeout: ['ValidationException', 400],
      });
      const response = await rawRequest(server.port, { target: '/a', host: hostOf(apiId) });
      assert.equal(response.status, 200, response.text());
      assert.deepEqual(response.json(), { hello: '/a' });
      if (auth === 'required') {
        await assert.rejects(runClient(python, args('wrong', 'intruder')), /SignatureDoesNotMatch|InvalidSignature/);
      }
    } finally {
      await server.stop();
      data.remove();
    }
  });
}
