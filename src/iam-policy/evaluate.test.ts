// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written that way
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AccessRequest, conditionContext, evaluatePolicies } from './evaluate.ts';
import { compilePolicy } from './policy-document.ts';
import { isFault } from './policy-fault.ts';
import type { RequestPrincipal } from './principal.ts';

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:hello';
const gateway: RequestPrincipal = { kind: 'service', service: 'apigateway.amazonaws.com' };
const user: RequestPrincipal = { kind: 'aws', account: '123456789012', arn: 'arn:aws:iam::123456789012:user/anna' };

type Values = Record<string, string | readonly string[]>;

function decide(statements: unknown, request: Partial<AccessRequest> & { values?: Values }, version = '2012-10-17'): string {
  const policy = compilePolicy({ Version: version, Statement: statements }, 'resource');
  assert.ok(!isFault(policy), JSON.stringify(policy));
  return evaluatePolicies([policy], {
    principal: request.principal ?? gateway,
    action: request.action ?? 'lambda:InvokeFunction',
    resource: request.resource ?? functionArn,
    context: conditionContext(request.values ?? {}),
  }).effect;
}

const allow = {
  Effect: 'Allow',
  Principal: { Service: 'apigateway.amazonaws.com' },
  Action: 'lambda:InvokeFunction',
  Resource: functionArn,
};
const deny = { ...allow, Effect: 'Deny' };

test('order › a deny wins wherever it stands', () => {
  assert.equal(decide([allow], {}), 'allow');
  assert.equal(decide([allow, deny], {}), 'explicitDeny');
  assert.equal(decide([deny, allow], {}), 'explicitDeny');
  assert.equal(decide([], {}), 'implicitDeny');
});

