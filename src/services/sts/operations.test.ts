import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import { decideForCaller } from '../../iam-policy/evaluate.ts';
import { SecretBox } from '../../secrets/secret-box.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { CallerDirectory } from '../iam/caller-directory.ts';
import { iamOperations } from '../iam/operations.ts';
import { stsOperations } from './operations.ts';

const account = '111111111111';
const iam = `arn:aws:iam::${account}`;
const root: Caller = { account, region: 'us-east-1', requestId: 'r' };

async function setting() {
  const store = createMemoryStore();
  const secrets = new SecretBox(randomBytes(32));
  const directory = new CallerDirectory(store, secrets, () => {});
  await directory.start();
  const nouns = iamOperations({ store, secrets, userNameOf: () => undefined, onNotice: () => {} });
  const sts = stsOperations({ directory, secrets });
  const run = async (operation: string, input: object, caller = root): Promise<Record<string, never>> => {
    const table = { ...nouns, ...sts } as unknown as Readonly<Record<string, (input: object, caller: Caller) => Promise<never>>>;
    return await (table[operation] as (input: object, caller: Caller) => Promise<never>)(input, caller);
  };
  /** A user with a key, as the endpoint hands it to operations after its signature was checked. */
  const user = async (name: string, policy?: object): Promise<Caller> => {
    await run('CreateUser', { UserName: name });
    if (policy !== undefined) await run('PutUserPolicy', { UserName: name, PolicyName: 'p', PolicyDocument: document(policy) });
    const { AccessKey: key } = (await run('CreateAccessKey', { UserName: name })) as unknown as {
      AccessKey: { AccessKeyId: string };
    };
    return verified(directory.find(key.AccessKeyId));
  };
  const role = (name: string, principal: unknown, more: object = {}, settings: object = {}): Promise<object> =>
    run('CreateRole', {
      RoleName: name,
      AssumeRolePolicyDocument: document({
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Principal: principal,
        Resource: undefined,
        ...more,
      }),
      ...settings,
    });
  /** Assumes the role; the session as a caller. */
  const assume = async (name: string, caller: Caller, more: object = {}): Promise<Caller> => {
    const input = { RoleArn: `${iam}:role/${name}`, RoleSessionName: 'session', ...more };
    const { Credentials: made } = (await run('AssumeRole', input, caller)) as unknown as { Credentials: Credentials };
    return verified(directory.find(made.AccessKeyId, made.SessionToken));
  };
  return { run, user, role, assume, directory };
}

interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Expiration: Date;
}

