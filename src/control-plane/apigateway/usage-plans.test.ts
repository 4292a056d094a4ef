import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { usageUnderTest } from '../../../test/usage-under-test.ts';
import { awsError } from './gateway-under-test.ts';

async function withStages() {
  const tested = await usageUnderTest();
  await tested.stage('pets', 'prod');
  await tested.stage('pets', 'test');
  return tested;
}

const prod = { apiId: 'pets', stage: 'prod' };

describe('CreateUsagePlan', () => {
  test('201: defaults as recorded; GetUsagePlan adds tags', async () => {
    const { call } = await withStages();
    const { id, ...plan } = await call('CreateUsagePlan', { name: 'free' });
    assert.match(id ?? '', /^[a-z0-9]{6}$/);
    assert.deepEqual(plan, { name: 'free', apiStages: [] });
    assert.deepEqual(await call('GetUsagePlan', { usagePlanId: id }), { id, name: 'free', apiStages: [], tags: {} });
    assert.deepEqual((await call('GetUsagePlans', {})).items, [{ id, name: 'free', apiStages: [] }]);
  });

  test('201: everything; a quota has offset 0, a burst may exceed the rate, the root has two names', async () => {
    const { call } = await withStages();
    const { id, ...plan } = await call('CreateUsagePlan', {
      name: 'free',
      description: 'for all',
      apiStages: [{ ...prod, throttle: { '/pets/{id}/GET': { rateLimit: 1, burstLimit: 2 }, '/GET': { rateLimit: 3 } } }],
      throttle: { rateLimit: 10.5, burstLimit: 20 },
      quota: { limit: 5, period: 'WEEK' },
      tags: { a: '1' },
    });
    assert.deepEqual(plan, {
      name: 'free',
      description: 'for all',
      apiStages: [{ ...prod, throttle: { '/pets/{id}/GET': { rateLimit: 1, burstLimit: 2 }, '//GET': { rateLimit: 3 } } }],
      throttle: { rateLimit: 10.5, burstLimit: 20 },
      quota: { limit: 5, offset: 0, period: 'WEEK' },
      tags: { a: '1' },
    });
  });

  const refused: [desc: string, input: object, code: string, message: string | RegExp][] = [
    ['no name', { name: '' }, 'BadRequestException', /name cannot be blank/],
    [
      'a stage without an API',
      { apiStages: [{ stage: 'prod' }] },
      'BadRequestException',
      'Invalid API Stage {api: %s, stage: %s} specified for usageplan %s',
    ],
    ['an unknown stage', { apiStages: [{ ...prod, stage: 'gone' }] }, 'NotFoundException', 'API Stage not found: pets:gone'],
    ['a stage twice', { apiStages: [prod, prod] }, 'BadRequestException', /given twice/],
    ['an unknown period', { quota: { limit: 1, period: 'YEAR' } }, 'BadRequestException', /period/],
    ['a limit below zero', { quota: { limit: -1, period: 'DAY' } }, 'BadRequestException', /limit/],
    ['an offset above the limit', { quota: { limit: 1, offset: 2, period: 'MONTH' } }, 'BadRequestException', /offset/],
    ['a rate below zero', { throttle: { rateLimit: -1, burstLimit: 1 } }, 'BadRequestException', /rate limit/],
    ['a method without a verb', { apiStages: [{ ...prod, throttle: { '/pets': {} } }] }, 'BadRequestException', /Invalid method/],
    ['a reserved tag', { tags: { 'aws:x': 'y' } }, 'BadRequestException', /reserved/],
  ];
  for (const [desc, input, code, message] of refused) {
    test(`${code}: ${desc}`, async () => {
      const { call } = await withStages();
      await assert.rejects(call('CreateUsagePlan', { name: 'free', ...input }), awsError(code, message));
      assert.deepEqual((await call('GetUsagePlans', {})).items, []);
    });
  }
});

