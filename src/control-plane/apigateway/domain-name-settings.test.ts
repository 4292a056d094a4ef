// What a domain name's certificates and security policy may be; the rest is in domain-names.test.ts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest } from './gateway-under-test.ts';
import type { Input } from './service.ts';

const here = 'arn:aws:acm:eu-west-1:111122223333:certificate/1';
const northVirginia = 'arn:aws:acm:us-east-1:111122223333:certificate/2';
const domainName = 'api.shop.example';
const edge = { domainName, certificateArn: northVirginia };
const regional = { domainName, regionalCertificateArn: here, endpointConfiguration: { types: ['REGIONAL' as const] } };

const accessMode = 'Endpoint access mode is required for the specified security policy';
const mustBeIn = (arn: string, region: string) => `Invalid certificate ARN: ${arn}. Certificate must be in '${region}'.`;
const cannotImport = (type: string, active: string) => `Cannot import certificates for ${type} while ${active} is active.`;

describe('CreateDomainName › BadRequestException', () => {
  const rows: [desc: string, input: Input<'CreateDomainName'>, message: string][] = [
    [
      'a regional certificate of another region',
      { ...regional, regionalCertificateArn: northVirginia },
      mustBeIn(northVirginia, 'eu-west-1'),
    ],
    ['an edge certificate that is not in us-east-1', { ...edge, certificateArn: here }, mustBeIn(here, 'us-east-1')],
    [
      'an edge certificate of a regional name',
      { domainName, certificateArn: here, endpointConfiguration: { types: ['REGIONAL'] } },
      cannotImport('EDGE', 'REGIONAL'),
    ],
    [
      'the name of an edge certificate beside a regional one',
      { ...regional, certificateName: 'n' },
      cannotImport('EDGE', 'REGIONAL'),
    ],
    [
      'a regional certificate of an edge-optimized name',
      { domainName, regionalCertificateArn: here },
      cannotImport('REGIONAL', 'EDGE'),
    ],
    ['an enhanced security policy alone', { ...edge, securityPolicy: 'SecurityPolicy_TLS13_2025_EDGE' }, accessMode],
    [
      'a security policy of another endpoint type',
      { ...regional, securityPolicy: 'SecurityPolicy_TLS13_2025_EDGE', endpointAccessMode: 'STRICT' },
      'The security policy SecurityPolicy_TLS13_2025_EDGE is not supported for the endpoint type REGIONAL.',
    ],
    [
      'an unknown enhanced policy',
      { ...edge, securityPolicy: 'SecurityPolicy_X' as never },
      'Invalid securityPolicy specified: SecurityPolicy_X',
    ],
    ['a dot behind the name', { ...edge, domainName: 'a.example.' }, 'Trailing period should be omitted from domain name'],
  ];
  for (const [desc, input, message] of rows) {
    test(desc, async () => {
      const { call } = gatewayUnderTest();
      await assert.rejects(call('CreateDomainName', input), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetDomainNames', {})).items, []);
    });
  }
});

describe('UpdateDomainName', () => {
  const replace = (path: string, value: string) => ({ op: 'replace' as const, path, value });

  const rows: [path: string, value: string, message: string][] = [
    ['/regionalCertificateArn', northVirginia, mustBeIn(northVirginia, 'eu-west-1')],
    ['/certificateArn', northVirginia, cannotImport('EDGE', 'REGIONAL')],
    ['/securityPolicy', 'SecurityPolicy_TLS13_1_3_2025_09', accessMode],
  ];
  for (const [path, value, message] of rows) {
    test(`BadRequestException: ${path} ${value}`, async () => {
      const { call } = gatewayUnderTest();
      const before = await call('CreateDomainName', regional);
      const patched = call('UpdateDomainName', { domainName, patchOperations: [replace(path, value)] });
      await assert.rejects(patched, awsError('BadRequestException', message));
      assert.deepEqual(await call('GetDomainName', { domainName }), before);
    });
  }

  test('200 an enhanced policy with its access mode, and back', async () => {
    const { call } = gatewayUnderTest();
    await call('CreateDomainName', regional);
    const patch = (...patchOperations: ReturnType<typeof replace>[]) => call('UpdateDomainName', { domainName, patchOperations });
    const policy = replace('/securityPolicy', 'SecurityPolicy_TLS13_1_3_2025_09');
    const strict = await patch(policy, replace('/endpointAccessMode', 'STRICT'));
    assert.deepEqual([strict.securityPolicy, strict.endpointAccessMode], ['SecurityPolicy_TLS13_1_3_2025_09', 'STRICT']);
    const back = await patch(replace('/securityPolicy', 'TLS_1_2'), replace('/endpointAccessMode', ''));
    assert.deepEqual([back.securityPolicy, back.endpointAccessMode], ['TLS_1_2', undefined]);
  });
});
