// `--auth required`: nobody gets in without the administrator's key, and API traffic needs none.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateApiCommand, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type AwsClients, awsClients, type ClientOptions } from './aws-clients.ts';
import { createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

const data = temporaryFolder();
let server: StartedServer;
let key: { accessKeyId: string; secretAccessKey: string; adminToken: string };
let administrator: AwsClients;

before(async () => {
  server = await startServer({ auth: 'required', dataDirectory: data.folder });
  key = administratorKey(data.folder);
  administrator = awsClients(server, key);
});

after(async () => {
  administrator?.destroy();
  await server?.stop();
  data.remove();
});

/** Sends one call of each protocol; all must fail with 4xx and the given names. */
async function refused(options: ClientOptions, names: readonly string[]): Promise<void> {
  for (const call of [
    (clients: AwsClients) => clients.apis.send(new GetApisCommand({})),
    (clients: AwsClients) => clients.apis.send(new CreateApiCommand({ Name: 'intruder', ProtocolType: 'HTTP' })),
    (clients: AwsClients) => clients.lambda.send(new ListFunctionsCommand({})),
    (clients: AwsClients) => clients.sts.send(new GetCallerIdentityCommand({})),
  ]) {
    // A client of its own each: after a refusal the SDK corrects its clock.
    const clients = awsClients(server, options);
    try {
      await assert.rejects(call(clients), (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
        assert.ok(names.includes(error.name), `${error.name}: ${error.message}`);
        const status = error.$metadata?.httpStatusCode ?? 0;
        assert.ok(status >= 400 && status < 500, String(status));
        return true;
      });
    } finally {
      clients.destroy();
    }
  }
}

describe('with --auth required', () => {
  test('the key file can be read by its owner only', () => {
    assert.equal(statSync(path.join(data.folder, 'credentials.json')).mode & 0o777, 0o600);
  });

  test('the right key works, and the API it makes needs none', async () => {
    const made = await createFunction(administrator, 'echo', echoSource);
    const apiId = await createLambdaApi(administrator, made.FunctionArn ?? '', ['GET /x']);
    const response = await rawRequest(server.port, { target: '/x', host: hostOf(apiId) });
    assert.equal(response.status, 200, response.text());
    await administrator.sts.send(new GetCallerIdentityCommand({}));
  });

  test('an unknown key is refused', async () => {
    await refused({ accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: key.secretAccessKey }, [
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidClientTokenIdException',
    ]);
  });

  test('a wrong secret is refused', async () => {
    await refused({ accessKeyId: key.accessKeyId, secretAccessKey: 'wrong' }, [
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'SignatureDoesNotMatchException',
    ]);
  });

  test('a signature of twenty minutes ago is refused', async () => {
    await refused({ ...key, clockOffsetMs: -20 * 60_000 }, [
      ...['RequestExpired', 'RequestExpiredException', 'InvalidSignatureException'],
      ...['SignatureDoesNotMatch', 'SignatureDoesNotMatchException'],
    ]);
  });

  test('a body that was changed after it was signed is refused', async () => {
    const clients = awsClients(server, key);
    clients.apis.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as { body?: string; headers: Record<string, string> };
        const body = JSON.stringify({ name: 'intruder', protocolType: 'HTTP' });
        request.body = body;
        request.headers['content-length'] = String(Buffer.byteLength(body));
        return await next(args);
      },
      // After the signature, right before the request is sent.
      { step: 'deserialize', priority: 'low', name: 'tamper' },
    );
    try {
      await assert.rejects(clients.apis.send(new CreateApiCommand({ Name: 'honest', ProtocolType: 'HTTP' })), (error: Error) =>
        /InvalidSignature|SignatureDoesNotMatch|ContentSHA256Mismatch/.test(error.name),
      );
    } finally {
      clients.destroy();
    }
  });

  const unsigned: { desc: string; path: string; init?: RequestInit }[] = [
    { desc: 'an unsigned list', path: '/v2/apis' },
    { desc: 'an unsigned create', path: '/v2/apis', init: { method: 'POST', body: '{"name":"x","protocolType":"HTTP"}' } },
    { desc: 'an unsigned Lambda call', path: '/2015-03-31/functions/' },
    {
      desc: 'an unsigned form',
      path: '/',
      init: {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'Action=GetCallerIdentity&Version=2011-06-15',
      },
    },
    { desc: 'a made-up authorization', path: '/v2/apis', init: { headers: { authorization: 'Bearer nothing' } } },
    {
      desc: 'a signature of nothing',
      path: '/v2/apis',
      init: {
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=KEY/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
          'x-amz-date': '20260101T000000Z',
        },
      },
    },
    { desc: 'the request log without token', path: '/_stagegate/requests' },
  ];
  for (const row of unsigned) {
    test(`${row.desc} is refused`, async () => {
      const response = await fetch(`${server.controlUrl}${row.path}`, row.init);
      const text = await response.text();
      assert.ok(response.status === 403 || response.status === 401 || response.status === 400, `${response.status} ${text}`);
    });
  }

  test('nothing came in through the refused calls', async () => {
    const { Items: apis } = await administrator.apis.send(new GetApisCommand({}));
    assert.ok(!apis?.some((api) => api.Name === 'intruder' || api.Name === 'x'));
  });

  test('health needs no key', async () => {
    const response = await fetch(`${server.controlUrl}/_stagegate/health`);
    assert.equal(response.status, 200);
    await response.arrayBuffer();
  });
});
