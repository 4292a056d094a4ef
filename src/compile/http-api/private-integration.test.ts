// Private integrations through the whole flow: where they go, what they are sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf } from '../../data-plane/testing/fake-messages.ts';
import type { UpstreamCall } from '../../http1/message.ts';
import type { Integration } from '../../model/http-api.ts';
import { httpApi, httpProxy } from '../testing/http-api-builder.ts';
import { ServedApi } from '../testing/served-api.ts';
import { nothingAround } from './surroundings.ts';

const listener = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/alb/1/2';
const cloudMap = 'arn:aws:servicediscovery:us-east-1:000000000000:service/srv-1';
const vpcTargets = new Map([
  [listener, { host: '10.0.0.7', port: 8080 }],
  [cloudMap, { host: '::1', port: 9000 }],
]);

function call(integration: Integration, stageName: string, target = '/pets/a%20b?q=1'): UpstreamCall {
  const api = new ServedApi(httpApi({ 'ANY /pets/{id}': integration }, { stageName }), {
    surroundings: { ...nothingAround, vpcTargets },
  });
  const response = api.call({ method: 'PUT', target, host: 'shop.example' });
  assert.equal(response.status, 200, response.responseText);
  return api.upstreams.calls[0] as UpstreamCall;
}

const inVpc = { connectionType: 'VPC_LINK', connectionId: 'v1' } as const;

test('the path with the stage, the client’s Host, plain HTTP', () => {
  const sent = call(httpProxy(listener, inVpc), 'prod');
  assert.deepEqual(sent.origin, { protocol: 'http', host: '10.0.0.7', port: 8080 });
  assert.equal(sent.target, '/prod/pets/a%20b?q=1');
  assert.equal(sent.method, 'PUT');
  assert.equal(linesOf(sent.headers).find(([name]) => name === 'Host')?.[1], 'shop.example');
  assert.equal(call(httpProxy(listener, inVpc), '$default').target, '/pets/a%20b?q=1');
});

test('the stage goes when the path is mapped', () => {
  const requestParameters = { 'overwrite:path': '$request.path' };
  assert.equal(call(httpProxy(listener, { ...inVpc, requestParameters }), 'prod').target, '/pets/a%20b?q=1');
});

test('a server name means HTTPS and that name', () => {
  const sent = call(httpProxy(listener, { ...inVpc, tlsConfig: { serverNameToVerify: 'internal.example' } }), 'prod');
  assert.deepEqual(sent.origin, { protocol: 'https', host: '10.0.0.7', port: 8080, serverName: 'internal.example' });
});

test('a Cloud Map service, with and without attributes', () => {
  for (const uri of [cloudMap, `${cloudMap}?color=blue&size=2`]) {
    assert.deepEqual(call(httpProxy(uri, inVpc), 'prod').origin, { protocol: 'http', host: '::1', port: 9000 });
  }
});
