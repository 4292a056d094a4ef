// Web ACLs in front of stages, grouped by what AWS answers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { associatedWebAcl, forgetStages, stageArn } from './association.ts';
import { caller, stage, wafExample } from './testing/waf-examples.ts';

const dev = stage.replace('/prod', '/dev');

function under() {
  const example = wafExample();
  const { operations, store } = example;
  const associate = (WebACLArn: string, ResourceArn = stage) => operations.AssociateWebACL({ WebACLArn, ResourceArn }, caller);
  const inFront = async (ResourceArn = stage) => (await operations.GetWebACLForResource({ ResourceArn }, caller)).WebACL?.ARN;
  const listed = async (WebACLArn: string) =>
    (await operations.ListResourcesForWebACL({ WebACLArn, ResourceType: 'API_GATEWAY' }, caller)).ResourceArns;
  return { ...example, associate, inFront, listed, shown: () => associatedWebAcl(store, caller, stage) };
}

describe('200', () => {
  test('a stage has one web ACL, a web ACL many stages', async () => {
    const { operations, createWebAcl, associate, inFront, listed, shown } = under();
    assert.equal(stageArn('aws', caller, { restApiId: 'pets', stageName: 'prod' }), stage);
    const one = await createWebAcl('one');
    const other = await createWebAcl('other');
    assert.equal(await inFront(), undefined);
    assert.deepEqual(await associate(one.arn), {});
    await associate(one.arn, dev);
    assert.equal(await inFront(), one.arn);
    assert.equal(await shown(), one.arn);
    assert.deepEqual(await listed(one.arn), [dev, stage]);
    await associate(other.arn);
    assert.equal(await inFront(), other.arn);
    assert.deepEqual(await listed(one.arn), [dev]);
    assert.deepEqual(await operations.DisassociateWebACL({ ResourceArn: stage }, caller), {});
    assert.deepEqual(await operations.DisassociateWebACL({ ResourceArn: stage }, caller), {});
    assert.equal(await inFront(), undefined);
    assert.equal(await shown(), undefined);
  });

  test('load balancers are listed when no type is given, and there are none', async () => {
    const { operations, createWebAcl, associate } = under();
    const { arn } = await createWebAcl('acl');
    await associate(arn);
    assert.deepEqual(await operations.ListResourcesForWebACL({ WebACLArn: arn }, caller), { ResourceArns: [] });
  });

  test('a stage that is gone takes its association along', async () => {
    const { store, operations, createWebAcl, associate, inFront, listed, stages } = under();
    const { ref, arn } = await createWebAcl('acl');
    await associate(arn);
    stages.delete('pets/prod');
    assert.deepEqual(await listed(arn), []);
    await store.transact((transaction) => forgetStages(transaction, caller, 'pets', 'prod'));
    stages.add('pets/prod');
    assert.equal(await inFront(), undefined);
    await associate(arn, dev);
    await store.transact((transaction) => forgetStages(transaction, caller, 'pets', 'prod'));
    assert.equal(await inFront(dev), arn);
    stages.delete('pets/dev');
    await operations.DeleteWebACL(ref, caller);
    stages.add('pets/dev');
    assert.equal(await associatedWebAcl(store, caller, dev), undefined);
  });
});

test('WAFNonexistentItemException: no such stage, no such web ACL', async () => {
  const { operations, createWebAcl, associate, inFront, listed } = under();
  const { ref, arn } = await createWebAcl('acl');
  const gone = { code: 'WAFNonexistentItemException' };
  const nowhere = stage.replace('prod', 'test');
  await assert.rejects(associate(arn, nowhere), gone);
  await assert.rejects(inFront(nowhere), gone);
  await assert.rejects(operations.DisassociateWebACL({ ResourceArn: nowhere }, caller), gone);
  await operations.DeleteWebACL(ref, caller);
  await assert.rejects(associate(arn), gone);
  await assert.rejects(listed(arn), gone);
});

describe('WAFInvalidParameterException', () => {
  for (const { desc, resource } of [
    { desc: 'an HTTP API', resource: 'arn:aws:apigateway:eu-west-1::/apis/pets/stages/prod' },
    { desc: 'an API without its stage', resource: 'arn:aws:apigateway:eu-west-1::/restapis/pets' },
    { desc: 'a stage of another region', resource: stage.replace('eu-west-1', 'eu-west-2') },
    { desc: 'a load balancer', resource: 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/a/b' },
    { desc: 'no ARN', resource: 'restapis/pets/stages/prod' },
  ]) {
    test(desc, async () => {
      const { createWebAcl, associate } = under();
      const { arn } = await createWebAcl('acl');
      await assert.rejects(associate(arn, resource), (error: { code: string; fields: object }) => {
        assert.equal(error.code, 'WAFInvalidParameterException');
        assert.partialDeepStrictEqual(error.fields, { Field: 'RESOURCE_ARN', Parameter: resource });
        return true;
      });
    });
  }

  test('what is no web ACL, or one for CloudFront', async () => {
    const { createIpSet, associate } = under();
    const { arn } = await createIpSet('set');
    const global = 'arn:aws:wafv2:eu-west-1:111111111111:global/webacl/a/00000000-0000-0000-0000-000000000000';
    for (const wrong of [arn, global, 'x']) {
      await assert.rejects(associate(wrong), { code: 'WAFInvalidParameterException' }, wrong);
    }
  });
});

test('WAFAssociatedItemException: a web ACL that is in front of a stage stays', async () => {
  const { operations, createWebAcl, associate } = under();
  const { ref, arn } = await createWebAcl('acl');
  await associate(arn);
  await assert.rejects(operations.DeleteWebACL(ref, caller), { code: 'WAFAssociatedItemException' });
  await operations.DisassociateWebACL({ ResourceArn: stage }, caller);
  assert.deepEqual(await operations.DeleteWebACL(ref, caller), {});
});
