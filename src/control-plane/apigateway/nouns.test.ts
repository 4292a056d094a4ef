// The small nouns: gateway responses, tags, the account, documentation, and copies of whole APIs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kindsUnderApi } from './documents.ts';
import { awsError, caller, gatewayUnderTest } from './gateway-under-test.ts';

describe('a gateway response', () => {
  test('shows what its group says until it is customised itself', async () => {
    const { call, api } = gatewayUnderTest();
    const { restApiId } = await api();
    await call('PutGatewayResponse', { restApiId, responseType: 'DEFAULT_4XX', statusCode: '418' });
    const throttled = () => call('GetGatewayResponse', { restApiId, responseType: 'THROTTLED' });
    assert.deepEqual([(await throttled()).statusCode, (await throttled()).defaultResponse], ['418', true]);
    await call('PutGatewayResponse', {
      restApiId,
      responseType: 'THROTTLED',
      responseParameters: { 'gatewayresponse.header.a': "'b'" },
    });
    assert.deepEqual([(await throttled()).statusCode, (await throttled()).defaultResponse], ['429', false]);
    await call('DeleteGatewayResponse', { restApiId, responseType: 'THROTTLED' });
    const again = call('DeleteGatewayResponse', { restApiId, responseType: 'THROTTLED' });
    await assert.rejects(again, awsError('NotFoundException', 'Gateway response type not defined on api'));
    assert.equal((await call('GetGatewayResponses', { restApiId })).items.length, 21);
  });

  test('with a header that is none, or a source that is none, is refused', async () => {
    const { call, api } = gatewayUnderTest();
    const { restApiId } = await api();
    const put = (responseParameters: Record<string, string>) =>
      call('PutGatewayResponse', { restApiId, responseType: 'THROTTLED', responseParameters });
    await assert.rejects(put({ 'header.a': "'b'" }), awsError('BadRequestException', /^Invalid response parameter name/));
    await assert.rejects(
      put({ 'gatewayresponse.header.a': 'b' }),
      awsError('BadRequestException', /^Invalid mapping expression/),
    );
  });
});

describe('tags', () => {
  test('of an API and of a stage are set, read and removed', async () => {
    const { call, mockApi } = gatewayUnderTest();
    const { restApiId } = await mockApi();
    await call('CreateDeployment', { restApiId, stageName: 'dev' });
    for (const path of [`/restapis/${restApiId}`, `/restapis/${restApiId}/stages/dev`]) {
      const resourceArn = `arn:aws:apigateway:eu-west-1::${path}`;
      await call('TagResource', { resourceArn, tags: { a: '1', b: '2' } });
      await call('UntagResource', { resourceArn, tagKeys: ['a'] });
      assert.deepEqual((await call('GetTags', { resourceArn })).tags, { b: '2' });
    }
    assert.deepEqual((await call('GetStage', { restApiId, stageName: 'dev' })).tags, { b: '2' });
  });

  const refused: readonly [arn: string, code: string][] = [
    ['restapis/abc', 'BadRequestException'],
    ['arn:aws:apigateway:us-east-1::/restapis/none', 'NotFoundException'],
    ['arn:aws:apigateway:eu-west-1::/restapis/none', 'NotFoundException'],
    ['arn:aws:apigateway:eu-west-1::/toString/none', 'NotFoundException'],
  ];
  for (const [resourceArn, code] of refused) {
    test(`of ${resourceArn} are refused`, async () => {
      const { call } = gatewayUnderTest();
      await assert.rejects(call('GetTags', { resourceArn }), awsError(code, /./));
    });
  }
});

test('the account is one per account and region', async () => {
  const { call } = gatewayUnderTest();
  const fresh = { throttleSettings: { burstLimit: 5000, rateLimit: 10_000 }, features: ['UsagePlans'], apiKeyVersion: '4' };
  assert.deepEqual(await call('GetAccount', {}), fresh);
  const cloudwatchRoleArn = 'arn:aws:iam::000000000000:role/logs';
  const set = (value: string) =>
    call('UpdateAccount', { patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value }] });
  await set(cloudwatchRoleArn);
  assert.deepEqual(await call('GetAccount', {}), { ...fresh, cloudwatchRoleArn });
  assert.deepEqual(await call('GetAccount', {}, { ...caller, region: 'us-east-1' }), fresh);
  await assert.rejects(set('me'), awsError('BadRequestException', 'Invalid ARN specified in the request'));
  const without = call('UpdateAccount', { patchOperations: [{ op: 'remove', path: '/features', value: 'UsagePlans' }] });
  await assert.rejects(without, awsError('BadRequestException', 'Usage Plans cannot be disabled once enabled'));
});

