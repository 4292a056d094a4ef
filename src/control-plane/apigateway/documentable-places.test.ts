// What of an API has no documentation yet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayUnderTest } from './gateway-under-test.ts';

test('UNDOCUMENTED lists what has no documentation part, and takes the other filters', async () => {
  const { call, api } = gatewayUnderTest();
  const { restApiId, resourceId: parentId } = await api();
  const { id: resourceId } = await call('CreateResource', { restApiId, parentId, pathPart: '{pet}' });
  const names = { restApiId, resourceId, httpMethod: 'POST' };
  await call('PutMethod', {
    ...names,
    authorizationType: 'NONE',
    requestParameters: {
      'method.request.path.pet': true,
      'method.request.querystring.a.b': false,
      'method.request.header.x': false,
    },
    requestModels: { 'application/json': 'Empty' },
  });
  await call('PutMethodResponse', {
    ...names,
    statusCode: '200',
    responseParameters: { 'method.response.header.y': false },
    responseModels: { 'application/json': 'Empty' },
  });
  const document = (location: object) =>
    call('CreateDocumentationPart', { restApiId, location: location as never, properties: '{"description":"x"}' });
  await document({ type: 'API' });
  await document({ type: 'METHOD', path: '/{pet}', method: 'POST' });

  const places = async (filter: object = {}) => {
    const { items = [] } = await call('GetDocumentationParts', { restApiId, locationStatus: 'UNDOCUMENTED', ...filter });
    return items.map(({ id, properties, location }) => {
      assert.deepEqual([id, properties], [undefined, undefined]);
      const { type, path = '', method = '', statusCode = '', name = '' } = location ?? {};
      return [type, path, method, statusCode, name].filter((part) => part !== '').join(' ');
    });
  };
  assert.deepEqual((await places()).sort(), [
    'MODEL Empty',
    'MODEL Error',
    'PATH_PARAMETER /{pet} POST pet',
    'QUERY_PARAMETER /{pet} POST a.b',
    'REQUEST_BODY /{pet} POST',
    'REQUEST_HEADER /{pet} POST x',
    'RESOURCE /',
    'RESOURCE /{pet}',
    'RESPONSE /{pet} POST 200',
    'RESPONSE_BODY /{pet} POST 200',
    'RESPONSE_HEADER /{pet} POST 200 y',
  ]);
  assert.deepEqual(await places({ type: 'RESOURCE' }), ['RESOURCE /', 'RESOURCE /{pet}']);
  assert.deepEqual(await places({ path: '/' }), ['RESOURCE /']);
  assert.deepEqual(await places({ nameQuery: 'Emp' }), ['MODEL Empty']);
  const { items, position } = await call('GetDocumentationParts', { restApiId, locationStatus: 'UNDOCUMENTED', limit: 4 });
  assert.equal(items?.length, 4);
  assert.equal((await places({ position })).length, 7);
  const documented = await call('GetDocumentationParts', { restApiId, locationStatus: 'DOCUMENTED' });
  assert.equal(documented.items?.length, 2);
});
