// Private domain names and the associations of VPC endpoints with them, of one account and of two.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStore } from '../../store/memory.ts';
import { gatewayUnderTest as gatewayV2UnderTest } from '../apigatewayv2/gateway-under-test.ts';
import { loadMappedDomains } from '../apigatewayv2/mapped-domains.ts';
import { awsError, caller, type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';
import type { Input } from './service.ts';

const certificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';
const domainName = 'private.shop.example';
const edgeCertificateArn = certificateArn.replace('eu-west-1', 'us-east-1');
const privately = { domainName, certificateArn, endpointConfiguration: { types: ['PRIVATE' as const] } };
const guest = { ...caller, account: '222222222222' };

const policyOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: ['execute-api:/*'] };
const deny = { ...allow, Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } };
const shared = (account: string) =>
  policyOf({
    ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` } },
    ...{ Action: 'apigateway:CreateAccessAssociation', Resource: '*' },
  });

const replace = (path: string, value: string) => ({ op: 'replace' as const, path, value });
const refused = (message: string | RegExp) => awsError('BadRequestException', message);
const noName = awsError('NotFoundException', 'Invalid domain name identifier specified');
const noAssociation = awsError('NotFoundException', 'Invalid domain name access association identifier specified');

const make = (gateway: GatewayUnderTest, more: Partial<Input<'CreateDomainName'>> = {}) =>
  gateway.call('CreateDomainName', { ...privately, ...more });
const associate = (gateway: GatewayUnderTest, domainNameArn: string, accessAssociationSource = 'vpce-1', by = caller) =>
  gateway.call(
    'CreateDomainNameAccessAssociation',
    { domainNameArn, accessAssociationSource, accessAssociationSourceType: 'VPCE' },
    by,
  );

async function deployed(gateway: GatewayUnderTest, type: 'PRIVATE' | 'REGIONAL'): Promise<string> {
  const { restApiId } = await gateway.mockApi();
  const patchOperations = [
    replace('/endpointConfiguration/types/EDGE', type),
    replace('/policy', policyOf({ ...allow, Resource: 'execute-api:/*' })),
  ];
  await gateway.call('UpdateRestApi', { restApiId, patchOperations });
  await gateway.call('CreateDeployment', { restApiId, stageName: 'prod' });
  return restApiId;
}

describe('CreateDomainName of type PRIVATE', () => {
  test('201 with the members that AWS shows, and GetDomainName with the id has the same', async () => {
    const gateway = gatewayUnderTest();
    const made = await make(gateway, { policy: policyOf(allow, deny), tags: { team: 'north' } });
    assert.match(made.domainNameId, /^[a-z0-9]{10}$/);
    const identity = `${domainName}+${made.domainNameId}`;
    const Resource = `arn:aws:execute-api:eu-west-1:000000000000:/domainnames/${identity}`;
    assert.deepEqual(made, {
      domainName,
      domainNameId: made.domainNameId,
      domainNameArn: `arn:aws:apigateway:eu-west-1:000000000000:/domainnames/${identity}`,
      certificateArn,
      certificateUploadDate: new Date('2026-11-23T02:15:30Z'),
      endpointConfiguration: { types: ['PRIVATE'], ipAddressType: 'dualstack' },
      domainNameStatus: 'AVAILABLE',
      securityPolicy: 'TLS_1_2',
      // AWS: whole ARNs. Seen: aws-cli examples, create-domain-name.
      policy: policyOf({ ...allow, Resource }, { ...deny, Resource }),
      routingMode: 'BASE_PATH_MAPPING_ONLY',
      tags: { team: 'north' },
    });
    const { domainNameId } = made;
    assert.deepEqual(await gateway.call('GetDomainName', { domainName: 'PRIVATE.shop.example', domainNameId }), made);
    assert.deepEqual((await gateway.call('GetDomainNames', {})).items, [made]);
    await assert.rejects(gateway.call('GetDomainName', { domainName }), noName);
    await assert.rejects(gateway.call('GetDomainName', { domainName: identity }), noName);
    await assert.rejects(gateway.call('GetDomainName', { domainName, domainNameId }, guest), noName);
  });

  test('201 beside others that are called the same, public and private; each is changed and deleted by itself', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const ids = [(await make(gateway)).domainNameId, (await make(gateway)).domainNameId];
    await call('CreateDomainName', { domainName, certificateArn: edgeCertificateArn });
    assert.equal((await call('GetDomainNames', {})).items.length, 3);
    await call('UpdateDomainName', { domainName, domainNameId: ids[1], patchOperations: [replace('/certificateName', 'mine')] });
    const names = await Promise.all(
      [...ids, undefined].map(
        async (domainNameId) => (await call('GetDomainName', { domainName, domainNameId })).certificateName,
      ),
    );
    assert.deepEqual(names, [undefined, 'mine', undefined]);
    await call('DeleteDomainName', { domainName, domainNameId: ids[1] });
    await call('DeleteDomainName', { domainName });
    assert.deepEqual(
      (await call('GetDomainNames', {})).items.map(({ domainNameId }) => domainNameId),
      [ids[0]],
    );
  });

  const rows: [desc: string, more: Partial<Input<'CreateDomainName'>>, message: string | RegExp][] = [
    ['a wildcard', { domainName: '*.shop.example' }, 'Wildcard private domain names are not supported.'],
    [
      'a regional certificate',
      { certificateArn: undefined, regionalCertificateArn: certificateArn },
      'Cannot import certificates for REGIONAL while PRIVATE is active.',
    ],
    ['IPv4 alone', { endpointConfiguration: { types: ['PRIVATE'], ipAddressType: 'ipv4' } }, /Only dualstack/],
    ['another security policy', { securityPolicy: 'TLS_1_0' }, /can only be TLS_1_2/],
    ['a policy that is none', { policy: 'x' }, /^Invalid policy document/],
    ['a policy about a stage', { policy: policyOf({ ...allow, Resource: 'execute-api:/prod/*' }) }, /about the name as a whole/],
    ['two types', { endpointConfiguration: { types: ['PRIVATE', 'EDGE'] } }, /multiple Endpoint Types/],
  ];
  for (const [desc, more, message] of rows) {
    test(`BadRequestException for ${desc}`, async () => {
      const gateway = gatewayUnderTest();
      await assert.rejects(make(gateway, more), refused(message));
      assert.equal(gateway.store.revision(), 0);
    });
  }

  test('LimitExceededException when the account has 50; public names have a quota of their own', async () => {
    const gateway = gatewayUnderTest({ quotas: { privateDomainNamesPerRegion: 2, domainNamesPerRegion: 1 } });
    for (let i = 0; i < 2; i++) await make(gateway);
    await assert.rejects(make(gateway), awsError('LimitExceededException', /Domain names/));
    await gateway.call('CreateDomainName', { domainName, certificateArn: edgeCertificateArn });
    await assert.rejects(
      gateway.call('CreateDomainName', { domainName: 'b.example', certificateArn: edgeCertificateArn }),
      awsError('LimitExceededException', /Domain names/),
    );
  });
});

describe('UpdateDomainName of a private name', () => {
  test('200 changes both policies and takes them away', async () => {
    const gateway = gatewayUnderTest();
    const { domainNameId } = await make(gateway);
    const patch = (...patchOperations: NonNullable<Input<'UpdateDomainName'>['patchOperations']>) =>
      gateway.call('UpdateDomainName', { domainName, domainNameId, patchOperations });
    const changed = await patch(replace('/policy', policyOf(allow)), replace('/managementPolicy', shared('222222222222')));
    assert.match(changed.policy, /\/domainnames\/private\.shop\.example\+/);
    assert.equal(changed.managementPolicy, shared('222222222222'));
    const without = await patch({ op: 'remove', path: '/policy' }, replace('/managementPolicy', ''));
    assert.deepEqual([without.policy, without.managementPolicy], [undefined, undefined]);
    for (const path of ['/policy', '/managementPolicy'])
      await assert.rejects(patch(replace(path, '{')), refused(/Invalid policy document/));
    for (const type of ['EDGE', 'REGIONAL']) {
      await assert.rejects(patch(replace('/endpointConfiguration/types/0', type)), refused(/cannot be moved between/));
    }
    await assert.rejects(
      patch({ op: 'add', path: '/endpointConfiguration/types', value: 'EDGE' }),
      refused(/no other endpoint types/),
    );
    await assert.rejects(patch(replace('/endpointConfiguration/ipAddressType', 'ipv4')), refused(/Only dualstack/));
  });
});

describe('what a private name leads to', () => {
  test('private APIs alone, by mappings and by rules, and they stay private', async () => {
    const store = createMemoryStore();
    const gateway = gatewayUnderTest({ store });
    const v2 = gatewayV2UnderTest({ store });
    const [privateApi, publicApi] = [await deployed(gateway, 'PRIVATE'), await deployed(gateway, 'REGIONAL')];
    const { domainNameId } = await make(gateway, { routingMode: 'ROUTING_RULE_THEN_BASE_PATH_MAPPING' });
    const at = { domainName, domainNameId };
    const map = (restApiId: string) =>
      gateway.call('CreateBasePathMapping', { ...at, restApiId, basePath: 'shop', stage: 'prod' });
    await assert.rejects(map(publicApi), refused(/private APIs only/));
    await map(privateApi);
    await assert.rejects(
      gateway.call('UpdateBasePathMapping', { ...at, basePath: 'shop', patchOperations: [replace('/restapiId', publicApi)] }),
      refused(/private APIs only/),
    );
    const rule = (ApiId: string, DomainNameId: string | undefined = domainNameId) =>
      v2.call('CreateRoutingRule', {
        ...{ DomainName: domainName, DomainNameId, Priority: 1, Conditions: [] },
        Actions: [{ InvokeApi: { ApiId, Stage: 'prod' } }],
      });
    await assert.rejects(rule(publicApi), refused(/private APIs only/));
    const { RoutingRuleId, RoutingRuleArn } = await rule(privateApi);
    const identity = `${domainName}+${domainNameId}`;
    assert.equal(
      RoutingRuleArn,
      `arn:aws:apigateway:eu-west-1:000000000000:/domainnames/${identity}/routingrules/${RoutingRuleId}`,
    );
    const rules = await v2.call('ListRoutingRules', { DomainName: domainName, DomainNameId: domainNameId });
    assert.equal(rules.RoutingRules.length, 1);
    await gateway.call('CreateDomainName', { domainName, certificateArn: edgeCertificateArn, routingMode: 'ROUTING_RULE_ONLY' });
    const onPublic = {
      DomainName: domainName,
      Priority: 1,
      Conditions: [],
      Actions: [{ InvokeApi: { ApiId: privateApi, Stage: 'prod' } }],
    };
    await assert.rejects(v2.call('CreateRoutingRule', onPublic), refused(/public APIs only/));
    await assert.rejects(
      gateway.call('UpdateRestApi', {
        restApiId: privateApi,
        patchOperations: [replace('/endpointConfiguration/types/PRIVATE', 'REGIONAL')],
      }),
      refused(new RegExp(`private domain name leads to it: private\\.shop\\.example\\+${domainNameId}`)),
    );
    await assert.rejects(gateway.call('DeleteRestApi', { restApiId: privateApi }), refused(/private\.shop\.example\+/));
    assert.deepEqual((await gateway.call('GetBasePathMappings', at)).items, [
      { basePath: 'shop', restApiId: privateApi, stage: 'prod' },
    ]);
    assert.deepEqual((await gateway.call('GetBasePathMappings', { domainName })).items, []);
    await gateway.call('DeleteBasePathMapping', { ...at, basePath: 'shop' });
    await v2.call('DeleteRoutingRule', { DomainName: domainName, DomainNameId: domainNameId, RoutingRuleId });
    await gateway.call('DeleteRestApi', { restApiId: privateApi });
  });

  test('v2 does not show it, and cannot map to it', async () => {
    const store = createMemoryStore();
    const gateway = gatewayUnderTest({ store });
    const v2 = gatewayV2UnderTest({ store });
    await make(gateway);
    assert.deepEqual((await v2.call('GetDomainNames', {})).Items, []);
    // AWS: so. Seen: hashicorp/terraform-provider-aws#41659.
    await assert.rejects(v2.call('CreateApiMapping', { DomainName: domainName, ApiId: 'a', Stage: 's' }), noName);
  });
});

describe('CreateDomainNameAccessAssociation', () => {
  test('201 with the members that AWS shows, and the front door hears of it', async () => {
    const gateway = gatewayUnderTest();
    const { domainNameArn, domainNameId } = await make(gateway);
    const made = await associate(gateway, domainNameArn);
    assert.deepEqual(made, {
      domainNameAccessAssociationArn: `arn:aws:apigateway:eu-west-1:000000000000:/domainnameaccessassociations/domainname/${domainName}+${domainNameId}/vpcesource/vpce-1`,
      domainNameArn,
      accessAssociationSourceType: 'VPCE',
      accessAssociationSource: 'vpce-1',
    });
    assert.deepEqual((await gateway.call('GetDomainNameAccessAssociations', {})).items, [made]);
    assert.deepEqual((await gateway.call('GetDomainNameAccessAssociations', { resourceOwner: 'OTHER_ACCOUNTS' })).items, []);
    assert.deepEqual((await loadMappedDomains(gateway.store))[0]?.privateAccess, {
      domainArn: `arn:aws:execute-api:eu-west-1:000000000000:/domainnames/${domainName}+${domainNameId}`,
      policy: undefined,
      vpcEndpointIds: ['vpce-1'],
    });
  });

  test('ConflictException for a second name of the same spelling behind one endpoint', async () => {
    const gateway = gatewayUnderTest();
    const [one, two] = [await make(gateway), await make(gateway)];
    await associate(gateway, one.domainNameArn);
    for (const { domainNameArn } of [one, two]) {
      await assert.rejects(associate(gateway, domainNameArn), awsError('ConflictException', /vpce-1 already has an association/));
    }
    await associate(gateway, two.domainNameArn, 'vpce-2');
    await associate(gateway, (await make(gateway, { domainName: 'other.example' })).domainNameArn);
  });

  test('BadRequestException for another source, NotFoundException for what is no private name', async () => {
    const gateway = gatewayUnderTest();
    const { domainNameArn } = await make(gateway);
    await gateway.call('CreateDomainName', { domainName, certificateArn: edgeCertificateArn });
    for (const source of ['', 'vpc-1', 'vpce-', 'vpce-A', 'vpce-1/2']) {
      await assert.rejects(associate(gateway, domainNameArn, source), refused(/Invalid accessAssociationSource/));
    }
    for (const arn of [
      '',
      `arn:aws:apigateway:eu-west-1::/domainnames/${domainName}`,
      `arn:aws:apigateway:eu-west-1:000000000000:/domainnames/${domainName}`,
      `${domainNameArn}x`,
      domainNameArn.replace('eu-west-1', 'us-east-1'),
      domainNameArn.replace(':000000000000:', '::'),
      domainNameArn.replace('arn:aws:', 'arn:aws-cn:'),
      domainNameArn.replace('private', 'PRIVATE'),
      domainNameArn.replace('000000000000', '222222222222'),
    ]) {
      await assert.rejects(associate(gateway, arn), noName);
    }
  });

  test('LimitExceededException when the account has 100', async () => {
    const gateway = gatewayUnderTest({ quotas: { domainNameAccessAssociationsPerRegion: 1 } });
    const { domainNameArn } = await make(gateway);
    await associate(gateway, domainNameArn);
    await assert.rejects(
      associate(gateway, domainNameArn, 'vpce-2'),
      awsError('LimitExceededException', /Domain name access associations for this account/),
    );
  });
});

describe('DeleteDomainNameAccessAssociation', () => {
  test('202, once; and the name takes its associations with it', async () => {
    const gateway = gatewayUnderTest();
    const { domainNameArn, domainNameId } = await make(gateway);
    const { domainNameAccessAssociationArn } = await associate(gateway, domainNameArn);
    const gone = () => gateway.call('DeleteDomainNameAccessAssociation', { domainNameAccessAssociationArn });
    await gone();
    await assert.rejects(gone(), noAssociation);
    await associate(gateway, domainNameArn);
    const other = domainNameAccessAssociationArn.replace('arn:aws:', 'arn:aws-cn:');
    for (const arn of ['', 'arn:x', `${domainNameAccessAssociationArn}/more`, domainNameArn, other]) {
      const input = { domainNameAccessAssociationArn: arn };
      await assert.rejects(gateway.call('DeleteDomainNameAccessAssociation', input), noAssociation);
    }
    await gateway.call('DeleteDomainName', { domainName, domainNameId });
    assert.deepEqual((await gateway.call('GetDomainNameAccessAssociations', {})).items, []);
  });
});

describe('a name of another account', () => {
  test('is associated when its management policy allows it, rejected by its owner and deleted by the guest', async () => {
    const gateway = gatewayUnderTest();
    const { call } = gateway;
    const { domainNameArn, domainNameId } = await make(gateway);
    const manage = (policy: string) =>
      call('UpdateDomainName', { domainName, domainNameId, patchOperations: [replace('/managementPolicy', policy)] });
    const denied = awsError('AccessDeniedException', /apigateway:CreateAccessAssociation on resource: .* management policy/);
    const others = async (operation: 'GetDomainNames' | 'GetDomainNameAccessAssociations', by = guest) =>
      (await call(operation, { resourceOwner: 'OTHER_ACCOUNTS' }, by)).items;
    await assert.rejects(associate(gateway, domainNameArn, 'vpce-9', guest), denied);
    await manage(shared('333333333333'));
    await assert.rejects(associate(gateway, domainNameArn, 'vpce-9', guest), denied);
    assert.deepEqual(await others('GetDomainNames'), []);
    await manage(shared(guest.account));
    assert.deepEqual(await others('GetDomainNames'), [{ domainName, domainNameId, domainNameArn }]);
    assert.deepEqual(await others('GetDomainNames', caller), []);

    const made = await associate(gateway, domainNameArn, 'vpce-9', guest);
    assert.match(
      made.domainNameAccessAssociationArn,
      /^arn:aws:apigateway:eu-west-1:222222222222:\/domainnameaccessassociations\//,
    );
    const { domainNameAccessAssociationArn } = made;
    assert.deepEqual(await others('GetDomainNameAccessAssociations', caller), [made]);
    assert.deepEqual(await others('GetDomainNameAccessAssociations'), []);
    const endpoints = async () => (await loadMappedDomains(gateway.store))[0]?.privateAccess?.vpcEndpointIds;
    assert.deepEqual(await endpoints(), ['vpce-9']);

    const input = { domainNameAccessAssociationArn, domainNameArn };
    await assert.rejects(call('DeleteDomainNameAccessAssociation', input), noAssociation);
    await assert.rejects(call('RejectDomainNameAccessAssociation', input, guest), noName);
    await call('RejectDomainNameAccessAssociation', input);
    assert.deepEqual(await endpoints(), []);
    assert.deepEqual(await others('GetDomainNameAccessAssociations', caller), []);
    assert.deepEqual((await call('GetDomainNameAccessAssociations', {}, guest)).items, [made]);
    await call('DeleteDomainNameAccessAssociation', input, guest);
    assert.deepEqual((await call('GetDomainNameAccessAssociations', {}, guest)).items, []);
  });

  test('BadRequestException for rejecting one’s own, NotFoundException for one with another name', async () => {
    const gateway = gatewayUnderTest();
    const [one, two] = [await make(gateway), await make(gateway)];
    const { domainNameAccessAssociationArn } = await associate(gateway, one.domainNameArn);
    const reject = (domainNameArn: string) =>
      gateway.call('RejectDomainNameAccessAssociation', { domainNameAccessAssociationArn, domainNameArn });
    await assert.rejects(reject(one.domainNameArn), refused(/Delete it/));
    await assert.rejects(reject(two.domainNameArn), noAssociation);
  });
});

test('tags of a private name and of an association are put, read and removed', async () => {
  const gateway = gatewayUnderTest();
  const { domainNameArn } = await make(gateway, { tags: { team: 'north' } });
  const { domainNameAccessAssociationArn } = await associate(gateway, domainNameArn);
  for (const [resourceArn, before] of [
    [domainNameArn, { team: 'north' }],
    [domainNameAccessAssociationArn, {}],
  ] as const) {
    await gateway.call('TagResource', { resourceArn, tags: { tier: 'gold' } });
    assert.deepEqual((await gateway.call('GetTags', { resourceArn })).tags, { ...before, tier: 'gold' });
    await gateway.call('UntagResource', { resourceArn, tagKeys: ['tier', 'team'] });
    assert.deepEqual((await gateway.call('GetTags', { resourceArn })).tags, {});
  }
  await associate(gateway, domainNameArn, 'vpce-2');
  assert.equal((await gateway.call('GetDomainNameAccessAssociations', { limit: 1 })).items.length, 1);
});
