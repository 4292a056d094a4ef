// Who may call a function URL, and who may not.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CallerCredentials } from '../data-plane/iam/caller-credentials.ts';
import { compilePolicy, type Policy } from '../iam-policy/policy-document.ts';
import { isFault } from '../iam-policy/policy-fault.ts';
import { type UrlAccess, urlRefusal } from './url-access.ts';

const account = '111111111111';
const functionArn = `arn:aws:lambda:us-east-1:${account}:function:shop`;
const request = {
  nowMs: Date.parse('2026-11-22T12:00:00Z'),
  region: 'us-east-1',
  sourceIp: '203.0.113.9',
  userAgent: 'test',
  referer: undefined,
  secureTransport: false,
};

function policy(kind: 'identity' | 'resource', ...statements: readonly object[]): Policy {
  const compiled = compilePolicy({ Version: '2012-10-17', Statement: statements }, kind);
  assert.ok(!isFault(compiled), JSON.stringify(compiled));
  return compiled;
}

const mayCall = { Effect: 'Allow', Action: 'lambda:InvokeFunctionUrl', Resource: functionArn };
const identity = (...statements: readonly object[]): Policy => policy('identity', ...statements);
const resource = (principal: unknown, more: object = {}): Policy =>
  policy('resource', { ...mayCall, Principal: principal, ...more });

function user(policies: readonly Policy[] | undefined, more: Partial<CallerCredentials> = {}): CallerCredentials {
  const accountOf = more.account ?? account;
  return {
    accessKeyId: 'AKIA',
    secretAccessKey: 'secret',
    account: accountOf,
    arn: `arn:aws:iam::${accountOf}:user/anna`,
    userId: 'AIDA',
    userName: 'anna',
    tags: [],
    policies,
    ...more,
  };
}

interface Row {
  readonly desc: string;
  readonly authType?: 'NONE' | 'AWS_IAM';
  readonly caller?: CallerCredentials;
  readonly policy?: Policy;
  /** Undefined: they may. */
  readonly why?: RegExp;
}

const anna = { AWS: `arn:aws:iam::${account}:user/anna` };
const foreign = '222222222222';
const rows: readonly Row[] = [
  { desc: 'NONE: nobody without a resource policy', authType: 'NONE', why: /does not let everybody/ },
  { desc: 'NONE: everybody when it says so', authType: 'NONE', policy: resource('*') },
  {
    desc: 'NONE: only for the type that the permission names',
    authType: 'NONE',
    policy: resource('*', { Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } } }),
    why: /does not let everybody/,
  },
  {
    desc: 'NONE: a condition on the address',
    authType: 'NONE',
    policy: resource('*', { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }),
  },
  { desc: 'NONE: a permission for one user is none for everybody', authType: 'NONE', policy: resource(anna), why: /everybody/ },
  { desc: 'nobody in particular', why: /not signed/ },
  { desc: 'a user without policies', caller: user([]), why: /no identity-based policy allows/ },
  { desc: 'a user whose policy allows it', caller: user([identity(mayCall)]) },
  {
    desc: 'a user who may only invoke',
    caller: user([identity({ ...mayCall, Action: 'lambda:InvokeFunction' })]),
    why: /no identity-based policy allows/,
  },
  {
    desc: 'a user who may call another function',
    caller: user([identity({ ...mayCall, Resource: `${functionArn}2` })]),
    why: /no identity-based policy allows/,
  },
  { desc: 'a user whom the resource policy names', caller: user([]), policy: resource(anna) },
  {
    desc: 'a deny of the user’s own',
    caller: user([identity(mayCall, { ...mayCall, Effect: 'Deny' })]),
    policy: resource(anna),
    why: /explicit deny/,
  },
  {
    desc: 'a deny of the resource policy',
    caller: user([identity(mayCall)]),
    policy: resource(anna, { Effect: 'Deny' }),
    why: /resource policy .* does not let/,
  },
  { desc: 'the account itself', caller: user(undefined) },
  {
    desc: 'a session whose policy leaves it out',
    caller: user([identity(mayCall)], { limits: [[identity({ ...mayCall, Action: 's3:*' })]] }),
    why: /no identity-based policy allows/,
  },
  {
    desc: 'a session whose policy leaves it out, named by the resource policy',
    caller: user([], { limits: [[identity({ ...mayCall, Action: 's3:*' })]] }),
    policy: resource(anna),
    why: /no identity-based policy allows/,
  },
  {
    desc: 'another account, allowed on one side',
    caller: user([identity(mayCall)], { account: foreign }),
    why: /resource policy .* does not let/,
  },
  {
    desc: 'another account, allowed on the other side',
    caller: user([], { account: foreign }),
    policy: resource({ AWS: foreign }),
    why: /no identity-based policy allows/,
  },
  {
    desc: 'another account, allowed on both sides',
    caller: user([identity(mayCall)], { account: foreign }),
    policy: resource({ AWS: foreign }),
  },
];

describe('who may call a function URL', () => {
  for (const { desc, authType = 'AWS_IAM', caller, policy: ofFunction, why } of rows) {
    test(desc, () => {
      const access: UrlAccess = { authType, account, functionArn, policy: ofFunction };
      const refusal = urlRefusal(access, caller, request);
      if (why === undefined) assert.equal(refusal, undefined);
      else assert.match(refusal ?? 'let in', why);
    });
  }
});
