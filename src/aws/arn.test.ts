import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatArn, parseArn, partitionOf } from './arn.ts';

const valid: readonly { text: string; resource: string; service: string }[] = [
  { text: 'arn:aws:lambda:us-east-1:111111111111:function:f:1', service: 'lambda', resource: 'function:f:1' },
  { text: 'arn:aws:iam::111111111111:role/path/r', service: 'iam', resource: 'role/path/r' },
  { text: 'arn:aws:s3:::bucket/key:with:colons', service: 's3', resource: 'bucket/key:with:colons' },
  { text: 'arn:aws-cn:execute-api:cn-north-1:111111111111:abc/*/GET/x', service: 'execute-api', resource: 'abc/*/GET/x' },
];

test('an ARN comes apart and together again', () => {
  for (const { text, service, resource } of valid) {
    const arn = parseArn(text);
    assert.ok(arn);
    assert.deepEqual([arn.service, arn.resource], [service, resource]);
    assert.equal(formatArn(arn), text);
  }
});

test('what is no ARN is undefined', () => {
  for (const text of [
    '',
    'arn',
    'arn:aws:s3',
    'arn:aws:s3:::',
    'arn::s3:::b',
    'arn:aws::r:a:b',
    'urn:aws:s3:::b',
    `arn:aws:s3:::${'x'.repeat(3000)}`,
  ]) {
    assert.equal(parseArn(text), undefined, text);
  }
});

test('regions have partitions', () => {
  assert.equal(partitionOf('eu-west-1'), 'aws');
  assert.equal(partitionOf('cn-north-1'), 'aws-cn');
  assert.equal(partitionOf('us-gov-west-1'), 'aws-us-gov');
});
