import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStore } from '../../store/memory.ts';
import { gatewayUnderTest as gatewayV1UnderTest } from '../apigateway/gateway-under-test.ts';
import { awsError, caller, type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';
import type { Input } from './service.ts';

const DomainName = 'api.shop.example';
const CertificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';
const DomainNameConfigurations = [{ CertificateArn }];

/** Both versions over one store: a domain name in the mode, and a REST API with the stage prod. */
async function world(RoutingMode: Input<'CreateDomainName'>['RoutingMode'] = 'ROUTING_RULE_THEN_API_MAPPING', quotas = {}) {
  const store = createMemoryStore();
  const v1 = gatewayV1UnderTest({ store });
  const v2 = gatewayUnderTest({ store, quotas });
  const { restApiId } = await v1.mockApi();
  await v1.call('CreateDeployment', { restApiId, stageName: 'prod' });
  await v2.call('CreateDomainName', { DomainName, DomainNameConfigurations, RoutingMode });
  const input = (more: Partial<Input<'CreateRoutingRule'>> = {}): Input<'CreateRoutingRule'> => ({
    DomainName,
    Priority: 50,
    Conditions: [],
    Actions: [{ InvokeApi: { ApiId: restApiId, Stage: 'prod' } }],
    ...more,
  });
  const make = (more: Partial<Input<'CreateRoutingRule'>> = {}) => v2.call('CreateRoutingRule', input(more));
  return { v1, v2, restApiId, input, make };
}

const header = (Header: string, ValueGlob: string) => ({ MatchHeaders: { AnyOf: [{ Header, ValueGlob }] } });
const basePath = (path: string) => ({ MatchBasePaths: { AnyOf: [path] } });
const refused = (message: string | RegExp) => awsError('BadRequestException', message);

async function httpApi(v2: GatewayUnderTest): Promise<string> {
  const ApiId = await v2.apiWithRoutes('GET /');
  await v2.call('CreateStage', { ApiId, StageName: 'dev' });
  return ApiId;
}

describe('CreateRoutingRule', () => {
  test('201 with the members that AWS shows, and GetRoutingRule and ListRoutingRules have the same', async () => {
    const { v2, restApiId, make } = await world();
    const Conditions = [header('X-Tier', 'gold*'), { ...header('x-a', '*'), ...basePath('shop/v1') }];
    const made = await make({ Conditions });
    assert.match(made.RoutingRuleId, /^[a-z0-9]{6}$/);
    assert.deepEqual(made, {
      Actions: [{ InvokeApi: { ApiId: restApiId, Stage: 'prod', StripBasePath: false } }],
      Conditions,
      Priority: 50,
      // AWS: this ARN has the account. Seen: aws-cli examples.
      RoutingRuleArn: `arn:aws:apigateway:eu-west-1:000000000000:/domainnames/api.shop.example/routingrules/${made.RoutingRuleId}`,
      RoutingRuleId: made.RoutingRuleId,
    });
    const { RoutingRuleId } = made;
    assert.deepEqual(await v2.call('GetRoutingRule', { DomainName: 'API.shop.example', RoutingRuleId }), made);
    assert.deepEqual(await v2.call('ListRoutingRules', { DomainName }), { RoutingRules: [made] });
  });

  const rows: [desc: string, more: Partial<Input<'CreateRoutingRule'>>, message: string | RegExp][] = [
    ['no priority', { Priority: undefined }, /priority: it must be a whole number from 1 to 1000000/],
    ['priority 0', { Priority: 0 }, /priority/],
    ['priority 1,000,001', { Priority: 1_000_001 }, /priority/],
    ['half a priority', { Priority: 1.5 }, /priority/],
    ['no action', { Actions: [] }, /exactly one action/],
    ['three headers', { Conditions: [header('a', 'b'), header('c', 'd'), header('e', 'f')] }, /at most 2 matchHeaders/],
    ['two base paths', { Conditions: [basePath('a'), basePath('b')] }, /at most one matchBasePaths/],
    ['two base paths in one', { Conditions: [{ MatchBasePaths: { AnyOf: ['a', 'b'] } }] }, /exactly one item/],
    ['no base path in one', { Conditions: [{ MatchBasePaths: { AnyOf: [] } }] }, /exactly one item/],
    ['an empty condition', { Conditions: [{}] }, /needs matchHeaders or matchBasePaths/],
    ['a header of 40 characters', { Conditions: [header('h'.repeat(40), 'a')] }, /fewer than 40 characters/],
    ['a wildcard header', { Conditions: [header('x-*', 'a')] }, /Invalid header/],
    ['a header with a space', { Conditions: [header('x y', 'a')] }, /Invalid header/],
    [
      'Authorization',
      { Conditions: [header('Authorization', 'a')] },
      'Header Authorization is not supported as a condition of a routing rule',
    ],
    ['X-Amz-Date', { Conditions: [header('X-Amz-Date', 'a')] }, /not supported as a condition/],
    ['X-Forwarded-For', { Conditions: [header('X-Forwarded-For', 'a')] }, /not supported as a condition/],
    ['no glob', { Conditions: [header('a', '')] }, /Invalid valueGlob/],
    ['a glob of 128 characters', { Conditions: [header('a', 'g'.repeat(128))] }, /Invalid valueGlob/],
    ['a glob with a line break', { Conditions: [header('a', 'b\nc')] }, /Invalid valueGlob/],
    ['a star in the middle', { Conditions: [header('a', 'b*c')] }, /at the beginning, at the end or at both/],
    ['two stars', { Conditions: [header('a', '**')] }, /at the beginning, at the end or at both/],
    ['an infix of 40 characters', { Conditions: [header('a', `*${'g'.repeat(38)}*`)] }, /fewer than 40 characters/],
    ['an empty base path', { Conditions: [basePath('')] }, /1 to 127 characters/],
    ['a base path of 128 characters', { Conditions: [basePath('p'.repeat(128))] }, /1 to 127 characters/],
    ['a base path with a slash in front', { Conditions: [basePath('/pets')] }, /should not start with/],
    ['a base path with a slash behind', { Conditions: [basePath('pets/')] }, /should not end with/],
    ['a base path with a backslash', { Conditions: [basePath('\\pets')] }, /may contain only/],
    ['a base path with a comma', { Conditions: [basePath('a,b')] }, /may contain only/],
    ['a base path that climbs', { Conditions: [basePath('a/../b')] }, /cannot be \. or \.\./],
    ['an unknown API', { Actions: [{ InvokeApi: { ApiId: 'none', Stage: 'prod' } }] }, /^Invalid API identifier specified/],
  ];
  for (const [desc, more, message] of rows) {
    test(`BadRequestException for ${desc}`, async () => {
      const { v2, make } = await world();
      const before = v2.store.revision();
      await assert.rejects(make(more), refused(message));
      assert.equal(v2.store.revision(), before);
    });
  }

  test('201 at the edges of what there can be', async () => {
    const { make } = await world();
    await make({ Priority: 1, Conditions: [header('h'.repeat(39), 'g'.repeat(127)), basePath('p'.repeat(127))] });
    await make({ Priority: 1_000_000, Conditions: [header('Cookie', '*ux=beta*'), header('Accept', `*${'g'.repeat(37)}*`)] });
    await make({ Priority: 2, Conditions: [header('Host', '*'), header('Accept', 'image/webp')] });
  });

  test('BadRequestException for an unknown stage and for HTTP APIs', async () => {
    const { v2, restApiId, make } = await world();
    const to = (ApiId: string, Stage: string) => make({ Actions: [{ InvokeApi: { ApiId, Stage } }] });
    await assert.rejects(to(restApiId, 'dev'), refused('Invalid stage identifier specified'));
    await assert.rejects(to(await httpApi(v2), 'dev'), refused(/Only REST APIs are supported/));
  });

  test('ConflictException for a priority that another rule of the domain name has', async () => {
    const { v2, make } = await world();
    const { RoutingRuleId } = await make();
    await assert.rejects(
      make(),
      awsError('ConflictException', `Routing rule ${RoutingRuleId} of this domain name already has the priority 50`),
    );
    const other = 'b.shop.example';
    await v2.call('CreateDomainName', { DomainName: other, DomainNameConfigurations, RoutingMode: 'ROUTING_RULE_ONLY' });
    await make({ DomainName: other });
  });

  test('TooManyRequestsException when the domain name has 50', async () => {
    const { make } = await world('ROUTING_RULE_ONLY');
    for (let i = 1; i <= 50; i++) await make({ Priority: i });
    await assert.rejects(make({ Priority: 51 }), awsError('TooManyRequestsException', /RoutingRules for this domain name/));
  });

  test('BadRequestException in the mode that has none; those that are there can be seen, changed and deleted', async () => {
    const { v2, input, make } = await world();
    const { RoutingRuleId } = await make();
    await v2.call('UpdateDomainName', { DomainName, RoutingMode: 'API_MAPPING_ONLY' });
    await assert.rejects(make({ Priority: 1 }), refused(/routing mode API_MAPPING_ONLY/));
    assert.equal((await v2.call('ListRoutingRules', { DomainName })).RoutingRules.length, 1);
    await v2.call('PutRoutingRule', { ...input({ Priority: 7 }), RoutingRuleId });
    await v2.call('DeleteRoutingRule', { DomainName, RoutingRuleId });
    await assert.rejects(v2.call('GetRoutingRule', { DomainName, RoutingRuleId }), awsError('NotFoundException', /RoutingRule/));
  });
});

test('ListRoutingRules goes by priority, page by page', async () => {
  const { v2, make } = await world();
  for (const Priority of [1000, 9, 70]) await make({ Priority });
  const priorities: (number | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page: { RoutingRules: { Priority?: number | undefined }[]; NextToken?: string } = await v2.call('ListRoutingRules', {
      DomainName,
      MaxResults: 2,
      NextToken,
    });
    priorities.push(...page.RoutingRules.map(({ Priority }) => Priority));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  assert.deepEqual(priorities, [9, 70, 1000]);
});

describe('PutRoutingRule', () => {
  test('200 replaces everything but the id', async () => {
    const { v2, restApiId, input, make } = await world();
    const { RoutingRuleId } = await make({ Conditions: [basePath('a')] });
    await make({ Priority: 60 });
    const Actions = [{ InvokeApi: { ApiId: restApiId, Stage: 'prod', StripBasePath: true } }];
    const put = await v2.call('PutRoutingRule', { ...input({ Actions }), RoutingRuleId });
    assert.deepEqual([put.Conditions, put.Actions, put.Priority], [[], Actions, 50]);
    assert.deepEqual(await v2.call('GetRoutingRule', { DomainName, RoutingRuleId }), put);
    const taken = v2.call('PutRoutingRule', { ...input({ Priority: 60 }), RoutingRuleId });
    await assert.rejects(taken, awsError('ConflictException', /priority 60/));
  });

  test('NotFoundException makes none', async () => {
    const { v2, input } = await world();
    for (const RoutingRuleId of ['none', '', '\0']) {
      await assert.rejects(
        v2.call('PutRoutingRule', { ...input(), RoutingRuleId }),
        awsError('NotFoundException', `Invalid RoutingRule identifier specified ${RoutingRuleId}`),
      );
    }
  });
});

describe('the routing mode of a domain name', () => {
  test('is the same in both versions, in the words of each', async () => {
    const { v1, v2 } = await world('ROUTING_RULE_ONLY');
    const shown = async () => [
      (await v1.call('GetDomainName', { domainName: DomainName })).routingMode,
      (await v2.call('GetDomainName', { DomainName })).RoutingMode,
    ];
    assert.deepEqual(await shown(), ['ROUTING_RULE_ONLY', 'ROUTING_RULE_ONLY']);
    const value = 'ROUTING_RULE_THEN_BASE_PATH_MAPPING';
    const patchOperations = [{ op: 'replace' as const, path: '/routingMode', value }];
    await v1.call('UpdateDomainName', { domainName: DomainName, patchOperations });
    assert.deepEqual(await shown(), [value, 'ROUTING_RULE_THEN_API_MAPPING']);
    await v2.call('UpdateDomainName', { DomainName, RoutingMode: 'API_MAPPING_ONLY' });
    assert.deepEqual(await shown(), ['BASE_PATH_MAPPING_ONLY', 'API_MAPPING_ONLY']);
    await v2.call('UpdateDomainName', { DomainName, DomainNameConfigurations });
    assert.deepEqual(await shown(), ['BASE_PATH_MAPPING_ONLY', 'API_MAPPING_ONLY']);
    const made = await v1.call('CreateDomainName', {
      domainName: 'edge.example',
      certificateArn: CertificateArn.replace('eu-west-1', 'us-east-1'),
      routingMode: value,
    });
    assert.equal(made.routingMode, value);
  });

  test('BadRequestException for a mode that the version does not know', async () => {
    const { v1, v2 } = await world();
    const RoutingMode = 'ROUTING_RULE_THEN_BASE_PATH_MAPPING' as 'ROUTING_RULE_ONLY';
    await assert.rejects(
      v2.call('UpdateDomainName', { DomainName, RoutingMode }),
      refused(/Valid options are API_MAPPING_ONLY,/),
    );
    const patchOperations = [{ op: 'replace' as const, path: '/routingMode', value: 'API_MAPPING_ONLY' }];
    await assert.rejects(
      v1.call('UpdateDomainName', { domainName: DomainName, patchOperations }),
      refused(/Valid options are BASE_PATH_MAPPING_ONLY,/),
    );
  });

  test('ROUTING_RULE_ONLY takes no new mappings and keeps those that are there', async () => {
    const { v1, v2, restApiId } = await world();
    const mapping = { DomainName, ApiId: restApiId, Stage: 'prod' };
    const { ApiMappingId } = await v2.call('CreateApiMapping', { ...mapping, ApiMappingKey: 'a' });
    await v2.call('UpdateDomainName', { DomainName, RoutingMode: 'ROUTING_RULE_ONLY' });
    await assert.rejects(v2.call('CreateApiMapping', { ...mapping, ApiMappingKey: 'b' }), refused(/ROUTING_RULE_ONLY/));
    await assert.rejects(
      v1.call('CreateBasePathMapping', { domainName: DomainName, restApiId, basePath: 'b', stage: 'prod' }),
      refused(/ROUTING_RULE_ONLY/),
    );
    assert.equal((await v2.call('GetApiMapping', { DomainName, ApiMappingId })).ApiMappingKey, 'a');
  });

  test('rules and mappings to HTTP APIs exclude each other', async () => {
    const { v2 } = await world();
    const ApiId = await httpApi(v2);
    const mapping = { DomainName, ApiId, Stage: 'dev' };
    await assert.rejects(v2.call('CreateApiMapping', mapping), refused(/Routing rules are not supported/));
    await v2.call('UpdateDomainName', { DomainName, RoutingMode: 'API_MAPPING_ONLY' });
    await v2.call('CreateApiMapping', mapping);
    await assert.rejects(
      v2.call('UpdateDomainName', { DomainName, RoutingMode: 'ROUTING_RULE_ONLY' }),
      refused(new RegExp(`here to ${ApiId}`)),
    );
  });
});

describe('what a rule leads to', () => {
  test('stays: neither its stage nor its API can be deleted', async () => {
    const { v1, v2, restApiId, make } = await world();
    const { RoutingRuleId } = await make();
    await assert.rejects(v1.call('DeleteStage', { restApiId, stageName: 'prod' }), refused(/Deleting stage prod failed/));
    await assert.rejects(v1.call('DeleteRestApi', { restApiId }), refused(/api\.shop\.example/));
    await v2.call('DeleteRoutingRule', { DomainName, RoutingRuleId });
    await v1.call('DeleteRestApi', { restApiId });
  });

  test('is free again when the domain name goes, and a name made anew has no rules', async () => {
    const { v1, v2, restApiId, make } = await world();
    await make();
    await v2.call('DeleteDomainName', { DomainName });
    await v1.call('DeleteRestApi', { restApiId });
    await v2.call('CreateDomainName', { DomainName, DomainNameConfigurations });
    assert.deepEqual(await v2.call('ListRoutingRules', { DomainName }), { RoutingRules: [] });
  });
});

test('NotFoundException for the rules of another account’s domain name', async () => {
  const { v2, input, make } = await world();
  const { RoutingRuleId } = await make();
  const by = { ...caller, account: '222222222222' };
  const at = { DomainName, RoutingRuleId };
  const notThere = awsError('NotFoundException', 'Invalid domain name identifier specified');
  await assert.rejects(v2.call('GetRoutingRule', at, by), notThere);
  await assert.rejects(v2.call('ListRoutingRules', { DomainName }, by), notThere);
  await assert.rejects(v2.call('PutRoutingRule', { ...input(), RoutingRuleId }, by), notThere);
  await assert.rejects(v2.call('DeleteRoutingRule', at, by), notThere);
  await assert.rejects(v2.call('CreateRoutingRule', input(), by), notThere);
});
