import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signRequest } from './signature-v4.ts';

test('signs as AWS does', () => {
  // Source: AWS Signature Version 4 test suite, get-vanilla.
  const { Authorization } = signRequest(
    {
      method: 'GET',
      path: '/',
      host: 'example.amazonaws.com',
      headers: {},
      body: Buffer.alloc(0),
      service: 'service',
      region: 'us-east-1',
      at: new Date('2015-08-30T12:36:00Z'),
    },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  );
  assert.equal(
    Authorization,
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
});
