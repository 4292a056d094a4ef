// What a web ACL answers, counts, logs and keeps samples of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InspectedRequest } from '../../../data-plane/web-acls.ts';
import type { MetricPoint } from '../../../model/metric.ts';
import type { GroupRule, PlainRule, RuleAction, WebAclRule } from '../inspection/rule.ts';
import { ChallengeTokens } from './challenge-tokens.ts';
import { RequestSamples } from './request-samples.ts';
import { RunningWebAcl } from './running-web-acl.ts';
import { WebAclCounts } from './web-acl-counts.ts';
import { WebAclLog } from './web-acl-log.ts';

const NOW = Date.UTC(2026, 10, 1);
const ARN = 'arn:aws:wafv2:us-east-1:000000000000:regional/webacl/shop/a1';
const SOURCE = '000000000000:a1b2c3:prod';

function does(name: RuleAction['name'], more: Partial<RuleAction> = {}): RuleAction {
  return { name, insertedHeaders: [], answer: undefined, immunitySeconds: 300, ...more };
}

function rule(name: string, action: RuleAction, more: Partial<PlainRule> = {}): PlainRule {
  return {
    ...{ kind: 'plain', name, metricName: `${name}Metric`, isSampled: true, isMeasured: true, labels: [], overridden: undefined },
    ...{ matches: () => true, action, ...more },
  };
}

function request(headers: readonly string[] = [], more: Partial<InspectedRequest> = {}): InspectedRequest {
  return {
    ...{ clientIp: '192.0.2.1', method: 'POST', path: '/prod/pets', query: 'a=1', headers, body: 'he', bodyLength: 5 },
    ...{ httpVersion: 'HTTP/1.1', scheme: 'http', host: 'api.example.com', requestId: 'GINMHHUgoAMFxug=', at: NOW, ...more },
  };
}

type Logging = ConstructorParameters<typeof WebAclLog>[2];

function running(
  rules: readonly WebAclRule[],
  { by = does('ALLOW'), logging = {} }: { by?: RuleAction; logging?: Logging } = {},
) {
  const tokens = new ChallengeTokens();
  const samples = new RequestSamples();
  const lines: string[] = [];
  const webAcl = { scope: { account: '000000000000', region: 'us-east-1' }, metricName: 'shopMetric', isMeasured: true };
  const counts = new WebAclCounts({ counts() {} }, webAcl);
  const log = new WebAclLog(ARN, { write: (line) => lines.push(line) }, logging);
  const acl = new RunningWebAcl({
    ...{ arn: ARN, ruleSet: { rules, defaultAction: by }, bodyBytes: 16_384, isSampled: true },
    ...{ tokens, counts, samples, log },
  });
  return {
    ...{ tokens, samples, lines },
    inspect: (shown = request()) => acl.inspect(shown, SOURCE),
    counted(): Record<string, number> {
      const points: MetricPoint[] = [];
      counts.take(NOW, points);
      return Object.fromEntries(
        points.map(({ metric: { metricName, dimensions }, distribution }) => {
          assert.equal(dimensions.at(-1)?.value, 'us-east-1');
          const named = dimensions.slice(0, -1).map(({ name, value }) => `${name}=${value}`);
          return [`${metricName} ${named.join(' ')}`, distribution.sum];
        }),
      );
    },
  };
}

const xss = { conditionType: 'XSS', location: 'BODY', matchedData: ['<', 'script'] } as const;
const group: GroupRule = {
  ...{ kind: 'group', name: 'common', metricName: 'commonMetric', isSampled: true, isMeasured: true, labels: [] },
  ...{ isManaged: true, groupId: 'AWS#AWSManagedRulesCommonRuleSet', scope: undefined, countsOnly: false },
  rules: [
    rule('noisy', does('COUNT'), { overridden: 'BLOCK', labels: ['awswaf:managed:aws:core-rule-set:Noisy'] }),
    rule('scripts', does('BLOCK'), {
      matches({ details }) {
        details.push(xss);
        return true;
      },
    }),
  ],
};

