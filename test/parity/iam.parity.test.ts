// Recorded answers of IAM and STS, replayed. The recordings leave out what their helpers did (users, roles, policies made before), so each
// test is written out here; a recorded test that is neither here nor listed as not replayed fails.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { type AwsClients, awsClients } from '../wire/aws-clients.ts';
import { type StartedServer, startServer } from '../wire/started-server.ts';
import { type Bindings, compare } from './compare.ts';
import { readRecordings, skipWithoutRecordings } from './recordings.ts';

const account = '000000000000';
const skip = skipWithoutRecordings();
const recordings = skip === false ? ['iam.test_iam.json', 'sts.test_sts.json'].flatMap(readRecordings) : [];

interface Step {
  readonly call: new (input: never) => unknown;
  readonly input: Readonly<Record<string, unknown>>;
  /** The recorded answer; a step without one only prepares. */
  readonly record?: string;
}

const uid = randomBytes(4).toString('hex');
const role = `role-${uid}`;
const user = `user-${uid}`;
const sessionName = `session-${uid}`;
const encodedArn = 'arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Faaeeieije';
const policyOnTags = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['apigatway:PUT'], Resource: [`arn:aws:apigateway:us-east-1::/tags/${encodedArn}`] }],
});
const policyArn = `arn:aws:iam::${account}:policy/policy-${uid}`;
const anyPolicy = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });

function trusting(service: string | readonly string[], action: string | readonly string[] = 'sts:AssumeRole', more = {}): string {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: action, ...more };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

function createRole(more: Readonly<Record<string, unknown>> = {}, record?: string): Step {
  const input = { RoleName: role, AssumeRolePolicyDocument: trusting('ec2.amazonaws.com'), ...more };
  return { call: iam.CreateRoleCommand, input, ...(record === undefined ? {} : { record }) };
}

const sessionTag = { Key: 'SessionTag1', Value: 'SessionValue1' };

