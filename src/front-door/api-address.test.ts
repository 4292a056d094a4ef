import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseApiAddress } from './api-address.ts';

describe('parseApiAddress', () => {
  const cases: [desc: string, host: string, path: string, expected: Partial<ReturnType<typeof parseApiAddress>> | undefined][] = [
    [
      'AWS host',
      'a1b2c3.execute-api.eu-west-1.amazonaws.com',
      '/prod/x',
      { apiId: 'a1b2c3', region: 'eu-west-1', hostName: 'a1b2c3.execute-api.eu-west-1.amazonaws.com', path: '/prod/x' },
    ],
    ['gov region', 'a.execute-api.us-gov-west-1.amazonaws.com', '/', { region: 'us-gov-west-1' }],
    [
      'short host with a port',
      'A1.execute-api.localhost:8080',
      '/x',
      { apiId: 'a1', region: undefined, hostName: 'a1.execute-api.localhost' },
    ],
    ['any suffix', 'a1.execute-api.us-east-1.localhost.localstack.cloud:4566', '/x', { apiId: 'a1', region: 'us-east-1' }],
    ['host beats path', 'a1.execute-api.x', '/_aws/execute-api/b2/s/y', { apiId: 'a1', path: '/_aws/execute-api/b2/s/y' }],
    ['an id with a dot is no id', 'a.b.execute-api.x', '/', undefined],
    ['no label after the mark', 'a1.execute-api', '/', undefined],
    [
      'path form',
      'localhost:8080',
      '/_aws/execute-api/a1/prod/x/y',
      { apiId: 'a1', stageName: 'prod', path: '/x/y', hostName: undefined },
    ],
    ['path form at the root', 'localhost', '/_aws/execute-api/a1/prod/', { stageName: 'prod', path: '/' }],
    ['path form without a slash', 'localhost', '/_aws/execute-api/a1/prod', { stageName: 'prod', path: '' }],
    ['path form, default stage', 'localhost', '/_aws/execute-api/a1/$default/x', { stageName: '$default', path: '/x' }],
    ['path form, encoded default stage', 'localhost', '/_aws/execute-api/a1/%24default/x', { stageName: '$default', path: '/x' }],
    [
      'path form, short',
      'localhost:4566',
      '/execute-api/a1/prod/x/y',
      { apiId: 'a1', stageName: 'prod', path: '/x/y', hostName: undefined },
    ],
    ['path form without a stage', 'localhost', '/_aws/execute-api/a1', { apiId: 'a1', stageName: '', path: '' }],
    ['REST path form', 'localhost', '/restapis/a1/prod/_user_request_/x//y', { apiId: 'a1', stageName: 'prod', path: '/x//y' }],
    ['REST path form at its end', 'localhost', '/restapis/a1/prod/_user_request_', { stageName: 'prod', path: '' }],
    ['control-plane path of REST APIs', 'localhost', '/restapis/a1/resources', undefined],
    ['control-plane path that begins alike', 'localhost', '/restapis/a1/prod/_user_request_x', undefined],
    ['encoded slashes are no separators', 'localhost', '/_aws/execute-api%2Fa1/prod', undefined],
    ['nothing of ours', 'localhost', '/x', undefined],
    ['a bad id', 'localhost', '/_aws/execute-api/a%201/prod/x', undefined],
  ];
  for (const [desc, host, path, expected] of cases) {
    test(desc, () => {
      const address = parseApiAddress(host, path);
      if (expected === undefined) assert.equal(address, undefined);
      else assert.deepEqual({ ...address, ...expected }, address);
    });
  }
});
