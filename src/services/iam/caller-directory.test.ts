// The directory follows every change, and is never more generous than the store.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Caller } from '../../aws/operations.ts';
import { evaluatePolicies } from '../../iam-policy/evaluate.ts';
import { SecretBox } from '../../secrets/secret-box.ts';
import { createMemoryStore } from '../../store/memory.ts';
import type { Store } from '../../store/store.ts';
import { CallerDirectory } from './caller-directory.ts';
import { iamScope, type PolicyDocument, policyKey } from './iam-documents.ts';
import { type IamOperations, iamOperations } from './operations.ts';

const caller: Caller = { account: '111111111111', region: 'eu-west-1', requestId: 'r' };
const managedArn = 'arn:aws:iam::111111111111:policy/p';

interface Setting {
  readonly store: Store;
  readonly directory: CallerDirectory;
  readonly notices: string[];
  readonly secrets: SecretBox;
  run<Op extends keyof IamOperations>(operation: Op, input: object): Promise<Record<string, never>>;
  key(): Promise<{ readonly AccessKeyId: string; readonly SecretAccessKey: string }>;
}

async function setting(): Promise<Setting> {
  const store = createMemoryStore();
  const secrets = new SecretBox(randomBytes(32));
  const notices: string[] = [];
  const directory = new CallerDirectory(store, secrets, (notice) => notices.push(notice));
  await directory.start();
  const operations = iamOperations({
    store,
    secrets,
    userNameOf: (who) => directory.callerOf(who)?.userName,
    onNotice: (notice) => notices.push(notice),
  });
  const run: Setting['run'] = async (operation, input) => {
    const perform = operations[operation] as unknown as (input: object, caller: Caller) => Promise<Record<string, never>>;
    return await perform(input, caller);
  };
  await run('CreateUser', { UserName: 'anna' });
  return {
    store,
    directory,
    notices,
    secrets,
    run,
    key: async () => ((await run('CreateAccessKey', { UserName: 'anna' })) as unknown as { AccessKey: never }).AccessKey,
  };
}

function allows({ directory }: Setting, accessKeyId: string, action: string): boolean {
  const found = directory.find(accessKeyId);
  assert.ok(found?.policies !== undefined);
  const principal = { kind: 'aws', account: found.account, arn: found.arn } as const;
  return (
    evaluatePolicies(found.policies, { principal, action, resource: 'arn:aws:x:::y', context: new Map() }).effect === 'allow'
  );
}

function policy(effect: string, action: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: { Effect: effect, Action: action, Resource: '*' } });
}