describe('UpdateUsagePlan', () => {
  const full = {
    name: 'free',
    apiStages: [prod],
    throttle: { rateLimit: 1, burstLimit: 1 },
    quota: { limit: 1, period: 'DAY' as const },
  };
  type Operation = [op: 'add' | 'remove' | 'replace', path: string, value?: string];
  const pets = '/apiStages/pets:prod/throttle';
  const rows: [desc: string, operations: Operation[], changed: object][] = [
    [
      'name, description and product code',
      [
        ['replace', '/name', 'n'],
        ['replace', '/description', 'd'],
        ['add', '/productCode', 'o'],
        ['replace', '/productCode', 'p'],
      ],
      { name: 'n', description: 'd', productCode: 'p' },
    ],
    ['a product code, added as Terraform does to a new plan', [['add', '/productCode', 'p']], { productCode: 'p' }],
    [
      'limits',
      [
        ['replace', '/throttle/burstLimit', '100'],
        ['replace', '/throttle/rateLimit', '200.5'],
      ],
      { throttle: { burstLimit: 100, rateLimit: 200.5 } },
    ],
    [
      'the quota',
      [
        ['replace', '/quota/period', 'MONTH'],
        ['replace', '/quota/limit', '5000'],
        ['replace', '/quota/offset', '3'],
      ],
      { quota: { limit: 5000, offset: 3, period: 'MONTH' } },
    ],
    ['no quota', [['remove', '/quota']], { quota: undefined }],
    ['no throttle', [['remove', '/throttle']], { throttle: undefined }],
    [
      'another stage, and one less',
      [
        ['add', '/apiStages', 'pets:test'],
        ['remove', '/apiStages', 'pets:prod'],
      ],
      { apiStages: [{ apiId: 'pets', stage: 'test' }] },
    ],
    ['a stage that is there', [['add', '/apiStages', 'pets:prod']], {}],
    [
      "a method's limits",
      [
        ['replace', `${pets}/~1pets~1{id}/GET/rateLimit`, '5'],
        ['replace', `${pets}/~1pets~1{id}/GET/burstLimit`, '6'],
        ['add', `${pets}/~1/GET/rateLimit`, '7'],
      ],
      { apiStages: [{ ...prod, throttle: { '/pets/{id}/GET': { rateLimit: 5, burstLimit: 6 }, '//GET': { rateLimit: 7 } } }] },
    ],
    [
      'all limits of methods at once, then one less',
      [
        ['replace', pets, '{"/a/GET":{"rateLimit":1,"burstLimit":2},"/b/POST":{"rateLimit":3}}'],
        ['remove', `${pets}/~1a/GET`],
      ],
      { apiStages: [{ ...prod, throttle: { '/b/POST': { rateLimit: 3 } } }] },
    ],
    [
      'no limits of methods',
      [
        ['add', pets, '{"/a/GET":{"rateLimit":1}}'],
        ['remove', pets],
      ],
      {},
    ],
  ];
  for (const [desc, operations, changed] of rows) {
    test(`200: ${desc}`, async () => {
      const { call } = await withStages();
      const { id, ...made } = await call('CreateUsagePlan', full);
      const patchOperations = operations.map(([op, path, value]) => ({ op, path, value }));
      const updated = await call('UpdateUsagePlan', { usagePlanId: id, patchOperations });
      const expected = Object.entries({ ...made, id, tags: {}, ...changed }).filter(([, value]) => value !== undefined);
      assert.deepEqual(updated, Object.fromEntries(expected));
      assert.deepEqual(await call('GetUsagePlan', { usagePlanId: id }), updated);
    });
  }

  const refused: [desc: string, operation: Operation, code: string, message: string | RegExp][] = [
    ['no stage', ['remove', '/apiStages'], 'BadRequestException', 'Invalid API Stage specified'],
    ['no stage in the value', ['remove', '/apiStages', 'fakevalue'], 'BadRequestException', 'Invalid API Stage specified'],
    [
      'a stage of the path',
      ['remove', '/apiStages/pets:prod'],
      'BadRequestException',
      "Invalid patch path  '/apiStages/pets:prod' specified for op 'remove'. Must be one of: [/apiStages, /quota, /throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, /apiStages/<apidId:stageName>/throttle]",
    ],
    [
      'another API',
      ['remove', '/apiStages', 'petsb:prod'],
      'NotFoundException',
      /^Invalid API Stage \{api: petsb, stage: prod\} specified for usageplan \w{6}$/,
    ],
    [
      'another stage',
      ['remove', '/apiStages', 'pets:fake'],
      'NotFoundException',
      /^Invalid API Stage \{api: pets, stage: fake\} specified for usageplan \w{6}$/,
    ],
    ['a stage that does not exist', ['add', '/apiStages', 'pets:fake'], 'NotFoundException', 'API Stage not found: pets:fake'],
    [
      'a throttle of another stage',
      ['replace', '/apiStages/pets:test/throttle/~1a/GET/rateLimit', '1'],
      'NotFoundException',
      /pets, stage: test/,
    ],
    ['a throttle that is not there', ['remove', `${pets}/~1a/GET`], 'NotFoundException', /Invalid method/],
    ['a throttle that is no JSON', ['replace', pets, '{'], 'BadRequestException', /JSON object/],
    ['a limit that is no number', ['replace', '/throttle/rateLimit', 'many'], 'BadRequestException', /'many'/],
    ['a limit of nothing', ['replace', '/quota/limit', '0'], 'BadRequestException', /limit must be a non-negative numeric$/],
    ['an unknown period', ['replace', '/quota/period', 'YEAR'], 'BadRequestException', /period/],
    ['a blank name', ['replace', '/name', ''], 'BadRequestException', /blank/],
    [
      'an unknown path',
      ['replace', '/id', 'x'],
      'BadRequestException',
      /'\/id' specified for op 'replace'\. Must be one of: \[\/name, /,
    ],
  ];
  for (const [desc, [op, path, value], code, message] of refused) {
    test(`${code}: ${desc}; nothing is changed`, async () => {
      const { call } = await withStages();
      const { id } = await call('CreateUsagePlan', full);
      const before = await call('GetUsagePlan', { usagePlanId: id });
      const patchOperations = [
        { op: 'replace' as const, path: '/description', value: 'changed' },
        { op, path, value },
      ];
      await assert.rejects(call('UpdateUsagePlan', { usagePlanId: id, patchOperations }), awsError(code, message));
      assert.deepEqual(await call('GetUsagePlan', { usagePlanId: id }), before);
    });
  }
});

describe('DeleteUsagePlan', () => {
  test('400 while it has stages, in words that name them; then its keys are in it no more', async () => {
    const { call } = await withStages();
    const { id: usagePlanId } = await call('CreateUsagePlan', { name: 'free', apiStages: [prod] });
    const { id: keyId } = await call('CreateApiKey', {});
    await call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
    const named = `Cannot delete Usage Plan ${usagePlanId} because there are API Stages associated with it, including pets:prod`;
    await assert.rejects(call('DeleteUsagePlan', { usagePlanId }), awsError('BadRequestException', named));
    await call('UpdateUsagePlan', { usagePlanId, patchOperations: [{ op: 'remove', path: '/apiStages', value: 'pets:prod' }] });
    await call('DeleteUsagePlan', { usagePlanId });
    assert.deepEqual((await call('GetUsagePlans', { keyId })).items, []);
    assert.deepEqual((await call('GetUsagePlanKeys', { usagePlanId })).items, []);
  });
});

describe('a stage that is deleted', () => {
  test('is in no plan any more; with its API all of them go', async () => {
    const { call, stage, request } = await usageUnderTest();
    const { id: apiId } = await call('CreateRestApi', { name: 'pets' });
    for (const stageName of ['dev', 'prod']) await stage(apiId, stageName);
    await stage('another', 'dev');
    const apiStages = [
      { apiId, stage: 'dev' },
      { apiId, stage: 'prod' },
      { apiId: 'another', stage: 'dev' },
    ];
    const { id: usagePlanId } = await call('CreateUsagePlan', { name: 'free', apiStages });
    const { id: keyId, value } = await call('CreateApiKey', { enabled: true });
    await call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
    assert.equal(request(value, apiId, 'dev'), keyId);
    await call('DeleteStage', { restApiId: apiId, stageName: 'dev' });
    assert.deepEqual((await call('GetUsagePlan', { usagePlanId })).apiStages, apiStages.slice(1));
    // A stage that is made again with the same name is another one.
    await stage(apiId, 'dev');
    assert.deepEqual([request(value, apiId, 'dev'), request(value, apiId, 'prod')], ['INVALID_API_KEY', keyId]);
    await call('DeleteRestApi', { restApiId: apiId });
    assert.deepEqual((await call('GetUsagePlan', { usagePlanId })).apiStages, apiStages.slice(2));
  });
});

test('NotFoundException for a plan that is not there', async () => {
  const { call } = await withStages();
  const unknown = awsError('NotFoundException', 'Invalid Usage Plan ID specified');
  const usagePlanId = 'gone';
  await assert.rejects(call('GetUsagePlan', { usagePlanId }), unknown);
  await assert.rejects(call('UpdateUsagePlan', { usagePlanId, patchOperations: [] }), unknown);
  await assert.rejects(call('DeleteUsagePlan', { usagePlanId }), unknown);
  await assert.rejects(call('CreateUsagePlanKey', { usagePlanId, keyId: 'x', keyType: 'API_KEY' }), unknown);
  await assert.rejects(call('GetUsage', { usagePlanId, startDate: '2026-01-01', endDate: '2026-01-01' }), unknown);
  assert.deepEqual(await call('GetUsagePlanKeys', { usagePlanId }), { items: [] });
});

describe('usage plan keys', () => {
  test('the newest of the plan first, with values, by the beginning of names; gone with the key', async () => {
    const { call } = await withStages();
    const { id: usagePlanId } = await call('CreateUsagePlan', { name: 'free' });
    const one = await call('CreateApiKey', { name: 'test-key-1' });
    const two = await call('CreateApiKey', { name: 'test-key-2' });
    assert.deepEqual((await call('GetUsagePlanKeys', { usagePlanId })).items, []);
    const shown = [one, two].map(({ id, name, value }) => ({ id, type: 'API_KEY', value, name }));
    for (const { id: keyId } of [one, two]) {
      assert.deepEqual(
        await call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' }),
        shown.find(({ id }) => id === keyId),
      );
    }
    const items = async (input: object) => (await call('GetUsagePlanKeys', { usagePlanId, ...input })).items;
    assert.deepEqual(await items({}), shown.toReversed());
    assert.deepEqual(await items({ nameQuery: 'test-key' }), shown.toReversed());
    assert.deepEqual(await items({ nameQuery: 'TEST-key' }), []);
    assert.deepEqual(await items({ nameQuery: 'test-key-1' }), [shown[0]]);
    const first = await call('GetUsagePlanKeys', { usagePlanId, limit: 1 });
    const second = await call('GetUsagePlanKeys', { usagePlanId, limit: 1, position: first.position });
    assert.deepEqual([...first.items, ...second.items], shown.toReversed());
    assert.deepEqual(await call('GetUsagePlanKey', { usagePlanId, keyId: one.id }), shown[0]);
    await call('DeleteUsagePlanKey', { usagePlanId, keyId: one.id });
    await assert.rejects(call('GetUsagePlanKey', { usagePlanId, keyId: one.id }), awsError('NotFoundException', /API Key/));
    await assert.rejects(call('DeleteUsagePlanKey', { usagePlanId, keyId: one.id }), awsError('NotFoundException', /API Key/));
    await call('DeleteApiKey', { apiKey: two.id });
    assert.deepEqual(await items({}), []);
  });

  test('BadRequestException for another type, ConflictException for twice', async () => {
    const { call } = await withStages();
    const { id: usagePlanId } = await call('CreateUsagePlan', { name: 'free' });
    const { id: keyId } = await call('CreateApiKey', {});
    await assert.rejects(
      call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'X' }),
      awsError('BadRequestException', /API_KEY/),
    );
    await call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
    await assert.rejects(
      call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' }),
      awsError('ConflictException', /already/),
    );
  });

  test('a key is in ten plans at most, and in one plan only for each stage, whichever comes later', async () => {
    const { call } = await withStages();
    const { id: keyId } = await call('CreateApiKey', {});
    const plan = async (apiStages: (typeof prod)[]) => (await call('CreateUsagePlan', { name: 'p', apiStages })).id as string;
    const join = (usagePlanId: string) => call('CreateUsagePlanKey', { usagePlanId, keyId, keyType: 'API_KEY' });
    await join(await plan([prod]));
    const rival = await plan([prod]);
    await assert.rejects(join(rival), awsError('ConflictException', /both have API stage pets:prod/));
    const later = await plan([]);
    await join(later);
    const patchOperations = [{ op: 'add' as const, path: '/apiStages', value: 'pets:prod' }];
    await assert.rejects(
      call('UpdateUsagePlan', { usagePlanId: later, patchOperations }),
      awsError('ConflictException', /pets:prod/),
    );
    for (let count = 2; count < 10; count++) await join(await plan([]));
    await assert.rejects(join(await plan([])), awsError('LimitExceededException', /Usage Plans per API Key/));
  });
});
