import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate, type HasSolved } from './evaluation.ts';
import { budgetOf } from './inspection-budget.ts';
import type { Inspection } from './matcher.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { GroupRule, PlainRule, RateRule, RuleAction, WebAclRule } from './rule.ts';
import type { WebRequest } from './web-request.ts';

const NOW = Date.UTC(2026, 10, 1);

const request: WebRequest = {
  ...{ clientIp: '192.0.2.1', method: 'GET', path: '/prod/pets', query: '', headers: [], body: '', bodyLength: 0 },
};

function inspection(now = NOW): Inspection & { labels: Set<string> } {
  return { request, labels: new Set(), now, details: [], worked: new Map() };
}

function action(name: RuleAction['name'], insertedHeaders: readonly string[] = []): RuleAction {
  return { name, insertedHeaders, answer: undefined, immunitySeconds: 300 };
}

function rule(name: string, does: RuleAction, more: Partial<PlainRule> = {}): PlainRule {
  return {
    ...{ kind: 'plain', name, metricName: name, isSampled: true, isMeasured: true, labels: [], matches: () => true },
    ...{ action: does, overridden: undefined, ...more },
  };
}

function group(name: string, rules: GroupRule['rules'], more: Partial<GroupRule> = {}): GroupRule {
  return {
    ...{ kind: 'group', name, metricName: name, isSampled: true, isMeasured: true, isManaged: false },
    ...{ groupId: name, scope: undefined, rules, countsOnly: false, ...more },
  };
}

const nobodySolved: HasSolved = () => false;

function decided(rules: readonly WebAclRule[], { by = action('ALLOW'), hasSolved = nobodySolved } = {}) {
  const looked = inspection();
  const found = evaluate({ rules, defaultAction: by }, looked, hasSolved);
  return {
    ...{ action: found.action, rule: found.terminating?.name, counted: found.counted.map((match) => match.rule.name) },
    ...{ headers: found.insertedHeaders, labels: [...looked.labels] },
  };
}

const no = { matches: () => false };
const seen = (label: string) => ({ matches: ({ labels }: Inspection) => labels.has(label) });
const nothing = { counted: [], headers: [], labels: [] };

test('the first rule that decides decides', () => {
  const rows: readonly (readonly [string, ReturnType<typeof decided>, ReturnType<typeof decided>])[] = [
    ['no rule: the default', decided([], { by: action('BLOCK') }), { action: 'BLOCK', rule: undefined, ...nothing }],
    ['no match: the default', decided([rule('a', action('BLOCK'), no)]), { action: 'ALLOW', rule: undefined, ...nothing }],
    [
      'Allow ends it',
      decided([rule('a', action('ALLOW')), rule('b', action('BLOCK'))]),
      { action: 'ALLOW', rule: 'a', ...nothing },
    ],
    [
      'Count goes on',
      decided([rule('a', action('COUNT')), rule('b', action('BLOCK'))]),
      { ...nothing, action: 'BLOCK', rule: 'b', counted: ['a'] },
    ],
    [
      'a label is there for the rules behind, not for those before',
      decided([
        rule('early', action('BLOCK'), seen('x')),
        rule('labels', action('COUNT'), { labels: ['x'] }),
        rule('late', action('BLOCK'), seen('x')),
      ]),
      { action: 'BLOCK', rule: 'late', counted: ['labels'], headers: [], labels: ['x'] },
    ],
    [
      'the last rule that sets a header wins',
      decided([rule('a', action('COUNT', ['x-amzn-waf-n', '1'])), rule('b', action('ALLOW', ['x-amzn-waf-n', '2']))]),
      { action: 'ALLOW', rule: 'b', counted: ['a'], headers: ['x-amzn-waf-n', '2'], labels: [] },
    ],
    [
      'no headers with a Block',
      decided([rule('a', action('COUNT', ['x-amzn-waf-n', '1'])), rule('b', action('BLOCK'))]),
      { action: 'BLOCK', rule: 'b', counted: ['a'], headers: [], labels: [] },
    ],
    [
      'the default action inserts headers, too',
      decided([], { by: action('ALLOW', ['x-amzn-waf-n', '3']) }),
      { action: 'ALLOW', rule: undefined, counted: [], headers: ['x-amzn-waf-n', '3'], labels: [] },
    ],
    [
      'a challenge that nobody solved',
      decided([rule('a', action('CHALLENGE')), rule('b', action('BLOCK'))]),
      { action: 'CHALLENGE', rule: 'a', ...nothing },
    ],
    [
      'one that was solved counts',
      decided([rule('a', action('CAPTCHA'))], { hasSolved: () => true }),
      { action: 'ALLOW', rule: undefined, counted: ['a'], headers: [], labels: [] },
    ],
    [
      'a group decides for the web ACL',
      decided([group('g', [rule('a', action('COUNT'), { labels: ['x'] }), rule('b', action('BLOCK'))])]),
      { action: 'BLOCK', rule: 'g', counted: [], headers: [], labels: ['x'] },
    ],
    [
      'a group that only counts ends at its first deciding rule, and the request goes on',
      decided([
        group('g', [rule('a', action('BLOCK'), { labels: ['x'] }), rule('b', action('BLOCK'), { labels: ['y'] })], {
          countsOnly: true,
        }),
        rule('c', action('BLOCK'), seen('x')),
      ]),
      { action: 'BLOCK', rule: 'c', counted: [], headers: [], labels: ['x'] },
    ],
    [
      'a group looks at what its scope leaves',
      decided([group('g', [rule('a', action('BLOCK'))], { scope: () => false })]),
      { action: 'ALLOW', rule: undefined, ...nothing },
    ],
  ];
  for (const [what, found, expected] of rows) assert.deepEqual(found, expected, what);
});

