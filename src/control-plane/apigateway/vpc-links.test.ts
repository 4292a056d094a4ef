import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { awsError, gatewayUnderTest } from './gateway-under-test.ts';

const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/nlb/0123456789abcdef';
const inside = { name: 'inside', targetArns: [arn] };

test('made PENDING, read AVAILABLE, listed, patched, tagged, deleted, as recorded', async () => {
  const { call } = gatewayUnderTest();
  const created = await call('CreateVpcLink', inside);
  assert.match(created.id ?? '', /^[a-z0-9]{6}$/);
  assert.deepEqual(created, { id: created.id, ...inside, status: 'PENDING' });
  const available = { ...created, status: 'AVAILABLE', statusMessage: 'Your vpc link is ready for use' };
  assert.deepEqual(await call('GetVpcLink', { vpcLinkId: created.id }), { ...available, tags: {} });
  assert.deepEqual((await call('GetVpcLinks', {})).items, [available]);
  const patchOperations = [
    { op: 'replace' as const, path: '/name', value: 'renamed' },
    { op: 'replace' as const, path: '/description', value: 'about' },
  ];
  const updated = await call('UpdateVpcLink', { vpcLinkId: created.id, patchOperations });
  assert.deepEqual(updated, { ...available, name: 'renamed', description: 'about', tags: {} });
  const resourceArn = `arn:aws:apigateway:eu-west-1::/vpclinks/${created.id}`;
  await call('TagResource', { resourceArn, tags: { a: '1' } });
  assert.deepEqual((await call('GetVpcLink', { vpcLinkId: created.id })).tags, { a: '1' });
  await call('DeleteVpcLink', { vpcLinkId: created.id });
  const unknown = awsError('NotFoundException', 'Invalid Vpc Link identifier specified');
  await assert.rejects(call('GetVpcLink', { vpcLinkId: created.id }), unknown);
  await assert.rejects(call('DeleteVpcLink', { vpcLinkId: created.id }), unknown);
  await assert.rejects(call('UpdateVpcLink', { vpcLinkId: created.id, patchOperations }), unknown);
});

describe('BadRequestException', () => {
  const refused: [desc: string, input: object, message: string | RegExp][] = [
    ['no name', { name: '' }, 'Name cannot be empty'],
    ['no target', { targetArns: [] }, /exactly one target/],
    ['two targets', { targetArns: [arn, arn] }, 'More than one target arn specified for vpc link.'],
    ['a target that is none', { targetArns: ['nlb'] }, 'Invalid ARN. ARN is not well formed nlb'],
  ];
  for (const [desc, input, message] of refused) {
    test(desc, async () => {
      const { call } = gatewayUnderTest();
      await assert.rejects(call('CreateVpcLink', { ...inside, ...input }), awsError('BadRequestException', message));
      assert.deepEqual((await call('GetVpcLinks', {})).items, []);
    });
  }

  test('a name that is taken away, and a path that is none', async () => {
    const { call } = gatewayUnderTest();
    const { id: vpcLinkId } = await call('CreateVpcLink', inside);
    const patch = (path: string, value: string) =>
      call('UpdateVpcLink', { vpcLinkId, patchOperations: [{ op: 'replace', path, value }] });
    await assert.rejects(patch('/name', ''), awsError('BadRequestException', 'Name cannot be empty'));
    await assert.rejects(patch('/targetArns', arn), awsError('BadRequestException', /Must be one of: \[\/name, \/description\]/));
    assert.equal((await call('GetVpcLink', { vpcLinkId })).name, 'inside');
  });

  test('a link that an integration uses is not deleted', async () => {
    const { call, api } = gatewayUnderTest();
    const { id: vpcLinkId } = await call('CreateVpcLink', inside);
    const method = { ...(await api()), httpMethod: 'GET' };
    await call('PutMethod', { ...method, authorizationType: 'NONE' });
    const uri = 'http://inside.example.com';
    await call('PutIntegration', {
      ...method,
      type: 'HTTP_PROXY',
      integrationHttpMethod: 'GET',
      uri,
      connectionType: 'VPC_LINK',
      connectionId: vpcLinkId,
    });
    const named = `Cannot delete vpc link. Vpc link '${vpcLinkId}', is referenced in [GET:${method.resourceId}] in format of [Method:Resource].`;
    await assert.rejects(call('DeleteVpcLink', { vpcLinkId }), awsError('BadRequestException', named));
    await call('DeleteIntegration', method);
    await call('DeleteVpcLink', { vpcLinkId });
  });
});

test('LimitExceededException at 20 links', async () => {
  const { call } = gatewayUnderTest();
  for (let count = 0; count < 20; count++) await call('CreateVpcLink', inside);
  await assert.rejects(call('CreateVpcLink', inside), awsError('LimitExceededException', /VPC links/));
});
