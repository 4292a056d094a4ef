import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryStore } from '../../store/memory.ts';
import { gatewayUnderTest as gatewayV2UnderTest } from '../apigatewayv2/gateway-under-test.ts';
import { awsError, caller, type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';
import type { Input } from './service.ts';

const certificate = 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';
const edgeCertificate = 'arn:aws:acm:us-east-1:111122223333:certificate/66666666-2222-3333-4444-555555555555';
const uploadDate = new Date('2026-11-23T02:15:30Z');
const domainName = 'api.shop.example';

const everyone = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});
const regional = {
  domainName,
  regionalCertificateArn: certificate,
  endpointConfiguration: { types: ['REGIONAL' as const] },
};
const edge = { domainName, certificateArn: edgeCertificate };

type Operation = NonNullable<Input<'UpdateDomainName'>['patchOperations']>[number];
const patch = (gateway: GatewayUnderTest, ...patchOperations: Operation[]) =>
  gateway.call('UpdateDomainName', { domainName, patchOperations });
const replace = (path: string, value: string) => ({ op: 'replace' as const, path, value });

describe('CreateDomainName', () => {
  test('201 for a regional name, and GetDomainName and GetDomainNames have the same', async () => {
    const { call } = gatewayUnderTest();
    const made = await call('CreateDomainName', { ...regional, domainName: 'API.shop.example' });
    assert.match(made.regionalDomainName, /^d-[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com$/);
    assert.deepEqual(made, {
      domainName,
      domainNameArn: 'arn:aws:apigateway:eu-west-1::/domainnames/api.shop.example',
      regionalDomainName: made.regionalDomainName,
      regionalHostedZoneId: 'ZLY8HYME6SFDD',
      regionalCertificateArn: certificate,
      endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'ipv4' },
      domainNameStatus: 'AVAILABLE',
      securityPolicy: 'TLS_1_2',
      routingMode: 'BASE_PATH_MAPPING_ONLY',
    });
    assert.deepEqual(await call('GetDomainName', { domainName }), made);
    assert.deepEqual((await call('GetDomainNames', {})).items, [made]);
    assert.deepEqual((await call('GetDomainNames', { resourceOwner: 'OTHER_ACCOUNTS' })).items, []);
  });

  test('201 for an edge-optimized name, which is what no type asks for', async () => {
    const { call } = gatewayUnderTest();
    const made = await call('CreateDomainName', { ...edge, certificateName: 'shop', tags: { team: 'north' } });
    assert.match(made.distributionDomainName, /^d[a-z0-9]{13}\.cloudfront\.net$/);
    assert.deepEqual(made, {
      domainName,
      domainNameArn: 'arn:aws:apigateway:eu-west-1::/domainnames/api.shop.example',
      certificateName: 'shop',
      certificateArn: edgeCertificate,
      certificateUploadDate: uploadDate,
      distributionDomainName: made.distributionDomainName,
      distributionHostedZoneId: 'Z2FDTNDATAQYW2',
      endpointConfiguration: { types: ['EDGE'], ipAddressType: 'ipv4' },
      domainNameStatus: 'AVAILABLE',
      securityPolicy: 'TLS_1_2',
      routingMode: 'BASE_PATH_MAPPING_ONLY',
      tags: { team: 'north' },
    });
  });

  test('201 for an uploaded certificate, whose private key is not kept', async () => {
    const { call, store } = gatewayUnderTest();
    const made = await call('CreateDomainName', {
      domainName,
      certificateName: 'mine',
      certificateBody: 'the body',
      certificatePrivateKey: 'the key',
      certificateChain: 'the chain',
    });
    assert.deepEqual([made.certificateName, made.certificateUploadDate], ['mine', uploadDate]);
    assert.equal(made.certificateArn, undefined);
    assert.doesNotMatch(JSON.stringify(await store.scan('apigateway/domain-name')), /the key/);
  });

  test('what is kept and not run is said once', async () => {
    const notices: string[] = [];
    const { call } = gatewayUnderTest({ onNotice: (notice) => notices.push(notice) });
    for (const name of ['a.example', 'b.example']) {
      await call('CreateDomainName', { ...regional, domainName: name, securityPolicy: 'TLS_1_0' });
    }
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /security policy .*a\.example/);
  });

  const refused: [desc: string, input: object, message: string | RegExp][] = [
    ['no certificate', { certificateArn: undefined }, 'A certificate was not provided for the endpoint type EDGE.'],
    [
      'no regional certificate',
      { certificateArn: undefined, endpointConfiguration: { types: ['REGIONAL'] } },
      'A certificate was not provided for the endpoint type REGIONAL.',
    ],
    ['no ARN', { certificateArn: 'mine' }, 'Invalid certificate ARN: mine'],
    [
      'an upload without a key',
      { certificateArn: undefined, certificateName: 'm', certificateBody: 'b' },
      /uploaded certificate/,
    ],
    ['an upload beside an ARN', { certificateName: 'm', certificateBody: 'b', certificatePrivateKey: 'k' }, /not both/],
    [
      'two types',
      { endpointConfiguration: { types: ['EDGE', 'REGIONAL'] } },
      /^Cannot create an api with multiple Endpoint Types\.$/,
    ],
    ['no type', { endpointConfiguration: { types: [] } }, /cannot be both DISABLED/],
    ['a policy of a public name', { policy: everyone }, /supported for private domain names only/],
    ['mutual TLS', { mutualTlsAuthentication: { truststoreUri: 's3://a/b' } }, /does not run mutual TLS yet/],
    ['an unknown routing mode', { routingMode: 'API_MAPPING_ONLY' }, /^Invalid routingMode specified/],
    ['an unknown address type', { endpointConfiguration: { ipAddressType: 'ipv6' } }, /ipAddressType must be either/],
    ['an unknown security policy', { securityPolicy: 'TLS_9' }, 'Invalid securityPolicy specified: TLS_9'],
    ['an unknown access mode', { endpointAccessMode: 'LAX' }, /Invalid endpointAccessMode/],
    ['a reserved tag', { tags: { 'aws:x': 'y' } }, /prefix aws: is reserved/],
    ['a name without dots', { domainName: 'localhost' }, /^Invalid domain name "/],
  ];
  for (const [desc, input, message] of refused) {
    test(`BadRequestException for ${desc}`, async () => {
      const gateway = gatewayUnderTest();
      await assert.rejects(
        gateway.call('CreateDomainName', { ...edge, ...input } as never),
        awsError('BadRequestException', message),
      );
      assert.equal(gateway.store.revision(), 0);
    });
  }

  test('BadRequestException for a name that exists in any account', async () => {
    const { call } = gatewayUnderTest();
    await call('CreateDomainName', regional);
    for (const by of [caller, { ...caller, account: '222222222222' }]) {
      await assert.rejects(
        call('CreateDomainName', edge, by),
        awsError('BadRequestException', 'The domain name you provided already exists.'),
      );
    }
  });

  test('LimitExceededException when the quota is used up', async () => {
    const { call } = gatewayUnderTest({ quotas: { domainNamesPerRegion: 1 } });
    await call('CreateDomainName', regional);
    await assert.rejects(
      call('CreateDomainName', { ...edge, domainName: 'b.example' }),
      awsError('LimitExceededException', /Domain names/),
    );
  });
});

