// The challenge and the CAPTCHA of a web ACL, in a real browser.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from '@aws-sdk/client-api-gateway';
import { AssociateWebACLCommand, CreateWebACLCommand, type RuleAction } from '@aws-sdk/client-wafv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { Browser, browserCommand } from './browser.ts';
import { skipWithout } from './other-clients.ts';
import { type StartedServer, startServer } from './started-server.ts';

const command = browserCommand();
const skip = skipWithout(command, 'Chromium', 'install it with: apt-get install chromium');

describe('what browsers are asked', { skip }, () => {
  let server: StartedServer;
  let clients: AwsClients;
  let browser: Browser;
  let restApiId = '';

  before(async () => {
    server = await startServer();
    clients = awsClients(server);
    browser = await Browser.start(command as string);
    const { restApis, waf } = clients;
    const created = await restApis.send(new CreateRestApiCommand({ name: 'pages' }));
    restApiId = created.id ?? '';
    const proxy = { restApiId, parentId: created.rootResourceId, pathPart: '{proxy+}' };
    const { id: resourceId } = await restApis.send(new CreateResourceCommand(proxy));
    const at = { restApiId, resourceId, httpMethod: 'GET' };
    await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
    const requestTemplates = { 'application/json': '{"statusCode": 200}' };
    await restApis.send(new PutIntegrationCommand({ ...at, type: 'MOCK', requestTemplates }));
    await restApis.send(new PutMethodResponseCommand({ ...at, statusCode: '200' }));
    const responseTemplates = { 'application/json': 'the answer' };
    await restApis.send(new PutIntegrationResponseCommand({ ...at, statusCode: '200', responseTemplates }));
    await restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
    const { Summary } = await waf.send(
      new CreateWebACLCommand({
        ...{ Name: 'pages', Scope: 'REGIONAL', DefaultAction: { Allow: {} }, VisibilityConfig: visible('pages') },
        Rules: [rule('challenge', 0, { Challenge: {} }), rule('captcha', 1, { Captcha: {} })],
      }),
    );
    const ResourceArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/prod`;
    await waf.send(new AssociateWebACLCommand({ WebACLArn: Summary?.ARN, ResourceArn }));
  });
  after(async () => {
    await browser?.stop();
    clients?.destroy();
    await server?.stop();
  });

  const visible = (MetricName: string) => ({ SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName });
  const rule = (Name: string, Priority: number, Action: RuleAction) => ({
    ...{ Name, Priority, Action, VisibilityConfig: visible(Name) },
    Statement: {
      ByteMatchStatement: {
        ...{ SearchString: Buffer.from(`/${Name}`), PositionalConstraint: 'ENDS_WITH' as const, FieldToMatch: { UriPath: {} } },
        TextTransformations: [{ Priority: 0, Type: 'NONE' as const }],
      },
    },
  });
  const url = (path: string): string => `http://${restApiId}.execute-api.localhost:${server.port}/prod/${path}`;
  const says = (text: string): string => `document.body.innerText.includes(${JSON.stringify(text)})`;

  test('a challenge is worked out by the browser alone', async () => {
    const page = await browser.open(url('challenge'));
    await page.until(says('the answer'));
    assert.match(String(await page.evaluate('document.cookie')), /^aws-waf-token=p\./);
  });

  test('digits that were not shown do not pass a CAPTCHA', async () => {
    const page = await browser.open(url('captcha'));
    await page.until(says('Type the digits you see'));
    const folder = process.env['STAGEGATE_SCREENSHOTS'];
    if (folder !== undefined) await page.screenshot(`${folder}/captcha.png`);
    const drawn = "document.querySelector('svg').outerHTML";
    const before = await page.evaluate(drawn);
    await page.evaluate("document.getElementById('i').focus()");
    await page.type('1');
    await page.press('Enter');
    await page.until(`document.querySelector('svg') !== null && ${drawn} !== ${JSON.stringify(before)}`);
    assert.equal(await page.evaluate(says('the answer')), false);
  });
});
