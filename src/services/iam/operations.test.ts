// The operations of IAM by what AWS answers. The recorded answers are replayed in test/parity; here is the rest.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import { parsePolicy } from '../../iam-policy/policy-document.ts';
import { isFault } from '../../iam-policy/policy-fault.ts';
import { SecretBox } from '../../secrets/secret-box.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { awsManagedPolicy, awsManagedPolicyArns } from './aws-managed-policies.ts';
import { iamOperations } from './operations.ts';

const caller: Caller = { account: '111111111111', region: 'us-east-1', requestId: 'r' };
const root = 'arn:aws:iam::111111111111';
const allowAll = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const trust = '{"Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}';

type Answer = Readonly<Record<string, unknown>>;
type Call = readonly [operation: string, input: object];

/** Makes the calls one after the other; the answer of the last. */
async function after(...calls: readonly Call[]): Promise<Answer> {
  const operations = iamOperations({
    store: createMemoryStore(),
    secrets: new SecretBox(randomBytes(32)),
    userNameOf: () => undefined,
    onNotice: () => {},
  }) as Readonly<Record<string, (input: object, caller: Caller) => Promise<Answer>>>;
  let answer: Answer = {};
  for (const [operation, input] of calls) {
    const perform = operations[operation];
    assert.ok(perform !== undefined, operation);
    answer = await perform(input, caller);
  }
  return answer;
}

const anna: Call = ['CreateUser', { UserName: 'anna' }];
const lambdaRole: Call = ['CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust }];
const made: Call = ['CreatePolicy', { PolicyName: 'p', PolicyDocument: allowAll }];
const PolicyArn = `${root}:policy/p`;
const attach: Call = ['AttachRolePolicy', { RoleName: 'r', PolicyArn }];
const version: Call = ['CreatePolicyVersion', { PolicyArn, PolicyDocument: allowAll }];

function put(document: string): Call {
  return ['PutUserPolicy', { UserName: 'anna', PolicyName: 'p', PolicyDocument: document }];
}

function statement(members: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'x:y', Resource: '*', ...members } });
}