test('GetDomainNames goes by pages', async () => {
  const { call } = gatewayUnderTest();
  for (const name of ['a.example', 'b.example', 'c.example']) await call('CreateDomainName', { ...regional, domainName: name });
  const first = await call('GetDomainNames', { limit: 2 });
  assert.deepEqual(
    first.items.map((item) => item.domainName),
    ['a.example', 'b.example'],
  );
  const second = await call('GetDomainNames', { limit: 2, position: first.position });
  assert.deepEqual(
    second.items.map((item) => item.domainName),
    ['c.example'],
  );
  assert.equal(second.position, undefined);
  await assert.rejects(call('GetDomainNames', { position: 'x' }), awsError('BadRequestException', /Invalid position/));
});

describe('UpdateDomainName', () => {
  const next = `${certificate}6`;
  const nextEdge = `${edgeCertificate}6`;
  const rows: [desc: string, made: object, operations: Operation[], changed: object][] = [
    ['the certificate', regional, [replace('/regionalCertificateArn', next)], { regionalCertificateArn: next }],
    ['its name', regional, [replace('/regionalCertificateName', 'n')], { regionalCertificateName: 'n' }],
    ['an edge certificate', edge, [replace('/certificateArn', nextEdge)], { certificateArn: nextEdge }],
    ['its name, too', edge, [replace('/certificateName', 'n')], { certificateName: 'n' }],
    [
      'the ownership certificate',
      regional,
      [replace('/ownershipVerificationCertificateArn', next)],
      { ownershipVerificationCertificateArn: next },
    ],
    ['the security policy', regional, [replace('/securityPolicy', 'TLS_1_0')], { securityPolicy: 'TLS_1_0' }],
    ['the access mode', regional, [replace('/endpointAccessMode', 'BASIC')], { endpointAccessMode: 'BASIC' }],
    [
      'the address type',
      regional,
      [replace('/endpointConfiguration/ipAddressType', 'dualstack')],
      { endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'dualstack' } },
    ],
    ['the routing mode to what it is', regional, [replace('/routingMode', 'BASE_PATH_MAPPING_ONLY')], {}],
    ['no mutual TLS', regional, [replace('/mutualTlsAuthentication/truststoreUri', '')], {}],
  ];
  for (const [desc, made, operations, changed] of rows) {
    test(`200 changes ${desc} and keeps the rest`, async () => {
      const gateway = gatewayUnderTest();
      const before = await gateway.call('CreateDomainName', { ...(made as typeof regional), tags: { team: 'north' } });
      assert.deepEqual(await patch(gateway, ...operations), { ...before, ...changed });
      assert.deepEqual(await gateway.call('GetDomainName', { domainName }), { ...before, ...changed });
    });
  }

  test('200 tells when an edge certificate was changed', async () => {
    const gateway = gatewayUnderTest();
    await gateway.call('CreateDomainName', edge);
    gateway.later(60);
    assert.deepEqual((await patch(gateway, replace('/securityPolicy', 'TLS_1_0'))).certificateUploadDate, uploadDate);
    const changed = await patch(gateway, replace('/certificateArn', nextEdge));
    assert.deepEqual(changed.certificateUploadDate, new Date(uploadDate.getTime() + 60_000));
  });

  test('200 moves a name from one endpoint type to the other', async () => {
    const gateway = gatewayUnderTest();
    const before = await gateway.call('CreateDomainName', edge);
    const both = await patch(
      gateway,
      { op: 'add', path: '/endpointConfiguration/types', value: 'REGIONAL' },
      { op: 'add', path: '/regionalCertificateArn', value: certificate },
    );
    assert.deepEqual(both.endpointConfiguration.types, ['EDGE', 'REGIONAL']);
    assert.equal(both.distributionDomainName, before.distributionDomainName);
    assert.equal(both.regionalHostedZoneId, 'ZLY8HYME6SFDD');
    const after = await patch(gateway, { op: 'remove', path: '/endpointConfiguration/types', value: 'EDGE' });
    assert.deepEqual(after.endpointConfiguration.types, ['REGIONAL']);
    assert.equal(after.regionalDomainName, both.regionalDomainName);
    assert.deepEqual([after.distributionDomainName, after.certificateArn], [undefined, undefined]);
  });

  for (const path of ['/endpointConfiguration/types/0', '/endpointConfiguration/types/EDGE']) {
    test(`200 replaces ${path}`, async () => {
      const gateway = gatewayUnderTest();
      await gateway.call('CreateDomainName', edge);
      const moved = await patch(gateway, replace(path, 'REGIONAL'), replace('/regionalCertificateArn', certificate));
      assert.deepEqual(moved.endpointConfiguration.types, ['REGIONAL']);
    });
  }

  const refused: [desc: string, operation: Operation, message: string | RegExp][] = [
    ['mutual TLS', replace('/mutualTlsAuthentication/truststoreUri', 's3://a/b'), /does not run mutual TLS yet/],
    ['a version of mutual TLS', replace('/mutualTlsAuthentication/truststoreVersion', '1'), /does not run mutual TLS yet/],
    ['an unknown routing mode', replace('/routingMode', 'RULES'), /^Invalid routingMode specified/],
    ['a policy', replace('/policy', everyone), /supported for private domain names only/],
    ['a management policy', replace('/managementPolicy', everyone), /supported for private domain names only/],
    ['a private endpoint', replace('/endpointConfiguration/types/0', 'PRIVATE'), /cannot be moved between/],
    [
      'a private endpoint beside',
      { op: 'add', path: '/endpointConfiguration/types', value: 'PRIVATE' },
      /cannot be moved between/,
    ],
    ['the last type removed', { op: 'remove', path: '/endpointConfiguration/types/REGIONAL' }, /cannot be both DISABLED/],
    ['a type that is not there', { op: 'remove', path: '/endpointConfiguration/types/5' }, /has no endpoint type/],
    ['no certificate any more', replace('/regionalCertificateArn', ''), /A certificate was not provided .*REGIONAL/],
    ['a bad ARN', replace('/regionalCertificateArn', 'mine'), 'Invalid certificate ARN: mine'],
    ['a bad policy', replace('/securityPolicy', ''), /Invalid securityPolicy/],
    [
      'an unknown path',
      replace('/domainName', 'x.y'),
      /^Invalid patch path {2}'\/domainName' specified for op 'replace'\. Must be one of: \[/,
    ],
    ['another op', { op: 'add', path: '/securityPolicy', value: 'TLS_1_2' }, /Please choose supported operations/],
  ];
  for (const [desc, operation, message] of refused) {
    test(`BadRequestException for ${desc}`, async () => {
      const gateway = gatewayUnderTest();
      const before = await gateway.call('CreateDomainName', regional);
      await assert.rejects(patch(gateway, operation), awsError('BadRequestException', message));
      assert.deepEqual(await gateway.call('GetDomainName', { domainName }), before);
    });
  }
});

