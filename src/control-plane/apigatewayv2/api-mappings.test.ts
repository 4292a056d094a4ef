import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, caller, type GatewayUnderTest, gatewayUnderTest } from './gateway-under-test.ts';

const CertificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/1';
const DomainName = 'api.example';

async function domainAndApi(options = {}): Promise<GatewayUnderTest & { readonly ApiId: string }> {
  const gateway = gatewayUnderTest(options);
  await gateway.call('CreateDomainName', { DomainName, DomainNameConfigurations: [{ CertificateArn }] });
  const ApiId = await gateway.apiWithRoutes('GET /');
  for (const StageName of ['dev', '$default']) await gateway.call('CreateStage', { ApiId, StageName });
  return { ...gateway, ApiId };
}

describe('CreateApiMapping', () => {
  test('201, and GetApiMapping and GetApiMappings have the same', async () => {
    const { call, ApiId } = await domainAndApi();
    const made = await call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev', ApiMappingKey: 'orders/v1' });
    assert.match(made.ApiMappingId, /^[a-z0-9]{6}$/);
    assert.deepEqual(made, { ApiId, ApiMappingId: made.ApiMappingId, ApiMappingKey: 'orders/v1', Stage: 'dev' });
    assert.deepEqual(await call('GetApiMapping', { DomainName, ApiMappingId: made.ApiMappingId }), made);
    assert.deepEqual(await call('GetApiMappings', { DomainName }), { Items: [made] });
  });

  test('201: the key that was left out is the empty one', async () => {
    const { call, ApiId } = await domainAndApi();
    assert.equal((await call('CreateApiMapping', { DomainName, ApiId, Stage: '$default' })).ApiMappingKey, '');
    await assert.rejects(
      call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev', ApiMappingKey: '' }),
      awsError('ConflictException', 'ApiMapping key already exists for this domain name'),
    );
  });

  const keyText = "An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),";
  const refused: [desc: string, input: object, message: string | RegExp][] = [
    ['an unknown API', { ApiId: 'none' }, 'Invalid API identifier specified'],
    ['an API id that no document can have', { ApiId: '\0' }, 'Invalid API identifier specified'],
    ['an unknown stage', { Stage: 'prod' }, 'Invalid stage identifier specified'],
    ['a lone slash', { ApiMappingKey: '/' }, keyText],
    ['a space', { ApiMappingKey: 'a b' }, keyText],
    ['an encoded key', { ApiMappingKey: 'a%2Fb' }, keyText],
    ['a slash in front', { ApiMappingKey: '/a' }, "API mapping key should not start with a '/' or have consecutive '/'s."],
    ['two slashes', { ApiMappingKey: 'a//b' }, "API mapping key should not start with a '/' or have consecutive '/'s."],
    ['a slash at the end', { ApiMappingKey: 'a/' }, "API mapping key should not end with a '/'."],
    ['a dot segment', { ApiMappingKey: 'a/../b' }, /segment cannot be/],
    ['301 characters', { ApiMappingKey: 'a'.repeat(301) }, /at most 300/],
  ];
  for (const [desc, input, message] of refused) {
    test(`BadRequestException for ${desc}`, async () => {
      const { call, store, ApiId } = await domainAndApi();
      const before = store.revision();
      await assert.rejects(
        call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev', ...input } as never),
        awsError('BadRequestException', message),
      );
      assert.equal(store.revision(), before);
    });
  }

  test('an API of another region is unknown', async () => {
    const { call, ApiId } = await domainAndApi();
    const elsewhere = { ...caller, region: 'us-east-1' };
    const DomainNameConfigurations = [{ CertificateArn: CertificateArn.replace(caller.region, elsewhere.region) }];
    await call('CreateDomainName', { DomainName: 'b.example', DomainNameConfigurations }, elsewhere);
    await assert.rejects(
      call('CreateApiMapping', { DomainName: 'b.example', ApiId, Stage: 'dev' }, elsewhere),
      awsError('BadRequestException', 'Invalid API identifier specified'),
    );
  });

  test('TooManyRequestsException when there are too many keys of several levels; others are not counted', async () => {
    const { call, ApiId } = await domainAndApi({ quotas: { multiLevelMappingsPerDomain: 1 } });
    for (const ApiMappingKey of ['a', 'a/b', 'c'])
      await call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev', ApiMappingKey });
    await assert.rejects(
      call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev', ApiMappingKey: 'a/c' }),
      awsError('TooManyRequestsException', /ApiMappings for this domain name/),
    );
  });
});

describe('UpdateApiMapping', () => {
  test('200 changes key and stage, and keeps what is not sent', async () => {
    const { call, ApiId } = await domainAndApi();
    const { ApiMappingId } = await call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev', ApiMappingKey: 'a' });
    await call('UpdateApiMapping', { DomainName, ApiMappingId, ApiId, ApiMappingKey: 'b' });
    await call('UpdateApiMapping', { DomainName, ApiMappingId, ApiId, Stage: '$default' });
    const now = await call('GetApiMapping', { DomainName, ApiMappingId });
    assert.deepEqual(now, { ApiId, ApiMappingId, ApiMappingKey: 'b', Stage: '$default' });
  });

  test('ConflictException for the key of another, and none for its own', async () => {
    const { call, ApiId } = await domainAndApi();
    const { ApiMappingId } = await call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev', ApiMappingKey: 'a' });
    await call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev', ApiMappingKey: 'b' });
    await call('UpdateApiMapping', { DomainName, ApiMappingId, ApiId, ApiMappingKey: 'a' });
    await assert.rejects(
      call('UpdateApiMapping', { DomainName, ApiMappingId, ApiId, ApiMappingKey: 'b' }),
      awsError('ConflictException', /already exists/),
    );
  });
});

describe('DeleteApiMapping', () => {
  test('204, then NotFoundException; the API and the stage can go only then', async () => {
    const { call, ApiId } = await domainAndApi();
    const { ApiMappingId } = await call('CreateApiMapping', { DomainName, ApiId, Stage: 'dev' });
    await assert.rejects(
      call('DeleteApi', { ApiId }),
      awsError(
        'BadRequestException',
        `Deleting API ${ApiId} failed. Please remove all API mappings for the API from your custom domain names.`,
      ),
    );
    await assert.rejects(
      call('DeleteStage', { ApiId, StageName: 'dev' }),
      awsError('BadRequestException', /^Deleting stage dev failed/),
    );
    await call('DeleteStage', { ApiId, StageName: '$default' });
    await call('DeleteApiMapping', { DomainName, ApiMappingId });
    await assert.rejects(
      call('GetApiMapping', { DomainName, ApiMappingId }),
      awsError('NotFoundException', 'The api mapping resource specified in the request was not found.'),
    );
    await call('DeleteStage', { ApiId, StageName: 'dev' });
    await call('DeleteApi', { ApiId });
  });
});