function trustingAccount(action: string | readonly string[]): string {
  const statement = { Effect: 'Allow', Principal: { AWS: account }, Action: action };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

function assume(more: Readonly<Record<string, unknown>>): Step {
  const RoleArn = `arn:aws:iam::${account}:role/${role}`;
  return { call: sts.AssumeRoleCommand, input: { RoleArn, RoleSessionName: sessionName, ...more } };
}

const deleteRole: Step = { call: iam.DeleteRoleCommand, input: { RoleName: role } };
const malformed = '{"Version": "2012-10-17", "Statement": [{"Action": "sts:AssumeRole", "Principal": "*", "Effect": "Allow",}]}';

const replayed: Readonly<Record<string, readonly Step[]>> = {
  'TestIAMIntegrations::test_update_assume_role_policy': [
    createRole({ AssumeRolePolicyDocument: trusting(['ec2.amazonaws.com'], ['sts:AssumeRole']) }, 'created_role'),
    {
      call: iam.UpdateAssumeRolePolicyCommand,
      input: { RoleName: role, PolicyDocument: trusting(['ec2.amazonaws.com'], ['sts:AssumeRole']) },
      record: 'updated_policy',
    },
    deleteRole,
  ],
  'TestIAMExtensions::test_create_role_with_malformed_assume_role_policy_document': [
    { call: iam.CreateRoleCommand, input: { RoleName: role, AssumeRolePolicyDocument: malformed }, record: 'invalid-json' },
  ],
  'TestIAMIntegrations::test_create_describe_role': [
    createRole({ Path: `/${uid}/` }, 'create_role_result'),
    { call: iam.GetRoleCommand, input: { RoleName: role }, record: 'get_role_result' },
    { call: iam.ListRolesCommand, input: { PathPrefix: `/${uid}/` }, record: 'list_roles_result' },
    deleteRole,
  ],
  'TestIAMIntegrations::test_role_attach_policy': [
    createRole(),
    {
      call: iam.CreatePolicyCommand,
      input: { PolicyName: `policy-${uid}`, PolicyDocument: anyPolicy },
      record: 'create_policy_response',
    },
    ...[
      ['longpolicynamebutnoarn', 'non_existent_malformed_policy_arn'],
      [`policy-${uid}-longer-than-twenty`, 'existing_policy_name_provided'],
      [`${policyArn}123`, 'valid_arn_not_existent'],
      [policyArn, 'valid_policy_arn'],
    ].map(([PolicyArn, record = '']) => ({ call: iam.AttachRolePolicyCommand, input: { RoleName: role, PolicyArn }, record })),
    { call: iam.DetachRolePolicyCommand, input: { RoleName: role, PolicyArn: policyArn } },
    { call: iam.DeletePolicyCommand, input: { PolicyArn: policyArn } },
    deleteRole,
  ],
  'TestIAMPolicyEncoding::test_put_user_policy_encoding': [
    { call: iam.CreateUserCommand, input: { UserName: user } },
    { call: iam.PutUserPolicyCommand, input: { UserName: user, PolicyName: 'p', PolicyDocument: policyOnTags } },
    { call: iam.GetUserPolicyCommand, input: { UserName: user, PolicyName: 'p' }, record: 'get-policy-response' },
    { call: iam.DeleteUserPolicyCommand, input: { UserName: user, PolicyName: 'p' } },
    { call: iam.DeleteUserCommand, input: { UserName: user } },
  ],
  'TestIAMPolicyEncoding::test_put_role_policy_encoding': [
    createRole(
      {
        Path: `/${uid}/`,
        AssumeRolePolicyDocument: trusting('lambda.amazonaws.com', 'sts:AssumeRole', {
          Condition: { StringEquals: { 'aws:SourceArn': encodedArn } },
        }),
      },
      'create-role-response',
    ),
    { call: iam.PutRolePolicyCommand, input: { RoleName: role, PolicyName: 'p', PolicyDocument: policyOnTags } },
    { call: iam.GetRolePolicyCommand, input: { RoleName: role, PolicyName: 'p' }, record: 'get-policy-response' },
    { call: iam.GetRoleCommand, input: { RoleName: role }, record: 'get-role-response' },
    { call: iam.ListRolesCommand, input: { PathPrefix: `/${uid}/` }, record: 'list-roles-response' },
    { call: iam.DeleteRolePolicyCommand, input: { RoleName: role, PolicyName: 'p' } },
    deleteRole,
  ],
  'TestIAMIntegrations::test_delete_non_existent_policy_returns_no_such_entity': [
    {
      call: iam.DeletePolicyCommand,
      input: { PolicyArn: `arn:aws:iam::${account}:policy/non-existent-policy` },
      record: 'delete-non-existent-policy-exc',
    },
  ],
  'TestSTSIntegrations::test_assume_role': [
    createRole({ AssumeRolePolicyDocument: trustingAccount('sts:AssumeRole') }, 'create-role'),
    { ...assume({}), record: 'assume-role' },
    deleteRole,
  ],
  'TestSTSAssumeRoleTagging::test_assume_role_tag_validation': [
    createRole({ AssumeRolePolicyDocument: trustingAccount(['sts:AssumeRole', 'sts:TagSession']) }, 'role-1'),
    { ...assume({ Tags: [sessionTag], TransitiveTagKeys: ['InvalidKey'] }), record: 'invalid-transitive-tag-keys' },
    assume({ Tags: [sessionTag], TransitiveTagKeys: ['sessiontag1'] }),
    {
      ...assume({ Tags: [sessionTag, { Key: 'sessiontag1', Value: 'SessionValue2' }], TransitiveTagKeys: ['sessiontag1'] }),
      record: 'duplicate-tag-keys-different-casing',
    },
    deleteRole,
  ],
  'TestRoles::test_role_with_tags': [
    createRole({ Path: '/role-with-tags/', Tags: [{ Key: 'test', Value: 'value' }] }, 'create-role-response'),
    { call: iam.GetRoleCommand, input: { RoleName: role }, record: 'get-role-response' },
    { call: iam.ListRolesCommand, input: { PathPrefix: '/role-with-tags/' }, record: 'list-role-response' },
    deleteRole,
  ],
};

/** Why the others are not replayed; a name that ends in `*` stands for all that begin so. */
const notReplayed: Readonly<Record<string, string>> = {
  'TestIAMIntegrations::test_list_roles_with_permission_boundary': 'permissions boundaries are not built',
  'TestIAMPolicyEncoding::test_put_group_policy_encoding': 'groups are not built',
  'TestIAMServiceSpecificCredentials::*': 'service specific credentials are for services that are not here',
  'TestIAMServiceRoles::*': 'service linked roles are not built',
  'TestIAMIntegrations::test_simulate_principle_policy*': 'the policy simulator is not built',
  'TestSTSIntegrations::test_get_federation_token': 'federation tokens are not built',
};

let server: StartedServer;
let clients: AwsClients;
before(async () => {
  if (skip !== false) return;
  server = await startServer();
  clients = awsClients(server);
});
after(async () => {
  clients?.destroy();
  await server?.stop();
});

describe('recorded answers of IAM and STS', { skip }, () => {
  for (const { name, records } of recordings) {
    const steps = replayed[name];
    if (steps === undefined) continue;
    test(name, async () => {
      // Where a path and a name stand side by side, nothing tells where one ends.
      const bindings: Bindings = new Map([
        ['<path:1>', `/${uid}/`],
        ['<role-name:1>', role],
        ['<resource:1>', role],
        ['<role-session-name:1>', sessionName],
      ]);
      const made = new Set<string>();
      for (const step of steps) {
        const answer = await send(step);
        if (step.record === undefined) {
          assert.ok(!('Error' in answer), `${step.call.name}: ${JSON.stringify(answer)}`);
          continue;
        }
        made.add(step.record);
        const expected = withoutTransport(records[step.record]);
        const options = { account, laterMembers: new Set<string>() };
        assert.deepEqual(compare(expected, answer, step.record, bindings, options), []);
      }
      const answers = Object.keys(records).filter((record) => !madeUp.includes(record));
      assert.deepEqual([...made].sort(), answers.sort());
    });
  }

  test('every recorded test is replayed, or it is said why not', () => {
    const covers = (pattern: string, name: string): boolean =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
    for (const { name } of recordings) {
      const excused = Object.keys(notReplayed).some((pattern) => covers(pattern, name));
      assert.notEqual(name in replayed, excused, name);
    }
  });
});

/** What a test made up itself is no answer. */
const madeUp = ['role-session-name'];

function isOfSts(call: Step['call']): boolean {
  return Object.values(sts).includes(call as never);
}

async function send({ call, input }: Step): Promise<Record<string, unknown>> {
  try {
    const command = new (call as new (input: unknown) => never)(input);
    const answer: unknown = await (isOfSts(call) ? clients.sts.send(command) : clients.iam.send(command));
    const { $metadata: metadata, ...members } = answer as Record<string, unknown> & { $metadata: { httpStatusCode?: number } };
    return { ...(plain(members) as object), ResponseMetadata: { HTTPStatusCode: metadata.httpStatusCode } };
  } catch (error) {
    const failure = error as Error & { $metadata?: { httpStatusCode?: number }; Code?: string; Type?: string };
    if (failure.$metadata === undefined) throw error;
    return {
      Error: { Code: failure.Code ?? failure.name, Message: failure.message, Type: failure.Type },
      ResponseMetadata: { HTTPStatusCode: failure.$metadata.httpStatusCode },
    };
  }
}

/** Times as text; documents decoded, as boto3 does it. */
function plain(value: unknown, name = ''): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => [key, plain(member, key)]),
    );
  }
  return typeof value === 'string' && name.endsWith('PolicyDocument') ? JSON.parse(decodeURIComponent(value)) : value;
}

function withoutTransport(record: unknown): unknown {
  const copy = structuredClone(record) as { ResponseMetadata?: { HTTPHeaders?: unknown } };
  delete copy.ResponseMetadata?.HTTPHeaders;
  return copy;
}