test('NotFoundException for a name that is not there, and for the id of a private one', async () => {
  const { call } = gatewayUnderTest();
  await call('CreateDomainName', regional);
  const notThere = awsError('NotFoundException', 'Invalid domain name identifier specified');
  for (const input of [{ domainName: 'other.example' }, { domainName: 'a\0b' }, { domainName, domainNameId: 'abcd1234' }]) {
    await assert.rejects(call('GetDomainName', input), notThere);
    await assert.rejects(call('UpdateDomainName', input), notThere);
    await assert.rejects(call('DeleteDomainName', input), notThere);
  }
  await call('DeleteDomainName', { domainName });
  await assert.rejects(call('GetDomainName', { domainName }), notThere);
});

test('tags are put, read and removed through both versions', async () => {
  const store = createMemoryStore();
  const { call } = gatewayUnderTest({ store });
  const v2 = gatewayV2UnderTest({ store });
  const { domainNameArn: resourceArn } = await call('CreateDomainName', regional);
  await call('TagResource', { resourceArn, tags: { team: 'north' } });
  assert.deepEqual((await v2.call('GetTags', { ResourceArn: resourceArn })).Tags, { team: 'north' });
  await call('UntagResource', { resourceArn, tagKeys: ['team'] });
  assert.deepEqual((await v2.call('GetTags', { ResourceArn: resourceArn })).Tags, {});
  await v2.call('TagResource', { ResourceArn: resourceArn, Tags: { team: 'south' } });
  assert.deepEqual((await call('GetTags', { resourceArn })).tags, { team: 'south' });
});