const refused: readonly { desc: string; calls: readonly Call[]; code: string; message: RegExp }[] = [
  {
    desc: 'GetUser of nobody',
    calls: [['GetUser', { UserName: 'x' }]],
    code: 'NoSuchEntityException',
    message: /^The user with name x cannot be found\.$/,
  },
  {
    desc: 'GetRole of none',
    calls: [['GetRole', { RoleName: 'x' }]],
    code: 'NoSuchEntityException',
    message: /^The role with name x cannot be found\.$/,
  },
  {
    desc: 'the same user twice',
    calls: [anna, anna],
    code: 'EntityAlreadyExistsException',
    message: /^User with name anna already exists\.$/,
  },
  {
    desc: 'the same user in other case',
    calls: [anna, ['CreateUser', { UserName: 'ANNA' }]],
    code: 'EntityAlreadyExistsException',
    message: /ANNA/,
  },
  {
    desc: 'the same role twice',
    calls: [lambdaRole, lambdaRole],
    code: 'EntityAlreadyExistsException',
    message: /^Role with name r already exists\.$/,
  },
  {
    desc: 'the same policy twice',
    calls: [made, made],
    code: 'EntityAlreadyExistsException',
    message: /^A policy called p already exists/,
  },
  {
    desc: 'a user with a permissions boundary',
    calls: [['CreateUser', { UserName: 'a', PermissionsBoundary: PolicyArn }]],
    code: 'InvalidInputException',
    message: /PermissionsBoundary/,
  },
  {
    desc: 'a role with a permissions boundary',
    calls: [['CreateRole', { RoleName: 'a', AssumeRolePolicyDocument: trust, PermissionsBoundary: PolicyArn }]],
    code: 'InvalidInputException',
    message: /PermissionsBoundary/,
  },
  {
    desc: 'a user with a policy is not deleted',
    calls: [anna, put(allowAll), ['DeleteUser', { UserName: 'anna' }]],
    code: 'DeleteConflictException',
    message: /must delete policies first/,
  },
  {
    desc: 'a role with a policy is not deleted',
    calls: [lambdaRole, made, attach, ['DeleteRole', { RoleName: 'r' }]],
    code: 'DeleteConflictException',
    message: /must detach all policies first/,
  },
  {
    desc: 'an attached policy is not deleted',
    calls: [lambdaRole, made, attach, ['DeletePolicy', { PolicyArn }]],
    code: 'DeleteConflictException',
    message: /attached to entities/,
  },
  {
    desc: 'a policy with versions is not deleted',
    calls: [made, version, ['DeletePolicy', { PolicyArn }]],
    code: 'DeleteConflictException',
    message: /more than one version/,
  },
  {
    desc: 'the default version is not deleted',
    calls: [made, ['DeletePolicyVersion', { PolicyArn, VersionId: 'v1' }]],
    code: 'DeleteConflictException',
    message: /default version/,
  },
  {
    desc: 'a sixth version',
    calls: [made, version, version, version, version, version],
    code: 'LimitExceededException',
    message: /^A managed policy can have up to 5 versions\./,
  },
  {
    desc: 'a version that is not there',
    calls: [made, ['GetPolicyVersion', { PolicyArn, VersionId: 'v2' }]],
    code: 'NoSuchEntityException',
    message: /v2/,
  },
  {
    desc: 'detaching what is not attached',
    calls: [lambdaRole, made, ['DetachRolePolicy', { RoleName: 'r', PolicyArn }]],
    code: 'NoSuchEntityException',
    message: /was not found/,
  },
  {
    desc: "AWS's policy of another partition",
    calls: [lambdaRole, ['AttachRolePolicy', { RoleName: 'r', PolicyArn: 'arn:aws-cn:iam::aws:policy/ReadOnlyAccess' }]],
    code: 'NoSuchEntityException',
    message: /not attachable/,
  },
  {
    desc: 'a policy of another account',
    calls: [lambdaRole, made, ['AttachRolePolicy', { RoleName: 'r', PolicyArn: 'arn:aws:iam::222222222222:policy/p' }]],
    code: 'NoSuchEntityException',
    message: /not attachable/,
  },
  {
    desc: 'an inline policy that is not there',
    calls: [anna, ['GetUserPolicy', { UserName: 'anna', PolicyName: 'x' }]],
    code: 'NoSuchEntityException',
    message: /^The user policy with name x cannot be found\.$/,
  },
  { desc: 'a key without a user', calls: [['CreateAccessKey', {}]], code: 'ValidationError', message: /Must specify userName/ },
  {
    desc: 'a key that is not there',
    calls: [anna, ['DeleteAccessKey', { UserName: 'anna', AccessKeyId: 'AKIAX' }]],
    code: 'NoSuchEntityException',
    message: /AKIAX/,
  },
  {
    desc: 'no JSON',
    calls: [anna, put('{')],
    code: 'MalformedPolicyDocumentException',
    message: /^This policy contains invalid Json$/,
  },
  {
    desc: 'a principal in an identity policy',
    calls: [anna, put(statement({ Principal: '*' }))],
    code: 'MalformedPolicyDocumentException',
    message: /^Policy document should not specify a principal\.$/,
  },
  {
    desc: 'no resource',
    calls: [anna, put(statement({ Resource: undefined }))],
    code: 'MalformedPolicyDocumentException',
    message: /^Policy statement must contain resources\.$/,
  },
  {
    desc: 'no action',
    calls: [anna, put(statement({ Action: undefined }))],
    code: 'MalformedPolicyDocumentException',
    message: /^Policy statement must contain actions\.$/,
  },
  {
    desc: 'an action without vendor',
    calls: [anna, put(statement({ Action: 'Invoke' }))],
    code: 'MalformedPolicyDocumentException',
    message: /prefaced by a vendor/,
  },
  {
    desc: 'a resource that is no ARN',
    calls: [anna, put(statement({ Resource: 'bucket' }))],
    code: 'MalformedPolicyDocumentException',
    message: /^Resource bucket must be in ARN format or "\*"\.$/,
  },
  {
    desc: 'a resource of any service',
    calls: [anna, put(statement({ Resource: 'arn:aws:*:::x' }))],
    code: 'MalformedPolicyDocumentException',
    message: /vendor must be fully qualified/,
  },
  {
    desc: 'an unknown operator',
    calls: [anna, put(statement({ Condition: { StringSounds: { a: 'b' } } }))],
    code: 'MalformedPolicyDocumentException',
    message: /StringSounds/,
  },
  {
    desc: 'too long an inline policy',
    calls: [anna, put(statement({ Resource: `arn:aws:s3:::${'x'.repeat(2048)}` }))],
    code: 'LimitExceededException',
    message: /^Maximum policy size of 2048 bytes exceeded for user anna$/,
  },
  {
    desc: 'a resource in a trust policy',
    calls: [lambdaRole, ['UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: statement({ Principal: '*' }) }]],
    code: 'MalformedPolicyDocumentException',
    message: /^Has prohibited field Resource$/,
  },
  {
    desc: 'a tag key twice',
    calls: [
      anna,
      [
        'TagUser',
        {
          UserName: 'anna',
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'A', Value: '2' },
          ],
        },
      ],
    ],
    code: 'InvalidInputException',
    message: /Duplicate tag keys/,
  },
  { desc: 'a marker of nobody', calls: [['ListUsers', { Marker: '!' }]], code: 'ValidationError', message: /Marker/ },
];