test('a record of the log says which rule decided, which only counted, and what was looked at', () => {
  const { inspect, lines } = running([rule('first', does('COUNT')), group]);
  assert.equal(inspect(request(['Host', 'api.example.com', 'Cookie', 'a=b'])).action, 'BLOCK');
  assert.deepEqual(JSON.parse(lines[0] ?? ''), {
    timestamp: NOW,
    formatVersion: 1,
    webaclId: ARN,
    terminatingRuleId: 'common',
    terminatingRuleType: 'MANAGED_RULE_GROUP',
    action: 'BLOCK',
    terminatingRuleMatchDetails: [xss],
    httpSourceName: 'APIGW',
    httpSourceId: SOURCE,
    ruleGroupList: [
      {
        ruleGroupId: 'AWS#AWSManagedRulesCommonRuleSet',
        terminatingRule: { ruleId: 'scripts', action: 'BLOCK', ruleMatchDetails: [xss] },
        nonTerminatingMatchingRules: [{ ruleId: 'noisy', action: 'COUNT', ruleMatchDetails: [], overriddenAction: 'BLOCK' }],
        excludedRules: null,
        customerConfig: null,
      },
    ],
    rateBasedRuleList: [],
    nonTerminatingMatchingRules: [{ ruleId: 'first', action: 'COUNT', ruleMatchDetails: [] }],
    requestHeadersInserted: null,
    responseCodeSent: null,
    httpRequest: {
      ...{ clientIp: '192.0.2.1', country: '-', uri: '/prod/pets', args: 'a=1', httpVersion: 'HTTP/1.1', httpMethod: 'POST' },
      headers: [
        { name: 'Host', value: 'api.example.com' },
        { name: 'Cookie', value: 'a=b' },
      ],
      ...{ requestId: 'GINMHHUgoAMFxug=', fragment: '', scheme: 'http', host: 'api.example.com' },
    },
    labels: [{ name: 'awswaf:managed:aws:core-rule-set:Noisy' }],
    requestBodySize: 5,
    requestBodySizeInspectedByWAF: 2,
    oversizeFields: ['REQUEST_BODY'],
  });
});

test('redacted fields are in no record', () => {
  const RedactedFields = [{ SingleHeader: { Name: 'COOKIE' } }, { UriPath: {} }, { QueryString: {} }, { Method: {} }] as const;
  const { inspect, lines } = running([], { logging: { RedactedFields } });
  inspect(request(['Cookie', 'secret', 'X-Other', 'shown']));
  assert.equal(/secret|pets|a=1|POST/.test(lines[0] ?? ''), false);
  assert.match(lines[0] ?? '', /shown/);
});

test('a filter keeps what it names', () => {
  const filter = (
    Behavior: 'KEEP' | 'DROP',
    DefaultBehavior: 'KEEP' | 'DROP',
    conditions: readonly object[],
    Requirement = 'MEETS_ANY',
  ) => ({
    LoggingFilter: { DefaultBehavior, Filters: [{ Behavior, Requirement: Requirement as 'MEETS_ANY', Conditions: conditions }] },
  });
  const action = (Action: string) => ({ ActionCondition: { Action } });
  const label = { LabelNameCondition: { LabelName: 'awswaf:managed:aws:core-rule-set:Noisy' } };
  const rows: readonly (readonly [string, object, number])[] = [
    ['blocked ones', filter('KEEP', 'DROP', [action('BLOCK')]), 1],
    ['allowed ones only', filter('KEEP', 'DROP', [action('ALLOW')]), 0],
    ['none of the blocked', filter('DROP', 'KEEP', [action('BLOCK')]), 0],
    ['by a label', filter('KEEP', 'DROP', [label]), 1],
    ['all conditions', filter('KEEP', 'DROP', [label, action('ALLOW')], 'MEETS_ALL'), 0],
    ['a counted rule', filter('KEEP', 'DROP', [action('COUNT')]), 1],
    ['a rule of a group that counts against its own action', filter('KEEP', 'DROP', [action('EXCLUDED_AS_COUNT')]), 1],
  ];
  for (const [what, logging, kept] of rows) {
    const { inspect, lines } = running([group], { logging });
    inspect();
    assert.equal(lines.length, kept, what);
  }
});

