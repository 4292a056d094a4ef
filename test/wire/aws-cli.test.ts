// The same flow as the SDK tests, driven by the AWS CLI (version 1 or 2), with any key and with signatures required.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { account, hostOf, role } from './deployed-api.ts';
import { awsCommand, runClient, skipWithout } from './other-clients.ts';
import { rawRequest } from './raw-http.ts';
import { administratorKey, startServer, temporaryFolder } from './started-server.ts';
import { zipFile } from './zip-file.ts';

const aws = awsCommand();
const skip = skipWithout(aws, 'the AWS CLI', 'install it with: apt-get install awscli');
const source = `export const handler = async (event) => ({ hello: event.from ?? event.rawPath });`;

for (const auth of ['open', 'required'] as const) {
  test(`AWS CLI with --auth ${auth}`, { skip }, async () => {
    assert.ok(aws !== undefined, 'no AWS CLI: under CI the tests need awscli');
    const data = temporaryFolder();
    const server = await startServer({ auth, dataDirectory: path.join(data.folder, 'data') });
    try {
      const zip = path.join(data.folder, 'function.zip');
      const out = path.join(data.folder, 'out.json');
      const payload = path.join(data.folder, 'payload.json');
      writeFileSync(zip, zipFile({ 'index.mjs': source }));
      writeFileSync(payload, '{"from":"cli"}');
      const key =
        auth === 'open' ? { accessKeyId: 'any', secretAccessKey: 'thing' } : administratorKey(path.join(data.folder, 'data'));
      const call = async (args: readonly string[], secret = key.secretAccessKey) => {
        const text = await runClient(aws.command, ['--endpoint-url', server.controlUrl, '--output', 'json', ...args], {
          AWS_ACCESS_KEY_ID: key.accessKeyId,
          AWS_SECRET_ACCESS_KEY: secret,
          AWS_DEFAULT_REGION: 'us-east-1',
        });
        return text.trim() === '' ? undefined : JSON.parse(text);
      };
      assert.equal((await call(['sts', 'get-caller-identity'])).Account, account);
      const made = await call([
        ...['lambda', 'create-function', '--function-name', 'cli', '--runtime', 'nodejs22.x', '--handler', 'index.handler'],
        ...['--role', role, '--zip-file', `fileb://${zip}`],
      ]);
      assert.equal(made.FunctionArn, `arn:aws:lambda:us-east-1:${account}:function:cli`);
      for (let i = 0; i < 50; i++) {
        if ((await call(['lambda', 'get-function', '--function-name', 'cli'])).Configuration.State === 'Active') break;
        await sleep(50);
      }
      const invoked = await call(['lambda', 'invoke', '--function-name', 'cli', '--payload', `fileb://${payload}`, out]);
      assert.equal(invoked.StatusCode, 200);
      assert.deepEqual(JSON.parse(readFileSync(out, 'utf8')), { hello: 'cli' });

      const api = await call([
        'apigatewayv2',
        'create-api',
        '--name',
        'cli',
        '--protocol-type',
        'HTTP',
        '--target',
        made.FunctionArn,
      ]);
      const policy = await call(['lambda', 'get-policy', '--function-name', 'cli']).catch(() => undefined);
      if (policy === undefined) {
        await call([
          ...['lambda', 'add-permission', '--function-name', 'cli', '--statement-id', 'gateway'],
          ...['--action', 'lambda:InvokeFunction', '--principal', 'apigateway.amazonaws.com'],
          ...['--source-arn', `arn:aws:execute-api:us-east-1:${account}:${api.ApiId}/*/*`],
        ]);
      }
      const response = await rawRequest(server.port, { target: '/any/thing', host: hostOf(api.ApiId) });
      assert.equal(response.status, 200, response.text());
      assert.deepEqual(response.json(), { hello: '/any/thing' });

      const apis = await call(['apigatewayv2', 'get-apis']);
      assert.deepEqual(
        apis.Items.map((item: { Name: string }) => item.Name),
        ['cli'],
      );
      const routes = await call(['apigatewayv2', 'get-routes', '--api-id', api.ApiId]);
      assert.equal(routes.Items[0].RouteKey, '$default');
      await assert.rejects(call(['apigatewayv2', 'get-api', '--api-id', 'zzzzzzzzzz']), /NotFoundException/);
      await assert.rejects(call(['lambda', 'get-function', '--function-name', 'nobody']), /ResourceNotFoundException/);
      if (auth === 'required') {
        await assert.rejects(call(['apigatewayv2', 'get-apis'], 'wrong'), /SignatureDoesNotMatch|InvalidSignature/);
      }

      const v2 = (...args: string[]) => call(['apigatewayv2', ...args]);
      const domain = ['--domain-name', 'api.cli.test'];
      const certificate = `CertificateArn=arn:aws:acm:us-east-1:${account}:certificate/1`;
      await v2('create-domain-name', ...domain, '--domain-name-configurations', certificate);
      const mapping = ['--api-id', api.ApiId, '--stage', '$default', '--api-mapping-key', 'shop/v1'];
      await v2('create-api-mapping', ...domain, ...mapping);
      const mapped = await rawRequest(server.port, { target: '/shop/v1/any/thing', host: 'api.cli.test' });
      assert.deepEqual(mapped.json(), { hello: '/any/thing' });
      await v2('delete-domain-name', ...domain);

      const document = path.join(data.folder, 'openapi.yml');
      await v2('export-api', '--api-id', api.ApiId, '--specification', 'OAS30', '--output-type', 'YAML', document);
      const copy = await v2('import-api', '--body', `file://${document}`, '--fail-on-warnings');
      assert.equal(copy.Name, 'cli');
      assert.equal((await v2('get-routes', '--api-id', copy.ApiId)).Items[0].RouteKey, '$default');
      await v2('reimport-api', '--api-id', copy.ApiId, '--body', `file://${document}`);
      await v2('delete-api', '--api-id', copy.ApiId);

      await call(['apigatewayv2', 'delete-api', '--api-id', api.ApiId]);
      assert.deepEqual((await call(['apigatewayv2', 'get-apis'])).Items, []);
    } finally {
      await server.stop();
      data.remove();
    }
  });
}
