// Web ACLs of AWS WAF, made with the SDK's client, in front of a stage of a REST API.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetStageCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from '@aws-sdk/client-api-gateway';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AssociateWebACLCommand,
  CreateIPSetCommand,
  CreateRuleGroupCommand,
  CreateWebACLCommand,
  DeleteWebACLCommand,
  DisassociateWebACLCommand,
  GetRateBasedStatementManagedKeysCommand,
  GetSampledRequestsCommand,
  GetWebACLCommand,
  GetWebACLForResourceCommand,
  ListResourcesForWebACLCommand,
  PutLoggingConfigurationCommand,
  type Rule,
  type Statement,
  UpdateIPSetCommand,
  UpdateWebACLCommand,
  type WebACLSummary,
} from '@aws-sdk/client-wafv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { hostOf } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let restApiId = '';
let acl: WebACLSummary;
const data = temporaryFolder();
const stageArn = () => `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/prod`;
const none = [{ Priority: 0, Type: 'NONE' }] as const;

before(async () => {
  server = await startServer({ dataDirectory: data.folder });
  clients = awsClients(server);
  const { restApis } = clients;
  const created = await restApis.send(new CreateRestApiCommand({ name: 'pets' }));
  restApiId = created.id ?? '';
  const child = await restApis.send(new CreateResourceCommand({ restApiId, parentId: created.rootResourceId, pathPart: 'pets' }));
  for (const httpMethod of ['GET', 'POST']) {
    const at = { restApiId, resourceId: child.id, httpMethod };
    await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
    const requestTemplates = { 'application/json': '{"statusCode": 200}' };
    await restApis.send(new PutIntegrationCommand({ ...at, type: 'MOCK', requestTemplates }));
    await restApis.send(new PutMethodResponseCommand({ ...at, statusCode: '200' }));
    const responseTemplates = { 'application/json': "$input.params('x-amzn-waf-checked')|$context.wafResponseCode" };
    await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode: '200', responseTemplates }));
  }
  await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  const made = await clients.waf.send(
    new CreateWebACLCommand({ Name: 'shop', Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig: visible('shop') }),
  );
  acl = made.Summary as WebACLSummary;
  await clients.waf.send(new AssociateWebACLCommand({ WebACLArn: acl.ARN, ResourceArn: stageArn() }));
});

after(async () => {
  clients.destroy();
  await server.stop();
  data.remove();
});

beforeEach(() => rules());

function visible(MetricName: string) {
  return { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName };
}

function rule(Name: string, Statement: Statement, more: Partial<Rule> = {}): Rule {
  return { Name, Priority: 0, Statement, Action: { Block: {} }, VisibilityConfig: visible(Name), ...more };
}

/** Makes these the rules of the web ACL. */
async function rules(...all: Rule[]): Promise<void> {
  await update({ Rules: all.map((one, Priority) => ({ ...one, Priority })) });
}

async function update(more: Partial<ConstructorParameters<typeof UpdateWebACLCommand>[0]>): Promise<void> {
  const at = { Name: 'shop', Id: acl.Id, Scope: 'REGIONAL' } as const;
  const { LockToken } = await clients.waf.send(new GetWebACLCommand(at));
  const settings = { DefaultAction: { Allow: {} }, VisibilityConfig: visible('shop') };
  await clients.waf.send(new UpdateWebACLCommand({ ...at, ...settings, LockToken, ...more }));
}

