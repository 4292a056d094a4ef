import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStore } from '../../store/memory.ts';
import { gatewayUnderTest as gatewayV2UnderTest } from '../apigatewayv2/gateway-under-test.ts';
import { loadMappedDomains } from '../apigatewayv2/mapped-domains.ts';
import { awsError, gatewayUnderTest } from './gateway-under-test.ts';
import type { Input } from './service.ts';

const certificate = 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';
const edgeCertificate = certificate.replace('eu-west-1', 'us-east-1');
const domainName = 'api.shop.example';

/** A domain name and an API with the stages prod and test. */
async function shop({ isEdge = false } = {}) {
  const store = createMemoryStore();
  const gateway = gatewayUnderTest({ store });
  const { call } = gateway;
  const v2 = gatewayV2UnderTest({ store });
  await call('CreateDomainName', {
    domainName,
    ...(isEdge ? {} : { endpointConfiguration: { types: ['REGIONAL'] } }),
    ...(isEdge ? { certificateArn: edgeCertificate } : { regionalCertificateArn: certificate }),
  });
  const { restApiId } = await gateway.mockApi();
  for (const stageName of ['prod', 'test']) await call('CreateDeployment', { restApiId, stageName });
  const map = (input: Partial<Input<'CreateBasePathMapping'>>) =>
    call('CreateBasePathMapping', { domainName, restApiId, stage: 'prod', ...input });
  const httpApi = async () => {
    const { ApiId } = await v2.call('CreateApi', { Name: 'orders', ProtocolType: 'HTTP' });
    await v2.call('CreateStage', { ApiId, StageName: 'dev' });
    return ApiId as string;
  };
  return { ...gateway, v2, restApiId, map, httpApi };
}

type Operation = NonNullable<Input<'UpdateBasePathMapping'>['patchOperations']>[number];
const replace = (path: string, value: string): Operation => ({ op: 'replace', path, value });

