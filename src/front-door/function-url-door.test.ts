import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FunctionUrlAddress, parseFunctionUrlAddress } from './function-url-door.ts';

describe('parseFunctionUrlAddress', () => {
  const rows: readonly (readonly [
    desc: string,
    host: string,
    path: string,
    expected: Partial<FunctionUrlAddress> | undefined,
  ])[] = [
    [
      'AWS host',
      'abc123.lambda-url.eu-west-1.on.aws',
      '/x',
      { urlId: 'abc123', region: 'eu-west-1', hostName: 'abc123.lambda-url.eu-west-1.on.aws', path: '/x' },
    ],
    [
      'any suffix and a port',
      'ABC.Lambda-Url.localhost:8080',
      '/',
      { urlId: 'abc', region: undefined, hostName: 'abc.lambda-url.localhost' },
    ],
    ['path form', 'localhost', '/_aws/lambda-url/abc/x/y', { urlId: 'abc', hostName: undefined, path: '/x/y' }],
    ['path form without a slash', 'localhost', '/_aws/lambda-url/abc', { urlId: 'abc', path: '/' }],
    ['host beats path', 'abc.lambda-url.x', '/_aws/lambda-url/def/', { urlId: 'abc', path: '/_aws/lambda-url/def/' }],
    ['an id with a dot is no id', 'a.b.lambda-url.x', '/', undefined],
    ['a bad id', 'a_b.lambda-url.x', '/', undefined],
    ['a bad id in the path', 'localhost', '/_aws/lambda-url/a%20b/', undefined],
    ['an API', 'abc.execute-api.localhost', '/', undefined],
    ['nothing of ours', 'localhost', '/x', undefined],
  ];
  for (const [desc, host, path, expected] of rows) {
    test(desc, () => {
      const address = parseFunctionUrlAddress(host, path);
      if (expected === undefined) assert.equal(address, undefined);
      else assert.deepEqual({ ...address, ...expected }, address);
    });
  }
});