async function send(path: string, headers: Record<string, string> = {}, body?: string) {
  const answer = await rawRequest(server.port, {
    method: body === undefined ? 'GET' : 'POST',
    target: `/prod${path}`,
    host: hostOf(restApiId),
    headers: Object.entries(headers),
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, body: answer.text(), header: (name: string) => answer.header(name) };
}

const contains = (text: string, more: object = {}): Statement => ({
  ByteMatchStatement: {
    ...{ SearchString: Buffer.from(text), PositionalConstraint: 'CONTAINS', TextTransformations: [...none] },
    ...{ FieldToMatch: { QueryString: {} }, ...more },
  },
});

test('the stage shows its web ACL, and the web ACL its stages', async () => {
  const { waf, restApis } = clients;
  const stage = await restApis.send(new GetStageCommand({ restApiId, stageName: 'prod' }));
  assert.equal(stage.webAclArn, acl.ARN);
  const { WebACL } = await waf.send(new GetWebACLForResourceCommand({ ResourceArn: stageArn() }));
  assert.equal(WebACL?.ARN, acl.ARN);
  const { ResourceArns } = await waf.send(new ListResourcesForWebACLCommand({ WebACLArn: acl.ARN, ResourceType: 'API_GATEWAY' }));
  assert.deepEqual(ResourceArns, [stageArn()]);
});

test('what a rule blocks is 403 for the next request, and passes when the rule is gone', async () => {
  await rules(rule('bad', contains('evil')));
  const blocked = await send('/pets?x=evil');
  assert.deepEqual([blocked.status, blocked.body], [403, '{"message":"Forbidden"}']);
  assert.equal(blocked.header('x-amzn-errortype'), 'ForbiddenException');
  assert.equal((await send('/pets?x=good')).status, 200);
  await rules();
  assert.equal((await send('/pets?x=evil')).status, 200);
});

test('a body, a header that is inserted, a label, an answer of its own', async () => {
  await update({
    CustomResponseBodies: { no: { ContentType: 'APPLICATION_JSON', Content: '{"no":true}' } },
    Rules: [
      rule('checked', contains('dog', { FieldToMatch: { Body: { OversizeHandling: 'CONTINUE' } } }), {
        Priority: 1,
        Action: { Count: { CustomRequestHandling: { InsertHeaders: [{ Name: 'checked', Value: 'yes' }] } } },
        RuleLabels: [{ Name: 'pet:dog' }],
      }),
      rule(
        'refused',
        { AndStatement: { Statements: [label('pet:dog'), contains('no')] } },
        {
          Priority: 2,
          Action: {
            Block: {
              CustomResponse: {
                ...{ ResponseCode: 429, CustomResponseBodyKey: 'no' },
                ResponseHeaders: [{ Name: 'retry-after', Value: '9' }],
              },
            },
          },
        },
      ),
    ],
  });
  assert.equal((await send('/pets', {}, 'a dog')).body, 'yes|WAF_ALLOW');
  assert.equal((await send('/pets', {}, 'a cat')).body, '|WAF_ALLOW');
  const refused = await send('/pets?no', {}, 'a dog');
  assert.deepEqual([refused.status, refused.body, refused.header('retry-after')], [429, '{"no":true}', '9']);
  assert.equal((await send('/pets?no', {}, 'a cat')).status, 200);
});

function label(Key: string): Statement {
  return { LabelMatchStatement: { Scope: 'LABEL', Key } };
}

test('an IP set holds as soon as it is changed', async () => {
  const { waf } = clients;
  const at = { Name: 'mine', Scope: 'REGIONAL' } as const;
  const { Summary } = await waf.send(new CreateIPSetCommand({ ...at, IPAddressVersion: 'IPV4', Addresses: ['127.0.0.0/8'] }));
  await rules(rule('strangers', { NotStatement: { Statement: { IPSetReferenceStatement: { ARN: Summary?.ARN } } } }));
  assert.equal((await send('/pets')).status, 200);
  await waf.send(new UpdateIPSetCommand({ ...at, Id: Summary?.Id, LockToken: Summary?.LockToken, Addresses: ['192.0.2.0/24'] }));
  assert.equal((await send('/pets')).status, 403);
});

test('attacks: the common managed group, SQL in a query argument, and a rule of the group that only counts', async () => {
  const managed = (
    RuleActionOverrides: NonNullable<NonNullable<Statement['ManagedRuleGroupStatement']>['RuleActionOverrides']>,
  ) =>
    ({
      ...{ Name: 'common', Priority: 0, OverrideAction: { None: {} }, VisibilityConfig: visible('common') },
      Statement: {
        ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet', RuleActionOverrides },
      },
    }) satisfies Rule;
  const sql = rule('sql', {
    SqliMatchStatement: {
      ...{ FieldToMatch: { AllQueryArguments: {} }, SensitivityLevel: 'LOW' },
      TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }],
    },
  });
  const agent = { 'User-Agent': 'a test' };
  const script = '/pets?q=%3Cscript%3Ealert(1)%3C/script%3E';
  await rules(managed([]), sql);
  assert.equal((await send('/pets?q=hello', agent)).status, 200);
  assert.equal((await send(script, agent)).status, 403);
  assert.equal((await send('/pets?q=hello')).status, 403, 'no user agent');
  assert.equal((await send("/pets?id=1'%20OR%20'1'='1", agent)).status, 403);
  await rules(
    managed([
      { Name: 'CrossSiteScripting_QUERYARGUMENTS', ActionToUse: { Count: {} } },
      { Name: 'NoUserAgent_HEADER', ActionToUse: { Count: {} } },
    ]),
  );
  assert.equal((await send(script, agent)).status, 200);
  assert.equal((await send('/pets?q=hello')).status, 200);
});

