// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written that way
// A second evaluator, written from AWS's description of the language alone, slow and plain: it works on the documents as they are,
// by substitution and regular expressions. Random documents and requests must get the same answer from both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionContext, evaluatePolicies } from './evaluate.ts';
import { compilePolicy } from './policy-document.ts';
import { isFault } from './policy-fault.ts';
import type { RequestPrincipal } from './principal.ts';

type Values = Readonly<Record<string, readonly string[]>>;
type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

interface RawStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: RawPrincipal;
  readonly NotPrincipal?: RawPrincipal;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Conditions;
}

type RawPrincipal = '*' | Readonly<Record<string, readonly string[]>>;

interface RawRequest {
  readonly principal: RequestPrincipal;
  readonly action: string;
  readonly resource: string;
  readonly values: Values;
}

// ---- the oracle ----

function oracle(version: string, statements: readonly RawStatement[], request: RawRequest): string {
  const about = statements.filter((statement) => isAbout(version, statement, request));
  if (about.some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny';
  return about.some(({ Effect }) => Effect === 'Allow') ? 'allow' : 'implicitDeny';
}

function isAbout(version: string, statement: RawStatement, { principal, action, resource, values }: RawRequest): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const isAction = (pattern: string): boolean => glob(pattern.toLowerCase()).test(action.toLowerCase());
  const isResource = (pattern: string): boolean => arnFits(version, pattern, resource, values);
  return (
    (Principal === undefined || principalFits(Principal, principal)) &&
    (NotPrincipal === undefined || !principalFits(NotPrincipal, principal)) &&
    (Action === undefined || Action.some(isAction)) &&
    (NotAction === undefined || !NotAction.some(isAction)) &&
    (Resource === undefined || Resource.some(isResource)) &&
    (NotResource === undefined || !NotResource.some(isResource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => conditionFits(version, operator, key, wanted, values)),
    )
  );
}

function principalFits(named: RawPrincipal, caller: RequestPrincipal): boolean {
  if (named === '*' || named['AWS']?.includes('*')) return true;
  if (caller.kind === 'service') return named['Service']?.includes(caller.service) ?? false;
  if (caller.kind !== 'aws') return false;
  const { account, arn, roleArn } = caller;
  return (named['AWS'] ?? []).some((name) => [account, `arn:aws:iam::${account}:root`, arn, roleArn].includes(name));
}

function conditionFits(version: string, operator: string, key: string, wanted: readonly string[], values: Values): boolean {
  const has = Object.entries(values).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1] ?? [];
  const [, set, base, ifExists] = /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) as unknown as string[];
  if (base === 'Null') return wanted.includes('true') ? has.length === 0 : has.length > 0;
  if (has.length === 0) {
    if (ifExists !== undefined || set === 'ForAllValues:') return true;
    return set === undefined && /Not/.test(base as string);
  }
  const not = /Not/.test(base as string);
  const positive = (base as string).replace('Not', '');
  const fits = (value: string): boolean => {
    const some = wanted.some((text) => valueFits(version, positive, text, value, values));
    return not ? !some : some;
  };
  if (set === 'ForAllValues:') return has.every((value) => value === '') || has.every(fits);
  if (set === 'ForAnyValue:') return !has.every((value) => value === '') && has.some(fits);
  return not ? has.every(fits) : has.some(fits);
}

function valueFits(version: string, operator: string, wanted: string, value: string, values: Values): boolean {
  const order = (a: number, b: number): boolean => {
    if (Number.isNaN(a) || Number.isNaN(b)) return false;
    if (operator.endsWith('LessThan')) return a < b;
    if (operator.endsWith('LessThanEquals')) return a <= b;
    if (operator.endsWith('GreaterThan')) return a > b;
    if (operator.endsWith('GreaterThanEquals')) return a >= b;
    return a === b;
  };
  if (operator.startsWith('Numeric')) return order(number(value), number(wanted));
  if (operator.startsWith('Date')) return order(moment(value), moment(wanted));
  if (operator === 'IpAddress') return inRange(value, wanted);
  if (operator === 'BinaryEquals') return Buffer.from(value, 'base64').equals(Buffer.from(wanted, 'base64'));
  if (operator.startsWith('Arn')) return arnFits(version, wanted, value, values);
  const text = substitute(version, wanted, values);
  if (text === undefined) return false;
  if (operator === 'StringLike') return glob(text).test(value);
  if (operator === 'StringEquals') return plain(text) === value;
  return plain(text).toLowerCase() === value.toLowerCase();
}

/** A variable's value is put in as text that no longer means anything else: each character as \\u{…}. */
function substitute(version: string, pattern: string, values: Values): string | undefined {
  if (version !== '2012-10-17') return pattern;
  let missing = false;
  const done = pattern.replace(/\$\{([^}]*)\}/g, (_all, inner: string) => {
    if (['*', '?', '$'].includes(inner)) return quote(inner);
    const [key, fallback] = inner.split(', ') as [string, string | undefined];
    const found = Object.entries(values).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
    const value = found?.length === 1 ? found[0] : fallback?.replace(/^'|'$/g, '');
    if (value === undefined) missing = true;
    return quote(value ?? '');
  });
  return missing ? undefined : done;
}

