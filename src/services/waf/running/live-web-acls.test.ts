// Web ACLs in front of stages follow what is kept: associations, rules, sets, logging; rates go on when their rule did not change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineSink } from '../../../data-plane/ports.ts';
import type { InspectedRequest } from '../../../data-plane/web-acls.ts';
import { createMemoryStore } from '../../../store/memory.ts';
import { bodyWanted } from '../inspection/body-wanted.ts';
import { newStatementCompiler } from '../inspection/compile-statement.ts';
import { compileRateKey } from '../inspection/rate-key.ts';
import type { RuleDocument, StatementDocument } from '../rule-document.ts';
import {
  associationKind,
  type IpSetDocument,
  ipSetKind,
  loggingKind,
  type RuleGroupDocument,
  ruleGroupKind,
  type WebAclDocument,
  webAclKind,
} from '../waf-documents.ts';
import { LiveWebAcls } from './live-web-acls.ts';

const scope = { account: '000000000000', region: 'us-east-1' };
const stage = { scope, apiId: 'pets', stageName: 'prod' };
const arnOf = (kind: string, name: string): string => `arn:aws:wafv2:us-east-1:000000000000:regional/${kind}/${name}/id`;
const visibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'm' };
const entity = (kind: string, name: string) => ({ name, id: name, arn: arnOf(kind, name), description: '', tags: {} });

let tokens = 0;

function webAcl(rules: readonly RuleDocument[], more: Partial<WebAclDocument> = {}): WebAclDocument {
  return {
    ...{ ...entity('webacl', 'shop'), lockToken: String(tokens++), rules, visibilityConfig, capacity: 1 },
    ...{ labelNamespace: 'awswaf:000000000000:webacl:shop:', defaultAction: { Allow: {} }, ...more },
  };
}

function rule(Name: string, Statement: StatementDocument, more: Partial<RuleDocument> = {}): RuleDocument {
  return { Name, Priority: 0, Statement, Action: { Block: {} }, VisibilityConfig: visibilityConfig, ...more };
}

const ipRule = rule('ips', { IPSetReferenceStatement: { ARN: arnOf('ipset', 'mine') } });
const rateRule = (Limit: number): RuleDocument => rule('fast', { RateBasedStatement: { Limit, AggregateKeyType: 'IP' } });

async function served() {
  const store = createMemoryStore();
  const lines: string[] = [];
  const opened: string[] = [];
  const errors: unknown[] = [];
  const live = new LiveWebAcls({
    store,
    compiler: {
      compileStatement: newStatementCompiler({ sqlInjection: () => undefined, crossSiteScripting: () => undefined }),
      compileRateKey,
    },
    wantsBody: ({ Statement }) => Statement !== undefined && bodyWanted(Statement),
    metrics: { counts() {} },
    onError: (error) => errors.push(error),
    openLog: (_scope, group, stream): LineSink => {
      opened.push(`${group} ${stream}`);
      return { write: (line) => lines.push(line) };
    },
  });
  store.subscribe((changes) => live.apply(changes));
  const put = (kind: string, id: string, document: object, parent = 'REGIONAL') =>
    store.transact((transaction) => transaction.put({ scope, kind, parent, id }, document));
  const bound = live.bind(stage);
  const request: InspectedRequest = {
    ...{ clientIp: '192.0.2.1', method: 'GET', path: '/prod/pets', query: '', headers: [], body: '', bodyLength: 0 },
    ...{ httpVersion: 'HTTP/1.1', scheme: 'http', host: 'h', requestId: 'r=', at: Date.UTC(2026, 10, 1) },
  };
  await put(webAclKind, 'shop', webAcl([]));
  return {
    ...{ live, store, bound, lines, opened, errors, put },
    set: (rules: readonly RuleDocument[], more: Partial<WebAclDocument> = {}) => put(webAclKind, 'shop', webAcl(rules, more)),
    ips: (...addresses: string[]) => {
      const set: IpSetDocument = { ...entity('ipset', 'mine'), lockToken: String(tokens++), ipAddressVersion: 'IPV4', addresses };
      return put(ipSetKind, 'mine', set);
    },
    associate: () =>
      put(
        associationKind,
        'stage',
        { resourceArn: 'stage', webAclArn: arnOf('webacl', 'shop'), restApiId: 'pets', stageName: 'prod' },
        '',
      ),
    action: () => bound.current?.inspect(request).action,
  };
}