test('a rate, by address and by a header', async () => {
  const { waf } = clients;
  const rate = { Limit: 10, EvaluationWindowSec: 60 } as const;
  await rules(rule('fast', { RateBasedStatement: { ...rate, AggregateKeyType: 'IP' } }));
  const statuses = [];
  for (let i = 0; i < 12; i++) statuses.push((await send('/pets')).status);
  assert.deepEqual(statuses, [...Array(10).fill(200), 403, 403]);
  const keys = await waf.send(
    new GetRateBasedStatementManagedKeysCommand({
      ...{ Scope: 'REGIONAL', WebACLName: 'shop', WebACLId: acl.Id, RuleName: 'fast' },
    }),
  );
  assert.deepEqual(keys.ManagedKeysIPV4?.Addresses, ['127.0.0.1/32']);
  const CustomKeys = [{ Header: { Name: 'X-Client', TextTransformations: [{ Priority: 0, Type: 'LOWERCASE' as const }] } }];
  await rules(rule('perClient', { RateBasedStatement: { ...rate, AggregateKeyType: 'CUSTOM_KEYS', CustomKeys } }));
  const asClient = async (name: string) => (await send('/pets', { 'X-Client': name })).status;
  for (let i = 0; i < 10; i++) assert.equal(await asClient(i % 2 === 0 ? 'A' : 'a'), 200);
  assert.deepEqual([await asClient('a'), await asClient('b'), (await send('/pets')).status], [403, 200, 200]);
});

test('a rule group of its own', async () => {
  const { Summary } = await clients.waf.send(
    new CreateRuleGroupCommand({
      ...{ Name: 'mine', Scope: 'REGIONAL', Capacity: 100, VisibilityConfig: visible('mine') },
      Rules: [rule('evil', contains('evil')), rule('other', contains('other'), { Priority: 1 })],
    }),
  );
  const reference = (OverrideAction: Rule['OverrideAction']): Rule => ({
    ...{ Name: 'group', Priority: 0, VisibilityConfig: visible('group'), OverrideAction },
    Statement: {
      RuleGroupReferenceStatement: {
        ARN: Summary?.ARN,
        RuleActionOverrides: [{ Name: 'other', ActionToUse: { Count: {} } }],
      },
    },
  });
  await rules(reference({ None: {} }));
  assert.deepEqual([(await send('/pets?evil')).status, (await send('/pets?other')).status], [403, 200]);
  await rules(reference({ Count: {} }));
  assert.equal((await send('/pets?evil')).status, 200);
  await rules();
});

test('a browser is asked to solve something, other clients only hear that they should', async () => {
  await rules(rule('human', contains('form'), { Action: { Captcha: {} } }));
  const page = await send('/pets?form', { Accept: 'text/html' });
  assert.equal(page.status, 405);
  assert.match(page.body, /<!DOCTYPE html>/);
  const other = await send('/pets?form', { Accept: 'application/json' });
  assert.deepEqual([other.status, other.header('x-amzn-waf-action'), other.body], [405, 'captcha', '']);
});