test('details of what did not match are forgotten, those of a match belong to its rule', () => {
  const detail = { conditionType: 'XSS', location: 'BODY', matchedData: ['<'] } as const;
  const telling = (matched: boolean) => ({
    matches: ({ details }: Inspection) => {
      details.push(detail);
      return matched;
    },
  });
  const rules = [
    rule('misses', action('BLOCK'), telling(false)),
    rule('counts', action('COUNT'), telling(true)),
    rule('blocks', action('BLOCK'), telling(true)),
  ];
  const found = evaluate({ rules, defaultAction: action('ALLOW') }, inspection(), nobodySolved);
  assert.deepEqual(found.counted[0]?.details, [detail]);
  assert.deepEqual(found.terminatingDetails, [detail]);
});

test('a rate is judged over a window that slides, for each key', () => {
  const limiter = new RateLimiter({
    ...{ limit: 3, windowSeconds: 60, scope: undefined },
    keyOf: ({ request: { clientIp } }) => (clientIp === '' ? undefined : clientIp),
  });
  const from = (clientIp: string, seconds: number): boolean =>
    limiter.take({ ...inspection(NOW + seconds * 1000), request: { ...request, clientIp } }) !== undefined;
  assert.deepEqual(
    [from('a', 0), from('a', 1), from('a', 2), from('a', 3), from('b', 3), from('', 3)],
    [false, false, false, true, false, false],
  );
  assert.deepEqual(limiter.limited(NOW + 4000), ['a']);
  assert.equal(from('a', 59), true, 'five within sixty seconds');
  assert.equal(from('a', 61), false, 'the first four are out of the window');
  assert.equal(from('a', -30), false, 'a clock that was put back is no new window');
  assert.equal(from('a', 64), true, 'but what came then counts');
  assert.deepEqual(limiter.limited(NOW + 600_000), []);
});

test('a rate limit forgets the oldest keys, not the newest', () => {
  const limiter = new RateLimiter({ limit: 1, windowSeconds: 60, scope: undefined, keyOf: ({ request: { path } }) => path });
  const take = (path: string): boolean => limiter.take({ ...inspection(), request: { ...request, path } }) !== undefined;
  for (let i = 0; i < 20_001; i++) take(`/${i}`);
  assert.equal(take('/20000'), true);
  assert.equal(take('/0'), false);
});

test('the labels of a rate-based rule are there only while it limits', () => {
  const limiter = new RateLimiter({ limit: 1, windowSeconds: 60, scope: undefined, keyOf: () => '' });
  const limited: RateRule = {
    ...{ kind: 'rate', name: 'r', metricName: 'r', isSampled: true, isMeasured: true, labels: ['limited'] },
    ...{ limiter, limitKey: 'CONSTANT', action: action('COUNT'), overridden: undefined },
  };
  const labels = [1, 2].map(() => {
    const looked = inspection();
    evaluate({ rules: [limited], defaultAction: action('ALLOW') }, looked, nobodySolved);
    return [...looked.labels];
  });
  assert.deepEqual(labels, [[], ['limited']]);
});

test('a request that is too much work is refused, whatever later rules say; a Block stands', () => {
  const exhausting = rule('looks', action('COUNT'), {
    matches(looked) {
      budgetOf(looked).exceed();
      return false;
    },
  });
  assert.equal(decided([exhausting, rule('b', action('ALLOW'))]).action, 'BLOCK');
  assert.equal(decided([exhausting]).rule, undefined);
  assert.equal(decided([exhausting, rule('b', action('BLOCK'))]).rule, 'b');
  assert.equal(decided([rule('a', action('ALLOW')), exhausting]).action, 'ALLOW', 'decided before');
});
