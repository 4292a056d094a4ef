import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CallerCredentials } from '../iam/caller-credentials.ts';
import {
  type AuthDecision,
  authorizerVariable,
  iamDecision,
  jwtDecision,
  lambdaDecision,
  openDecision,
} from './auth-decision.ts';

const open = openDecision({ authorizationType: 'NONE', routeKey: 'GET /a' });
const lambda = lambdaDecision({
  authorizerId: 'a',
  principalId: 'ann',
  context: { tenant: 'north', level: 1, admin: true, none: null, groups: ['a', 'b'], nested: { deep: 'x' } },
});
const simple = lambdaDecision({ authorizerId: 'a', principalId: undefined, context: undefined });
const jwt = jwtDecision({ authorizerId: 'a', claims: { sub: 'u-1', 'cognito:groups': '[a b]' }, scopes: ['read'] });
const signer: CallerCredentials = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'a secret that no event shows',
  account: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/ann',
  userId: 'AIDAEXAMPLE',
  userName: 'ann',
  tags: [],
  policies: [],
};
const iam = iamDecision(
  {
    accessKey: signer.accessKeyId,
    accountId: signer.account,
    callerId: signer.userId,
    userArn: signer.arn,
    userId: signer.userId,
  },
  signer,
);

describe('what events show as requestContext.authorizer', () => {
  const rows: [desc: string, decision: AuthDecision, format1: unknown, format2: unknown][] = [
    ['nobody', open, { claims: null, scopes: null }, undefined],
    ['a simple response without context', simple, {}, { lambda: null }],
    [
      'claims',
      jwt,
      { claims: { sub: 'u-1', 'cognito:groups': '[a b]' }, scopes: ['read'] },
      { jwt: { claims: { sub: 'u-1', 'cognito:groups': '[a b]' }, scopes: ['read'] } },
    ],
    [
      'a signer',
      iam,
      { claims: null, scopes: null },
      {
        iam: {
          accessKey: 'AKIAEXAMPLE',
          accountId: '111122223333',
          callerId: 'AIDAEXAMPLE',
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: 'arn:aws:iam::111122223333:user/ann',
          userId: 'AIDAEXAMPLE',
        },
      },
    ],
  ];
  for (const [desc, decision, format1, format2] of rows) {
    test(desc, () => {
      assert.deepEqual(JSON.parse(decision.authorizer1), format1);
      assert.deepEqual(decision.authorizer2 === undefined ? undefined : JSON.parse(decision.authorizer2), format2);
    });
  }
});

describe('$context.authorizer', () => {
  const rows: [decision: AuthDecision, path: string, value: string | undefined][] = [
    [lambda, 'tenant', 'north'],
    [lambda, 'level', '1'],
    [lambda, 'admin', 'true'],
    [lambda, 'none', undefined],
    [lambda, 'groups', '["a","b"]'],
    [lambda, 'nested.deep', 'x'],
    [lambda, 'principalId', 'ann'],
    [lambda, 'missing', undefined],
    [lambda, 'tenant.length', undefined],
    [lambda, 'toString', undefined],
    [lambda, 'groups.length', undefined],
    [simple, 'principalId', undefined],
    [jwt, 'claims.sub', 'u-1'],
    [jwt, 'claims.cognito:groups', '[a b]'],
    [jwt, 'claims', undefined],
    [open, 'principalId', undefined],
    [iam, 'principalId', undefined],
  ];
  for (const [decision, path, value] of rows) {
    test(`${path} of ${decision.authorizationType}: ${value}`, () => {
      assert.equal(authorizerVariable(decision, path.split('.')), value);
    });
  }
});

test('a decision cannot be changed, and what it shows holds no secrets', () => {
  for (const decision of [open, lambda, jwt, iam]) assert.ok(Object.isFrozen(decision));
  assert.ok(!JSON.stringify([lambda.finding, jwt.finding, iam.finding]).match(/north|u-1|AKIAEXAMPLE/));
});
