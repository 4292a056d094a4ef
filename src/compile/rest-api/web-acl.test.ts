// A stage's web ACL in the flow of REST APIs: what it is shown, and what comes of its verdict.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { signRequest } from '../../aws/sigv4-sign.ts';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import type { InspectedRequest, WebAcl, WebAcls, WebAclVerdict } from '../../data-plane/web-acls.ts';
import { httpProxy, lambdaProxy, mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const ARN = 'arn:aws:wafv2:us-east-1:000000000000:regional/webacl/shop/a1';

const passes: WebAclVerdict = { action: 'ALLOW', reason: 'the default action', insertedHeaders: [], answer: undefined };
const blocks: WebAclVerdict = { ...passes, action: 'BLOCK', reason: 'rule "bad"' };

class FakeWebAcl implements WebAcls, WebAcl {
  readonly arn = ARN;
  bodyBytes = 0;
  verdict = passes;
  current: WebAcl | undefined = this;
  readonly seen: InspectedRequest[] = [];
  readonly bound: string[] = [];

  bind({ apiId, stageName }: { apiId: string; stageName: string }) {
    this.bound.push(`${apiId}/${stageName}`);
    // The same object: what is associated later is seen.
    return this;
  }

  inspect(request: InspectedRequest): WebAclVerdict {
    this.seen.push(request);
    return this.verdict;
  }
}

function guarded(webAcl: FakeWebAcl, more: object = {}) {
  return new ServedRestApi(
    restApi(
      {
        'GET /pets': { integration: mock() },
        'POST /pets': { integration: lambdaProxy() },
        'POST /proxy': { integration: httpProxy('http://backend.example.com/pets') },
        'POST /signed': { authorizationType: 'AWS_IAM', integration: lambdaProxy() },
      },
      more,
    ),
    { webAcls: webAcl, ports: { callers: () => caller } as never },
  );
}

/** The account itself, which no policy binds. */
const caller = {
  ...{ accessKeyId: 'AKIDONE', secretAccessKey: 'secret', account: '000000000000', userId: '000000000000', tags: [] },
  ...{ arn: 'arn:aws:iam::000000000000:root', policies: undefined },
};

describe('what a web ACL is shown', () => {
  test('the request as it came, with the stage in its path', () => {
    const webAcl = new FakeWebAcl();
    const api = guarded(webAcl);
    api.call({ target: '/pets?q=%3Cb%3E', headers: [['X-One', 'a']] });
    const { plan } = api.pipeline;
    assert.deepEqual(webAcl.bound, [`${plan.apiId}/${plan.stageName}`]);
    const { requestId, at, host, headers, ...shown } = webAcl.seen[0] as InspectedRequest;
    assert.deepEqual(shown, {
      ...{ clientIp: '203.0.113.9', method: 'GET', path: `/${plan.stageName}/pets`, query: 'q=%3Cb%3E', body: '' },
      ...{ bodyLength: 0, httpVersion: 'HTTP/1.1', scheme: 'http' },
    });
    assert.deepEqual(headers, ['Host', host, 'X-One', 'a']);
    assert.match(requestId, /=$/);
    assert.ok(Date.now() - at < 60_000);
  });

  for (const [desc, body, bodyBytes, shown, length] of [
    ['no body when no rule looks at one', new FakeBody('hello'), 0, '', 5],
    ['a body', new FakeBody('hello'), 100, 'hello', 5],
    ['the beginning of a long one', new FakeBody('hello'), 2, 'he', 5],
    ['a body in chunks', new FakeBody('hello', { chunked: true }), 100, 'hello', 5],
    ['bytes, one character each', new FakeBody(Buffer.from([0xff, 0xc3, 0xa4])), 100, 'ÿÃ¤', 3],
    ['as it came, not unpacked', new FakeBody(gzipSync('hello')), 1, '\x1f', gzipSync('hello').length],
  ] as const) {
    test(desc, () => {
      const webAcl = new FakeWebAcl();
      webAcl.bodyBytes = bodyBytes;
      const answer = guarded(webAcl).call({ method: 'POST', target: '/pets', body });
      assert.equal(answer.status, 200);
      assert.equal(webAcl.seen[0]?.body, shown);
      assert.equal(webAcl.seen[0]?.bodyLength, length);
    });
  }

  test('the body is still there for the integration and for a signature', () => {
    const webAcl = new FakeWebAcl();
    webAcl.bodyBytes = 3;
    const api = guarded(webAcl);
    for (const chunked of [false, true]) {
      api.call({ method: 'POST', target: '/pets', body: new FakeBody('{"a":1}', { chunked }) });
      assert.equal(api.lastEvent['body'], '{"a":1}');
      const host = 'a1b2c3.execute-api.us-east-1.amazonaws.com';
      const headers = signRequest(
        { method: 'POST', path: '/signed', query: '', rawHeaders: ['Host', host], bodyHash: hash('sha256', 'signed', 'hex') },
        { accessKeyId: caller.accessKeyId, secretAccessKey: caller.secretAccessKey },
        { region: 'us-east-1', service: 'execute-api', now: Date.now() },
      );
      assert.equal(
        api.call({ method: 'POST', target: '/signed', headers, body: new FakeBody('signed', { chunked }) }).status,
        200,
      );
      assert.equal(api.lastEvent['body'], 'signed');
    }
  });

  test('a body that does not arrive is refused as ever', () => {
    const webAcl = new FakeWebAcl();
    webAcl.bodyBytes = 3;
    const answer = guarded(webAcl).call({ method: 'POST', target: '/pets', body: new FakeBody('', { failure: 'tooLarge' }) });
    assert.equal(answer.status, 413);
    assert.deepEqual(webAcl.seen, []);
  });

  test('requests of resources that are not there, whatever is in their bodies', () => {
    const webAcl = new FakeWebAcl();
    webAcl.bodyBytes = 100;
    const api = guarded(webAcl);
    const unknown = { method: 'POST', target: '/.env', body: new FakeBody('hello', { chunked: true }) };
    const passed = api.call(unknown);
    assert.equal(passed.status, 403);
    assert.equal(passed.responseText, '{"message":"Missing Authentication Token"}');
    webAcl.verdict = { ...blocks, answer: { status: 429, contentType: 'text/plain', body: 'slow down', headers: [] } };
    const blocked = api.call({ ...unknown, body: new FakeBody('hello') });
    assert.equal(blocked.status, 429);
    assert.equal(blocked.responseText, 'slow down');
    assert.deepEqual(
      webAcl.seen.map(({ path, body }) => [path, body]),
      [
        ['/prod/.env', 'hello'],
        ['/prod/.env', 'hello'],
      ],
    );
  });

  test('nothing without a web ACL', () => {
    const webAcl = new FakeWebAcl();
    webAcl.current = undefined;
    assert.equal(guarded(webAcl).call({ target: '/pets' }).status, 200);
    assert.deepEqual(webAcl.seen, []);
  });
});

describe('what comes of a verdict', () => {
  test('a Block is 403 before the resource policy and the authorizer are asked', () => {
    const webAcl = new FakeWebAcl();
    webAcl.verdict = blocks;
    const deny = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}';
    const api = guarded(webAcl, { api: { policy: deny } });
    const answer = api.call({ target: '/pets' });
    assert.equal(answer.status, 403);
    assert.equal(answer.responseText, '{"message":"Forbidden"}');
    assert.equal(answer.responseHeader('x-amzn-ErrorType'), 'ForbiddenException');
    webAcl.verdict = passes;
    assert.equal(JSON.parse(api.call({ target: '/pets' }).responseText).Message.startsWith('User: anonymous'), true);
  });

  test('a customised gateway response of the API', () => {
    const webAcl = new FakeWebAcl();
    webAcl.verdict = blocks;
    const gatewayResponses = [
      {
        ...{ responseType: 'WAF_FILTERED', statusCode: '418', responseParameters: {} },
        responseTemplates: { 'application/json': '$context.wafResponseCode $context.webaclArn' },
      },
    ];
    const answer = guarded(webAcl, { gatewayResponses }).call({ target: '/pets' });
    assert.equal(answer.status, 418);
    assert.equal(answer.responseText, `WAF_BLOCK ${ARN}`);
  });

  test("the web ACL's own answer wins over it", () => {
    const webAcl = new FakeWebAcl();
    const answer = { status: 429, contentType: 'text/html', body: '<b>ä</b>', headers: ['Retry-After', '60', 'X-Two', 'b'] };
    webAcl.verdict = { ...blocks, answer };
    const gatewayResponses = [{ responseType: 'WAF_FILTERED', statusCode: '418', responseParameters: {}, responseTemplates: {} }];
    const got = guarded(webAcl, { gatewayResponses }).call({ target: '/pets' });
    assert.equal(got.status, 429);
    assert.equal(got.responseText, '<b>ä</b>');
    assert.equal(got.responseHeader('content-type'), 'text/html');
    assert.equal(got.responseHeader('retry-after'), '60');
    assert.equal(got.responseHeader('x-two'), 'b');
  });

  test('headers that it inserts are seen by backends and functions, in place of the client’s', () => {
    const webAcl = new FakeWebAcl();
    webAcl.verdict = { ...passes, insertedHeaders: ['x-amzn-waf-score', '7'] };
    const api = guarded(webAcl);
    const headers = [['X-Amzn-Waf-Score', '0'] as const, ['X-Other', 'o'] as const];
    api.call({ method: 'POST', target: '/pets', headers });
    const event = api.lastEvent as { headers: Record<string, string> };
    const { 'x-amzn-waf-score': score, 'X-Amzn-Waf-Score': theirs, 'X-Other': other } = event.headers;
    assert.deepEqual([score, theirs, other], ['7', undefined, 'o']);
    api.call({ method: 'POST', target: '/proxy', headers });
    const sent = api.upstreams.calls.at(-1)?.headers.text ?? '';
    assert.match(sent, /x-amzn-waf-score: 7\r\n/);
    assert.equal(/X-Amzn-Waf-Score/.test(sent), false);
    assert.match(sent, /X-Other: o\r\n/);
  });
});
