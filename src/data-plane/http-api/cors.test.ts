import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderBlock } from '../../http1/header-block.ts';
import type { CorsConfiguration } from '../../model/http-api.ts';
import { FakeHeaders, linesOf } from '../testing/fake-messages.ts';
import { CorsPolicy } from './cors.ts';

const full: CorsConfiguration = {
  allowOrigins: ['https://app.example.com'],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['content-type', 'x-key'],
  exposeHeaders: ['etag'],
  allowCredentials: true,
  maxAge: 300,
};

function preflight(configuration: CorsConfiguration, origin: string | undefined): Record<string, string> {
  const block = new HeaderBlock();
  new CorsPolicy(configuration).addToPreflight(block, origin);
  return Object.fromEntries(linesOf(block));
}

function response(configuration: CorsConfiguration, origin: string | undefined): Record<string, string> {
  const block = new HeaderBlock();
  new CorsPolicy(configuration).addToResponse(block, origin);
  return Object.fromEntries(linesOf(block));
}

describe('CorsPolicy', () => {
  test('a preflight gets everything that is configured', () => {
    assert.deepEqual(preflight(full, 'https://app.example.com'), {
      'Access-Control-Allow-Origin': 'https://app.example.com',
      'Access-Control-Allow-Methods': 'GET,POST',
      'Access-Control-Allow-Headers': 'content-type,x-key',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Max-Age': '300',
    });
  });

  test('a response gets origin, credentials and exposed headers', () => {
    assert.deepEqual(response(full, 'https://app.example.com'), {
      'Access-Control-Allow-Origin': 'https://app.example.com',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': 'etag',
    });
  });

  const origins: [
    desc: string,
    allowOrigins: string[],
    origin: string | undefined,
    expected: string | undefined,
    credentials?: boolean,
  ][] = [
    ['* is sent as *', ['*'], 'https://a.example', '*'],
    ['* with credentials names the origin', ['*'], 'https://a.example', 'https://a.example', true],
    ['another origin gets nothing', ['https://a.example'], 'https://b.example', undefined],
    ['an origin with a suffix gets nothing', ['https://a.example'], 'https://a.example.evil', undefined],
    ['no Origin gets nothing', ['*'], undefined, undefined],
    ['https://* allows https', ['https://*'], 'https://a.example', 'https://a.example'],
    ['https://* does not allow http', ['https://*'], 'http://a.example', undefined],
    ['http://* allows http', ['http://*'], 'http://a.example', 'http://a.example'],
    ['the port belongs to the origin', ['http://localhost:3000'], 'http://localhost:3001', undefined],
    ['no origins configured', [], 'https://a.example', undefined],
    ['an origin that cannot be a header value is not echoed', ['https://*'], 'https://a\r\nX: y', undefined],
  ];
  for (const [desc, allowOrigins, origin, expected, credentials] of origins) {
    test(desc, () => {
      const configuration = { allowOrigins, ...(credentials === undefined ? {} : { allowCredentials: credentials }) };
      assert.equal(response(configuration, origin)['Access-Control-Allow-Origin'], expected);
      assert.equal(preflight(configuration, origin)['Access-Control-Allow-Origin'], expected);
    });
  }

  test('a preflight is OPTIONS with both fields', () => {
    const policy = new CorsPolicy(full);
    const both = new FakeHeaders([
      ['Origin', 'https://a'],
      ['Access-Control-Request-Method', 'GET'],
    ]);
    assert.equal(policy.isPreflight('OPTIONS', both), true);
    assert.equal(policy.isPreflight('GET', both), false);
    assert.equal(policy.isPreflight('OPTIONS', new FakeHeaders([['Origin', 'https://a']])), false);
  });
});
