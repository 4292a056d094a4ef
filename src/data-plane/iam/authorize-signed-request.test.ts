// Signed requests on AWS_IAM routes, header and presigned: who gets in, who does not, and why.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { hashBody, type SignedRequest, toBasicTimestamp } from '../../aws/sigv4-canonical-request.ts';
import { signRequest } from '../../aws/sigv4-sign.ts';
import { compilePolicy, type Policy } from '../../iam-policy/policy-document.ts';
import { isFault } from '../../iam-policy/policy-fault.ts';
import { authorizeSignedRequest, type SignedRoute } from './authorize-signed-request.ts';
import type { CallerCredentials } from './caller-credentials.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const account = '111111111111';
const host = 'api1234567.execute-api.us-east-1.amazonaws.com';
const routeArn = `arn:aws:execute-api:us-east-1:${account}:api1234567/prod/GET/pets/{id}`;
const route: SignedRoute = {
  routeArn,
  region: 'us-east-1',
  account,
  sourceIp: '203.0.113.9',
  secureTransport: false,
  nowMs: NOW,
};

function policy(...statements: readonly object[]): Policy {
  const compiled = compilePolicy({ Version: '2012-10-17', Statement: statements }, 'identity');
  assert.ok(!isFault(compiled), JSON.stringify(compiled));
  return compiled;
}

const invoke = {
  Effect: 'Allow',
  Action: 'execute-api:Invoke',
  Resource: `arn:aws:execute-api:us-east-1:${account}:api1234567/*`,
};

function caller(name: string, policies: readonly Policy[] | undefined, more: Partial<CallerCredentials> = {}): CallerCredentials {
  return {
    accessKeyId: `AKIA${name.toUpperCase()}`,
    secretAccessKey: `secret of ${name}`,
    account,
    arn: `arn:aws:iam::${account}:user/${name}`,
    userId: `AIDA${name.toUpperCase()}`,
    userName: name,
    tags: [],
    policies,
    ...more,
  };
}

const anna = caller('anna', [policy(invoke)]);
const bob = caller('bob', [policy({ ...invoke, Resource: `${routeArn.slice(0, routeArn.indexOf('/prod'))}/prod/POST/*` })]);
const carl = caller('carl', [
  policy(invoke),
  policy({ ...invoke, Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }),
]);
const dora = caller('dora', []);
const root = caller('root', undefined, { arn: `arn:aws:iam::${account}:root`, userName: undefined });
const foreign = caller('foreign', [policy({ ...invoke, Resource: '*' })], { account: '222222222222' });
const timed = caller('timed', [policy(invoke)], { sessionToken: 'token', expiresAt: NOW + 1000 });
const tagged = caller(
  'tagged',
  [policy({ ...invoke, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'pets', 'aws:username': 'tagged' } } })],
  { tags: [{ Key: 'team', Value: 'pets' }] },
);
const everybody = new Map([anna, bob, carl, dora, root, foreign, timed, tagged].map((one) => [one.accessKeyId, one]));
const callers = (accessKeyId: string): CallerCredentials | undefined => everybody.get(accessKeyId);

interface Signing {
  readonly by?: CallerCredentials;
  readonly secret?: string;
  readonly region?: string;
  readonly service?: string;
  readonly at?: number;
  readonly body?: string;
  readonly token?: string;
}

function signed({
  by = anna,
  secret = by.secretAccessKey,
  region = 'us-east-1',
  service = 'execute-api',
  at = NOW,
  body = '',
  token,
}: Signing = {}): SignedRequest {
  const request: SignedRequest = {
    method: 'GET',
    path: '/prod/pets/7',
    query: 'b=2&a=1',
    rawHeaders: ['Host', host, 'User-Agent', 'test'],
    bodyHash: hashBody(Buffer.from(body)),
  };
  const credentials = {
    accessKeyId: by.accessKeyId,
    secretAccessKey: secret,
    ...(token === undefined ? {} : { sessionToken: token }),
  };
  return {
    ...request,
    rawHeaders: [...request.rawHeaders, ...signRequest(request, credentials, { region, service, now: at }).flat()],
  };
}