function verified(key: CallerCredentials | undefined): Caller {
  assert.ok(key !== undefined);
  const { accessKeyId, sessionToken } = key;
  return { ...root, key, accessKeyId, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function document(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*', ...statement } });
}

function may(caller: Caller, action: string, resource = 'arn:aws:x:::y'): boolean {
  const key = caller.key as CallerCredentials;
  const principal = { kind: 'aws', account, arn: key.arn } as const;
  return decideForCaller(key, { principal, action, resource, context: new Map() }).effect === 'allow';
}

async function refused(call: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof AwsError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

describe('GetCallerIdentity › 200', () => {
  const rows = [
    { account: '000000000000', region: 'us-east-1', arn: 'arn:aws:iam::000000000000:root' },
    { account: '111122223333', region: 'cn-north-1', arn: 'arn:aws-cn:iam::111122223333:root' },
    { account: '111122223333', region: 'us-gov-west-1', arn: 'arn:aws-us-gov:iam::111122223333:root' },
  ];
  for (const { account: owner, region, arn } of rows) {
    test(`${owner} in ${region}`, async () => {
      const { run } = await setting();
      const identity = await run('GetCallerIdentity', {}, { account: owner, region, requestId: 'r', accessKeyId: 'test' });
      assert.deepEqual(identity, { Account: owner, Arn: arn, UserId: owner });
    });
  }

  test('a user and a session of a role', async () => {
    const { run, user, role, assume } = await setting();
    const anna = await user('anna', {});
    assert.equal((await run('GetCallerIdentity', {}, anna))['Arn'], `${iam}:user/anna`);
    await role('r', { AWS: account });
    const session = await run('GetCallerIdentity', {}, await assume('r', anna));
    assert.equal(session['Arn'], `arn:aws:sts::${account}:assumed-role/r/session`);
    assert.match(session['UserId'] ?? '', /^AROA[A-Z2-7]{17}:session$/);
  });

  test('a key that is deleted while the call runs does not become the account', async () => {
    const { run, user } = await setting();
    const anna = await user('anna');
    await run('DeleteAccessKey', { UserName: 'anna', AccessKeyId: anna.accessKeyId });
    assert.equal((await run('GetCallerIdentity', {}, anna))['Arn'], `${iam}:user/anna`);
  });
});

describe('AssumeRole', () => {
  test('› 200 a session has what the role has', async () => {
    const { run, user, role, assume } = await setting();
    await role('r', { AWS: account });
    await run('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: document({ Action: 'x:*' }) });
    const anna = await user('anna', { Action: 'sts:AssumeRole', Resource: `${iam}:role/r` });
    const session = await assume('r', anna);
    assert.ok(may(session, 'x:Read') && !may(session, 'y:Read') && !may(session, 'sts:AssumeRole'));
    assert.match(session.accessKeyId ?? '', /^ASIA[A-Z2-7]{16}$/);
    const narrow = await assume('r', anna, { Policy: document({ Action: ['x:Read', 'y:Read'] }) });
    assert.ok(may(narrow, 'x:Read') && !may(narrow, 'x:Write') && !may(narrow, 'y:Read'));
    const managed = await assume('r', anna, { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess' }] });
    assert.ok(!may(managed, 'x:Read'));
  });

  test('› 200 a role that names the caller needs no policy of the caller, one that names the account does', async () => {
    const { user, role, assume } = await setting();
    const anna = await user('anna');
    await role('named', { AWS: `${iam}:user/anna` });
    await assume('named', anna);
    for (const [name, principal] of [
      ['account', account],
      ['root', `${iam}:root`],
      ['all', '*'],
      ['other', `${iam}:user/bob`],
    ] as const) {
      await role(name, { AWS: principal });
      await refused(
        assume(name, anna),
        'AccessDenied',
        new RegExp(`^User: ${iam}:user/anna is not authorized to perform: sts:AssumeRole on resource: ${iam}:role/${name}$`),
      );
    }
  });

  test("› AccessDenied the caller's own deny, a service's role, a missing role, a condition", async () => {
    const { user, role, assume } = await setting();
    await role('named', { AWS: `${iam}:user/anna` });
    await refused(assume('named', await user('anna', { Effect: 'Deny', Action: 'sts:*' })), 'AccessDenied', /role\/named/);
    const admin = await user('admin', {});
    await role('lambda', { Service: 'lambda.amazonaws.com' });
    await refused(assume('lambda', admin), 'AccessDenied', /role\/lambda/);
    await refused(assume('missing', admin), 'AccessDenied', /role\/missing/);
    await role('external', { AWS: account }, { Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } });
    await refused(assume('external', admin), 'AccessDenied', /role\/external/);
    await refused(assume('external', admin, { ExternalId: 'guess' }), 'AccessDenied', /role\/external/);
    await assume('external', admin, { ExternalId: 'secret' });
    await role('untagged', { AWS: account }, { Action: 'sts:AssumeRole' });
    await refused(assume('untagged', admin, { Tags: [{ Key: 'a', Value: 'b' }] }), 'AccessDenied', /sts:TagSession/);
  });

  test('a session ends with its role, also when one of the same name is made', async () => {
    const { run, user, role, assume, directory } = await setting();
    await role('r', { AWS: account });
    const session = await assume('r', await user('anna', {}));
    const find = () => directory.find(session.accessKeyId ?? '', session.sessionToken);
    assert.ok(find() !== undefined);
    assert.equal(directory.find(session.accessKeyId ?? ''), undefined, 'not without its token');
    assert.equal(directory.find(session.accessKeyId ?? '', `${session.sessionToken}A`), undefined, 'not with another');
    const next = await assume('r', await user('bob', {}));
    assert.equal(directory.find(session.accessKeyId ?? '', next.sessionToken), undefined, "not with another session's");
    await run('DeleteRole', { RoleName: 'r' });
    assert.equal(find(), undefined);
    await role('r', { AWS: account });
    assert.equal(find(), undefined);
  });

  test('› ValidationError and InvalidParameterValue', async () => {
    const { user, role, assume } = await setting();
    const admin = await user('admin', {});
    await role('r', { AWS: account }, {}, { MaxSessionDuration: 7200 });
    await refused(
      assume('r', admin, { RoleArn: 'nothing-valid-in-here' }),
      'ValidationError',
      /^nothing-valid-in-here is invalid$/,
    );
    await refused(assume('r', admin, { DurationSeconds: 7201 }), 'ValidationError', /MaxSessionDuration/);
    await refused(assume('r', admin, { SerialNumber: 'arn:aws:iam::1:mfa/x' }), 'InvalidParameterValue', /SerialNumber/);
    const tags = [{ Key: 'SessionTag1', Value: '1' }];
    await refused(
      assume('r', admin, { Tags: tags, TransitiveTagKeys: ['InvalidKey'] }),
      'InvalidParameterValue',
      /must be included/,
    );
    await refused(
      assume('r', admin, { Tags: [...tags, { Key: 'sessiontag1', Value: '2' }] }),
      'InvalidParameterValue',
      /Duplicate/,
    );
    await refused(assume('r', admin, { Policy: '{' }), 'MalformedPolicyDocumentException', /invalid Json/);
    await refused(assume('r', admin, { PolicyArns: [{ arn: `${iam}:policy/none` }] }), 'NoSuchEntityException', /not attachable/);
  });

  test('chaining keeps transitive tags, and lasts an hour at most', async () => {
    const { run, user, role, assume } = await setting();
    await role('r', { AWS: account }, {}, { MaxSessionDuration: 7200 });
    await run('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: document({ Action: 'sts:*' }) });
    const admin = await user('admin', {});
    const tagged = {
      Tags: [
        { Key: 'team', Value: 'pets' },
        { Key: 'own', Value: 'x' },
      ],
      TransitiveTagKeys: ['TEAM'],
    };
    const first = await assume('r', admin, { ...tagged, DurationSeconds: 7200 });
    await refused(assume('r', first, { DurationSeconds: 7200 }), 'ValidationError', /role chaining/);
    await refused(
      assume('r', first, { Tags: [{ Key: 'Team', Value: 'other' }] }),
      'InvalidParameterValue',
      /transitive tag key from the calling session/,
    );
    const { key } = await assume('r', first);
    assert.deepEqual((key as CallerCredentials).tags, [{ Key: 'team', Value: 'pets' }]);
  });
});

describe('GetSessionToken', () => {
  test('› 200 a user as before, but not for IAM', async () => {
    const { run, user, directory } = await setting();
    const anna = await user('anna', { Action: ['x:*', 'iam:*'] });
    const { Credentials: made } = (await run('GetSessionToken', {}, anna)) as unknown as { Credentials: Credentials };
    const session = verified(directory.find(made.AccessKeyId, made.SessionToken));
    assert.equal((await run('GetCallerIdentity', {}, session))['Arn'], `${iam}:user/anna`);
    assert.ok(
      may(session, 'x:Read') && may(session, 'iam:PassRole') && !may(session, 'iam:CreateUser') && !may(session, 'y:Read'),
    );
    await refused(run('GetSessionToken', {}, session), 'AccessDenied', /session credentials/);
    await run('PutUserPolicy', { UserName: 'anna', PolicyName: 'p', PolicyDocument: document({ Effect: 'Deny' }) });
    assert.ok(!may(verified(directory.find(made.AccessKeyId, made.SessionToken)), 'x:Read'), 'a later deny counts at once');
  });

  test('› 200 of the account itself, an hour at most', async () => {
    const { run, directory } = await setting();
    const { Credentials: made } = (await run('GetSessionToken', {})) as unknown as { Credentials: Credentials };
    assert.ok(made.Expiration.getTime() - Date.now() <= 3_600_000);
    const session = verified(directory.find(made.AccessKeyId, made.SessionToken));
    assert.ok(may(session, 'x:Read') && !may(session, 'iam:CreateUser'));
  });
});
