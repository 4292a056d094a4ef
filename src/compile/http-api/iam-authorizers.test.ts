// Routes with authorizationType AWS_IAM in the flow: who gets in, that the body arrives whole behind the decision, what events show.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import { signRequest } from '../../aws/sigv4-sign.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import { fakeResponse } from '../../data-plane/testing/fake-ports.ts';
import { compilePolicy } from '../../iam-policy/policy-document.ts';
import { httpApi, httpProxy, lambda, service } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';
import { nothingAround } from './surroundings.ts';

const account = '000000000000';

function caller(name: string, resource: string, effect = 'Allow'): CallerCredentials {
  const statement = { Effect: effect, Action: 'execute-api:Invoke', Resource: resource };
  const policy = compilePolicy({ Version: '2012-10-17', Statement: [statement] }, 'identity');
  assert.ok('statements' in policy);
  return {
    accessKeyId: `AKIA${name.toUpperCase()}`,
    secretAccessKey: `secret of ${name}`,
    account,
    arn: `arn:aws:iam::${account}:user/${name}`,
    userId: `AIDA${name.toUpperCase()}`,
    userName: name,
    tags: [],
    policies: [policy],
  };
}

const api = `arn:aws:execute-api:us-east-1:${account}:a1b2c3`;
const ann = caller('ann', `${api}/$default/*/pets/*`);
const bob = caller('bob', `${api}/$default/GET/other`);
const callers = new Map([ann, bob].map((each) => [each.accessKeyId, each]));

/** Like the body of a real request: it can be had once. */
class OnceBody extends FakeBody {
  #isTaken = false;

  override takeText(): string | undefined {
    const text = this.#isTaken ? undefined : super.takeText();
    this.#isTaken ||= text !== undefined;
    return text;
  }

