import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicy, type PolicyKind, parsePolicy } from './policy-document.ts';
import { isFault } from './policy-fault.ts';

const good = { Effect: 'Allow', Principal: '*', Action: 'lambda:InvokeFunction', Resource: '*' };

const faults: readonly { desc: string; document: unknown; kind?: PolicyKind; path: string; message: RegExp }[] = [
  { desc: 'not an object', document: [], path: '', message: /JSON object/ },
  { desc: 'no statement', document: { Version: '2012-10-17' }, path: 'Statement', message: /has a Statement/ },
  { desc: 'unknown version', document: { Version: '2020-01-01', Statement: good }, path: 'Version', message: /2012-10-17/ },
  { desc: 'unknown element', document: { Statment: [] }, path: 'Statment', message: /Unknown element/ },
  {
    desc: 'bad effect',
    document: { Statement: [{ ...good, Effect: 'allow' }] },
    path: 'Statement[0].Effect',
    message: /Allow or Deny/,
  },
  {
    desc: 'second statement is named',
    document: { Statement: [good, { ...good, Action: 7 }] },
    path: 'Statement[1].Action[0]',
    message: /text/,
  },
  { desc: 'both action forms', document: { Statement: { ...good, NotAction: 'a:b' } }, path: 'Statement', message: /not both/ },
  {
    desc: 'malformed action',
    document: { Statement: { ...good, Action: 'Invoke' } },
    path: 'Statement.Action[0]',
    message: /service:Name/,
  },
  { desc: 'no principal', document: { Statement: { ...good, Principal: undefined } }, path: 'Statement', message: /Principal/ },
  {
    desc: 'principal in an identity policy',
    document: { Statement: good },
    kind: 'identity',
    path: 'Statement.Principal',
    message: /no Principal/,
  },
  {
    desc: 'resource in a trust policy',
    document: { Statement: good },
    kind: 'trust',
    path: 'Statement.Resource',
    message: /no Resource/,
  },
  {
    desc: 'wildcard inside a principal',
    document: { Statement: { ...good, Principal: { AWS: 'arn:aws:iam::123456789012:user/*' } } },
    path: 'Statement.Principal.AWS[0]',
    message: /Invalid principal/,
  },
  {
    desc: 'unknown principal kind',
    document: { Statement: { ...good, Principal: { Role: 'x' } } },
    path: 'Statement.Principal.Role',
    message: /Unknown kind/,
  },
  {
    desc: 'unknown operator',
    document: { Statement: { ...good, Condition: { StringSimilar: { a: 'b' } } } },
    path: 'Statement.Condition.StringSimilar.a',
    message: /Unknown condition operator/,
  },
  {
    desc: 'bad range',
    document: { Statement: { ...good, Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', 'x'] } } } },
    path: 'Statement.Condition.IpAddress.aws:SourceIp[1]',
    message: /CIDR/,
  },
  {
    desc: 'bad number',
    document: { Statement: { ...good, Condition: { NumericEquals: { n: 'many' } } } },
    path: 'Statement.Condition.NumericEquals.n[0]',
    message: /number/,
  },
  {
    desc: 'bad date',
    document: { Statement: { ...good, Condition: { DateLessThan: { d: 'tomorrow' } } } },
    path: 'Statement.Condition.DateLessThan.d[0]',
    message: /date/,
  },
  {
    desc: 'bad null',
    document: { Statement: { ...good, Condition: { Null: { a: 'maybe' } } } },
    path: 'Statement.Condition.Null.a',
    message: /"true" or "false"/,
  },
  {
    desc: 'duplicate sid',
    document: {
      Statement: [
        { ...good, Sid: 'a' },
        { ...good, Sid: 'a' },
      ],
    },
    path: 'Statement[1].Sid',
    message: /unique/,
  },
];

for (const row of faults) {
  test(`policy document › ${row.desc}`, () => {
    const result = compilePolicy(row.document, row.kind ?? 'resource');
    assert.ok(isFault(result), 'must be refused');
    assert.equal(result.path, row.path);
    assert.match(result.message, row.message);
  });
}

test('text that is not JSON is refused with its offset', () => {
  const result = parsePolicy('{"Version": "2012-10-17", oops}', 'resource');
  assert.ok(isFault(result));
  assert.equal(result.offset, 26);
});

test('scalars and lists, objects and arrays are interchangeable', () => {
  const result = compilePolicy({ Statement: good }, 'resource');
  assert.ok(!isFault(result));
  assert.equal(result.statements.length, 1);
  assert.equal(result.version, '2008-10-17');
});
