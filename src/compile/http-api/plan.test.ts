// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for stage variables, not templates
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { SlotAllocator } from '../slot-allocator.ts';
import { goldenCases } from '../testing/golden-cases.ts';
import { httpApi, httpProxy, lambda, service } from '../testing/http-api-builder.ts';
import { ACCOUNT_LIMITS, counterKeyPrefix, planHttpApi } from './plan.ts';

const allocator = () => new SlotAllocator(new Int32Array(new SharedArrayBuffer(4096)));

describe('golden plans', () => {
  const cases = goldenCases();
  test('there are enough of them', () => assert.ok(cases.length >= 12, `${cases.length} cases`));
  for (const { name, planFile, plan } of cases) {
    test(name, () => {
      assert.ok(existsSync(planFile), `${planFile} is missing: run npm run golden and read what it wrote`);
      assert.equal(plan, readFileSync(planFile, 'utf8'), 'the plan changed: run npm run golden and read the diff');
    });
  }
});

describe('planHttpApi', () => {
  test('is pure: the same input gives the same JSON', () => {
    const { snapshot, stage } = httpApi({ 'GET /a': lambda(), $default: httpProxy('http://localhost:1') });
    const slots = allocator();
    assert.deepEqual(planHttpApi(snapshot, stage, slots, ACCOUNT_LIMITS), planHttpApi(snapshot, stage, slots, ACCOUNT_LIMITS));
  });

  test('the source ARN that functions are called from has the partition of the region', () => {
    const arns = ['eu-west-1', 'cn-north-1', 'us-gov-west-1'].map((region) => {
      const { snapshot, stage } = httpApi({ 'GET /a': lambda() }, { region });
      const [route] = planHttpApi(snapshot, stage, allocator(), ACCOUNT_LIMITS).routes;
      return route?.integration.type === 'AWS_PROXY' ? route.integration.sourceArn : route?.integration.type;
    });
    assert.deepEqual(arns, [
      'arn:aws:execute-api:eu-west-1:000000000000:a1b2c3/$default/GET/a',
      'arn:aws-cn:execute-api:cn-north-1:000000000000:a1b2c3/$default/GET/a',
      'arn:aws-us-gov:execute-api:us-gov-west-1:000000000000:a1b2c3/$default/GET/a',
    ]);
  });

  test('a redeploy keeps the buckets of routes that stay', () => {
    const slots = allocator();
    const settings = { defaultRouteSettings: { throttlingBurstLimit: 5, throttlingRateLimit: 5 } };
    const before = httpApi({ 'GET /a': lambda(), 'GET /b': lambda() }, settings);
    const after = httpApi({ 'GET /new': lambda(), 'GET /b': lambda() }, settings);
    const slotOf = (routes: ReturnType<typeof planHttpApi>['routes'], key: string) =>
      routes.find((route) => route.routeKey === key)?.throttle?.slot;
    const first = planHttpApi(before.snapshot, before.stage, slots, ACCOUNT_LIMITS);
    const second = planHttpApi(after.snapshot, after.stage, slots, ACCOUNT_LIMITS);
    assert.equal(slotOf(second.routes, 'GET /b'), slotOf(first.routes, 'GET /b'));
    assert.notEqual(slotOf(second.routes, 'GET /new'), slotOf(first.routes, 'GET /a'));
    assert.equal(second.accountThrottle?.slot, first.accountThrottle?.slot);
  });

  test('counters of a deleted API can be released by its prefix without touching others', () => {
    const slots = allocator();
    const apiOf = (apiId: string) =>
      httpApi({ 'GET /a': lambda() }, { apiId, defaultRouteSettings: { throttlingBurstLimit: 5, throttlingRateLimit: 5 } });
    const slotOf = ({ snapshot, stage }: ReturnType<typeof apiOf>) =>
      planHttpApi(snapshot, stage, slots, ACCOUNT_LIMITS).routes[0]?.throttle?.slot;
    const mine = apiOf('mine');
    const other = apiOf('mine2');
    const kept = slotOf(other);
    const freed = slotOf(mine);
    assert.notEqual(freed, undefined);
    slots.release(counterKeyPrefix(mine.snapshot));
    assert.equal(slotOf(other), kept);
    assert.equal(slotOf(apiOf('next')), freed);
  });

  test('the account limit is what the operator says; undefined lifts it', () => {
    const { snapshot, stage } = httpApi({ 'GET /a': lambda() });
    assert.equal(planHttpApi(snapshot, stage, allocator(), ACCOUNT_LIMITS).accountThrottle?.rateLimit, 10_000);
    assert.equal(planHttpApi(snapshot, stage, allocator(), { rateLimit: 1, burstLimit: 2 }).accountThrottle?.burstLimit, 2);
    assert.equal(planHttpApi(snapshot, stage, allocator(), undefined).accountThrottle, undefined);
  });

  test('a route that asks for authorization is never served without it', () => {
    const { snapshot, stage } = httpApi({ 'GET /a': lambda() });
    for (const authorizationType of ['AWS_IAM', 'JWT', 'CUSTOM'] as const) {
      const guarded = { ...snapshot, routes: snapshot.routes.map((route) => ({ ...route, authorizationType })) };
      const route = planHttpApi(guarded, stage, allocator(), ACCOUNT_LIMITS).routes[0];
      assert.equal(route?.authorizationType, authorizationType);
      assert.equal(route?.authorizer?.type, authorizationType === 'AWS_IAM' ? 'AWS_IAM' : 'UNSERVABLE');
    }
  });

  const unservable: {
    desc: string;
    routes: Parameters<typeof httpApi>[0];
    variables?: Record<string, string>;
    reason: RegExp;
  }[] = [
    { desc: 'no integration', routes: { 'GET /a': undefined }, reason: /has no integration/ },
    {
      desc: 'a stage variable that is not set',
      routes: { 'GET /a': lambda({ integrationUri: `arn:aws:lambda:us-east-1:000000000000:function:\${stageVariables.fn}` }) },
      reason: /stage variable "fn"/,
    },
    {
      desc: 'a prototype member is no stage variable',
      routes: { 'GET /a': httpProxy(`http://\${stageVariables.constructor}/`) },
      reason: /stage variable "constructor"/,
    },
    { desc: 'no function ARN', routes: { 'GET /a': lambda({ integrationUri: 'hello' }) }, reason: /names no Lambda function/ },
    {
      desc: 'a private target that nobody placed',
      routes: { 'GET /a': httpProxy('arn:aws:x', { connectionType: 'VPC_LINK', connectionId: 'v1' }) },
      reason: /nothing says where arn:aws:x is\. Start Stagegate with --vpc-target 'arn:aws:x=HOST:PORT'/,
    },
    {
      desc: 'an AWS service without keys',
      routes: { 'GET /a': service('SQS-PurgeQueue', { QueueUrl: 'https://q' }) },
      reason: /no keys to sign its calls with\. Start Stagegate with AWS_ACCESS_KEY_ID/,
    },
    {
      desc: 'a role that no stage variable says',
      routes: { 'GET /a': lambda({ credentialsArn: '${stageVariables.role}' }) },
      reason: /credentials with the stage variable "role"/,
    },
    {
      desc: 'the credentials of callers that nobody asks for',
      routes: { 'GET /a': lambda({ credentialsArn: 'arn:aws:iam::*:user/*' }) },
      reason: /passes its caller's credentials on.* must be AWS_IAM/,
    },
    { desc: 'userinfo in the URI', routes: { 'GET /a': httpProxy('http://u:p@h/') }, reason: /host and port/ },
    { desc: 'port 0', routes: { 'GET /a': httpProxy('http://h:0/') }, reason: /host and port/ },
    { desc: 'another scheme', routes: { 'GET /a': httpProxy('ftp://h/') }, reason: /no http/ },
    { desc: 'a space in the path', routes: { 'GET /a': httpProxy('http://h/a b') }, reason: /percent-encoded/ },
    { desc: 'CRLF in the path', routes: { 'GET /a': httpProxy('http://h/a\r\nX: y') }, reason: /no http|percent-encoded/ },
    {
      desc: 'an unknown path variable',
      routes: { 'GET /a/{id}': httpProxy('http://h/{name}') },
      reason: /no such path variable/,
    },
  ];
  for (const { desc, routes, variables, reason } of unservable) {
    test(`unservable: ${desc}`, () => {
      const { snapshot, stage } = httpApi(routes, { stageVariables: variables ?? {} });
      const integration = planHttpApi(snapshot, stage, allocator(), ACCOUNT_LIMITS).routes[0]?.integration;
      assert.ok(integration?.type === 'UNSERVABLE', JSON.stringify(integration));
      assert.match(integration.reason, reason);
    });
  }
});