describe('the directory', () => {
  test('knows a key as soon as it is acknowledged, and no longer when it is deleted', async () => {
    const at = await setting();
    const { AccessKeyId, SecretAccessKey } = await at.key();
    const found = at.directory.find(AccessKeyId);
    assert.equal(found?.secretAccessKey, SecretAccessKey);
    assert.equal(found?.arn, 'arn:aws:iam::111111111111:user/anna');
    assert.equal(at.directory.find(AccessKeyId), found, 'made once');
    await at.run('UpdateAccessKey', { UserName: 'anna', AccessKeyId, Status: 'Inactive' });
    assert.equal(at.directory.find(AccessKeyId), undefined);
    await at.run('UpdateAccessKey', { UserName: 'anna', AccessKeyId, Status: 'Active' });
    assert.ok(at.directory.find(AccessKeyId) !== undefined);
    await at.run('DeleteAccessKey', { UserName: 'anna', AccessKeyId });
    assert.equal(at.directory.find(AccessKeyId), undefined);
    assert.equal(at.directory.find('constructor'), undefined);
  });

  test('follows inline and attached policies', async () => {
    const at = await setting();
    const { AccessKeyId: id } = await at.key();
    assert.ok(!allows(at, id, 'x:Read'));
    await at.run('PutUserPolicy', { UserName: 'anna', PolicyName: 'i', PolicyDocument: policy('Allow', 'x:*') });
    assert.ok(allows(at, id, 'x:Read'));
    await at.run('CreatePolicy', { PolicyName: 'p', PolicyDocument: policy('Deny', 'x:Read') });
    await at.run('AttachUserPolicy', { UserName: 'anna', PolicyArn: managedArn });
    assert.ok(!allows(at, id, 'x:Read') && allows(at, id, 'x:Write'));
    await at.run('CreatePolicyVersion', { PolicyArn: managedArn, PolicyDocument: policy('Deny', 'x:Write'), SetAsDefault: true });
    assert.ok(allows(at, id, 'x:Read') && !allows(at, id, 'x:Write'));
    await at.run('SetDefaultPolicyVersion', { PolicyArn: managedArn, VersionId: 'v1' });
    assert.ok(!allows(at, id, 'x:Read') && allows(at, id, 'x:Write'));
    await at.run('DetachUserPolicy', { UserName: 'anna', PolicyArn: managedArn });
    assert.ok(allows(at, id, 'x:Read'));
    await at.run('DeleteUserPolicy', { UserName: 'anna', PolicyName: 'i' });
    assert.ok(!allows(at, id, 'x:Read'));
  });

  test('allows nothing when an attached policy is gone or cannot be read', async () => {
    const at = await setting();
    const { AccessKeyId: id } = await at.key();
    await at.run('PutUserPolicy', { UserName: 'anna', PolicyName: 'i', PolicyDocument: policy('Allow', '*') });
    await at.run('CreatePolicy', { PolicyName: 'p', PolicyDocument: policy('Deny', 'x:Read') });
    await at.run('AttachUserPolicy', { UserName: 'anna', PolicyArn: managedArn });
    const key = policyKey(iamScope(caller), managedArn);
    const stored = (await at.store.get<PolicyDocument>(key)) as PolicyDocument;
    const broken = { ...stored, versions: [{ versionId: 'v1', document: '{', createdAt: 0 }] };
    await at.store.transact((transaction) => transaction.put(key, broken));
    assert.ok(!allows(at, id, 'y:Write'));
    await at.store.transact((transaction) => transaction.delete(key));
    assert.ok(!allows(at, id, 'y:Write'));
    assert.match(at.notices.join('\n'), /is missing/);
  });

  test('lets nobody in whose secret it cannot decrypt, and says so once', async () => {
    const at = await setting();
    const { AccessKeyId: id } = await at.key();
    const notices: string[] = [];
    const other = new CallerDirectory(at.store, new SecretBox(randomBytes(32)), (notice) => notices.push(notice));
    await other.start();
    assert.equal(other.find(id), undefined);
    assert.equal(other.find(id), undefined);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /cannot be decrypted/);
  });

  test('reads what was there before it started, and forgets with a reset', async () => {
    const at = await setting();
    const { AccessKeyId: id } = await at.key();
    const later = new CallerDirectory(at.store, at.secrets, () => {});
    await later.start();
    assert.equal(later.find(id)?.userName, 'anna');
    await at.store.reset();
    assert.equal(later.find(id), undefined);
    assert.equal(at.directory.find(id), undefined);
  });

  test('one state for all regions of an account', async () => {
    const at = await setting();
    const { User: user } = (await at.run('GetUser', { UserName: 'ANNA' })) as unknown as { User: { UserName: string } };
    assert.equal(user.UserName, 'anna');
    const inAnother = iamOperations({ store: at.store, secrets: at.secrets, userNameOf: () => undefined, onNotice: () => {} });
    const { User: same } = (await inAnother.GetUser?.({ UserName: 'anna' }, { ...caller, region: 'us-east-1' })) ?? {};
    assert.equal(same?.UserName, 'anna');
    await assert.rejects(
      async () => inAnother.GetUser?.({ UserName: 'anna' }, { ...caller, account: '222222222222' }),
      /cannot be found/,
    );
  });
});

describe('a role that API Gateway assumes', () => {
  const roleArn = 'arn:aws:iam::111111111111:role/gateway';
  const use = { sourceArn: 'arn:aws:execute-api:eu-west-1:111111111111:a/*/GET/', sourceAccount: '111111111111' };
  const trust = (Service: string, Condition?: object) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', ...(Condition && { Condition }) }],
    });
  const allow = (Action: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

  test('is made once, and anew after every change of it', async () => {
    const { directory, run } = await setting();
    const assumed = (about = use) => directory.assumedByApiGateway(roleArn, about);
    assert.equal(assumed(), undefined);
    await run('CreateRole', { RoleName: 'gateway', AssumeRolePolicyDocument: trust('lambda.amazonaws.com') });
    assert.equal(assumed(), 'untrusting');
    const PolicyDocument = trust('apigateway.amazonaws.com', { StringEquals: { 'aws:SourceAccount': '111111111111' } });
    await run('UpdateAssumeRolePolicy', { RoleName: 'gateway', PolicyDocument });
    const first = assumed();
    assert.ok(typeof first === 'object');
    assert.equal(first.arn, 'arn:aws:sts::111111111111:assumed-role/gateway/BackplaneAssumeRoleSession');
    assert.deepEqual(first.policies, []);
    assert.equal(assumed(), first, 'the same object: nothing is read again');
    assert.equal(assumed({ ...use, sourceAccount: '222222222222' }), 'untrusting', 'the trust policy is asked each time');
    await run('PutRolePolicy', { RoleName: 'gateway', PolicyName: 'p', PolicyDocument: allow('lambda:InvokeFunction') });
    const second = assumed();
    assert.ok(typeof second === 'object');
    assert.equal(second.policies.length, 1);
    await run('DeleteRolePolicy', { RoleName: 'gateway', PolicyName: 'p' });
    await run('DeleteRole', { RoleName: 'gateway' });
    assert.equal(assumed(), undefined);
  });
});