describe('refused', () => {
  for (const { desc, calls, code, message } of refused) {
    test(desc, async () => {
      await assert.rejects(after(...calls), (error: unknown) => {
        assert.ok(error instanceof AwsError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

describe('answered', () => {
  test('white space does not count towards the size of a policy', async () => {
    await after(anna, put(`${' '.repeat(3000)}${allowAll}`));
  });

  test('ListUsers in pages, in order, by path', async () => {
    const users = ['e', 'a', 'd', 'B', 'c'].map(
      (UserName): Call => ['CreateUser', { UserName, Path: UserName === 'd' ? '/x/' : '/' }],
    );
    const names = ({ Users: listed }: Answer): string[] => (listed as { UserName: string }[]).map(({ UserName }) => UserName);
    const first = await after(...users, ['ListUsers', { MaxItems: 2 }]);
    assert.deepEqual([names(first), first['IsTruncated']], [['a', 'B'], true]);
    const second = await after(...users, ['ListUsers', { MaxItems: 3, Marker: first['Marker'] }]);
    assert.deepEqual([names(second), second['IsTruncated'], second['Marker']], [['c', 'd', 'e'], false, undefined]);
    assert.deepEqual(names(await after(...users, ['ListUsers', { PathPrefix: '/x/' }])), ['d']);
  });

  test('GetUser of the account itself is its root', async () => {
    const { User: user } = await after(['GetUser', {}]);
    assert.equal((user as { Arn: string }).Arn, `${root}:root`);
  });

  test("AWS's own policies can be read, attached and counted", async () => {
    const arn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    const { PolicyVersion: read } = await after(['GetPolicyVersion', { PolicyArn: arn, VersionId: 'v1' }]);
    const document = JSON.parse(decodeURIComponent((read as { Document: string }).Document)) as { Statement: object[] };
    assert.deepEqual(document.Statement, [
      { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
    ]);
    const attached: Call = ['AttachRolePolicy', { RoleName: 'r', PolicyArn: arn }];
    const { AttachedPolicies: listed } = await after(lambdaRole, attached, attached, [
      'ListAttachedRolePolicies',
      { RoleName: 'r' },
    ]);
    assert.deepEqual(listed, [{ PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: arn }]);
    const { Policy: policy } = await after(lambdaRole, attached, ['GetPolicy', { PolicyArn: arn }]);
    assert.equal((policy as { AttachmentCount: number }).AttachmentCount, 1);
  });

  test("all of AWS's own policies are good policies", () => {
    const arns = awsManagedPolicyArns('aws');
    assert.ok(arns.length > 10);
    for (const arn of arns) {
      const policy = awsManagedPolicy(arn);
      assert.ok(policy?.known === true, arn);
      const parsed = parsePolicy(policy.document, 'identity');
      assert.ok(!isFault(parsed) && parsed.statements.length > 0, arn);
    }
    assert.equal(awsManagedPolicy('arn:aws:iam::aws:policy/Misspelled')?.known, false);
    assert.equal(awsManagedPolicy('arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole')?.known, false, 'its path is another');
  });

  test('versions are numbered on, never again', async () => {
    const { Versions: versions } = await after(
      made,
      version,
      ['DeletePolicyVersion', { PolicyArn, VersionId: 'v2' }],
      ['CreatePolicyVersion', { PolicyArn, PolicyDocument: allowAll, SetAsDefault: true }],
      ['ListPolicyVersions', { PolicyArn }],
    );
    const shown = (versions as { VersionId: string; IsDefaultVersion: boolean }[]).map((v) => [v.VersionId, v.IsDefaultVersion]);
    assert.deepEqual(shown, [
      ['v3', true],
      ['v1', false],
    ]);
  });

  test('a policy by the name __proto__ is a policy', async () => {
    const odd = { UserName: 'anna', PolicyName: '__proto__' };
    const { PolicyNames: names } = await after(
      anna,
      ['PutUserPolicy', { ...odd, PolicyDocument: allowAll }],
      ['ListUserPolicies', odd],
    );
    assert.deepEqual(names, ['__proto__']);
    await after(anna, ['PutUserPolicy', { ...odd, PolicyDocument: allowAll }], ['DeleteUserPolicy', odd], ['DeleteUser', odd]);
  });

  test('tags are changed by key, whatever its case', async () => {
    const { Tags: tags } = await after(
      [
        'CreateUser',
        {
          UserName: 'anna',
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'b', Value: '2' },
          ],
        },
      ],
      ['TagUser', { UserName: 'anna', Tags: [{ Key: 'A', Value: '3' }] }],
      ['UntagUser', { UserName: 'anna', TagKeys: ['B'] }],
      ['ListUserTags', { UserName: 'anna' }],
    );
    assert.deepEqual(tags, [{ Key: 'A', Value: '3' }]);
  });
});
