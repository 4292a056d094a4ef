import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, caller, gatewayUnderTest, startOfTime } from './gateway-under-test.ts';
import type { Input } from './service.ts';

describe('a RestApi that is made', () => {
  test('has an id of 10 characters, a root resource and the defaults of AWS', async () => {
    const { call } = gatewayUnderTest();
    const { id, rootResourceId, ...rest } = await call('CreateRestApi', { name: 'pets' });
    assert.match(String(id), /^[a-z0-9]{10}$/);
    assert.match(String(rootResourceId), /^[a-z0-9]{10}$/);
    assert.deepEqual(rest, {
      name: 'pets',
      createdDate: new Date(Math.floor(startOfTime / 1000) * 1000),
      apiKeySource: 'HEADER',
      endpointConfiguration: { types: ['EDGE'], ipAddressType: 'ipv4' },
      disableExecuteApiEndpoint: false,
    });
    const { tags } = await call('GetRestApi', { restApiId: id });
    assert.deepEqual(tags, {});
  });

  test('takes the id that a tag asks for, once', async () => {
    const { call } = gatewayUnderTest();
    const input = { name: 'pets', tags: { _custom_id_: 'my-pets' } };
    assert.equal((await call('CreateRestApi', input)).id, 'my-pets');
    await assert.rejects(
      call('CreateRestApi', input, { ...caller, region: 'us-west-2' }),
      awsError('ConflictException', /my-pets/),
    );
  });

  test('has a policy with whole ARNs and escaped quotes', async () => {
    const { call } = gatewayUnderTest();
    const statement = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: ['execute-api:/*'] };
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const made = await call('CreateRestApi', { name: 'pets', policy });
    assert.equal(
      made.policy,
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:eu-west-1:000000000000:${made.id}/*"}]}`.replaceAll(
        '"',
        '\\"',
      ),
    );
  });
});

describe('a RestApi that AWS refuses', () => {
  const rows: readonly [description: string, input: Input<'CreateRestApi'>, message: string | RegExp][] = [
    ['no name', { name: '' }, 'Rest API name must be non-empty'],
    ['an empty description', { name: 'a', description: '' }, 'Description cannot be an empty string'],
    [
      'compression below 0',
      { name: 'a', minimumCompressionSize: -1 },
      'Invalid minimum compression size, must be between 0 and 10485760',
    ],
    [
      'two endpoint types',
      { name: 'a', endpointConfiguration: { types: ['EDGE', 'REGIONAL'] } },
      'Cannot create an api with multiple Endpoint Types.',
    ],
    [
      'no endpoint type',
      { name: 'a', endpointConfiguration: { types: [] } },
      'REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.',
    ],
    [
      'a private API over IPv4',
      { name: 'a', endpointConfiguration: { types: ['PRIVATE'], ipAddressType: 'ipv4' } },
      'Only dualstack ipAddressType is supported for Private APIs.',
    ],
    [
      'VPC endpoints of a public API',
      { name: 'a', endpointConfiguration: { types: ['REGIONAL'], vpcEndpointIds: ['vpce-1'] } },
      'VPCEndpoints can only be specified with PRIVATE apis.',
    ],
    ['an unknown security policy', { name: 'a', securityPolicy: 'TLS_9' as never }, 'Invalid securityPolicy specified: TLS_9'],
    ['an unknown access mode', { name: 'a', endpointAccessMode: 'LAX' as never }, /^Invalid endpointAccessMode specified/],
    [
      'an enhanced security policy without access mode',
      { name: 'a', securityPolicy: 'SecurityPolicy_TLS13_2025_EDGE' },
      'Endpoint access mode is required for the specified security policy',
    ],
    [
      'a security policy of another endpoint type',
      { name: 'a', securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09', endpointAccessMode: 'STRICT' },
      /^The security policy SecurityPolicy_TLS13_1_3_2025_09 is not supported for the endpoint type EDGE\.$/,
    ],
    [
      'a policy that is no JSON',
      { name: 'a', policy: '{' },
      'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
    ],
    [
      'a policy without principal',
      { name: 'a', policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}' },
      /^Invalid policy/,
    ],
  ];
  for (const [description, input, message] of rows) {
    test(description, async () => {
      const { call } = gatewayUnderTest();
      await assert.rejects(call('CreateRestApi', input), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetRestApis', {})).items, []);
    });
  }
});

describe('lists of RestApis', () => {
  test('come in pages of limit; a position of elsewhere is refused', async () => {
    const { call } = gatewayUnderTest();
    const ids: unknown[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await call('CreateRestApi', { name })).id);
    const first = await call('GetRestApis', { limit: 2 });
    const second = await call('GetRestApis', { limit: 2, position: first.position });
    const found = [...first.items, ...second.items].map(({ id }) => id);
    assert.deepEqual([first.items.length, second.items.length, second.position], [2, 1, undefined]);
    assert.deepEqual(found, ids.sort());
    for (const limit of [0, -1]) assert.equal((await call('GetRestApis', { limit })).items.length, 3);
    const elsewhere = { ...caller, region: 'us-east-1' };
    const stranger = call('GetRestApis', { position: first.position }, elsewhere);
    await assert.rejects(stranger, awsError('BadRequestException', 'Invalid position parameter specified'));
  });

  test('end at the quota', async () => {
    const { call } = gatewayUnderTest({ quotas: { apisPerRegion: 1 } });
    await call('CreateRestApi', { name: 'a' });
    await assert.rejects(
      call('CreateRestApi', { name: 'b' }),
      awsError('LimitExceededException', /^Maximum number of Rest APIs/),
    );
  });
});

describe('a patch of a RestApi', () => {
  const patches: readonly [description: string, patch: Record<string, string>, member: string, value: unknown][] = [
    ['the name', { op: 'replace', path: '/name', value: 'dogs' }, 'name', 'dogs'],
    ['the key source', { op: 'replace', path: '/apiKeySource', value: 'AUTHORIZER' }, 'apiKeySource', 'AUTHORIZER'],
    ['compression on', { op: 'replace', path: '/minimumCompressionSize', value: '0' }, 'minimumCompressionSize', 0],
    ['compression off', { op: 'replace', path: '/minimumCompressionSize', value: '' }, 'minimumCompressionSize', undefined],
    [
      'the default endpoint off',
      { op: 'replace', path: '/disableExecuteApiEndpoint', value: 'true' },
      'disableExecuteApiEndpoint',
      true,
    ],
    ['a media type', { op: 'add', path: '/binaryMediaTypes/image~1png' }, 'binaryMediaTypes', ['image/png']],
    [
      'the endpoint type by place',
      { op: 'replace', path: '/endpointConfiguration/types/0', value: 'PRIVATE' },
      'endpointConfiguration',
      { types: ['PRIVATE'], ipAddressType: 'dualstack' },
    ],
  ];
  for (const [description, patch, member, value] of patches) {
    test(`changes ${description}`, async () => {
      const { call, api } = gatewayUnderTest();
      const { restApiId } = await api();
      const updated = await call('UpdateRestApi', { restApiId, patchOperations: [patch as never] });
      assert.deepEqual((updated as unknown as Record<string, unknown>)[member], value);
      assert.deepEqual(await call('GetRestApi', { restApiId }), updated);
    });
  }

  const refused: readonly [description: string, patch: Record<string, string>, message: string][] = [
    ['an unknown path', { op: 'replace', path: '/nothing', value: 'x' }, 'Invalid patch path /nothing'],
    ['a path of the list itself', { op: 'add', path: '/binaryMediaTypes', value: 'x' }, 'Invalid patch path /binaryMediaTypes'],
    ['a wrong op', { op: 'add', path: '/name', value: 'x' }, 'Invalid patch operation specified. Must be one of: [replace]'],
    ['no path', { op: 'add', value: 'x' }, 'Invalid patch path null'],
    ['no name', { op: 'replace', path: '/name', value: '' }, 'Rest API name must be non-empty'],
    [
      'a VPC endpoint',
      { op: 'add', path: '/endpointConfiguration/vpcEndpointIds', value: 'vpce-1' },
      'VPCEndpoints can only be specified with PRIVATE apis.',
    ],
    ['an unknown security policy', { op: 'replace', path: '/securityPolicy', value: 'x' }, 'Invalid securityPolicy specified: x'],
    [
      'an unknown access mode',
      { op: 'replace', path: '/endpointAccessMode', value: 'LAX' },
      'Invalid endpointAccessMode specified. Valid options are BASIC,STRICT',
    ],
    [
      'an enhanced security policy alone',
      { op: 'replace', path: '/securityPolicy', value: 'SecurityPolicy_TLS13_2025_EDGE' },
      'Endpoint access mode is required for the specified security policy',
    ],
  ];
  for (const [description, patch, message] of refused) {
    test(`with ${description} is refused and changes nothing`, async () => {
      const { call, api } = gatewayUnderTest();
      const { restApiId } = await api();
      const before = await call('GetRestApi', { restApiId });
      const good = { op: 'replace', path: '/name', value: 'other' } as const;
      const call2 = call('UpdateRestApi', { restApiId, patchOperations: [good, patch as never] });
      await assert.rejects(call2, awsError('BadRequestException', message));
      assert.deepEqual(await call('GetRestApi', { restApiId }), before);
    });
  }
});

describe('the endpoint type of a RestApi', () => {
  const replace = (path: string, value: string) => ({ op: 'replace' as const, path, value });
  const toType = (type: string) => replace('/endpointConfiguration/types/0', type);
  const endpoint = (op: 'add' | 'remove') => ({ op, path: '/endpointConfiguration/vpcEndpointIds', value: 'vpce-1' });

  test('PRIVATE becomes REGIONAL over IPv4, without VPC endpoints, and never EDGE', async () => {
    const { call, api } = gatewayUnderTest();
    const { restApiId } = await api();
    const patch = (...patchOperations: ReturnType<typeof replace | typeof endpoint>[]) =>
      call('UpdateRestApi', { restApiId, patchOperations });
    await patch(toType('PRIVATE'), endpoint('add'));
    const privateOnly = awsError('BadRequestException', 'VPCEndpoints can only be specified with PRIVATE apis.');
    await assert.rejects(patch(toType('REGIONAL')), privateOnly);
    const toEdge = awsError('BadRequestException', 'You cannot change a private API into an edge-optimized API.');
    await assert.rejects(patch(endpoint('remove'), toType('EDGE')), toEdge);
    await assert.rejects(patch(endpoint('remove'), toType('REGIONAL'), toType('EDGE')), toEdge);
    const { endpointConfiguration } = await patch(toType('REGIONAL'), endpoint('remove'));
    assert.deepEqual(endpointConfiguration, { types: ['REGIONAL'], ipAddressType: 'ipv4' });
    const edge = await patch(toType('EDGE'));
    assert.deepEqual(edge.endpointConfiguration, { types: ['EDGE'], ipAddressType: 'ipv4' });
  });

  test('is changed by a document, too, and the VPC endpoints go with it', async () => {
    const { call } = gatewayUnderTest();
    const endpointConfiguration = { types: ['PRIVATE' as const], vpcEndpointIds: ['vpce-1'] };
    const { id: restApiId } = await call('CreateRestApi', { name: 'a', endpointConfiguration });
    const document = { openapi: '3.0.1', info: { title: 'a', version: '1' }, paths: {} };
    const put = (type: string) =>
      call('PutRestApi', {
        ...{ restApiId, mode: 'overwrite' as const, parameters: { endpointConfigurationTypes: type } },
        body: new TextEncoder().encode(JSON.stringify(document)),
      });
    await assert.rejects(put('EDGE'), awsError('BadRequestException', /You cannot change a private API/));
    assert.deepEqual((await put('REGIONAL')).endpointConfiguration, { types: ['REGIONAL'], ipAddressType: 'ipv4' });
  });

  test('takes its enhanced security policy with it', async () => {
    const { call } = gatewayUnderTest();
    const policy = { securityPolicy: 'SecurityPolicy_TLS13_2025_EDGE', endpointAccessMode: 'STRICT' } as const;
    const { id: restApiId } = await call('CreateRestApi', { name: 'a', ...policy });
    const left = 'Unable to update EndpointType. SecurityPolicy is required for EndpointType update.';
    await assert.rejects(
      call('UpdateRestApi', { restApiId, patchOperations: [toType('REGIONAL')] }),
      awsError('BadRequestException', left),
    );
    const patchOperations = [toType('REGIONAL'), replace('/securityPolicy', 'SecurityPolicy_TLS13_1_3_2025_09')];
    const { securityPolicy, endpointAccessMode } = await call('UpdateRestApi', { restApiId, patchOperations });
    assert.deepEqual([securityPolicy, endpointAccessMode], ['SecurityPolicy_TLS13_1_3_2025_09', 'STRICT']);
  });
});

test('an API that is deleted is unknown, with the account in the text', async () => {
  const { call, api } = gatewayUnderTest();
  const { restApiId } = await api();
  await call('DeleteRestApi', { restApiId });
  const unknown = awsError('NotFoundException', `Invalid API identifier specified 000000000000:${restApiId}`);
  await assert.rejects(call('GetRestApi', { restApiId }), unknown);
  await assert.rejects(call('DeleteRestApi', { restApiId }), unknown);
});
