import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashBody } from './sigv4-canonical-request.ts';
import { signRequest } from './sigv4-sign.ts';

test('signs as AWS does', () => {
  // Source: AWS Signature Version 4 test suite, get-vanilla.
  const added = signRequest(
    {
      method: 'GET',
      path: '/',
      query: '',
      rawHeaders: ['Host', 'example.amazonaws.com'],
      bodyHash: hashBody(Buffer.alloc(0)),
    },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    { region: 'us-east-1', service: 'service', now: Date.parse('2015-08-30T12:36:00Z') },
  );
  assert.deepEqual(added, [
    ['x-amz-date', '20150830T123600Z'],
    [
      'authorization',
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
        'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
  ]);
});