test('a stage has a web ACL from the association on, until it ends', async () => {
  const { bound, live, store, associate, action } = await served();
  assert.equal(bound.current, undefined);
  await associate();
  assert.equal(action(), 'ALLOW');
  assert.equal(live.ofStage(scope, 'pets', 'prod'), arnOf('webacl', 'shop'));
  assert.equal(live.ofStage(scope, 'pets', 'dev'), undefined);
  assert.equal(live.bind({ ...stage, scope: { ...scope, region: 'eu-west-1' } }).current, undefined);
  await store.transact((transaction) => transaction.delete({ scope, kind: associationKind, parent: '', id: 'stage' }));
  assert.equal(bound.current, undefined);
});

test('a change of what rules refer to is seen by the next request', async () => {
  const { set, ips, associate, action, put } = await served();
  await associate();
  await ips('192.0.2.0/24');
  await set([ipRule]);
  assert.equal(action(), 'BLOCK');
  await ips('198.51.100.0/24');
  assert.equal(action(), 'ALLOW');
  const inGroup: RuleGroupDocument = {
    ...{ ...entity('rulegroup', 'g'), lockToken: 'a', rules: [ipRule], visibilityConfig, capacity: 1, labelNamespace: 'g:' },
  };
  await put(ruleGroupKind, 'g', inGroup);
  const reference = { RuleGroupReferenceStatement: { ARN: arnOf('rulegroup', 'g') } };
  const { Action: _, ...grouped } = rule('group', reference, { OverrideAction: { None: {} } });
  await set([grouped]);
  assert.equal(action(), 'ALLOW');
  await ips('192.0.2.1/32');
  assert.equal(action(), 'BLOCK', 'a set that a rule of a group refers to');
});

test('rates go on when another rule changes, and begin anew with their own', async () => {
  const { set, associate, action, live } = await served();
  await associate();
  await set([rateRule(10)]);
  for (let i = 0; i < 10; i++) assert.equal(action(), 'ALLOW');
  await set([rateRule(10), rule('never', { LabelMatchStatement: { Scope: 'LABEL', Key: 'x' } }, { Priority: 1 })]);
  assert.equal(action(), 'BLOCK');
  assert.deepEqual(live.limiterOf(arnOf('webacl', 'shop'), 'fast')?.limited(Date.UTC(2026, 10, 1)), ['192.0.2.1']);
  await set([rateRule(11)]);
  assert.equal(action(), 'ALLOW');
});

test('bodies are asked for only by rules that look at them, as much as the web ACL says', async () => {
  const { set, associate, bound } = await served();
  await associate();
  const looks = { FieldToMatch: { Body: {} }, TextTransformations: [{ Priority: 0, Type: 'NONE' as const }] };
  const xss = rule('xss', { NotStatement: { Statement: { XssMatchStatement: looks } } });
  assert.equal(bound.current?.bodyBytes, 0);
  await set([xss]);
  assert.equal(bound.current?.bodyBytes, 16_384);
  await set([xss], { associationConfig: { RequestBody: { API_GATEWAY: { DefaultSizeInspectionLimit: 'KB_64' } } } });
  assert.equal(bound.current?.bodyBytes, 65_536);
  const managed = { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } };
  const { Action: _, ...group } = rule('common', managed, { OverrideAction: { None: {} } });
  await set([group]);
  assert.equal(bound.current?.bodyBytes, 16_384, 'rules of a managed group');
});

test('a log begins and ends with its configuration', async () => {
  const { associate, action, put, store, lines, opened } = await served();
  await associate();
  action();
  assert.deepEqual(lines, []);
  const logging = { webAclArn: arnOf('webacl', 'shop'), destinationArn: 'd', logGroupName: 'aws-waf-logs-shop' };
  await put(loggingKind, 'shop', logging);
  action();
  assert.equal(lines.length, 1);
  assert.deepEqual(opened, ['aws-waf-logs-shop us-east-1_shop_0']);
  await store.transact((transaction) => transaction.delete({ scope, kind: loggingKind, parent: 'REGIONAL', id: 'shop' }));
  action();
  assert.equal(lines.length, 1);
});

test('samples outlive a change', async () => {
  const { set, associate, action, live, ips } = await served();
  await associate();
  action();
  await ips('192.0.2.0/24');
  await set([ipRule]);
  action();
  const samples = live.samplesOf(arnOf('webacl', 'shop'))?.find('ALL', 0, Number.MAX_SAFE_INTEGER, 500);
  assert.deepEqual(
    samples?.samples.map((sample) => sample.action),
    ['ALLOW', 'BLOCK'],
  );
});

test('rules that do not compile let nobody pass, and that is said', async () => {
  const { set, associate, action, errors } = await served();
  await associate();
  await set([ipRule]);
  assert.equal(action(), 'BLOCK', 'there is no such set');
  assert.match(String(errors[0]), /The web ACL shop refuses every request/);
  await set([]);
  assert.equal(action(), 'ALLOW');
});
