import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, caller, gatewayUnderTest, onTheWire } from './gateway-under-test.ts';

const inside = { Name: 'inside', SecurityGroupIds: ['sg-1111'], SubnetIds: ['subnet-aaaa', 'subnet-bbbb'] };
const listener = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2';

describe('CreateVpcLink', () => {
  test('201: members as recorded, PENDING; ready when it is read', async () => {
    const { call } = gatewayUnderTest();
    const created = await call('CreateVpcLink', inside);
    assert.match(created.VpcLinkId ?? '', /^[a-z0-9]{6}$/);
    const recorded = {
      createdDate: '2026-11-23T02:15:30+00:00',
      name: 'inside',
      securityGroupIds: ['sg-1111'],
      subnetIds: ['subnet-aaaa', 'subnet-bbbb'],
      tags: {},
      vpcLinkId: created.VpcLinkId,
      vpcLinkStatus: 'PENDING',
      vpcLinkStatusMessage: 'VPC link is provisioning ENIs',
      vpcLinkVersion: 'V2',
    };
    assert.deepEqual(onTheWire(created), recorded);
    assert.deepEqual(onTheWire(await call('GetVpcLink', { VpcLinkId: created.VpcLinkId })), {
      ...recorded,
      vpcLinkStatus: 'AVAILABLE',
      vpcLinkStatusMessage: 'VPC link is ready to route traffic',
    });
  });

  const refused: [desc: string, input: object, message: string | RegExp][] = [
    ['no subnets', { ...inside, SubnetIds: [] }, 'SubnetIds for a vpc link cannot be empty'],
    ['eleven subnets', { ...inside, SubnetIds: Array.from({ length: 11 }, (_, i) => `subnet-${i}`) }, /at most 10 subnets/],
    ['a long name', { ...inside, Name: 'n'.repeat(129) }, /Invalid Name/],
    ['a reserved tag', { ...inside, Tags: { 'aws:x': 'y' } }, /reserved/],
  ];
  for (const [desc, input, message] of refused) {
    test(`BadRequestException: ${desc}`, async () => {
      const { call } = gatewayUnderTest();
      await assert.rejects(call('CreateVpcLink', input as typeof inside), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetVpcLinks', {})).Items, []);
    });
  }

  test('TooManyRequestsException at the quota', async () => {
    const { call } = gatewayUnderTest({ quotas: { vpcLinksPerRegion: 1 } });
    await call('CreateVpcLink', inside);
    await assert.rejects(call('CreateVpcLink', inside), awsError('TooManyRequestsException', /VpcLinks for this account/));
  });
});

test('list pages, update renames, links stay in their region, tags', async () => {
  const { call } = gatewayUnderTest();
  const one = await call('CreateVpcLink', inside);
  const two = await call('CreateVpcLink', { ...inside, Name: 'other', Tags: { a: '1' } });
  const first = await call('GetVpcLinks', { MaxResults: '1' });
  const second = await call('GetVpcLinks', { MaxResults: '1', NextToken: first.NextToken });
  assert.deepEqual([...first.Items, ...second.Items].map((link) => link.VpcLinkId).sort(), [one.VpcLinkId, two.VpcLinkId].sort());
  const renamed = await call('UpdateVpcLink', { VpcLinkId: one.VpcLinkId, Name: 'renamed' });
  assert.deepEqual([renamed.Name, renamed.SubnetIds], ['renamed', inside.SubnetIds]);
  const elsewhere = { ...caller, region: 'eu-central-1' };
  await assert.rejects(
    call('GetVpcLink', { VpcLinkId: one.VpcLinkId }, elsewhere),
    awsError('NotFoundException', `Invalid VpcLink identifier specified ${one.VpcLinkId}`),
  );
  const ResourceArn = `arn:aws:apigateway:eu-west-1::/vpclinks/${two.VpcLinkId}`;
  await call('TagResource', { ResourceArn, Tags: { b: '2' } });
  await call('UntagResource', { ResourceArn, TagKeys: ['a'] });
  assert.deepEqual((await call('GetTags', { ResourceArn })).Tags, { b: '2' });
  assert.deepEqual((await call('GetVpcLink', { VpcLinkId: two.VpcLinkId })).Tags, { b: '2' });
});

describe('DeleteVpcLink', () => {
  test('400 while an integration uses it; 202 afterwards; then 404', async () => {
    const { call, apiWithRoutes } = gatewayUnderTest();
    const ApiId = await apiWithRoutes();
    const { VpcLinkId } = await call('CreateVpcLink', inside);
    const { IntegrationId } = await call('CreateIntegration', {
      ApiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      ConnectionType: 'VPC_LINK',
      ConnectionId: VpcLinkId,
      IntegrationUri: listener,
    });
    await assert.rejects(
      call('DeleteVpcLink', { VpcLinkId }),
      awsError(
        'BadRequestException',
        `Cannot delete vpc link. Vpc link '${VpcLinkId}', is referenced in [ANY:${IntegrationId}] in format of [Method:Resource].`,
      ),
    );
    await call('DeleteIntegration', { ApiId, IntegrationId });
    assert.deepEqual(await call('DeleteVpcLink', { VpcLinkId }), {});
    await assert.rejects(call('DeleteVpcLink', { VpcLinkId }), awsError('NotFoundException', /Invalid VpcLink identifier/));
  });
});