function quote(text: string): string {
  return [...text].map((char) => String.fromCodePoint(0xf0000 + (char.codePointAt(0) as number))).join('');
}

function unquote(text: string): string {
  return [...text]
    .map((char) => {
      const code = char.codePointAt(0) as number;
      return code >= 0xf0000 ? String.fromCodePoint(code - 0xf0000) : char;
    })
    .join('');
}

const plain = unquote;

function glob(pattern: string): RegExp {
  const source = [...pattern]
    .map((char) => (char === '*' ? '.*' : char === '?' ? '.' : unquote(char).replace(/[^a-zA-Z0-9]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 's');
}

function arnFits(version: string, pattern: string, arn: string, values: Values): boolean {
  const text = substitute(version, pattern, values);
  if (text === undefined) return false;
  if (/^\*+$/.test(text)) return true;
  const wanted = unquoteColons(text).split(':');
  const given = arn.split(':');
  if (wanted.length < 6 || given.length < 6 || /^\*+$/.test(wanted[2] as string)) return false;
  return (
    [0, 1, 2, 3, 4].every((i) => glob(wanted[i] as string).test(given[i] as string)) &&
    glob(wanted.slice(5).join(':')).test(given.slice(5).join(':'))
  );
}

function unquoteColons(text: string): string {
  return text.replaceAll(quote(':'), ':');
}

function number(text: string): number {
  return text.trim() === '' || !/^[\s0-9.eE+-]+$/.test(text) ? Number.NaN : Number(text);
}

function moment(text: string): number {
  return /^\d{5,}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function inRange(address: string, range: string): boolean {
  const [base, bits = '32'] = range.split('/') as [string, string?];
  const binary = (text: string): string =>
    text
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  return /^[\d.]+$/.test(address) && binary(address).slice(0, Number(bits)) === binary(base).slice(0, Number(bits));
}

// ---- the random documents ----

let state = 20261122;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

function pick<T>(from: readonly T[]): T {
  return from[random(from.length)] as T;
}

function some<T>(from: readonly T[], most = 3): T[] {
  return Array.from({ length: 1 + random(most) }, () => pick(from));
}

const A = '111111111111';
const B = '222222222222';
const users = [`arn:aws:iam::${A}:user/anna`, `arn:aws:iam::${A}:user/bob`, `arn:aws:iam::${B}:user/anna`];
const callers: readonly RequestPrincipal[] = [
  { kind: 'aws', account: A, arn: users[0] as string },
  { kind: 'aws', account: B, arn: users[2] as string },
  { kind: 'aws', account: A, arn: `arn:aws:sts::${A}:assumed-role/R/s`, roleArn: `arn:aws:iam::${A}:role/R` },
  { kind: 'service', service: 'apigateway.amazonaws.com' },
  { kind: 'anonymous' },
];
const namedPrincipals: readonly RawPrincipal[] = [
  '*',
  { AWS: ['*'] },
  { AWS: [A] },
  { AWS: [`arn:aws:iam::${A}:root`] },
  { AWS: users.slice(0, 2) },
  { AWS: [`arn:aws:iam::${A}:role/R`] },
  { AWS: [`arn:aws:sts::${A}:assumed-role/R/s`, B] },
  { Service: ['apigateway.amazonaws.com'] },
  { Service: ['s3.amazonaws.com'], AWS: [B] },
];
const actions = ['execute-api:Invoke', 'execute-api:ManageConnections', 'lambda:InvokeFunction', 'lambda:GetFunction'];
const actionPatterns = [...actions, '*', 'execute-api:*', 'Execute-API:Inv*', 'lambda:*Function', 'lambda:?et*'];
const api = `arn:aws:execute-api:us-east-1:${A}:api1`;
const resources = [
  `${api}/prod/GET/pets`,
  `${api}/prod/POST/pets`,
  `${api}/prod/GET/users/anna`,
  `${api}/prod/GET/users/bob/x`,
  `arn:aws:lambda:us-east-1:${A}:function:f:1`,
  `arn:aws:s3:::bucket/a*b`,
];
const resourcePatterns = [
  '*',
  ...resources,
  `${api}/*`,
  `${api}/*/GET/*`,
  `${api}/prod/???/pets`,
  `arn:aws:execute-api:*:${A}:*`,
  `arn:aws:execute-api:us-*-1:*:api1/prod/*`,
  'arn:aws:lambda:*:*:function:*',
  'arn:*:lambda:us-east-1:*:*',
  `${api}/prod/GET/users/\${aws:username}`,
  `${api}/prod/GET/users/\${aws:username}/*`,
  `${api}/prod/GET/users/\${aws:none, 'bob'}/*`,
  `${api}/prod/GET/users/\${aws:none}`,
  `${api}/prod/GET/\${tag}`,
  'arn:aws:s3:::bucket/a${*}b',
  'arn:aws:s3:::bucket/${star}',
];
const contexts: readonly Values[] = [
  {},
  {
    'aws:username': ['anna'],
    'aws:SourceIp': ['10.0.0.7'],
    n: ['5'],
    d: ['2026-11-22T12:00:00Z'],
    flag: ['true'],
    tag: ['pets'],
  },
  {
    'aws:username': ['bob'],
    'aws:SourceIp': ['203.0.113.9'],
    n: ['7.5'],
    d: ['1795348800'],
    flag: ['false'],
    tags: ['a', 'b'],
    star: ['*'],
  },
  {
    'aws:username': ['*'],
    n: ['many'],
    d: ['soon'],
    tags: ['a', 'a'],
    tag: ['*'],
    arn: [`${api}/prod/GET/pets`],
    blob: ['aGk='],
  },
  { tags: [''], tag: ['PETS'], arn: ['no arn'], 'aws:SourceIp': ['here'], flag: ['TRUE'], star: ['b', 'c'], n: ['-1e3'] },
  { tags: ['a', 'b', 'c'], arn: [`${api}/x/GET/pets`, resources[4] as string], 'AWS:UserName': ['anna'], blob: ['aGl='] },
];
const textValues = [
  'a',
  'b',
  'anna',
  'A*',
  'pets',
  'p?ts',
  '*',
  '',
  '${aws:username}',
  "${aws:none, 'a'}",
  '${none}',
  '${*}',
  'PETS',
  'true',
];
const families: readonly {
  readonly operators: readonly string[];
  readonly keys: readonly string[];
  readonly values: readonly string[];
}[] = [
  {
    operators: [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    keys: ['aws:username', 'tag', 'tags', 'star', 'AWS:USERNAME'],
    values: textValues,
  },
  {
    operators: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
      (o) => `Numeric${o}`,
    ),
    keys: ['n', 'tag'],
    values: ['5', '7.50', '-1000', '1e1', '+5'],
  },
  {
    operators: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((o) => `Date${o}`),
    keys: ['d'],
    values: ['2026-11-22T12:00:00Z', '2026-11-22', '1795348800', '2027-01-01T00:00:00+01:00', '2020'],
  },
  { operators: ['Bool'], keys: ['flag', 'tag'], values: ['true', 'false'] },
  { operators: ['BinaryEquals'], keys: ['blob'], values: ['aGk=', 'aGl='] },
  {
    operators: ['IpAddress', 'NotIpAddress'],
    keys: ['aws:SourceIp'],
    values: ['10.0.0.0/8', '203.0.113.9', '0.0.0.0/0', '10.0.0.0/30'],
  },
  { operators: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'], keys: ['arn'], values: resourcePatterns },
  { operators: ['Null'], keys: ['tag', 'tags', 'n', 'arn'], values: ['true', 'false'] },
];

function randomConditions(): Conditions {
  const made: Record<string, Record<string, readonly string[]>> = {};
  for (let i = random(3); i > 0; i--) {
    const { operators, keys, values } = pick(families);
    const base = pick(operators);
    const operator =
      base === 'Null' ? base : `${pick(['', '', 'ForAllValues:', 'ForAnyValue:'])}${base}${pick(['', '', 'IfExists'])}`;
    made[operator] = { ...made[operator], [pick(keys)]: some(values) };
  }
  return made;
}

function randomStatement(kind: 'resource' | 'identity'): RawStatement {
  const principal = kind === 'identity' ? {} : { [pick(['Principal', 'Principal', 'NotPrincipal'])]: pick(namedPrincipals) };
  const condition = randomConditions();
  return {
    Effect: pick(['Allow', 'Allow', 'Deny'] as const),
    ...principal,
    [pick(['Action', 'Action', 'Action', 'NotAction'])]: some(actionPatterns),
    [pick(['Resource', 'Resource', 'Resource', 'NotResource'])]: some(resourcePatterns),
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

test('both evaluators agree on random policies', () => {
  const answers = new Map<string, number>();
  let requests = 0;
  for (let i = 0; i < 4000; i++) {
    const kind = pick(['resource', 'identity'] as const);
    const Version = pick(['2012-10-17', '2012-10-17', '2008-10-17']);
    const Statement = Array.from({ length: 1 + random(3) }, () => randomStatement(kind));
    const policy = compilePolicy({ Version, Statement }, kind);
    assert.ok(!isFault(policy), JSON.stringify(policy));
    for (let j = 0; j < 10; j++) {
      const request: RawRequest = {
        principal: pick(callers),
        action: pick(actions),
        resource: pick(resources),
        values: pick(contexts),
      };
      const { principal, action, resource, values } = request;
      const { effect } = evaluatePolicies([policy], { principal, action, resource, context: conditionContext(values) });
      const expected = oracle(Version, Statement, request);
      assert.equal(effect, expected, `${effect}, but ${expected}: ${JSON.stringify({ Version, Statement, request }, null, 2)}`);
      answers.set(effect, (answers.get(effect) ?? 0) + 1);
      requests++;
    }
  }
  assert.equal(requests, 40_000);
  for (const effect of ['allow', 'explicitDeny', 'implicitDeny'])
    assert.ok((answers.get(effect) ?? 0) > 2000, `${effect} is rare`);
});