const principals: readonly { desc: string; statement: object; principal: RequestPrincipal; effect: string }[] = [
  { desc: 'service', statement: {}, principal: gateway, effect: 'allow' },
  { desc: 'another service', statement: {}, principal: { kind: 'service', service: 's3.amazonaws.com' }, effect: 'implicitDeny' },
  { desc: 'everyone', statement: { Principal: '*' }, principal: { kind: 'anonymous' }, effect: 'allow' },
  { desc: 'AWS star is everyone', statement: { Principal: { AWS: '*' } }, principal: gateway, effect: 'allow' },
  { desc: 'account id', statement: { Principal: { AWS: '123456789012' } }, principal: user, effect: 'allow' },
  {
    desc: 'root ARN is the account',
    statement: { Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
    principal: user,
    effect: 'allow',
  },
  { desc: 'other account', statement: { Principal: { AWS: '999999999999' } }, principal: user, effect: 'implicitDeny' },
  {
    desc: 'user ARN',
    statement: { Principal: { AWS: ['arn:aws:iam::123456789012:user/anna'] } },
    principal: user,
    effect: 'allow',
  },
  {
    desc: 'a session fits its role',
    statement: { Principal: { AWS: 'arn:aws:iam::123456789012:role/r' } },
    principal: {
      kind: 'aws',
      account: '123456789012',
      arn: 'arn:aws:sts::123456789012:assumed-role/r/s',
      roleArn: 'arn:aws:iam::123456789012:role/r',
    },
    effect: 'allow',
  },
  {
    desc: 'NotPrincipal',
    statement: { Principal: undefined, NotPrincipal: { AWS: '123456789012' } },
    principal: user,
    effect: 'implicitDeny',
  },
  {
    desc: 'NotPrincipal, somebody else',
    statement: { Principal: undefined, NotPrincipal: { AWS: '123456789012' } },
    principal: gateway,
    effect: 'allow',
  },
  {
    desc: 'anonymous is nobody named',
    statement: { Principal: { AWS: '123456789012' } },
    principal: { kind: 'anonymous' },
    effect: 'implicitDeny',
  },
];
for (const row of principals) {
  test(`principal › ${row.desc}`, () => {
    assert.equal(decide([{ ...allow, ...row.statement }], { principal: row.principal }), row.effect);
  });
}

const targets: readonly { desc: string; statement: object; action?: string; resource?: string; effect: string }[] = [
  { desc: 'actions ignore case', statement: { Action: 'Lambda:invokefunction' }, effect: 'allow' },
  { desc: 'action wildcard', statement: { Action: 'lambda:Inv*' }, effect: 'allow' },
  { desc: 'every action', statement: { Action: '*' }, effect: 'allow' },
  { desc: 'NotAction', statement: { Action: undefined, NotAction: 'lambda:Invoke*' }, effect: 'implicitDeny' },
  {
    desc: 'resource wildcard in the last part',
    statement: { Resource: 'arn:aws:lambda:us-east-1:123456789012:function:*' },
    effect: 'allow',
  },
  { desc: 'wildcards per part', statement: { Resource: 'arn:*:lambda:*:*:function:h?llo' }, effect: 'allow' },
  {
    desc: 'a wildcard does not cross colons',
    statement: { Resource: 'arn:aws:lambda:us*:function:hello' },
    effect: 'implicitDeny',
  },
  {
    desc: 'the service must be said',
    statement: { Resource: 'arn:aws:*:us-east-1:123456789012:function:hello' },
    effect: 'implicitDeny',
  },
  { desc: 'the last part keeps its colons', statement: { Resource: 'arn:aws:lambda:us-east-1:123456789012:*' }, effect: 'allow' },
  { desc: 'a qualified resource is another one', statement: {}, resource: `${functionArn}:1`, effect: 'implicitDeny' },
  { desc: 'resources mind case', statement: { Resource: functionArn.replace('hello', 'Hello') }, effect: 'implicitDeny' },
  { desc: 'NotResource', statement: { Resource: undefined, NotResource: functionArn }, effect: 'implicitDeny' },
];
for (const row of targets) {
  test(`target › ${row.desc}`, () => {
    const request = { ...(row.action && { action: row.action }), ...(row.resource && { resource: row.resource }) };
    assert.equal(decide([{ ...allow, ...row.statement }], request), row.effect);
  });
}

const conditions: readonly { desc: string; condition: object; values: Values; met: boolean; version?: string }[] = [
  {
    desc: 'ArnLike',
    condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:execute-api:us-east-1:123456789012:abc/*/GET/pets' } },
    values: { 'aws:SourceArn': 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/pets' },
    met: true,
  },
  {
    desc: 'ArnLike, other method',
    condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:execute-api:us-east-1:123456789012:abc/*/GET/pets' } },
    values: { 'aws:SourceArn': 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/POST/pets' },
    met: false,
  },
  {
    desc: 'ArnLike does not cross a colon',
    condition: { ArnLike: { k: 'arn:aws:execute-api:*:abc/*' } },
    values: { k: 'arn:aws:execute-api:us-east-1:1:abc/x' },
    met: false,
  },
  {
    desc: 'ArnEquals takes wildcards too',
    condition: { ArnEquals: { k: 'arn:aws:sns:*:*:topic*' } },
    values: { k: 'arn:aws:sns:a:b:topic1' },
    met: true,
  },
  { desc: 'ArnNotLike', condition: { ArnNotLike: { k: 'arn:aws:sns:*:*:t' } }, values: { k: 'arn:aws:sns:a:b:t' }, met: false },
  { desc: 'values are alternatives', condition: { StringEquals: { k: ['a', 'b'] } }, values: { k: 'b' }, met: true },
  { desc: 'keys are all needed', condition: { StringEquals: { k: 'a', l: 'b' } }, values: { k: 'a', l: 'x' }, met: false },
  {
    desc: 'operators are all needed',
    condition: { StringEquals: { k: 'a' }, Bool: { s: 'true' } },
    values: { k: 'a', s: 'false' },
    met: false,
  },
  { desc: 'StringEquals has no wildcards', condition: { StringEquals: { k: 'a*' } }, values: { k: 'ab' }, met: false },
  { desc: 'StringLike', condition: { StringLike: { k: 'a*?' } }, values: { k: 'abc' }, met: true },
  { desc: 'StringNotLike', condition: { StringNotLike: { k: ['a*', 'b*'] } }, values: { k: 'bc' }, met: false },
  { desc: 'StringEqualsIgnoreCase', condition: { StringEqualsIgnoreCase: { k: 'AbC' } }, values: { k: 'aBc' }, met: true },
  { desc: 'StringNotEqualsIgnoreCase', condition: { StringNotEqualsIgnoreCase: { k: 'AbC' } }, values: { k: 'aBc' }, met: false },
  { desc: 'operator names in any case', condition: { stringequals: { k: 'a' } }, values: { k: 'a' }, met: true },
  { desc: 'missing key, positive', condition: { StringEquals: { k: 'a' } }, values: {}, met: false },
  { desc: 'missing key, negated', condition: { StringNotEquals: { k: 'a' } }, values: {}, met: true },
  { desc: 'missing key, IfExists', condition: { StringEqualsIfExists: { k: 'a' } }, values: {}, met: true },
  { desc: 'IfExists with the key', condition: { StringEqualsIfExists: { k: 'a' } }, values: { k: 'b' }, met: false },
  { desc: 'NumericLessThan', condition: { NumericLessThan: { n: '10' } }, values: { n: '9.5' }, met: true },
  { desc: 'NumericEquals of a JSON number', condition: { NumericEquals: { n: 5 } }, values: { n: '5.0' }, met: true },
  { desc: 'NumericGreaterThanEquals', condition: { NumericGreaterThanEquals: { n: '10' } }, values: { n: '9' }, met: false },
  { desc: 'a value that is no number', condition: { NumericLessThan: { n: '10' } }, values: { n: 'few' }, met: false },
  { desc: 'NumericNotEquals', condition: { NumericNotEquals: { n: '10' } }, values: { n: '10' }, met: false },
  {
    desc: 'DateGreaterThan',
    condition: { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
    values: { 'aws:CurrentTime': '2026-11-23T17:00:00Z' },
    met: true,
  },
  {
    desc: 'DateLessThan with epoch seconds',
    condition: { DateLessThan: { 'aws:CurrentTime': '1700000000' } },
    values: { 'aws:CurrentTime': '2026-11-23T17:00:00Z' },
    met: false,
  },
  {
    desc: 'DateEquals across zones',
    condition: { DateEquals: { d: '2026-01-01T02:00:00+02:00' } },
    values: { d: '2026-01-01T00:00:00Z' },
    met: true,
  },
  { desc: 'a day', condition: { DateLessThanEquals: { d: '2026-01-01' } }, values: { d: '2026-01-01T00:00:00Z' }, met: true },
  {
    desc: 'Bool from JSON',
    condition: { Bool: { 'aws:SecureTransport': false } },
    values: { 'aws:SecureTransport': 'false' },
    met: true,
  },
  { desc: 'BinaryEquals', condition: { BinaryEquals: { b: 'QUI=' } }, values: { b: 'QUI' }, met: true },
  {
    desc: 'IpAddress',
    condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] } },
    values: { 'aws:SourceIp': '2001:db8::9' },
    met: true,
  },
  {
    desc: 'NotIpAddress',
    condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    values: { 'aws:SourceIp': '10.9.9.9' },
    met: false,
  },
  { desc: 'Null true, key absent', condition: { Null: { k: 'true' } }, values: {}, met: true },
  { desc: 'Null false, key absent', condition: { Null: { k: false } }, values: {}, met: false },
  { desc: 'Null false, key present', condition: { Null: { k: 'false' } }, values: { k: 'x' }, met: true },
  { desc: 'ForAllValues', condition: { 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, values: { k: ['a', 'b'] }, met: true },
  {
    desc: 'ForAllValues, one is not',
    condition: { 'ForAllValues:StringEquals': { k: ['a', 'b'] } },
    values: { k: ['a', 'c'] },
    met: false,
  },
  { desc: 'ForAllValues without the key', condition: { 'ForAllValues:StringEquals': { k: 'a' } }, values: {}, met: true },
  { desc: 'Null true, a key without values', condition: { Null: { k: 'true' } }, values: { k: [] }, met: true },
  { desc: 'Null false, a key without values', condition: { Null: { k: 'false' } }, values: { k: [] }, met: false },
  {
    desc: 'ForAllValues of a key without values',
    condition: { 'ForAllValues:StringEquals': { k: 'a' } },
    values: { k: [] },
    met: true,
  },
  { desc: 'ForAllValues of empty text', condition: { 'ForAllValues:StringEquals': { k: 'a' } }, values: { k: '' }, met: true },
  { desc: 'ForAnyValue of empty text', condition: { 'ForAnyValue:StringNotEquals': { k: 'a' } }, values: { k: '' }, met: false },
  {
    desc: 'ForAllValues guarded by Null',
    condition: { 'ForAllValues:StringEquals': { k: 'a' }, Null: { k: 'false' } },
    values: {},
    met: false,
  },
  { desc: 'ForAnyValue', condition: { 'ForAnyValue:StringLike': { k: 'a*' } }, values: { k: ['x', 'ab'] }, met: true },
  { desc: 'ForAnyValue without the key', condition: { 'ForAnyValue:StringLike': { k: 'a*' } }, values: {}, met: false },
  {
    desc: 'ForAnyValue negated',
    condition: { 'ForAnyValue:StringNotEquals': { k: ['a', 'b'] } },
    values: { k: ['a', 'x'] },
    met: true,
  },
  {
    desc: 'ForAllValues negated',
    condition: { 'ForAllValues:StringNotEquals': { k: ['a'] } },
    values: { k: ['a', 'x'] },
    met: false,
  },
  {
    desc: 'variable in a value',
    condition: { StringEquals: { k: '${aws:username}' } },
    values: { k: 'anna', 'aws:username': 'anna' },
    met: true,
  },
  { desc: 'variable without value', condition: { StringEquals: { k: '${aws:username}' } }, values: { k: 'anna' }, met: false },
  {
    desc: 'variable without value, negated',
    condition: { StringNotEquals: { k: '${aws:username}' } },
    values: { k: 'anna' },
    met: true,
  },
  {
    desc: 'variables of many values stand for nothing',
    condition: { StringEquals: { k: '${t}' } },
    values: { k: 'a', t: ['a', 'b'] },
    met: false,
  },
  {
    desc: 'old version: no variables',
    condition: { StringEquals: { k: '${aws:username}' } },
    values: { k: 'anna', 'aws:username': 'anna' },
    met: false,
    version: '2008-10-17',
  },
];
for (const row of conditions) {
  test(`condition › ${row.desc}`, () => {
    const effect = decide([{ ...allow, Condition: row.condition }], { values: row.values }, row.version);
    assert.equal(effect, row.met ? 'allow' : 'implicitDeny');
  });
}

test('a variable in Resource that has no value matches nothing', () => {
  const statement = { ...allow, Resource: 'arn:aws:lambda:us-east-1:123456789012:function:${aws:username}' };
  assert.equal(decide([statement], {}), 'implicitDeny');
  assert.equal(decide([statement], { values: { 'aws:username': 'hello' } }), 'allow');
});
