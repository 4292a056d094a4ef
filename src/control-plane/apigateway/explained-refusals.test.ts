import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsError, gatewayUnderTest } from './gateway-under-test.ts';

test("what AWS's sentence does not say is told where the server runs, and only that", async () => {
  const notices: string[] = [];
  const { call, api } = gatewayUnderTest({ onNotice: (notice) => notices.push(notice) });
  const { restApiId } = await api();
  const patchOperations = [{ op: 'replace', path: '/policy', value: '{' } as const];
  await assert.rejects(
    call('UpdateRestApi', { restApiId, patchOperations }),
    awsError('BadRequestException', /Principals are valid\.$/),
  );
  assert.match(notices.join('\n'), /^UpdateRestApi was refused\. .+$/);
  const schema = JSON.stringify({ properties: { age: { minimum: '1' } } });
  await assert.rejects(
    call('CreateModel', { restApiId, name: 'Pet', contentType: 'application/json', schema }),
    awsError('BadRequestException', /errors : \[Invalid model schema specified\]$/),
  );
  assert.match(notices[1] ?? '', /^CreateModel was refused\. At \/properties\/age\/minimum: minimum is not a number\.$/);
  await assert.rejects(call('GetModel', { restApiId, modelName: 'Pet' }), awsError('NotFoundException', /./));
  assert.equal(notices.length, 2);
});