/** Signed in its query by the AWS SDK's own signer. */
async function presigned(by: CallerCredentials, expiresIn: number, at = NOW): Promise<SignedRequest> {
  class Sha256 {
    readonly #hash;
    constructor(secret?: string | Uint8Array) {
      this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
    }
    update(data: string | Uint8Array): void {
      this.#hash.update(data);
    }
    async digest(): Promise<Uint8Array> {
      return this.#hash.digest();
    }
  }
  const signer = new SignatureV4({ credentials: by, region: 'us-east-1', service: 'execute-api', sha256: Sha256 as never });
  const made = await signer.presign(
    { method: 'GET', protocol: 'https:', hostname: host, path: '/prod/pets/7', query: { a: '1' }, headers: { host } },
    { expiresIn, signingDate: new Date(at) },
  );
  const query = Object.entries(made.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return { method: 'GET', path: '/prod/pets/7', query, rawHeaders: ['Host', host], bodyHash: hashBody(Buffer.alloc(0)) };
}

describe('let in', () => {
  const rows: readonly { desc: string; by: CallerCredentials; token?: string }[] = [
    { desc: 'a user whose policy names the API', by: anna },
    { desc: 'the account itself', by: root },
    { desc: 'temporary credentials with their token', by: timed, token: 'token' },
    { desc: 'a condition on the user and its tags', by: tagged },
  ];
  for (const { desc, by, token } of rows) {
    test(desc, () => {
      const decision = authorizeSignedRequest(signed({ by, ...(token === undefined ? {} : { token }) }), route, callers);
      assert.ok(decision.allowed, JSON.stringify(decision));
      assert.equal(decision.caller, by);
    });
  }

  test('a request signed in its query', async () => {
    const decision = authorizeSignedRequest(await presigned(anna, 600, NOW - 590_000), route, callers);
    assert.ok(decision.allowed, JSON.stringify(decision));
  });

  test('a body that was signed', () => {
    assert.ok(authorizeSignedRequest(signed({ body: 'hello' }), route, callers).allowed);
  });
});

describe('kept out', () => {
  const genuine = signed();
  const rows: readonly { desc: string; request: SignedRequest; why: RegExp; route?: Partial<SignedRoute> }[] = [
    { desc: 'no signature', request: { ...genuine, rawHeaders: ['Host', host] }, why: /Missing Authentication Token/ },
    {
      desc: 'a bearer token',
      request: { ...genuine, rawHeaders: ['Host', host, 'Authorization', 'Bearer x'] },
      why: /Authorization header/,
    },
    { desc: 'unknown key', request: signed({ by: caller('nobody', []) }), why: /security token .* invalid/ },
    { desc: 'wrong secret', request: signed({ secret: 'guess' }), why: /signature we calculated does not match/ },
    { desc: 'signed for another service', request: signed({ service: 'lambda' }), why: /correct service/ },
    { desc: 'signed for another region', request: signed({ region: 'eu-west-1' }), why: /valid region/ },
    { desc: 'signed six minutes ago', request: signed({ at: NOW - 6 * 60_000 }), why: /Signature expired/ },
    { desc: 'signed six minutes ahead', request: signed({ at: NOW + 6 * 60_000 }), why: /not yet current/ },
    { desc: 'another method', request: { ...genuine, method: 'DELETE' }, why: /does not match/ },
    { desc: 'another path', request: { ...genuine, path: '/prod/pets/8' }, why: /does not match/ },
    { desc: 'another query', request: { ...genuine, query: 'b=2&a=2' }, why: /does not match/ },
    { desc: 'another body', request: { ...genuine, bodyHash: hashBody(Buffer.from('x')) }, why: /does not match/ },
    {
      desc: 'another host',
      request: { ...genuine, rawHeaders: genuine.rawHeaders.map((part) => (part === host ? 'x.test' : part)) },
      why: /does not match/,
    },
    { desc: 'temporary credentials without their token', request: signed({ by: timed }), why: /security token .* invalid/ },
    {
      desc: 'temporary credentials with another token',
      request: signed({ by: timed, token: 'other' }),
      why: /security token .* invalid/,
    },
    {
      desc: 'temporary credentials after their time',
      request: signed({ by: timed, token: 'token' }),
      route: { nowMs: NOW + 1000 },
      why: /expired/,
    },
    { desc: 'another account', request: signed({ by: foreign }), why: /another account/ },
    {
      desc: 'a policy for another method',
      request: signed({ by: bob }),
      why: /user\/bob is not authorized to perform: execute-api:Invoke on resource: .* because no identity-based/,
    },
    { desc: 'a deny that applies', request: signed({ by: carl }), why: /with an explicit deny/ },
    { desc: 'no policy', request: signed({ by: dora }), why: /no identity-based policy/ },
    {
      desc: 'another API',
      request: genuine,
      route: { routeArn: routeArn.replace('api1234567', 'api7654321') },
      why: /no identity-based policy/,
    },
  ];
  for (const { desc, request, why, route: changed } of rows) {
    test(desc, () => {
      const decision = authorizeSignedRequest(request, { ...route, ...changed }, callers);
      assert.ok(!decision.allowed, 'must be kept out');
      assert.match(decision.reason, why);
      assert.ok(decision.reason.length < 500 && !/Signature=|Canonical String/.test(decision.reason), decision.reason);
    });
  }

  test('a request signed in its query, after its time', async () => {
    const request = await presigned(anna, 600, NOW - 601_000);
    assert.ok(!authorizeSignedRequest(request, route, callers).allowed);
  });

  test('a request signed in its query, changed', async () => {
    const request = await presigned(anna, 600);
    assert.ok(authorizeSignedRequest(request, route, callers).allowed);
    for (const changed of [
      { ...request, query: `${request.query}&b=1` },
      { ...request, query: request.query.replace('X-Amz-Expires=600', 'X-Amz-Expires=6000') },
      { ...request, query: request.query.replace('a=1', 'a=2') },
      { ...request, query: request.query.replace(/X-Amz-Signature=[0-9a-f]+/, 'X-Amz-Signature=') },
      { ...request, query: request.query.replace('AKIAANNA', 'AKIAROOT') },
      { ...request, query: request.query.replace(toBasicTimestamp(NOW), toBasicTimestamp(NOW + 1000)) },
      { ...request, method: 'POST' },
    ]) {
      assert.ok(!authorizeSignedRequest(changed, route, callers).allowed, changed.query);
    }
  });

  test('signatures that were changed at random', () => {
    let tried = 0;
    for (let i = 0; i < genuine.rawHeaders.length; i += 2) {
      const value = genuine.rawHeaders[i + 1] as string;
      // The agent is signed here, too: every header is.
      for (let at = 0; at < value.length; at++) {
        const rawHeaders = [...genuine.rawHeaders];
        rawHeaders[i + 1] = `${value.slice(0, at)}${value[at] === 'x' ? 'y' : 'x'}${value.slice(at + 1)}`;
        assert.ok(!authorizeSignedRequest({ ...genuine, rawHeaders }, route, callers).allowed, String(rawHeaders[i + 1]));
        tried++;
      }
    }
    assert.ok(tried > 250);
  });
});

test('without TLS aws:SecureTransport is false, with it true', () => {
  const secure = caller('secure', [policy({ ...invoke, Condition: { Bool: { 'aws:SecureTransport': 'true' } } })]);
  const only = (id: string): CallerCredentials | undefined => (id === secure.accessKeyId ? secure : undefined);
  assert.ok(!authorizeSignedRequest(signed({ by: secure }), route, only).allowed);
  assert.ok(authorizeSignedRequest(signed({ by: secure }), { ...route, secureTransport: true }, only).allowed);
});