describe('CreateBasePathMapping', () => {
  test('201, GetBasePathMapping has the same, and the front door leads there', async () => {
    const { call, map, restApiId, store } = await shop();
    const made = await map({ basePath: 'pets' });
    assert.deepEqual(made, { basePath: 'pets', restApiId, stage: 'prod' });
    assert.deepEqual(await call('GetBasePathMapping', { domainName: 'API.shop.example', basePath: 'pets' }), made);
    const [domain] = await loadMappedDomains(store);
    assert.deepEqual(
      domain?.mappings.map(({ apiId, apiMappingKey, stage }) => [apiId, apiMappingKey, stage]),
      [[restApiId, 'pets', 'prod']],
    );
  });

  for (const [desc, input] of [
    ['left out', {}],
    ['empty', { basePath: '' }],
    ['(none)', { basePath: '(none)' }],
  ] as const) {
    test(`201 for a base path that is ${desc}`, async () => {
      const { call, map, restApiId } = await shop();
      const made = { basePath: '(none)', restApiId, stage: 'prod' };
      assert.deepEqual(await map(input), made);
      assert.deepEqual(await call('GetBasePathMapping', { domainName, basePath: '(none)' }), made);
    });
  }

  for (const stage of [undefined, '', '(none)']) {
    test(`201 without a stage, said as ${stage}`, async () => {
      const { call, map, restApiId } = await shop();
      assert.deepEqual(await map({ basePath: 'pets', stage }), { basePath: 'pets', restApiId });
      assert.deepEqual((await call('GetBasePathMappings', { domainName })).items, [{ basePath: 'pets', restApiId }]);
    });
  }

  const slash =
    "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2.";
  const refused: [desc: string, input: object, message: string | RegExp][] = [
    ['several levels', { basePath: 'a/b' }, slash],
    ['a slash', { basePath: '/' }, slash],
    ['other characters', { basePath: 'a b' }, /^A base path may contain only/],
    ['dots', { basePath: '..' }, /^A base path may contain only/],
    ['a long path', { basePath: 'a'.repeat(301) }, /^A base path may contain only/],
    ['an unknown API', { restApiId: 'none' }, 'Invalid REST API identifier specified'],
    ['an unknown stage', { stage: 'dev' }, 'Invalid stage identifier specified'],
  ];
  for (const [desc, input, message] of refused) {
    test(`BadRequestException for ${desc}`, async () => {
      const { call, map } = await shop();
      await assert.rejects(map({ basePath: 'pets', ...input }), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetBasePathMappings', { domainName })).items, []);
    });
  }

  test('BadRequestException for an HTTP API, which v2 maps', async () => {
    const { map, httpApi } = await shop();
    await assert.rejects(
      map({ restApiId: await httpApi(), stage: 'dev' }),
      awsError('BadRequestException', /^Mixing of REST APIs and HTTP APIs on the same domain name can only/),
    );
  });

  test('ConflictException for a base path that is there', async () => {
    const { map } = await shop();
    await map({ basePath: 'pets' });
    const taken = awsError('ConflictException', 'Base path already exists for this domain name');
    await assert.rejects(map({ basePath: 'pets', stage: 'test' }), taken);
  });

  test('ConflictException for another one beside an empty base path', async () => {
    const { map } = await shop();
    await map({});
    await assert.rejects(
      map({ basePath: 'pets' }),
      awsError('ConflictException', 'Only one base path mapping is allowed if the base path is empty.'),
    );
  });

  test('NotFoundException for an unknown domain name', async () => {
    const { map } = await shop();
    const notThere = awsError('NotFoundException', 'Invalid domain name identifier specified');
    await assert.rejects(map({ domainName: 'other.example' }), notThere);
    await assert.rejects(map({ domainNameId: 'abcd1234' }), notThere);
  });
});

test('GetBasePathMappings goes by pages, in the order of the paths', async () => {
  const { call, map } = await shop();
  for (const basePath of ['b', 'c', 'a']) await map({ basePath });
  const first = await call('GetBasePathMappings', { domainName, limit: 2 });
  const second = await call('GetBasePathMappings', { domainName, limit: 2, position: first.position });
  assert.deepEqual(
    [first, second].map(({ items }) => items.map(({ basePath }) => basePath)),
    [['a', 'b'], ['c']],
  );
  assert.equal(second.position, undefined);
});

describe('UpdateBasePathMapping', () => {
  const rows: [desc: string, operations: Operation[], changed: object][] = [
    ['the base path', [replace('/basePath', 'dogs')], { basePath: 'dogs' }],
    ['… to none', [replace('/basePath', '(none)')], { basePath: '(none)' }],
    ['… to itself', [replace('/basePath', 'pets')], {}],
    ['the stage', [replace('/stage', 'test')], { stage: 'test' }],
    ['nothing', [], {}],
  ];
  for (const [desc, patchOperations, changed] of rows) {
    test(`200 changes ${desc}`, async () => {
      const { call, map, restApiId } = await shop();
      await map({ basePath: 'pets' });
      const after = await call('UpdateBasePathMapping', { domainName, basePath: 'pets', patchOperations });
      assert.deepEqual(after, { basePath: 'pets', restApiId, stage: 'prod', ...changed });
      assert.deepEqual((await call('GetBasePathMappings', { domainName })).items, [after]);
    });
  }

  test('200 renames beside an empty base path, which came later', async () => {
    const { call, map, restApiId } = await shop();
    await map({ basePath: 'v1' });
    await map({ basePath: '(none)' });
    const rename = (value: string) =>
      call('UpdateBasePathMapping', { domainName, basePath: 'v1', patchOperations: [replace('/basePath', value)] });
    await assert.rejects(rename(''), awsError('ConflictException', 'Base path already exists for this domain name'));
    assert.deepEqual(await rename('v2'), { basePath: 'v2', restApiId, stage: 'prod' });
  });

  test('200 takes the stage away, and changes the API', async () => {
    const { call, map, mockApi, restApiId } = await shop();
    await map({ basePath: 'pets' });
    const update = (operation: Operation) =>
      call('UpdateBasePathMapping', { domainName, basePath: 'pets', patchOperations: [operation] });
    assert.deepEqual(await update(replace('/stage', '')), { basePath: 'pets', restApiId });
    const other = (await mockApi()).restApiId;
    assert.deepEqual(await update(replace('/restapiId', other)), { basePath: 'pets', restApiId: other });
  });

  const refused: [desc: string, operation: Operation, code: string, message: string | RegExp][] = [
    ['a path of another mapping', replace('/basePath', 'cats'), 'ConflictException', /already exists/],
    ['several levels', replace('/basePath', 'a/b'), 'BadRequestException', /doesn't support the slash/],
    ['an unknown API', replace('/restapiId', 'none'), 'BadRequestException', 'Invalid REST API identifier specified'],
    ['an unknown stage', replace('/stage', 'dev'), 'BadRequestException', 'Invalid stage identifier specified'],
    [
      'another path',
      replace('/domainName', 'x'),
      'BadRequestException',
      "Invalid patch path  '/domainName' specified for op 'replace'. Must be one of: [/basePath, /restapiId, /stage]",
    ],
    ['another op', { op: 'remove', path: '/stage' }, 'BadRequestException', /Please choose supported operations/],
  ];
  for (const [desc, operation, code, message] of refused) {
    test(`${code} for ${desc}`, async () => {
      const { call, map } = await shop();
      for (const basePath of ['pets', 'cats']) await map({ basePath });
      const before = await call('GetBasePathMappings', { domainName });
      const input = { domainName, basePath: 'pets', patchOperations: [operation] };
      await assert.rejects(call('UpdateBasePathMapping', input), awsError(code, message));
      assert.deepEqual(await call('GetBasePathMappings', { domainName }), before);
    });
  }
});

test('NotFoundException for a mapping that is not there, also after DeleteBasePathMapping', async () => {
  const { call, map } = await shop();
  await map({ basePath: 'pets' });
  await call('DeleteBasePathMapping', { domainName, basePath: 'pets' });
  const notThere = awsError('NotFoundException', 'Invalid base path mapping identifier specified');
  for (const basePath of ['pets', '(none)', '']) {
    await assert.rejects(call('GetBasePathMapping', { domainName, basePath }), notThere);
    await assert.rejects(call('UpdateBasePathMapping', { domainName, basePath }), notThere);
    await assert.rejects(call('DeleteBasePathMapping', { domainName, basePath }), notThere);
  }
});

test('an API and a stage that a mapping leads to are not deleted', async () => {
  const { call, map, restApiId } = await shop();
  await map({ basePath: 'pets' });
  await assert.rejects(
    call('DeleteRestApi', { restApiId }),
    awsError(
      'BadRequestException',
      `Deleting RestApi ${restApiId} failed. Please remove all base path mappings related to the RestApi in your domains: ${domainName}.`,
    ),
  );
  await assert.rejects(
    call('DeleteStage', { restApiId, stageName: 'prod' }),
    awsError('BadRequestException', /^Deleting stage prod/),
  );
  await call('DeleteStage', { restApiId, stageName: 'test' });
  await call('DeleteDomainName', { domainName });
  await call('DeleteStage', { restApiId, stageName: 'prod' });
  await call('DeleteRestApi', { restApiId });
});

describe('mappings through both versions', () => {
  test('what v1 made v2 shows', async () => {
    const { map, restApiId, v2 } = await shop();
    await map({});
    const { Items } = await v2.call('GetApiMappings', { DomainName: domainName });
    const [{ ApiMappingId, ...shown } = {}] = Items;
    assert.match(ApiMappingId ?? '', /^[a-z0-9]{6}$/);
    assert.deepEqual(shown, { ApiId: restApiId, ApiMappingKey: '', Stage: 'prod' });
  });

  test('v2 maps a REST API, at several levels, beside an HTTP API; v1 shows both', async () => {
    const { call, httpApi, restApiId, v2 } = await shop();
    const DomainName = domainName;
    await v2.call('CreateApiMapping', { DomainName, ApiId: restApiId, Stage: 'prod', ApiMappingKey: 'pets/v1' });
    const orders = await httpApi();
    await v2.call('CreateApiMapping', { DomainName, ApiId: orders, Stage: 'dev' });
    assert.deepEqual((await call('GetBasePathMappings', { domainName })).items, [
      { basePath: '(none)', restApiId: orders, stage: 'dev' },
      { basePath: 'pets/v1', restApiId, stage: 'prod' },
    ]);
    await call('DeleteBasePathMapping', { domainName, basePath: 'pets/v1' });
    assert.equal((await v2.call('GetApiMappings', { DomainName })).Items.length, 1);
    await assert.rejects(
      v2.call('CreateApiMapping', { DomainName, ApiId: restApiId, Stage: 'dev', ApiMappingKey: 'x' }),
      awsError('BadRequestException', 'Invalid stage identifier specified'),
    );
  });

  test('a name that leads to an HTTP API stays regional with TLS 1.2', async () => {
    const { call, httpApi, v2 } = await shop();
    await v2.call('CreateApiMapping', { DomainName: domainName, ApiId: await httpApi(), Stage: 'dev' });
    const before = await call('GetDomainName', { domainName });
    for (const patchOperations of [
      [replace('/securityPolicy', 'TLS_1_0')],
      [replace('/endpointConfiguration/types/0', 'EDGE'), replace('/certificateArn', edgeCertificate)],
    ]) {
      await assert.rejects(
        call('UpdateDomainName', { domainName, patchOperations }),
        awsError('BadRequestException', /^The domain name has a mapping to HTTP API /),
      );
    }
    assert.deepEqual(await call('GetDomainName', { domainName }), before);
  });

  test('an edge-optimized name takes REST APIs only', async () => {
    const { httpApi, restApiId, v2 } = await shop({ isEdge: true });
    const DomainName = domainName;
    const ApiId = await httpApi();
    await assert.rejects(
      v2.call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev' }),
      awsError('BadRequestException', /only REST APIs can be attached/),
    );
    await v2.call('CreateApiMapping', { DomainName, ApiId: restApiId, Stage: 'prod' });
  });
});
