// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for variables, not templates
// Parameter mapping, AWS service integrations and private integrations: made by the AWS SDK, called over sockets.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  CreateApiCommand,
  CreateIntegrationCommand,
  type CreateIntegrationCommandInput,
  CreateRouteCommand,
  CreateStageCommand,
  CreateVpcLinkCommand,
  DeleteVpcLinkCommand,
  GetIntegrationCommand,
  GetTagsCommand,
  GetVpcLinkCommand,
  GetVpcLinksCommand,
  UpdateIntegrationCommand,
  UpdateVpcLinkCommand,
} from '@aws-sdk/client-apigatewayv2';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { createFunction, createLambdaApi, echoSource, hostOf } from './deployed-api.ts';
import { awsKeys, type FakeAws, startFakeAws } from './fake-aws.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer } from './started-server.ts';

const testdata = path.resolve(import.meta.dirname, '../../src/http1/testdata');
const certificate = path.join(testdata, 'localhost-cert.pem');
const listener = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/${name}/1/2`;

let server: StartedServer;
let clients: AwsClients;
let aws: FakeAws;
let backend: Server;
let secure: Server;
let backendUrl: string;
let securePort: number;

/** Answers with what it received, as JSON; `x-answer` says the status. */
function echo(request: IncomingMessage, response: import('node:http').ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.statusCode = Number(request.headers['x-answer'] ?? 200);
    response.setHeader('Server', 'backend');
    response.setHeader('Content-Type', 'application/json');
    const body = Buffer.concat(chunks).toString('utf8');
    const raw = request.rawHeaders;
    const fields = raw.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1]]] : []));
    response.end(JSON.stringify({ method: request.method, target: request.url, fields, body, kind: 'pet' }));
  });
}

before(async () => {
  aws = await startFakeAws();
  backend = createServer(echo);
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  secure = createTlsServer(
    { cert: readFileSync(certificate), key: readFileSync(path.join(testdata, 'localhost-key.pem')) },
    echo,
  ) as unknown as Server;
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  securePort = (secure.address() as AddressInfo).port;
  server = await startServer({
    arguments: [
      ...['--aws-endpoint', aws.url],
      ...['--vpc-target', `${listener('plain')}=127.0.0.1:${new URL(backendUrl).port}`],
      ...['--vpc-target', `${listener('secure')}=127.0.0.1:${securePort}`],
    ],
    environment: { ...awsKeys, NODE_EXTRA_CA_CERTS: certificate },
  });
  clients = awsClients(server);
});

after(async () => {
  clients?.destroy();
  await server?.stop();
  await aws?.close();
  for (const each of [backend, secure]) {
    each?.closeAllConnections();
    each?.close();
  }
});

interface Served {
  readonly apiId: string;
  readonly integrationId: string;
}

/** An API with one route on one integration, and a stage. */
async function serve(
  integration: Omit<CreateIntegrationCommandInput, 'ApiId'>,
  { routeKey = 'ANY /pets/{id}', stageName = '$default', variables = {} as Record<string, string> } = {},
): Promise<Served> {
  const { ApiId: apiId = '' } = await clients.apis.send(new CreateApiCommand({ Name: 'mapped', ProtocolType: 'HTTP' }));
  const made = await clients.apis.send(new CreateIntegrationCommand({ ApiId: apiId, ...integration }));
  const integrationId = made.IntegrationId ?? '';
  await clients.apis.send(new CreateRouteCommand({ ApiId: apiId, RouteKey: routeKey, Target: `integrations/${integrationId}` }));
  await clients.apis.send(
    new CreateStageCommand({ ApiId: apiId, StageName: stageName, AutoDeploy: true, StageVariables: variables }),
  );
  return { apiId, integrationId };
}

interface Received {
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

function valuesOf({ fields }: Received, name: string): string[] {
  return fields.filter(([found]) => found === name).map(([, value]) => value);
}

describe('parameter mapping', () => {
  test('create, traffic, update with removals, traffic', async () => {
    const { apiId, integrationId } = await serve(
      {
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'ANY',
        IntegrationUri: `${backendUrl}/base`,
        PayloadFormatVersion: '1.0',
        RequestParameters: {
          'append:header.x-request': '$context.requestId',
          'overwrite:header.x-user': '${request.path.id}@${stageVariables.tenant}',
          'overwrite:header.x-name': '$request.body.user.name',
          'remove:header.x-gone': "''",
          'overwrite:path': '/v2/${request.path.id}',
          'append:querystring.color': '$request.header.x-color',
          'remove:querystring.debug': "''",
        },
        ResponseParameters: {
          '200': { 'append:header.x-request': '$context.requestId', 'overwrite:header.x-kind': '$response.body.kind' },
          '500': { 'overwrite:statuscode': '403', 'remove:header.server': "''" },
        },
      },
      { variables: { tenant: 'blue' } },
    );
    const request = {
      method: 'POST',
      target: '/pets/a%20b?debug=1&q=x',
      host: hostOf(apiId),
      headers: [
        ['X-User', 'spoofed'],
        ['X-Gone', '1'],
        ['X-Color', 'red & blue'],
      ] as [string, string][],
      body: '{"user":{"name":"Zoë"}}',
    };
    const response = await rawRequest(server.port, request);
    assert.equal(response.status, 200, response.text());
    const received = response.json() as Received;
    assert.equal(received.target, '/v2/a%20b?q=x&color=red%20%26%20blue');
    assert.deepEqual(valuesOf(received, 'x-user'), ['a b@blue']);
    assert.deepEqual(
      valuesOf(received, 'x-name').map((value) => Buffer.from(value, 'latin1').toString('utf8')),
      ['Zoë'],
    );
    assert.deepEqual(valuesOf(received, 'x-gone'), []);
    assert.equal(received.body, request.body);
    assert.deepEqual(valuesOf(received, 'x-request'), [response.header('apigw-requestid')]);
    assert.equal(response.header('x-request'), response.header('apigw-requestid'));
    assert.equal(response.header('x-kind'), 'pet');
    // Recorded: every field name of an HTTP API's response is Title-Case over HTTP/1.1.
    assert.deepEqual(
      response.headers.map(([name]) => name).filter((name) => name.toLowerCase().startsWith('x-')),
      ['X-Kind', 'X-Request'],
    );
    const failed = await rawRequest(server.port, { ...request, headers: [...request.headers, ['X-Answer', '500']] });
    assert.deepEqual([failed.status, failed.header('server')], [403, undefined]);

    const updated = await clients.apis.send(
      new UpdateIntegrationCommand({
        ApiId: apiId,
        IntegrationId: integrationId,
        RequestParameters: { 'overwrite:path': '', 'remove:header.x-gone': '', 'overwrite:header.x-user': 'fixed' },
        ResponseParameters: { '500': {} },
      }),
    );
    assert.deepEqual(Object.keys(updated.ResponseParameters ?? {}), ['200']);
    const read = await clients.apis.send(new GetIntegrationCommand({ ApiId: apiId, IntegrationId: integrationId }));
    assert.deepEqual(read.RequestParameters, updated.RequestParameters);
    const after = (await rawRequest(server.port, request)).json() as Received;
    assert.equal(after.target, '/base?q=x&color=red%20%26%20blue');
    assert.deepEqual([valuesOf(after, 'x-user'), valuesOf(after, 'x-gone')], [['fixed'], ['1']]);
  });

  test('a line break that a client smuggles into a mapped value reaches nobody', async () => {
    const { apiId } = await serve({
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      IntegrationUri: backendUrl,
      RequestParameters: { 'append:header.x-q': '$request.querystring.q' },
    });
    const target = '/pets/1?q=a%0d%0ax-admin:%201';
    const response = await rawRequest(server.port, { target, host: hostOf(apiId) });
    assert.deepEqual([response.status, response.text()], [400, '{"message":"Bad Request"}']);
  });

  test('a Lambda function sees the mapped request, the client the mapped response', async () => {
    const { FunctionArn: arn = '' } = await createFunction(clients, 'mapped-echo', echoSource);
    const apiId = await createLambdaApi(clients, arn, ['ANY /pets/{id}']);
    const { Items: [integration] = [] } = await clients.apis.send(
      new (await import('@aws-sdk/client-apigatewayv2')).GetIntegrationsCommand({ ApiId: apiId }),
    );
    await clients.apis.send(
      new UpdateIntegrationCommand({
        ApiId: apiId,
        IntegrationId: integration?.IntegrationId,
        RequestParameters: { 'overwrite:header.x-user': '$request.path.id', 'overwrite:querystring.q': 'new' },
        ResponseParameters: { '200': { 'overwrite:statuscode': '202', 'append:header.x-version': '$response.body.version' } },
      }),
    );
    const response = await rawRequest(server.port, { target: '/pets/7?q=old', host: hostOf(apiId), headers: [['x-user', 'me']] });
    assert.deepEqual([response.status, response.header('x-version')], [202, '2.0']);
    const event = response.json() as { headers: Record<string, string>; queryStringParameters: Record<string, string> };
    assert.deepEqual([event.headers['x-user'], event.queryStringParameters], ['7', { q: 'new' }]);
  });

  test('AWS’s refusals reach the SDK as BadRequestException', async () => {
    const mapped = serve({
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      IntegrationUri: backendUrl,
      RequestParameters: { 'overwrite:header.authorization': 'x' },
    });
    await assert.rejects(mapped, (error) => error instanceof BadRequestException && /are restricted\]$/.test(error.message));
  });
});

describe('AWS services', () => {
  const queue = 'https://sqs.us-east-1.amazonaws.com/000000000000/jobs';
  const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:orders';
  const rows: [subtype: string, parameters: Record<string, string>, signature: string, sent: RegExp, answer: RegExp][] = [
    [
      'EventBridge-PutEvents',
      { Detail: '$request.body', DetailType: 'order', Source: 'shop' },
      'events in us-east-1',
      /"Detail":"\{\\"id\\":7\}"/,
      /"EventId":"e1"/,
    ],
    [
      'SQS-SendMessage',
      { QueueUrl: queue, MessageBody: '$request.body' },
      'sqs in us-east-1',
      /MessageBody=%7B%22id%22%3A7%7D/,
      /m1/,
    ],
    ['SQS-ReceiveMessage', { QueueUrl: queue }, 'sqs in us-east-1', /Action=ReceiveMessage/, /ReceiveMessageResponse/],
    [
      'SQS-DeleteMessage',
      { QueueUrl: queue, ReceiptHandle: '$request.path.id' },
      'sqs in us-east-1',
      /ReceiptHandle=h1/,
      /Delete/,
    ],
    ['SQS-PurgeQueue', { QueueUrl: queue, Region: 'eu-west-1' }, 'sqs in eu-west-1', /Action=PurgeQueue/, /PurgeQueueResponse/],
    [
      'AppConfig-GetConfiguration',
      { Application: 'a', Environment: 'e', Configuration: 'c', ClientId: '$request.path.id' },
      'appconfig in us-east-1',
      /^$/,
      /"flag":true/,
    ],
    [
      'Kinesis-PutRecord',
      { StreamName: 's', Data: '$request.body', PartitionKey: '$request.path.id' },
      'kinesis in us-east-1',
      /"Data":"eyJpZCI6N30="/,
      /shard-0/,
    ],
    [
      'StepFunctions-StartExecution',
      { StateMachineArn: machine, Input: '$request.body' },
      'states in us-east-1',
      /"input"/,
      /executionArn/,
    ],
    ['StepFunctions-StartSyncExecution', { StateMachineArn: machine }, 'states in us-east-1', /"stateMachineArn"/, /SUCCEEDED/],
    ['StepFunctions-StopExecution', { ExecutionArn: 'arn:x', Cause: 'c' }, 'states in us-east-1', /"cause":"c"/, /stopDate/],
  ];
  for (const [subtype, parameters, signature, sent, answer] of rows) {
    test(`${subtype}: signed, sent, answered`, async () => {
      const { apiId } = await serve({
        IntegrationType: 'AWS_PROXY',
        IntegrationSubtype: subtype,
        PayloadFormatVersion: '1.0',
        CredentialsArn: 'arn:aws:iam::000000000000:role/api',
        RequestParameters: parameters,
      });
      const before = aws.calls.length;
      const response = await rawRequest(server.port, {
        method: 'POST',
        target: '/pets/h1',
        host: hostOf(apiId),
        headers: [['Authorization', 'Bearer client-secret']],
        body: '{"id":7}',
      });
      const call = aws.calls[before];
      assert.equal(call?.signature, signature);
      assert.equal(call?.headers['x-amz-security-token'], 'token');
      assert.match(call?.body ?? '', sent);
      assert.doesNotMatch(JSON.stringify(call), /client-secret/);
      assert.equal(response.status, 200, response.text());
      assert.match(response.text(), answer);
      assert.match(response.header('x-amzn-requestid') ?? '', /^request-/);
    });
  }
});

describe('private integrations', () => {
  test('a link: create, read, list, rename, tags, delete', async () => {
    const sent = { Name: 'inside', SubnetIds: ['subnet-a'], SecurityGroupIds: ['sg-1'], Tags: { team: 'x' } };
    const link = await clients.apis.send(new CreateVpcLinkCommand(sent));
    assert.deepEqual([link.VpcLinkStatus, link.VpcLinkVersion], ['PENDING', 'V2']);
    const { VpcLinkId } = link;
    const read = await clients.apis.send(new GetVpcLinkCommand({ VpcLinkId }));
    assert.deepEqual([read.VpcLinkStatus, read.SubnetIds, read.Tags], ['AVAILABLE', ['subnet-a'], { team: 'x' }]);
    assert.ok(read.CreatedDate instanceof Date);
    const { Items = [] } = await clients.apis.send(new GetVpcLinksCommand({}));
    assert.ok(Items.some((item) => item.VpcLinkId === VpcLinkId));
    const renamed = await clients.apis.send(new UpdateVpcLinkCommand({ VpcLinkId, Name: 'renamed' }));
    assert.equal(renamed.Name, 'renamed');
    const ResourceArn = `arn:aws:apigateway:us-east-1::/vpclinks/${VpcLinkId}`;
    assert.deepEqual((await clients.apis.send(new GetTagsCommand({ ResourceArn }))).Tags, { team: 'x' });
    await clients.apis.send(new DeleteVpcLinkCommand({ VpcLinkId }));
    await assert.rejects(clients.apis.send(new GetVpcLinkCommand({ VpcLinkId })), /Invalid VpcLink identifier specified/);
  });

  async function servePrivately(name: string, tls?: string): Promise<Served> {
    const link = await clients.apis.send(new CreateVpcLinkCommand({ Name: name, SubnetIds: ['subnet-a'] }));
    return serve(
      {
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'ANY',
        ConnectionType: 'VPC_LINK',
        ConnectionId: link.VpcLinkId,
        IntegrationUri: listener(name),
        TlsConfig: tls === undefined ? undefined : { ServerNameToVerify: tls },
      },
      { stageName: 'prod' },
    );
  }

  test('a listener that was placed gets the path with the stage', async () => {
    const { apiId, integrationId } = await servePrivately('plain');
    const response = await rawRequest(server.port, { target: '/prod/pets/1?q=1', host: hostOf(apiId) });
    const received = response.json() as Received;
    assert.deepEqual([received.target, valuesOf(received, 'host')], ['/prod/pets/1?q=1', [hostOf(apiId)]]);
    await clients.apis.send(
      new UpdateIntegrationCommand({
        ApiId: apiId,
        IntegrationId: integrationId,
        RequestParameters: { 'overwrite:path': '$request.path' },
      }),
    );
    const mapped = await rawRequest(server.port, { target: '/prod/pets/1', host: hostOf(apiId) });
    assert.equal((mapped.json() as Received).target, '/pets/1');
  });

  test('over TLS the certificate must be for the server name', async () => {
    const good = await servePrivately('secure', 'localhost');
    const response = await rawRequest(server.port, { target: '/prod/pets/1', host: hostOf(good.apiId) });
    assert.equal(response.status, 200, response.text());
    const read = await clients.apis.send(new GetIntegrationCommand({ ApiId: good.apiId, IntegrationId: good.integrationId }));
    assert.deepEqual([read.ConnectionType, read.TlsConfig], ['VPC_LINK', { ServerNameToVerify: 'localhost' }]);
    const bad = await servePrivately('secure', 'other.example');
    assert.equal((await rawRequest(server.port, { target: '/prod/pets/1', host: hostOf(bad.apiId) })).status, 503);
  });

  test('a listener that nobody placed answers 500, and the operator is told once what to do', async () => {
    const { apiId } = await servePrivately('nowhere');
    const response = await rawRequest(server.port, { target: '/prod/pets/1', host: hostOf(apiId) });
    assert.deepEqual([response.status, response.text()], [500, '{"message":"Internal Server Error"}']);
    const notice = `--vpc-target '${listener('nowhere')}=HOST:PORT'`;
    assert.equal(server.output().split(notice).length, 2, server.output());
  });
});

test('an https backend: the authority is known to the machine, the name is checked', async () => {
  const uri = `https://localhost:${securePort}/tls`;
  const { apiId } = await serve({ IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', IntegrationUri: uri });
  const response = await rawRequest(server.port, { target: '/pets/1', host: hostOf(apiId) });
  assert.equal(response.status, 200, response.text());
  assert.equal((response.json() as Received).target, '/tls');
});