test('what is counted, by rule, by group and by label', () => {
  const { inspect, counted } = running([rule('first', does('COUNT')), rule('off', does('COUNT'), { isMeasured: false }), group]);
  inspect();
  inspect();
  assert.deepEqual(counted(), {
    'BlockedRequests WebACL=shopMetric Rule=ALL': 2,
    'BlockedRequests WebACL=shopMetric Rule=commonMetric': 2,
    'CountedRequests WebACL=shopMetric Rule=firstMetric': 2,
    'BlockedRequests RuleGroup=commonMetric Rule=scriptsMetric': 2,
    'CountedRequests RuleGroup=commonMetric Rule=noisyMetric': 2,
    'BlockedRequests WebACL=shopMetric LabelNamespace=awswaf:managed:aws:core-rule-set Label=Noisy': 2,
  });
  assert.deepEqual(counted(), {}, 'once');
  const passing = running([{ ...group, countsOnly: true }]);
  passing.inspect();
  assert.deepEqual(passing.counted(), {
    'AllowedRequests WebACL=shopMetric Rule=ALL': 1,
    'AllowedRequests WebACL=shopMetric Rule=Default_Action': 1,
    'CountedRequests WebACL=shopMetric Rule=commonMetric': 1,
    'BlockedRequests RuleGroup=commonMetric Rule=scriptsMetric': 1,
    'CountedRequests RuleGroup=commonMetric Rule=noisyMetric': 1,
    'AllowedRequests WebACL=shopMetric LabelNamespace=awswaf:managed:aws:core-rule-set Label=Noisy': 1,
  });
});

test('samples by rule, with what there were in all', () => {
  const { inspect, samples } = running([rule('bad', does('BLOCK'), { matches: (looked) => looked.request.query === 'bad' })]);
  for (let i = 0; i < 600; i++) inspect(request([], { query: i % 2 === 0 ? 'bad' : 'good', at: NOW + i }));
  const find = (name: string, from = NOW, to = NOW + 60_000, max = 500) => samples.find(name, from, to, max);
  const bad = find('badMetric');
  assert.equal(bad.population, 300);
  assert.deepEqual([...new Set(bad.samples.map((sample) => `${sample.action} ${sample.request.query}`))], ['BLOCK bad']);
  assert.equal(find('ALL').samples.length, 500);
  assert.equal(find('ALL').population, 600);
  assert.deepEqual(
    find('ALL', NOW, NOW + 60_000, 2).samples.map(({ at }) => at - NOW),
    [598, 599],
    'the newest',
  );
  assert.equal(
    find('Default_Action').samples.every((sample) => sample.request.query === 'good'),
    true,
  );
  assert.deepEqual(find('ALL', NOW - 60_000, NOW), { samples: [], population: 0 });
});

test('a challenge and a CAPTCHA answer a page to who takes one, and let a solved one pass', () => {
  for (const [action, status, header] of [
    ['CHALLENGE', 202, 'challenge'],
    ['CAPTCHA', 405, 'captcha'],
  ] as const) {
    const { inspect, tokens } = running([rule('asks', does(action))]);
    const plain = inspect(request(['Accept', 'application/json'])).answer;
    assert.equal(plain?.status, status);
    assert.deepEqual(
      [plain?.body, plain?.contentType, plain?.headers.slice(0, 2)],
      ['', undefined, ['x-amzn-waf-action', header]],
    );
    const page = inspect(request(['accept', 'text/html,*/*'])).answer;
    assert.match(page?.body ?? '', /^<!DOCTYPE html>/);
    const { token, digits } = tokens.issue('CAPTCHA', NOW);
    const solved = `${token}.${digits}`;
    for (const headers of [
      ['Cookie', `a=b; aws-waf-token=${solved}`],
      ['X-Aws-Waf-Token', solved],
    ]) {
      assert.equal(inspect(request(headers)).action, 'ALLOW');
      assert.equal(inspect(request(headers, { at: NOW + 300_000 })).action, action, 'too old');
    }
  }
});