  override readAll(...args: Parameters<FakeBody['readAll']>): void {
    assert.ok(!this.#isTaken, 'the body was taken before');
    this.#isTaken = true;
    super.readAll(...args);
  }
}

interface Sent {
  readonly by?: CallerCredentials | undefined;
  readonly target?: string;
  readonly method?: string;
  readonly body?: string;
  readonly chunked?: boolean;
  readonly signedBody?: string;
  readonly failure?: 'tooLarge' | 'aborted';
}

function guarded(payloadFormatVersion: '1.0' | '2.0' = '2.0') {
  const definition = httpApi({
    'ANY /pets/{id}': lambda({ payloadFormatVersion }),
    'ANY /pets/{id}/proxied': httpProxy('http://h/x'),
    'ANY /pets/{id}/mapped': httpProxy('http://h/x', { requestParameters: { 'overwrite:header.name': '$request.body.name' } }),
    'ANY /pets/{id}/queued': service('SQS-SendMessage', { QueueUrl: 'https://q.example/1/jobs', MessageBody: '$request.body' }),
  });
  const routes = definition.snapshot.routes.map((route) => ({ ...route, authorizationType: 'AWS_IAM' as const }));
  const served = new ServedApi(
    { ...definition, snapshot: { ...definition.snapshot, routes } },
    {
      callers: (accessKeyId) => callers.get(accessKeyId),
      surroundings: { ...nothingAround, hasAwsKeys: true },
    },
  );
  served.ports.exchanges.captureLevel = 2;
  const call = ({ by = ann, target = '/pets/5', method = 'POST', body = '', chunked = false, ...more }: Sent) => {
    const host = 'a1b2c3.execute-api.us-east-1.amazonaws.com';
    const [path = '', query = ''] = target.split('?');
    const request = {
      method,
      path,
      query,
      rawHeaders: ['Host', host],
      bodyHash: hash('sha256', more.signedBody ?? body, 'hex'),
    };
    const signature =
      by === undefined ? [] : signRequest(request, by, { region: 'us-east-1', service: 'execute-api', now: Date.now() });
    const failure = more.failure === undefined ? {} : { failure: more.failure };
    return served.call({
      method,
      target,
      host,
      headers: signature,
      body: new OnceBody(body, { chunked, ...failure }),
    });
  };
  const record = () => served.ports.exchanges.records.at(-1);
  return { served, call, record };
}

describe('AWS_IAM', () => {
  for (const chunked of [false, true]) {
    test(`a signed request gets in, and its ${chunked ? 'chunked ' : ''}body arrives whole`, () => {
      const { served, call, record } = guarded();
      assert.equal(call({ body: 'hello', chunked }).status, 200);
      const event = served.lastEvent as { body: string; requestContext: { authorizer: unknown } };
      assert.equal(Buffer.from(event.body, 'base64').toString(), 'hello');
      assert.deepEqual(event.requestContext.authorizer, {
        iam: {
          accessKey: 'AKIAANN',
          accountId: account,
          callerId: 'AIDAANN',
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: ann.arn,
          userId: 'AIDAANN',
        },
      });
      assert.deepEqual(record()?.steps?.find(({ stage }) => stage === 'authorize')?.finding, {
        authorizationType: 'AWS_IAM',
        userArn: ann.arn,
      });
    });

    test(`an HTTP backend gets the ${chunked ? 'chunked ' : ''}body, too`, () => {
      const { served, call } = guarded();
      const chunks: Buffer[] = [];
      served.upstreams.answer = (sent) => {
        const passed = sent.body;
        const text = passed !== null && typeof passed === 'object' && 'takeText' in passed ? passed.takeText() : passed;
        chunks.push(typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text ?? []));
        return fakeResponse(200, [], 'ok');
      };
      call({ target: '/pets/5/proxied', body: 'hello', chunked });
      assert.equal(Buffer.concat(chunks).toString(), 'hello');
    });
  }

  test('a mapping and an AWS service read the body, too', () => {
    const { served, call } = guarded();
    assert.equal(call({ target: '/pets/5/mapped', body: '{"name":"cat"}' }).status, 200);
    assert.match(served.upstreams.calls.at(-1)?.headers.text ?? '', /^name: cat\r\n/m);
    assert.equal(call({ target: '/pets/5/queued', body: 'hello' }).status, 200);
    assert.match(String(served.upstreams.calls.at(-1)?.body), /MessageBody=hello/);
  });

  test('payload format 1.0 shows the signer as the identity', () => {
    const { served, call } = guarded('1.0');
    call({});
    const { requestContext } = served.lastEvent as { requestContext: { authorizer: unknown; identity: Record<string, unknown> } };
    assert.deepEqual(requestContext.authorizer, { claims: null, scopes: null });
    const { accessKey, accountId, caller: who, user, userArn } = requestContext.identity;
    assert.deepEqual([accessKey, accountId, who, user, userArn], ['AKIAANN', account, 'AIDAANN', 'AIDAANN', ann.arn]);
  });

  const refused: [desc: string, sent: Sent, status: number, reason: RegExp][] = [
    ['a request that is not signed', { by: undefined }, 403, /is not signed/],
    ['a key nobody has', { by: { ...ann, accessKeyId: 'AKIANOBODY' } }, 403, /security token/],
    ['another secret', { by: { ...ann, secretAccessKey: 'wrong' } }, 403, /signature/],
    ['a body that was exchanged', { body: 'evil', signedBody: 'good' }, 403, /signature/],
    [
      'a signer whose policies allow other routes',
      { by: bob },
      403,
      /not authorized to perform: execute-api:Invoke on resource: .*\/POST\/pets\/5/,
    ],
    ['a body over 10 MB', { body: 'x', failure: 'tooLarge' }, 413, /larger than 10 MB/],
    ['a body that broke off', { body: 'x', failure: 'aborted' }, 400, /did not arrive whole/],
  ];
  for (const [desc, sent, status, reason] of refused) {
    test(`${desc}: ${status}`, () => {
      const { served, call, record } = guarded();
      const unsigned = 'by' in sent && sent.by === undefined;
      const response = unsigned ? served.call({ method: 'POST', target: '/pets/5' }) : call(sent);
      assert.equal(response.status, status);
      if (status === 403) assert.equal(response.responseText, '{"message":"Forbidden"}');
      assert.equal(record()?.refusedAt, 'authorize');
      assert.match(record()?.reason ?? '', reason);
      assert.ok(!record()?.reason?.includes('Signature='), 'no part of the signature is kept');
      assert.equal(served.ports.functions.events.length, 0);
    });
  }

  test('a client that leaves while its body is read gets nothing started', () => {
    const { served } = guarded();
    let receive: (body: Buffer) => void = () => {};
    const body = new FakeBody('x', { chunked: true });
    body.readAll = (_limit, receiver) => {
      receive = (bytes) => receiver.onBody(bytes);
    };
    const request = served.call({ method: 'POST', target: '/pets/5', headers: [['Authorization', 'AWS4-HMAC-SHA256 x']], body });
    request.leave();
    receive(Buffer.from('x'));
    assert.equal(request.answers, 0);
    assert.equal(served.ports.functions.events.length, 0);
    assert.equal(served.ports.exchanges.records.length, 1);
  });
});
