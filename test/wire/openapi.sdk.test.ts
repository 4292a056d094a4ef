// OpenAPI documents through the AWS SDK for JavaScript: import, traffic, re-import, export, and the example that the guide shows.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  BadRequestException,
  CreateApiMappingCommand,
  CreateDomainNameCommand,
  CreateStageCommand,
  ExportApiCommand,
  GetApisCommand,
  GetRoutesCommand,
  ImportApiCommand,
  ReimportApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { allowApi, createFunction, echoSource, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  await createFunction(clients, 'pets', echoSource);
});

after(async () => {
  clients?.destroy();
  await server?.stop();
});

const petstore = readFileSync(path.resolve(import.meta.dirname, '../../src/control-plane/openapi/testdata/petstore.yml'), 'utf8');

const get = async (host: string, target: string) => {
  const response = await rawRequest(server.port, { target, host });
  return { status: response.status, body: response.text() };
};

describe('an API from an OpenAPI document', () => {
  test('is imported, called, replaced, exported and imported again', async () => {
    const api = await clients.apis.send(new ImportApiCommand({ Body: petstore, FailOnWarnings: true }));
    const apiId = api.ApiId ?? '';
    assert.equal(api.$metadata.httpStatusCode, 201);
    assert.equal(api.Name, 'Petstore');
    assert.deepEqual(api.Tags, { team: 'north' });
    assert.equal((await get(hostOf(apiId), '/pets')).status, 404);
    await clients.apis.send(new CreateStageCommand({ ApiId: apiId, StageName: '$default', AutoDeploy: true }));
    await allowApi(clients, 'pets', apiId);

    const pets = await get(hostOf(apiId), '/pets?limit=1');
    assert.equal(pets.status, 200, pets.body);
    const event = JSON.parse(pets.body) as Record<string, unknown>;
    assert.deepEqual([event['version'], event['routeKey'], event['rawPath']], ['2.0', 'GET /pets', '/pets']);
    const other = JSON.parse((await get(hostOf(apiId), '/nothing')).body) as Record<string, unknown>;
    assert.deepEqual([other['version'], other['resource']], ['1.0', '$default']);
    const preflight = await rawRequest(server.port, {
      method: 'OPTIONS',
      target: '/pets',
      host: hostOf(apiId),
      headers: [
        ['Origin', 'https://shop.example'],
        ['Access-Control-Request-Method', 'POST'],
      ],
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.header('access-control-max-age'), '300');

    const routeId = async (key: string) =>
      (await clients.apis.send(new GetRoutesCommand({ ApiId: apiId }))).Items?.find(({ RouteKey }) => RouteKey === key)?.RouteId;
    const before = await routeId('GET /pets');
    const next = petstore.replace('/$default:', '/cats:').replace('isDefaultRoute: true', 'operationId: cats');
    assert.equal((await clients.apis.send(new ReimportApiCommand({ ApiId: apiId, Body: next }))).ApiId, apiId);
    assert.equal(await routeId('GET /pets'), before);
    assert.equal((await get(hostOf(apiId), '/nothing')).status, 404);
    assert.equal((await get(hostOf(apiId), '/cats')).status, 200);

    for (const OutputType of ['JSON', 'YAML']) {
      const { body } = await clients.apis.send(new ExportApiCommand({ ApiId: apiId, Specification: 'OAS30', OutputType }));
      const text = Buffer.from(body ?? []).toString('utf8');
      assert.match(text, OutputType === 'JSON' ? /^\{\n {2}"openapi": "3\.0\.1"/ : /^openapi: 3\.0\.1\n/);
      const copy = await clients.apis.send(new ImportApiCommand({ Body: text, FailOnWarnings: true }));
      await clients.apis.send(new CreateStageCommand({ ApiId: copy.ApiId, StageName: 'copy', AutoDeploy: true }));
      await allowApi(clients, 'pets', copy.ApiId ?? '');
      assert.equal((await get(hostOf(copy.ApiId ?? ''), '/copy/pets')).status, 200);

      const DomainName = `${OutputType.toLowerCase()}.petstore.test`;
      const CertificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/1';
      await clients.apis.send(new CreateDomainNameCommand({ DomainName, DomainNameConfigurations: [{ CertificateArn }] }));
      await clients.apis.send(
        new CreateApiMappingCommand({ DomainName, ApiId: copy.ApiId, Stage: 'copy', ApiMappingKey: 'shop/v1' }),
      );
      const mapped = JSON.parse((await get(DomainName, '/shop/v1/pets')).body) as { rawPath: string };
      assert.equal(mapped.rawPath, '/copy/pets');
    }
  });

  test('is refused with its place, and nothing is made', async () => {
    const count = async () => (await clients.apis.send(new GetApisCommand({ MaxResults: '500' }))).Items?.length;
    const before = await count();
    const broken = petstore.replace('type: http_proxy', 'type: mock');
    await assert.rejects(clients.apis.send(new ImportApiCommand({ Body: broken })), (error) => {
      assert.ok(error instanceof BadRequestException);
      assert.match(error.message, /At \/components\/x-amazon-apigateway-integrations\/backend \(line \d+\)\.$/);
      return true;
    });
    await assert.rejects(
      clients.apis.send(new ImportApiCommand({ Body: '{"swagger":"2.0","info":{"title":"a"}}' })),
      /Swagger 2\.0/,
    );
    assert.equal(await count(), before);
  });
});

test('examples/openapi-import', async () => {
  const folder = path.resolve(import.meta.dirname, '../../examples/openapi-import');
  const backend = spawn(process.execPath, [path.join(folder, 'backend.mjs'), '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [said] = (await once(backend.stdout, 'data')) as [Buffer];
    const BACKEND = /127\.0\.0\.1:\d+/.exec(said.toString())?.[0] ?? '';
    const run = async (...args: string[]) => {
      const env = { ...process.env, BACKEND, AWS_ENDPOINT_URL: server.controlUrl, NODE_TEST_CONTEXT: undefined };
      const { stdout } = await promisify(execFile)(process.execPath, [path.join(folder, 'import.mjs'), ...args], { env });
      return new URL(stdout.trim());
    };
    const url = await run();
    assert.equal(url.port, String(server.port));
    const send = async (method: string, target: string, body?: string) => {
      const response = await rawRequest(server.port, { method, target, host: url.host, ...(body === undefined ? {} : { body }) });
      return [response.status, response.text()];
    };
    assert.deepEqual(await send('GET', url.pathname), [200, '[{"id":1,"name":"Rex"}]']);
    assert.deepEqual(await send('POST', url.pathname, '{"name":"Tom"}'), [201, '{"id":2,"name":"Tom"}']);
    assert.deepEqual(await send('GET', `${url.pathname}/2`), [200, '{"id":2,"name":"Tom"}']);
    assert.deepEqual(await send('GET', `${url.pathname}/3`), [404, '{"message":"no pet 3"}']);
    assert.equal((await run(url.hostname.split('.')[0] ?? '')).href, url.href);
    assert.deepEqual(await send('GET', `${url.pathname}/2`), [200, '{"id":2,"name":"Tom"}']);
  } finally {
    backend.kill();
  }
});