describe('one name through both versions', () => {
  const regionalOnly = /^Only REGIONAL domain names with a security policy of TLS 1\.2 can be managed/;

  test('what v2 made v1 shows and changes', async () => {
    const store = createMemoryStore();
    const gateway = gatewayUnderTest({ store });
    const v2 = gatewayV2UnderTest({ store });
    const made = await v2.call('CreateDomainName', {
      DomainName: domainName,
      DomainNameConfigurations: [{ CertificateArn: certificate }],
    });
    const shown = await gateway.call('GetDomainName', { domainName });
    assert.equal(shown.regionalDomainName, made.DomainNameConfigurations[0]?.ApiGatewayDomainName);
    assert.equal(shown.regionalCertificateArn, certificate);
    await patch(gateway, { op: 'replace', path: '/regionalCertificateArn', value: `${certificate}6` });
    const { DomainNameConfigurations } = await v2.call('GetDomainName', { DomainName: domainName });
    assert.equal(DomainNameConfigurations[0]?.CertificateArn, `${certificate}6`);
    await gateway.call('DeleteDomainName', { domainName });
    assert.deepEqual((await v2.call('GetDomainNames', {})).Items, []);
  });

  test('what v1 made v2 shows, and changes when it is regional with TLS 1.2', async () => {
    const store = createMemoryStore();
    const gateway = gatewayUnderTest({ store });
    const v2 = gatewayV2UnderTest({ store });
    const update = () =>
      v2.call('UpdateDomainName', {
        DomainName: domainName,
        DomainNameConfigurations: [{ CertificateArn: `${certificate}6` }],
      });
    const made = await gateway.call('CreateDomainName', edge);
    assert.deepEqual((await v2.call('GetDomainName', { DomainName: domainName })).DomainNameConfigurations, [
      {
        ApiGatewayDomainName: made.distributionDomainName,
        CertificateArn: edgeCertificate,
        CertificateUploadDate: uploadDate,
        DomainNameStatus: 'AVAILABLE',
        EndpointType: 'EDGE',
        HostedZoneId: 'Z2FDTNDATAQYW2',
        IpAddressType: 'ipv4',
        SecurityPolicy: 'TLS_1_2',
      },
    ]);
    await assert.rejects(update(), awsError('BadRequestException', regionalOnly));
    await patch(
      gateway,
      { op: 'replace', path: '/endpointConfiguration/types/EDGE', value: 'REGIONAL' },
      { op: 'replace', path: '/regionalCertificateArn', value: certificate },
    );
    assert.equal((await update()).DomainNameConfigurations[0]?.CertificateArn, `${certificate}6`);
    assert.equal((await gateway.call('GetDomainName', { domainName })).regionalCertificateArn, `${certificate}6`);
  });
});
