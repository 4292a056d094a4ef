import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, caller, type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';
import { loadMappedDomains } from './mapped-domains.ts';

const CertificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';
const DomainNameConfigurations = [{ CertificateArn }];

function make(gateway: GatewayUnderTest, DomainName: string) {
  return gateway.call('CreateDomainName', { DomainName, DomainNameConfigurations });
}

describe('CreateDomainName', () => {
  test('201 with the members that AWS shows, and GetDomainName has the same', async () => {
    const gateway = gatewayUnderTest();
    const made = await make(gateway, 'api.shop.example');
    const [configuration] = made.DomainNameConfigurations;
    assert.match(configuration?.ApiGatewayDomainName ?? '', /^d-[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com$/);
    assert.deepEqual(made, {
      ApiMappingSelectionExpression: '$request.basepath',
      DomainName: 'api.shop.example',
      DomainNameArn: 'arn:aws:apigateway:eu-west-1::/domainnames/api.shop.example',
      DomainNameConfigurations: [
        {
          ApiGatewayDomainName: configuration?.ApiGatewayDomainName,
          CertificateArn,
          DomainNameStatus: 'AVAILABLE',
          EndpointType: 'REGIONAL',
          HostedZoneId: 'ZLY8HYME6SFDD',
          IpAddressType: 'ipv4',
          SecurityPolicy: 'TLS_1_2',
        },
      ],
      RoutingMode: 'API_MAPPING_ONLY',
      Tags: {},
    });
    assert.deepEqual(await gateway.call('GetDomainName', { DomainName: 'API.shop.example' }), made);
    assert.deepEqual((await gateway.call('GetDomainNames', {})).Items, [made]);
  });

  test('201 for a wildcard, in the China partition, and in lower case', async () => {
    const gateway = gatewayUnderTest();
    const china = { ...caller, region: 'cn-north-1' };
    const configurations = [{ CertificateArn: 'arn:aws-cn:acm:cn-north-1:111122223333:certificate/1' }];
    const input = { DomainName: '*.Shop.example', DomainNameConfigurations: configurations };
    const made = await gateway.call('CreateDomainName', input, china);
    assert.equal(made.DomainName, '*.shop.example');
    assert.equal(made.DomainNameArn, 'arn:aws-cn:apigateway:cn-north-1::/domainnames/*.shop.example');
    assert.match(made.DomainNameConfigurations[0]?.ApiGatewayDomainName ?? '', /\.execute-api\.cn-north-1\.amazonaws\.com\.cn$/);
  });

  test('BadRequestException for a name that exists, whatever the account and the region', async () => {
    const gateway = gatewayUnderTest();
    await make(gateway, 'api.shop.example');
    const other = { ...caller, account: '222222222222', region: 'us-east-1' };
    for (const by of [caller, other]) {
      const configurations = [{ CertificateArn: CertificateArn.replace(caller.region, by.region) }];
      await assert.rejects(
        gateway.call('CreateDomainName', { DomainName: 'api.SHOP.example', DomainNameConfigurations: configurations }, by),
        awsError('BadRequestException', 'The domain name you provided already exists.'),
      );
    }
  });

  const regional = /^Only REGIONAL domain names with a security policy of TLS 1\.2 can be managed/;
  const refused: [desc: string, input: object, message: string | RegExp][] = [
    ['no configuration', { DomainNameConfigurations: undefined }, 'Invalid input. Expected one domain name configuration'],
    ['an empty list', { DomainNameConfigurations: [] }, 'Invalid input. Expected one domain name configuration'],
    [
      'two configurations',
      { DomainNameConfigurations: [{ CertificateArn }, { CertificateArn }] },
      'Invalid input. Expected one domain name configuration',
    ],
    [
      'an edge-optimized name',
      { DomainNameConfigurations: [{ CertificateArn, EndpointType: 'EDGE' }] },
      'EDGE endpoint type is not supported for APIGatewayV2 domainName',
    ],
    ['TLS 1.0', { DomainNameConfigurations: [{ CertificateArn, SecurityPolicy: 'TLS_1_0' }] }, regional],
    ['no certificate', { DomainNameConfigurations: [{}] }, 'A certificate was not provided for the endpoint type REGIONAL.'],
    ['no ARN', { DomainNameConfigurations: [{ CertificateArn: 'mine' }] }, 'Invalid certificate ARN: mine'],
    [
      'a certificate of another region',
      { DomainNameConfigurations: [{ CertificateArn: 'arn:aws:acm:us-west-2:111122223333:certificate/1' }] },
      "Invalid certificate ARN: arn:aws:acm:us-west-2:111122223333:certificate/1. Certificate must be in 'eu-west-1'.",
    ],
    ['an underscore', { DomainName: 'a_b.example' }, 'Domain names cannot contain an underscore character'],
    ['a dot behind the name', { DomainName: 'a.example.' }, 'Trailing period should be omitted from domain name'],
    ['mutual TLS', { MutualTlsAuthentication: { TruststoreUri: 's3://a/b' } }, /does not run mutual TLS yet/],
    ['an unknown routing mode', { RoutingMode: 'RULES' }, /^Invalid routingMode specified/],
    ['a reserved tag', { Tags: { 'aws:x': 'y' } }, /prefix aws: is reserved/],
    ...['', 'localhost', '127.0.0.1', 'a..b', '-a.b', 'a b.c', 'a.*.b', '*', `${'a'.repeat(64)}.example`, 'a/b.c'].map(
      (DomainName): [string, object, RegExp] => [`the name "${DomainName}"`, { DomainName }, /^Invalid domain name "/],
    ),
    ...['x.execute-api.localhost', '*.execute-api.localhost', 'apigateway.us-east-1.amazonaws.com', 'amazonaws.com'].map(
      (DomainName): [string, object, RegExp] => [`the name ${DomainName}`, { DomainName }, /belongs to AWS or to the default/],
    ),
  ];
  for (const [desc, input, message] of refused) {
    test(`BadRequestException for ${desc}`, async () => {
      const gateway = gatewayUnderTest();
      await assert.rejects(
        gateway.call('CreateDomainName', { DomainName: 'api.shop.example', DomainNameConfigurations, ...input } as never),
        awsError('BadRequestException', message),
      );
      assert.equal(gateway.store.revision(), 0);
    });
  }

  test('TooManyRequestsException when the quota is used up', async () => {
    const gateway = gatewayUnderTest({ quotas: { domainNamesPerRegion: 1 } });
    await make(gateway, 'a.example');
    await assert.rejects(make(gateway, 'b.example'), awsError('TooManyRequestsException', /DomainNames for this account/));
  });
});

describe('UpdateDomainName', () => {
  test('200 replaces the certificate and keeps the rest', async () => {
    const gateway = gatewayUnderTest();
    const made = await make(gateway, 'api.shop.example');
    const next = `${CertificateArn.slice(0, -1)}6`;
    const input = { DomainName: 'api.shop.example', DomainNameConfigurations: [{ CertificateArn: next }] };
    const updated = await gateway.call('UpdateDomainName', input);
    assert.deepEqual(updated, {
      ...made,
      DomainNameConfigurations: [{ ...made.DomainNameConfigurations[0], CertificateArn: next }],
    });
    assert.deepEqual(await gateway.call('UpdateDomainName', { DomainName: 'api.shop.example' }), updated);
  });

  test('200 for switching mutual TLS off, which was never on; BadRequestException for switching it on', async () => {
    const gateway = gatewayUnderTest();
    await make(gateway, 'a.example');
    await gateway.call('UpdateDomainName', { DomainName: 'a.example', MutualTlsAuthentication: { TruststoreUri: '' } });
    await assert.rejects(
      gateway.call('UpdateDomainName', { DomainName: 'a.example', MutualTlsAuthentication: { TruststoreUri: 's3://a/b' } }),
      awsError('BadRequestException', /mutual TLS/),
    );
  });
});

describe('DeleteDomainName', () => {
  test('204, and its mappings go with it', async () => {
    const gateway = gatewayUnderTest();
    await make(gateway, 'a.example');
    const ApiId = await gateway.apiWithRoutes('GET /');
    await gateway.call('CreateStage', { ApiId, StageName: 'dev' });
    await gateway.call('CreateApiMapping', { DomainName: 'a.example', ApiId, Stage: 'dev' });
    assert.equal((await loadMappedDomains(gateway.store))[0]?.mappings.length, 1);
    await gateway.call('DeleteDomainName', { DomainName: 'a.example' });
    assert.deepEqual(await loadMappedDomains(gateway.store), []);
    await gateway.call('DeleteApi', { ApiId });
    await make(gateway, 'a.example');
    assert.deepEqual((await gateway.call('GetApiMappings', { DomainName: 'a.example' })).Items, []);
  });
});

describe('tags of a domain name', () => {
  test('are set, added, shown and removed by its ARN', async () => {
    const gateway = gatewayUnderTest();
    const input = { DomainName: 'a.example', DomainNameConfigurations, Tags: { team: 'north' } };
    const { DomainNameArn: ResourceArn } = await gateway.call('CreateDomainName', input);
    await gateway.call('TagResource', { ResourceArn, Tags: { cost: '7' } });
    await gateway.call('UntagResource', { ResourceArn, TagKeys: ['team'] });
    assert.deepEqual((await gateway.call('GetTags', { ResourceArn })).Tags, { cost: '7' });
    await assert.rejects(
      gateway.call('GetTags', { ResourceArn: `${ResourceArn}/stages/dev` }),
      awsError('NotFoundException', /Invalid resource identifier/),
    );
  });
});

describe('a domain name that is not there › NotFoundException', () => {
  const rows = {
    GetDomainName: {},
    UpdateDomainName: {},
    DeleteDomainName: {},
    GetApiMappings: {},
    CreateApiMapping: { ApiId: 'a', Stage: 'b' },
    GetApiMapping: { ApiMappingId: 'a' },
    UpdateApiMapping: { ApiMappingId: 'a', ApiId: 'b' },
    DeleteApiMapping: { ApiMappingId: 'a' },
    CreateRoutingRule: {},
    ListRoutingRules: {},
    GetRoutingRule: { RoutingRuleId: 'a' },
    PutRoutingRule: { RoutingRuleId: 'a' },
    DeleteRoutingRule: { RoutingRuleId: 'a' },
  } as const;
  for (const [operation, input] of Object.entries(rows)) {
    test(operation, async () => {
      const message = 'Invalid domain name identifier specified';
      for (const DomainName of ['a.example', '', '\0', '\ud800']) {
        await assert.rejects(
          gatewayUnderTest().call(operation as 'GetDomainName', { ...input, DomainName }),
          awsError('NotFoundException', message),
        );
      }
    });
  }

  test('… and one of another account or region', async () => {
    const gateway = gatewayUnderTest();
    await make(gateway, 'a.example');
    for (const by of [
      { ...caller, region: 'us-east-1' },
      { ...caller, account: '222222222222' },
    ]) {
      await assert.rejects(
        gateway.call('GetDomainName', { DomainName: 'a.example' }, by),
        awsError('NotFoundException', /domain/),
      );
    }
  });
});
