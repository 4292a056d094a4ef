import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { caller, usageUnderTest } from '../../../test/usage-under-test.ts';
import { awsError } from './gateway-under-test.ts';

const value = 'a-value-of-forty-characters-0123456789-x';
const csv = (...lines: string[]) => ({ body: Buffer.from(lines.join('\n')), format: 'csv' as const });

describe('CreateApiKey', () => {
  test('201: defaults as recorded; the value is 40 letters and digits, shown once', async () => {
    const { call } = await usageUnderTest();
    const { id, value: made, createdDate, lastUpdatedDate, ...rest } = await call('CreateApiKey', { name: 'mine' });
    assert.match(id ?? '', /^[a-z0-9]{10}$/);
    assert.match(made ?? '', /^[A-Za-z0-9]{40}$/);
    assert.ok(createdDate instanceof Date && lastUpdatedDate instanceof Date);
    assert.deepEqual(rest, { name: 'mine', enabled: false, stageKeys: [] });
    const shown = await call('GetApiKey', { apiKey: id });
    assert.ok(!('value' in shown));
    assert.equal((await call('GetApiKey', { apiKey: id, includeValue: true })).value, made);
  });

  test('201: an empty name and no name leave the name out', async () => {
    const { call } = await usageUnderTest();
    for (const input of [{ name: '' }, {}]) assert.ok(!('name' in (await call('CreateApiKey', input))));
  });

  const refused: [desc: string, input: object, message: string][] = [
    ['a long name', { name: 'n'.repeat(1025) }, 'Invalid API Key name, can be at most 1024 characters.'],
    ['a long description', { description: 'd'.repeat(125_001) }, 'Invalid API Key description specified.'],
    ['a short value', { value: 'v'.repeat(19) }, 'API Key value should be at least 20 characters'],
    ['a long value', { value: 'v'.repeat(129) }, 'API Key value exceeds maximum size of 128 characters'],
  ];
  for (const [desc, input, message] of refused) {
    test(`BadRequestException: ${desc}`, async () => {
      const { call } = await usageUnderTest();
      await assert.rejects(call('CreateApiKey', input), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetApiKeys', {})).items, []);
    });
  }

  test('ConflictException for a value that is there, in the same region only', async () => {
    const { call } = await usageUnderTest();
    await call('CreateApiKey', { value });
    await assert.rejects(call('CreateApiKey', { value }), awsError('ConflictException', 'API Key already exists'));
    await call('CreateApiKey', { value }, { ...caller, region: 'us-east-1' });
  });

  test('LimitExceededException at the quota; a key that went makes room', async () => {
    const { call } = await usageUnderTest({ quotas: { apiKeysPerRegion: 1 } });
    const { id } = await call('CreateApiKey', {});
    await assert.rejects(call('CreateApiKey', {}), awsError('LimitExceededException', /API Keys/));
    await call('DeleteApiKey', { apiKey: id });
    await call('CreateApiKey', {});
  });

  test('NotFoundException for a stage that is not there; one that is, is shown', async () => {
    const { call, stage } = await usageUnderTest();
    const stageKeys = [{ restApiId: 'pets', stageName: 'prod' }];
    await assert.rejects(
      call('CreateApiKey', { stageKeys }),
      awsError('NotFoundException', 'Invalid stage identifier specified'),
    );
    await stage('pets', 'prod');
    assert.deepEqual((await call('CreateApiKey', { stageKeys })).stageKeys, ['pets/prod']);
  });

  test('the store holds no value and nothing that a value could be tried out against without the master key', async () => {
    const { call, store } = await usageUnderTest();
    await call('CreateApiKey', { value });
    const all = JSON.stringify([...(await store.scan('usage-plans/api-key')), ...(await store.scan('usage-plans/live-key'))]);
    assert.ok(!all.includes(value));
  });
});

describe('GetApiKeys', () => {
  test('the newest first, in pages, by the beginning of names (with case) and by customer, with values when asked', async () => {
    const { call } = await usageUnderTest();
    const one = await call('CreateApiKey', { name: 'test-key-1', customerId: 'c1' });
    const two = await call('CreateApiKey', { name: 'test-key-2' });
    const ids = async (input: object) => (await call('GetApiKeys', input)).items.map(({ id }) => id);
    assert.deepEqual(await ids({}), [two.id, one.id]);
    assert.deepEqual(await ids({ limit: -1 }), [two.id, one.id]);
    assert.deepEqual(await ids({ nameQuery: 'test-key' }), [two.id, one.id]);
    assert.deepEqual(await ids({ nameQuery: 'test-key-2' }), [two.id]);
    for (const nameQuery of ['TEST-key', 'st-key-2', 'nothing']) assert.deepEqual(await ids({ nameQuery }), []);
    assert.deepEqual(await ids({ customerId: 'c1' }), [one.id]);
    const first = await call('GetApiKeys', { limit: 1 });
    assert.deepEqual(
      first.items.map(({ id }) => id),
      [two.id],
    );
    const second = await call('GetApiKeys', { limit: 1, position: first.position });
    assert.deepEqual(
      second.items.map(({ id }) => id),
      [one.id],
    );
    assert.ok(!('position' in second));
    assert.deepEqual(
      (await call('GetApiKeys', { includeValues: true })).items.map((key) => key.value),
      [two.value, one.value],
    );
    await assert.rejects(call('GetApiKeys', { position: 'x' }), awsError('BadRequestException', /position/));
    assert.deepEqual((await call('GetApiKeys', {}, { ...caller, region: 'us-east-1' })).items, []);
  });
});

describe('UpdateApiKey', () => {
  test('200: name, description, enabled, customer and stages; tags are shown, the value is not', async () => {
    const { call, stage } = await usageUnderTest();
    await stage('pets', 'prod');
    const { id } = await call('CreateApiKey', { name: 'old', enabled: true, tags: { a: '1' } });
    const {
      createdDate: _,
      lastUpdatedDate: __,
      ...updated
    } = await call('UpdateApiKey', {
      apiKey: id,
      patchOperations: [
        { op: 'replace', path: '/name', value: 'new' },
        { op: 'replace', path: '/description', value: 'about' },
        { op: 'replace', path: '/customerId', value: 'c' },
        { op: 'replace', path: '/enabled', value: 'whatever' },
        { op: 'add', path: '/stages', value: 'pets/prod' },
        { op: 'add', path: '/labels', value: 'x' },
        { op: 'remove', path: '/labels', value: 'x' },
      ],
    });
    const shown = {
      id,
      name: 'new',
      description: 'about',
      customerId: 'c',
      enabled: false,
      stageKeys: ['pets/prod'],
      tags: { a: '1' },
    };
    assert.deepEqual(updated, shown);
    const removed = await call('UpdateApiKey', { apiKey: id, patchOperations: [{ op: 'remove', path: '/stages/pets~1prod' }] });
    assert.deepEqual(removed.stageKeys, []);
  });

  const refused: [desc: string, operation: object, message: string | RegExp][] = [
    [
      'another path',
      { op: 'replace', path: '/value', value: 'x' },
      "Invalid patch path  '/value' specified for op 'replace'. Must be one of: [/description, /enabled, /name, /customerId]",
    ],
    ['another op', { op: 'remove', path: '/name' }, /specified for op 'remove'/],
    ['labels', { op: 'replace', path: '/labels', value: 'x' }, /'\/labels' specified for op 'replace'/],
    [
      'a long description',
      { op: 'replace', path: '/description', value: 'd'.repeat(125_001) },
      'Invalid API Key description specified.',
    ],
  ];
  for (const [desc, operation, message] of refused) {
    test(`BadRequestException: ${desc}`, async () => {
      const { call } = await usageUnderTest();
      const { id } = await call('CreateApiKey', {});
      await assert.rejects(
        call('UpdateApiKey', { apiKey: id, patchOperations: [operation] }),
        awsError('BadRequestException', message),
      );
    });
  }
});

test('NotFoundException for a key that is not there, whatever it is called', async () => {
  const { call } = await usageUnderTest();
  const unknown = awsError('NotFoundException', 'Invalid API Key identifier specified');
  for (const apiKey of ['nothing', '', 'a\0b', '\ud800']) {
    await assert.rejects(call('GetApiKey', { apiKey }), unknown);
    await assert.rejects(call('UpdateApiKey', { apiKey, patchOperations: [] }), unknown);
    await assert.rejects(call('DeleteApiKey', { apiKey }), unknown);
  }
});

describe('ImportApiKeys', () => {
  const long = (letter: string) => letter.repeat(30);

  test('201: columns in any order and case, quoted plans, unknown columns; the same key again is overwritten', async () => {
    const { call, stage } = await usageUnderTest();
    await stage('pets', 'prod');
    await stage('pets', 'test');
    const plans: string[] = [];
    for (const stageName of ['prod', 'test']) {
      const { id } = await call('CreateUsagePlan', { name: stageName, apiStages: [{ apiId: 'pets', stage: stageName }] });
      plans.push(id as string);
    }
    const { ids, warnings } = await call(
      'ImportApiKeys',
      csv(
        'enabled,KEY,Colour,name,UsagePlanIds,description',
        `TRUE,${long('a')},red,first,"${plans.join(',')}","with, comma and ""quotes"""`,
        `false,${long('b')},blue,second,,`,
      ),
    );
    assert.deepEqual(warnings, []);
    const [first, second] = await Promise.all((ids ?? []).map((apiKey) => call('GetApiKey', { apiKey, includeValue: true })));
    assert.deepEqual(
      [first?.name, first?.enabled, first?.value, first?.description],
      ['first', true, long('a'), 'with, comma and "quotes"'],
    );
    assert.deepEqual([second?.name, second?.enabled], ['second', false]);
    assert.deepEqual((await call('GetUsagePlans', { keyId: first?.id })).items.map(({ id }) => id).sort(), plans.toSorted());
    const again = await call('ImportApiKeys', csv('Name,Key,Enabled', `renamed,${long('a')},false`));
    assert.deepEqual(again.ids, [first?.id]);
    const renamed = await call('GetApiKey', { apiKey: first?.id });
    assert.deepEqual([renamed.name, renamed.enabled, 'description' in renamed], ['renamed', false, false]);
  });

  test('rows that cannot be are warnings; with failOnWarnings nothing is kept', async () => {
    const { call } = await usageUnderTest();
    const file = csv('name,key,usageplanids', `short,${'s'.repeat(29)},`, 'none,,', `good,${long('g')},gone`);
    await assert.rejects(
      call('ImportApiKeys', { ...file, failOnWarnings: true }),
      awsError(
        'BadRequestException',
        /^Warnings found during import:\n\tRow 1: .*\n\tRow 2: .*\n\tRow 3: usage plan gone does not exist$/,
      ),
    );
    assert.deepEqual((await call('GetApiKeys', {})).items, []);
    const { ids, warnings } = await call('ImportApiKeys', file);
    assert.equal(warnings.length, 3);
    assert.equal(ids.length, 1);
  });

  const refused: [desc: string, body: string, format: string][] = [
    ['another format', `key\n${long('a')}`, 'json'],
    ['no key column', `name\n${long('a')}`, 'csv'],
    ['nothing', '', 'csv'],
    ['an open quote', `key\n"${long('a')}`, 'csv'],
  ];
  for (const [desc, body, format] of refused) {
    test(`BadRequestException: ${desc}`, async () => {
      const { call } = await usageUnderTest();
      await assert.rejects(
        call('ImportApiKeys', { body: Buffer.from(body), format: format as 'csv' }),
        awsError('BadRequestException', /^Invalid/),
      );
    });
  }
});

test('tags of keys and of usage plans', async () => {
  const { call } = await usageUnderTest();
  const { id: apiKey } = await call('CreateApiKey', { tags: { a: '1' } });
  const { id: usagePlanId } = await call('CreateUsagePlan', { name: 'free' });
  for (const path of [`apikeys/${apiKey}`, `usageplans/${usagePlanId}`]) {
    const resourceArn = `arn:aws:apigateway:eu-west-1::/${path}`;
    await call('TagResource', { resourceArn, tags: { b: '2' } });
    await call('UntagResource', { resourceArn, tagKeys: ['a'] });
    assert.deepEqual((await call('GetTags', { resourceArn })).tags, { b: '2' });
  }
  assert.deepEqual((await call('GetApiKey', { apiKey })).tags, { b: '2' });
  assert.deepEqual((await call('GetUsagePlan', { usagePlanId })).tags, { b: '2' });
});
