import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest } from './gateway-under-test.ts';

/** An API with the resources of these paths; their ids by path. */
async function tree(...paths: string[]) {
  const gateway = gatewayUnderTest();
  const { restApiId, resourceId } = await gateway.api();
  const ids = new Map([['/', resourceId]]);
  for (const path of paths) {
    const above = path.slice(0, path.lastIndexOf('/')) || '/';
    const input = { restApiId, parentId: ids.get(above), pathPart: path.slice(path.lastIndexOf('/') + 1) };
    ids.set(path, (await gateway.call('CreateResource', input)).id as string);
  }
  const { call } = gateway;
  const pathsNow = async () => ((await call('GetResources', { restApiId })).items ?? []).map(({ path }) => path);
  return { call, restApiId, ids, pathsNow };
}

test('resources are listed by path, in pages', async () => {
  const { call, restApiId, pathsNow } = await tree('/pets', '/pets/{id}', '/dogs');
  assert.deepEqual(await pathsNow(), ['/', '/dogs', '/pets', '/pets/{id}']);
  const first = await call('GetResources', { restApiId, limit: 3 });
  const { items } = await call('GetResources', { restApiId, limit: 3, position: first.position });
  assert.deepEqual(
    items.map(({ path }) => path),
    ['/pets/{id}'],
  );
});

test('a resource that moves takes what is below it along', async () => {
  const { call, restApiId, ids, pathsNow } = await tree('/pets', '/pets/{id}', '/pets/{id}/toys', '/old');
  const patchOperations = [
    { op: 'replace', path: '/parentId', value: ids.get('/old') },
    { op: 'replace', path: '/pathPart', value: 'animals' },
  ] as const;
  const moved = await call('UpdateResource', { restApiId, resourceId: ids.get('/pets'), patchOperations: [...patchOperations] });
  assert.equal(moved.path, '/old/animals');
  assert.deepEqual(await pathsNow(), ['/', '/old', '/old/animals', '/old/animals/{id}', '/old/animals/{id}/toys']);
});

test('a resource that is deleted takes what is below it along', async () => {
  const { call, restApiId, ids, pathsNow } = await tree('/pets', '/pets/{id}', '/dogs');
  await call('DeleteResource', { restApiId, resourceId: ids.get('/pets') });
  assert.deepEqual(await pathsNow(), ['/', '/dogs']);
});

describe('a resource that AWS refuses', () => {
  const rows: readonly [description: string, at: string, pathPart: string, code: string, message: string | RegExp][] = [
    ['without a name', '/', '', 'BadRequestException', "Resource's path part must be specified"],
    ['with a slash', '/', 'a/b', 'BadRequestException', /^Resource's path part only allow/],
    ['with a brace inside', '/', 'a{b}', 'BadRequestException', /^Resource's path part only allow/],
    [
      'whose name is taken',
      '/',
      'pets',
      'ConflictException',
      'Another resource with the same parent already has this name: pets',
    ],
    ['a second variable', '/pets', '{other}', 'BadRequestException', /^A sibling \(\{id\}\)/],
    ['below a greedy variable', '/{proxy+}', 'x', 'BadRequestException', /^Cannot create a child/],
  ];
  for (const [description, at, pathPart, code, message] of rows) {
    test(description, async () => {
      const { call, restApiId, ids } = await tree('/pets', '/pets/{id}', '/{proxy+}');
      await assert.rejects(call('CreateResource', { restApiId, parentId: ids.get(at), pathPart }), awsError(code, message));
    });
  }

  test('under a parent of no such API', async () => {
    const { call, ids } = await tree();
    const made = call('CreateResource', { restApiId: 'none', parentId: ids.get('/'), pathPart: 'a' });
    await assert.rejects(made, awsError('NotFoundException', 'Invalid Resource identifier specified'));
  });

  test('beyond the quota', async () => {
    const { call, api } = gatewayUnderTest({ quotas: { resourcesPerApi: 2 } });
    const { restApiId, resourceId: parentId } = await api();
    await call('CreateResource', { restApiId, parentId, pathPart: 'a' });
    const beyond = call('CreateResource', { restApiId, parentId, pathPart: 'b' });
    await assert.rejects(beyond, awsError('LimitExceededException', /^Maximum number of Resources/));
  });
});

describe('a patch of a resource that AWS refuses', () => {
  const rows: readonly [description: string, of: string, patch: Record<string, string>, message: string][] = [
    ['the root', '/', { op: 'replace', path: '/parentId', value: 'x' }, 'Root resource cannot update its parentId.'],
    ['a circle', '/pets', { op: 'replace', path: '/parentId', value: '/pets/{id}' }, 'Resources cannot be cyclical.'],
    [
      'an unknown path',
      '/pets',
      { op: 'replace', path: '/invalid', value: 'x' },
      "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
    ],
    [
      'another op',
      '/pets',
      { op: 'add', path: '/pathPart', value: 'x' },
      "Invalid patch path  '/pathPart' specified for op 'add'. Please choose supported operations",
    ],
  ];
  for (const [description, of, patch, message] of rows) {
    test(description, async () => {
      const { call, restApiId, ids } = await tree('/pets', '/pets/{id}');
      const operation = { ...patch, value: ids.get(patch['value'] ?? '') ?? patch['value'] };
      const updated = call('UpdateResource', { restApiId, resourceId: ids.get(of), patchOperations: [operation as never] });
      await assert.rejects(updated, awsError('BadRequestException', message));
    });
  }
});