describe('documentation', () => {
  test('has one part per place, and versions that a stage can have', async () => {
    const { call, mockApi } = gatewayUnderTest();
    const { restApiId } = await mockApi();
    const part = { restApiId, location: { type: 'METHOD', path: '/pets' }, properties: '{"a":1}' } as const;
    await call('CreateDocumentationPart', part);
    const same = call('CreateDocumentationPart', { ...part, location: { ...part.location, method: '*' } });
    await assert.rejects(same, awsError('ConflictException', /^Documentation part already exists/));
    const bad = call('CreateDocumentationPart', { ...part, location: { type: 'API' }, properties: '[]' });
    await assert.rejects(bad, awsError('BadRequestException', /properties must be/));
    await call('CreateDeployment', { restApiId, stageName: 'dev' });
    await call('CreateDocumentationVersion', { restApiId, documentationVersion: '1', stageName: 'dev' });
    for (const documentationVersion of ['', '\0', 'a b']) {
      const made = call('CreateDocumentationVersion', { restApiId, documentationVersion });
      await assert.rejects(made, awsError('BadRequestException', /^Invalid Documentation version/));
    }
    assert.equal((await call('GetStage', { restApiId, stageName: 'dev' })).documentationVersion, '1');
    const patchOperations = [{ op: 'replace', path: '/documentationVersion', value: '2' } as const];
    const unknown = call('UpdateStage', { restApiId, stageName: 'dev', patchOperations });
    await assert.rejects(unknown, awsError('NotFoundException', /^Invalid Documentation version/));
  });
});

test('a clone has everything of the definition under ids of its own, and no stage', async () => {
  const { call, mockApi } = gatewayUnderTest();
  const names = await mockApi();
  const { restApiId, resourceId } = names;
  const { id: requestValidatorId } = await call('CreateRequestValidator', { restApiId, name: 'all', validateRequestBody: true });
  const child = await call('CreateResource', { restApiId, parentId: resourceId, pathPart: 'pets' });
  const post = { restApiId, resourceId: child.id, httpMethod: 'POST' };
  await call('PutMethod', { ...post, authorizationType: 'NONE', requestValidatorId });
  await call('PutIntegration', { ...post, type: 'MOCK' });
  const part = await call('CreateDocumentationPart', { restApiId, location: { type: 'API' }, properties: '{"a":1}' });
  await call('CreateDeployment', { restApiId, stageName: 'dev' });
  const clone = await call('CreateRestApi', { name: 'copy', cloneFrom: restApiId });
  const { items } = await call('GetResources', { restApiId: clone.id, embed: ['methods'] });
  assert.deepEqual(
    items.map(({ path }) => path),
    ['/', '/pets'],
  );
  assert.equal(items[0]?.id, clone.rootResourceId);
  const copied = items[1]?.resourceMethods?.['POST'];
  assert.notEqual(items[1]?.id, child.id);
  assert.equal(copied?.methodIntegration?.cacheNamespace, items[1]?.id);
  const { items: validators } = await call('GetRequestValidators', { restApiId: clone.id });
  assert.equal(copied?.requestValidatorId, validators[0]?.id);
  assert.notEqual(validators[0]?.id, requestValidatorId);
  const { items: parts } = await call('GetDocumentationParts', { restApiId: clone.id });
  assert.deepEqual({ ...parts[0], id: part.id }, part);
  assert.notEqual(parts[0]?.id, part.id);
  assert.equal(
    (await call('GetDocumentationPart', { restApiId: clone.id, documentationPartId: parts[0]?.id })).properties,
    '{"a":1}',
  );
  assert.deepEqual((await call('GetStages', { restApiId: clone.id })).item, []);
  await call('CreateDeployment', { restApiId: clone.id });
});

test('an API that is deleted leaves nothing behind', async () => {
  const { call, mockApi, store } = gatewayUnderTest();
  const { restApiId } = await mockApi();
  await call('CreateDeployment', { restApiId, stageName: 'dev' });
  await call('DeleteRestApi', { restApiId });
  for (const kind of kindsUnderApi) assert.deepEqual(await store.scan(kind), [], kind);
});

test('BadRequestException for a second request validator of a name', async () => {
  const { call, api } = gatewayUnderTest();
  const { restApiId } = await api();
  await call('CreateRequestValidator', { restApiId, name: 'a' });
  const { id: requestValidatorId } = await call('CreateRequestValidator', { restApiId, name: 'b' });
  const taken = awsError('BadRequestException', 'Request Validator name must be unique');
  await assert.rejects(call('CreateRequestValidator', { restApiId, name: 'a' }), taken);
  const rename = (value: string) =>
    call('UpdateRequestValidator', {
      ...{ restApiId, requestValidatorId },
      patchOperations: [{ op: 'replace', path: '/name', value }],
    });
  await assert.rejects(rename('a'), taken);
  assert.equal((await rename('b')).name, 'b');
});

test('BadRequestException for a documentation part of an API at a place within', async () => {
  const { call, api } = gatewayUnderTest();
  const { restApiId } = await api();
  const properties = '{"description":"d"}';
  for (const place of [{ path: '/' }, { method: 'GET' }, { statusCode: '200' }, { name: 'a' }]) {
    await assert.rejects(
      call('CreateDocumentationPart', { restApiId, properties, location: { type: 'API', ...place } }),
      awsError('BadRequestException', '[Location type: API cannot have path, method, statusCode or name defined.]'),
    );
  }
});

test('a request validator that a method uses stays', async () => {
  const { call, mockApi } = gatewayUnderTest();
  const names = await mockApi();
  const { id } = await call('CreateRequestValidator', { restApiId: names.restApiId, name: 'v' });
  const set = (value: string) => [{ op: 'replace', path: '/requestValidatorId', value } as const];
  await call('UpdateMethod', { ...names, patchOperations: set(id ?? '') });
  const deleted = () => call('DeleteRequestValidator', { restApiId: names.restApiId, requestValidatorId: id });
  await assert.rejects(deleted(), awsError('ConflictException', /is referenced in a method$/));
  assert.equal((await call('UpdateMethod', { ...names, patchOperations: set('') })).requestValidatorId, undefined);
  await deleted();
});
