// What a function receives from an HTTP API and what becomes of its answer, byte by byte over a raw socket.

import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { type RawRequest, type RawResponse, rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
/** Echo functions behind payload format 2.0 and 1.0, and one that answers what the request body asks for. */
const hosts = { echo2: '', echo1: '', named2: '', named1: '', answer2: '', answer1: '' };

const answerSource = `export const handler = async (event) => {
  const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : event.body;
  const asked = JSON.parse(text);
  if (asked.throw) throw new Error('as asked');
  if (asked.sleepMs) await new Promise((done) => setTimeout(done, asked.sleepMs));
  if (asked.big) return { statusCode: 200, body: 'x'.repeat(asked.big) };
  return asked.return;
};`;

before(async () => {
  server = await startServer();
  clients = awsClients(server);
  const echo = await createFunction(clients, 'echo', echoSource);
  const answer = await createFunction(clients, 'answer', answerSource, { timeout: 2 });
  const routes = ['GET /plain', 'POST /body', 'ANY /pets/{id}/toys/{toy}', 'ANY /files/{proxy+}', '$default'];
  const make = async (functionArn: string | undefined, payloadFormatVersion: '1.0' | '2.0', stageName: string) =>
    hostOf(await createLambdaApi(clients, functionArn ?? '', routes, { payloadFormatVersion, stageName }));
  hosts.echo2 = await make(echo.FunctionArn, '2.0', '$default');
  hosts.echo1 = await make(echo.FunctionArn, '1.0', '$default');
  hosts.named2 = await make(echo.FunctionArn, '2.0', 'prod');
  hosts.named1 = await make(echo.FunctionArn, '1.0', 'prod');
  hosts.answer2 = await make(answer.FunctionArn, '2.0', '$default');
  hosts.answer1 = await make(answer.FunctionArn, '1.0', '$default');
});

after(async () => {
  clients?.destroy();
  await server?.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: an event is arbitrary JSON that each test takes apart.
type Event = any;

async function eventOf(request: RawRequest): Promise<Event> {
  const response = await rawRequest(server.port, request);
  assert.equal(response.status, 200, `${response.statusLine}: ${response.text()}`);
  return response.json();
}

/** Lets the answering function return `value`. */
function answered(host: string, value: unknown, asked: Record<string, unknown> = {}): Promise<RawResponse> {
  return rawRequest(server.port, {
    method: 'POST',
    target: '/body',
    host,
    headers: [['content-type', 'application/json']],
    body: JSON.stringify({ return: value, ...asked }),
  });
}

describe('payload format 2.0', () => {
  test('of a plain GET leaves out what is not there', async () => {
    const event = await eventOf({ target: '/plain', host: hosts.echo2, headers: [['User-Agent', 'tester/1']] });
    assert.equal(event.version, '2.0');
    assert.equal(event.routeKey, 'GET /plain');
    assert.equal(event.rawPath, '/plain');
    assert.equal(event.rawQueryString, '');
    assert.equal(event.isBase64Encoded, false);
    for (const absent of ['cookies', 'queryStringParameters', 'pathParameters', 'stageVariables', 'body']) {
      assert.ok(!(absent in event), `${absent} is absent, not null`);
    }
    const context = event.requestContext;
    assert.ok(!('authorizer' in context));
    assert.equal(context.accountId, account);
    assert.equal(context.apiId, hosts.echo2.split('.')[0]);
    assert.equal(context.routeKey, 'GET /plain');
    assert.equal(context.stage, '$default');
    assert.equal(context.domainPrefix, hosts.echo2.split('.')[0]);
    assert.deepEqual(context.http, {
      method: 'GET',
      path: '/plain',
      protocol: 'HTTP/1.1',
      sourceIp: '127.0.0.1',
      userAgent: 'tester/1',
    });
    assert.match(context.time, /^\d\d\/[A-Z][a-z][a-z]\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    assert.ok(Math.abs(context.timeEpoch - Date.now()) < 60_000);
    // AWS: 15 url-safe base64 characters and `=`.
    assert.match(context.requestId, /^[A-Za-z0-9_-]{15}=$/);
  });

  test('has lower-case header names, joined duplicates, and forwarding headers of the gateway', async () => {
    const event = await eventOf({
      target: '/plain',
      host: hosts.echo2,
      headers: [
        ['X-Custom', 'one'],
        ['x-custom', 'two'],
        ['Accept', 'text/html'],
      ],
    });
    assert.equal(event.headers['x-custom'], 'one,two');
    assert.equal(event.headers.accept, 'text/html');
    assert.equal(event.headers.host, hosts.echo2);
    assert.equal(event.headers['content-length'], '0');
    assert.equal(event.headers['x-forwarded-for'], '127.0.0.1');
    assert.match(event.headers['x-forwarded-port'], /^\d+$/);
    assert.match(event.headers['x-forwarded-proto'], /^https?$/);
    assert.match(event.headers['x-amzn-trace-id'], /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/);
    for (const name of Object.keys(event.headers)) assert.equal(name, name.toLowerCase());
  });

  test('without User-Agent has an empty userAgent', async () => {
    const event = await eventOf({ target: '/plain', host: hosts.echo2 });
    assert.equal(event.requestContext.http.userAgent, '');
  });

  test('splits cookies and takes the header away', async () => {
    const event = await eventOf({ target: '/plain', host: hosts.echo2, headers: [['Cookie', 'a=1; b=2; c=x=y']] });
    assert.deepEqual(event.cookies, ['a=1', 'b=2', 'c=x=y']);
    assert.ok(!('cookie' in event.headers));
  });

  test('joins repeated query keys with commas and keeps the raw query', async () => {
    const event = await eventOf({ target: '/plain?a=1&b=two%20words&a=2&empty=', host: hosts.echo2 });
    assert.equal(event.rawQueryString, 'a=1&b=two%20words&a=2&empty=');
    assert.deepEqual(event.queryStringParameters, { a: '1,2', b: 'two words', empty: '' });
  });

  test('decodes the path and its parameters', async () => {
    const event = await eventOf({ target: '/pets/one%20cat/toys/b%C3%A4ll', host: hosts.echo2 });
    assert.equal(event.routeKey, 'ANY /pets/{id}/toys/{toy}');
    assert.deepEqual(event.pathParameters, { id: 'one cat', toy: 'bäll' });
    assert.equal(event.rawPath, '/pets/one cat/toys/bäll');
    assert.equal(event.requestContext.http.path, '/pets/one cat/toys/bäll');
  });

  test('gives the rest of the path to a greedy variable', async () => {
    const event = await eventOf({ target: '/files/a/b/c.txt', host: hosts.echo2 });
    assert.deepEqual(event.pathParameters, { proxy: 'a/b/c.txt' });
    assert.equal(event.routeKey, 'ANY /files/{proxy+}');
  });

  test('keeps a named stage in the path', async () => {
    const event = await eventOf({ target: '/prod/plain', host: hosts.named2 });
    assert.equal(event.rawPath, '/prod/plain');
    assert.equal(event.requestContext.http.path, '/prod/plain');
    assert.equal(event.requestContext.stage, 'prod');
    assert.equal(event.routeKey, 'GET /plain');
  });

  const bodies: { desc: string; type?: string; base64: boolean }[] = [
    { desc: 'JSON', type: 'application/json', base64: false },
    { desc: 'JSON with charset', type: 'application/json; charset=utf-8', base64: false },
    { desc: 'text', type: 'text/plain', base64: false },
    { desc: 'XML', type: 'application/xml', base64: false },
    { desc: 'JavaScript', type: 'application/javascript', base64: false },
    { desc: 'a form', type: 'application/x-www-form-urlencoded', base64: true },
    { desc: 'bytes', type: 'application/octet-stream', base64: true },
    { desc: 'problem+json', type: 'application/problem+json', base64: true },
    { desc: 'no type', base64: true },
  ];
  for (const row of bodies) {
    test(`carries a body of ${row.desc} as ${row.base64 ? 'base64' : 'text'}`, async () => {
      const sent = '{"grüße":1}';
      const event = await eventOf({
        method: 'POST',
        target: '/body',
        host: hosts.echo2,
        headers: row.type === undefined ? [] : [['Content-Type', row.type]],
        body: sent,
      });
      assert.equal(event.isBase64Encoded, row.base64);
      assert.equal(row.base64 ? Buffer.from(event.body, 'base64').toString() : event.body, sent);
      assert.equal(event.headers['content-length'], String(Buffer.byteLength(sent)));
    });
  }

  test('carries a chunked body', async () => {
    const event = await eventOf({
      method: 'POST',
      target: '/body',
      host: hosts.echo2,
      headers: [
        ['Content-Type', 'text/plain'],
        ['Transfer-Encoding', 'chunked'],
      ],
      body: '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
      noLength: true,
    });
    assert.equal(event.body, 'hello world');
  });
});

describe('payload format 1.0', () => {
  test('of a plain GET', async () => {
    const event = await eventOf({ target: '/plain', host: hosts.echo1, headers: [['User-Agent', 'tester/1']] });
    assert.equal(event.version, '1.0');
    assert.equal(event.resource, '/plain');
    assert.equal(event.path, '/plain');
    assert.equal(event.httpMethod, 'GET');
    assert.equal(event.queryStringParameters, null);
    assert.equal(event.multiValueQueryStringParameters, null);
    assert.equal(event.pathParameters, null);
    assert.equal(event.stageVariables, null);
    assert.equal(event.body, null);
    assert.equal(event.isBase64Encoded, false);
    const context = event.requestContext;
    assert.equal(context.accountId, account);
    assert.equal(context.httpMethod, 'GET');
    assert.equal(context.path, '/plain');
    assert.equal(context.protocol, 'HTTP/1.1');
    // AWS: resourceId is the route key.
    assert.equal(context.resourceId, 'GET /plain');
    assert.equal(context.resourcePath, '/plain');
    assert.equal(context.stage, '$default');
    assert.equal(context.identity.sourceIp, '127.0.0.1');
    assert.equal(context.identity.userAgent, 'tester/1');
    assert.match(context.requestId, /^[A-Za-z0-9_-]{15}=$/);
    assert.equal(context.extendedRequestId, context.requestId);
    assert.ok(Math.abs(context.requestTimeEpoch - Date.now()) < 60_000);
  });

  test('has title-case header names, a multi map, and the cookie header', async () => {
    const event = await eventOf({
      target: '/plain',
      host: hosts.echo1,
      headers: [
        ['x-custom-header', 'one'],
        ['X-Custom-Header', 'two'],
        ['cookie', 'a=1; b=2'],
      ],
    });
    assert.deepEqual(event.multiValueHeaders['X-Custom-Header'], ['one', 'two']);
    assert.equal(event.headers['X-Custom-Header'], 'two');
    assert.equal(event.headers.Cookie, 'a=1; b=2');
    assert.equal(event.headers['Content-Length'], '0');
    assert.equal(event.headers.Host, hosts.echo1);
    assert.match(event.headers['X-Amzn-Trace-Id'], /^Root=1-/);
    assert.equal(event.headers['X-Forwarded-For'], '127.0.0.1');
  });

  test('keeps the last of repeated query keys and all of them in the multi map', async () => {
    const event = await eventOf({ target: '/plain?a=1&a=2&b=x%20y', host: hosts.echo1 });
    assert.deepEqual(event.queryStringParameters, { a: '2', b: 'x y' });
    assert.deepEqual(event.multiValueQueryStringParameters, { a: ['1', '2'], b: ['x y'] });
  });

  test('keeps the path encoded, its parameters decoded', async () => {
    const event = await eventOf({ target: '/pets/one%20cat/toys/ball', host: hosts.echo1 });
    assert.equal(event.path, '/pets/one%20cat/toys/ball');
    assert.equal(event.requestContext.path, '/pets/one cat/toys/ball');
    assert.deepEqual(event.pathParameters, { id: 'one cat', toy: 'ball' });
    assert.equal(event.resource, '/pets/{id}/toys/{toy}');
  });

  test('keeps a named stage in the path', async () => {
    const event = await eventOf({ target: '/prod/plain', host: hosts.named1 });
    assert.equal(event.path, '/prod/plain');
    assert.equal(event.requestContext.stage, 'prod');
  });

  test('carries a body', async () => {
    const event = await eventOf({
      method: 'POST',
      target: '/body',
      host: hosts.echo1,
      headers: [['Content-Type', 'application/json']],
      body: '{"a":1}',
    });
    assert.equal(event.body, '{"a":1}');
    assert.equal(event.isBase64Encoded, false);
  });
});

describe('an answer', () => {
  for (const version of ['2.0', '1.0'] as const) {
    const host = () => (version === '2.0' ? hosts.answer2 : hosts.answer1);

    test(`of format ${version} has title-case header names and the gateway's own headers`, async () => {
      const response = await answered(host(), {
        statusCode: 201,
        headers: { myheader: 'x', 'another-header': 'y' },
        body: 'made',
      });
      assert.equal(response.status, 201);
      assert.equal(response.text(), 'made');
      const names = response.headers.map(([name]) => name);
      for (const name of ['Myheader', 'Another-Header', 'Date', 'Content-Length', 'Apigw-Requestid', 'Content-Type']) {
        assert.ok(names.includes(name), `${name} is among ${names.join(', ')}`);
      }
      assert.match(response.header('Apigw-Requestid') ?? '', /^[A-Za-z0-9_-]{15}=$/);
      assert.equal(response.header('x-amzn-RequestId'), undefined);
      assert.equal(response.header('x-amzn-ErrorType'), undefined);
    });

    test(`of format ${version} without a type is plain text`, async () => {
      const response = await answered(host(), { statusCode: 200, body: 'hi' });
      assert.match(response.header('content-type') ?? '', /^text\/plain; ?charset=utf-8$/);
    });

    test(`of format ${version} in base64 is decoded, whatever Accept says`, async () => {
      const bytes = Buffer.from([0, 1, 2, 254, 255]);
      const response = await answered(host(), {
        statusCode: 200,
        headers: { 'content-type': 'image/png' },
        body: bytes.toString('base64'),
        isBase64Encoded: true,
      });
      assert.deepEqual(response.body, bytes);
      assert.equal(response.header('content-type'), 'image/png');
    });

    test(`of format ${version} with statusCode 0 is a 500`, async () => {
      const response = await answered(host(), { statusCode: 0, body: 'x' });
      assert.equal(response.status, 500);
      assert.equal(response.text(), '{"message":"Internal Server Error"}');
      assert.equal(response.header('content-type'), 'application/json');
    });

    test(`of format ${version} of a function that throws is a 500`, async () => {
      const response = await answered(host(), undefined, { throw: true });
      assert.equal(response.status, 500);
      assert.equal(response.text(), '{"message":"Internal Server Error"}');
    });

    test(`of format ${version} keeps UTF-8 and its exact length`, async () => {
      const response = await answered(host(), { statusCode: 200, body: 'grüße €' });
      assert.equal(response.text(), 'grüße €');
      assert.equal(response.header('content-length'), String(Buffer.byteLength('grüße €')));
    });

    test(`of format ${version} cannot split the response`, async () => {
      const response = await answered(host(), { statusCode: 200, headers: { 'x-bad': 'a\r\nX-Injected: yes' }, body: 'ok' });
      assert.equal(response.header('x-injected'), undefined);
    });
  }

  const inferred: { desc: string; value: unknown; body: string }[] = [
    { desc: 'an object', value: { name: 'x' }, body: '{"name":"x"}' },
    { desc: 'a list', value: [1, 2], body: '[1,2]' },
    { desc: 'a number', value: 42, body: '42' },
    { desc: 'true', value: true, body: 'true' },
    { desc: 'a string', value: 'test', body: 'test' },
    { desc: 'an empty string', value: '', body: '' },
  ];
  for (const row of inferred) {
    test(`of format 2.0 may be just ${row.desc}`, async () => {
      const response = await answered(hosts.answer2, row.value);
      assert.equal(response.status, 200);
      assert.equal(response.text(), row.body);
      assert.equal(response.header('content-type'), 'application/json');
      assert.equal(response.header('content-length'), String(row.body.length));
    });
  }

  test('of format 2.0 with a fractional status is a 500', async () => {
    assert.equal((await answered(hosts.answer2, { statusCode: 200.5, body: 'x' })).status, 500);
  });

  test('of format 1.0 that is no object is a 500', async () => {
    assert.equal((await answered(hosts.answer1, 'text')).status, 500);
  });

  test('of format 2.0 sets each cookie on its own line', async () => {
    const response = await answered(hosts.answer2, { statusCode: 200, cookies: ['a=1; Path=/', 'b=2'], body: '' });
    assert.deepEqual(response.all('set-cookie'), ['a=1; Path=/', 'b=2']);
  });

  test('of format 1.0 has the single value first, then the multi values', async () => {
    const response = await answered(hosts.answer1, {
      statusCode: 200,
      headers: { 'x-many': 'single' },
      multiValueHeaders: { 'x-many': ['multi1', 'multi2'] },
      body: '',
    });
    assert.deepEqual(response.all('x-many'), ['single', 'multi1', 'multi2']);
  });

  test('of a function that takes too long is a 500', async () => {
    const response = await answered(hosts.answer2, { statusCode: 200, body: 'late' }, { sleepMs: 5_000 });
    assert.equal(response.status, 500);
    assert.equal(response.text(), '{"message":"Internal Server Error"}');
  });

  test('of more than 6 MB is a 500', async () => {
    const response = await answered(hosts.answer2, undefined, { big: 6.5 * 1024 * 1024 });
    assert.equal(response.status, 500);
  });

  test('to HEAD has no body', async () => {
    const response = await rawRequest(server.port, { method: 'HEAD', target: '/pets/1/toys/2', host: hosts.echo2 });
    assert.equal(response.status, 200);
    assert.equal(response.body.length, 0);
  });
});

describe('routes', () => {
  test('do not ignore a trailing slash', async () => {
    const event = await eventOf({ target: '/plain/', host: hosts.echo2 });
    assert.equal(event.routeKey, '$default');
  });

  test('take the most specific match', async () => {
    assert.equal((await eventOf({ target: '/files/x', host: hosts.echo2 })).routeKey, 'ANY /files/{proxy+}');
    assert.equal((await eventOf({ method: 'DELETE', target: '/plain', host: hosts.echo2 })).routeKey, '$default');
  });
});

test('requests that repeat their header section on one connection keep their own paths, queries, bodies and trace ids', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen: { path: string; query: string; body: string | undefined; length: string; cookies: unknown; trace: string }[] = [];
  try {
    for (let turn = 0; turn < 6; turn++) {
      const event = await echoedOver(agent, `/body?turn=${turn}`, `"${turn}"`);
      seen.push({
        path: event.rawPath,
        query: event.rawQueryString,
        body: event.body,
        length: event.headers['content-length'] ?? '',
        cookies: event.cookies,
        trace: event.headers['x-amzn-trace-id'] ?? '',
      });
    }
  } finally {
    agent.destroy();
  }
  assert.deepEqual(
    seen.map(({ trace, ...rest }) => rest),
    seen.map((_, turn) => ({
      path: '/body',
      query: `turn=${turn}`,
      body: `"${turn}"`,
      length: '3',
      cookies: ['a=1', 'b=2'],
    })),
  );
  assert.equal(new Set(seen.map(({ trace }) => trace)).size, seen.length);
});

interface EchoedEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: unknown;
}

/** The event that the echo function received for a request over the agent's connection. */
function echoedOver(agent: Agent, target: string, body: string): Promise<EchoedEvent> {
  return new Promise((resolve, reject) => {
    const headers = { host: hosts.echo2, cookie: 'a=1; b=2', 'content-type': 'application/json', 'content-length': body.length };
    request({ agent, host: '127.0.0.1', port: server.port, path: target, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text) as EchoedEvent));
    })
      .on('error', reject)
      .end(body);
  });
}