test('what happened is in the log, in the samples and in the metrics', async () => {
  const { waf, logs, metrics } = clients;
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'aws-waf-logs-shop' }));
  const destination = 'arn:aws:logs:us-east-1:000000000000:log-group:aws-waf-logs-shop';
  await waf.send(
    new PutLoggingConfigurationCommand({
      LoggingConfiguration: {
        ...{ ResourceArn: acl.ARN, LogDestinationConfigs: [destination] },
        RedactedFields: [{ SingleHeader: { Name: 'x-secret' } }],
      },
    }),
  );
  await rules(rule('logged', contains('logged')));
  const began = new Date(Date.now() - 60_000);
  assert.equal((await send('/pets?logged', { 'X-Secret': 'hidden' })).status, 403);
  let messages: string[] = [];
  for (let tries = 0; tries < 50 && messages.length === 0; tries++) {
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: 'aws-waf-logs-shop' }));
    messages = events?.map(({ message = '' }) => message) ?? [];
    if (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const record = JSON.parse(messages[0] ?? '{}');
  assert.equal(record.terminatingRuleId, 'logged');
  assert.equal(record.httpSourceId, `000000000000:${restApiId}:prod`);
  assert.equal(record.httpRequest.uri, '/prod/pets');
  assert.equal(messages[0]?.includes('hidden'), false);

  const ending = new Date(Date.now() + 60_000);
  const samples = await waf.send(
    new GetSampledRequestsCommand({
      ...{ WebAclArn: acl.ARN, RuleMetricName: 'logged', Scope: 'REGIONAL', MaxItems: 10 },
      TimeWindow: { StartTime: began, EndTime: ending },
    }),
  );
  assert.equal(samples.PopulationSize, 1);
  const [sample] = samples.SampledRequests ?? [];
  assert.deepEqual([sample?.Action, sample?.Request?.URI, sample?.Request?.Method], ['BLOCK', '/prod/pets?logged', 'GET']);

  const { Datapoints } = await metrics.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace: 'AWS/WAFV2', MetricName: 'BlockedRequests', Period: 60, Statistics: ['Sum'] },
      ...{ StartTime: new Date(began.getTime() - 60_000), EndTime: ending },
      Dimensions: [
        { Name: 'WebACL', Value: 'shop' },
        { Name: 'Rule', Value: 'logged' },
        { Name: 'Region', Value: 'us-east-1' },
      ],
    }),
  );
  assert.equal(
    Datapoints?.reduce((sum, { Sum = 0 }) => sum + Sum, 0),
    1,
  );
});

test('a restart keeps the web ACL in front of the stage', async () => {
  await rules(rule('bad', contains('evil')));
  await server.stop();
  server = await startServer({ dataDirectory: data.folder });
  clients.destroy();
  clients = awsClients(server);
  assert.equal((await send('/pets?evil')).status, 403);
});

test('a web ACL in use is not deleted; without it the stage is open', async () => {
  const { waf } = clients;
  const at = { Name: 'shop', Id: acl.Id, Scope: 'REGIONAL' } as const;
  const remove = async () => {
    const { LockToken } = await waf.send(new GetWebACLCommand(at));
    await waf.send(new DeleteWebACLCommand({ ...at, LockToken }));
  };
  await assert.rejects(remove(), { name: 'WAFAssociatedItemException' });
  await waf.send(new DisassociateWebACLCommand({ ResourceArn: stageArn() }));
  assert.equal((await send('/pets?evil')).status, 200);
  const stage = await clients.restApis.send(new GetStageCommand({ restApiId, stageName: 'prod' }));
  assert.equal(stage.webAclArn, undefined);
  await remove();
  await assert.rejects(remove(), { name: 'WAFNonexistentItemException' });
});
