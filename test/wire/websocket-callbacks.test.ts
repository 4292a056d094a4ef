// Functions of a WebSocket API answer through the management API as they do on AWS: at `https://{domainName}/{stage}`, with the means of
// their language. Nothing in them is made for this gateway.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import WebSocket from 'ws';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { activeFunction, allowApi, role } from './deployed-api.ts';
import { type StartedServer, startServer } from './started-server.ts';
import { zipFile } from './zip-file.ts';

const nodeSource = `import https, { request } from 'node:https';
const post = (send, options, data) => new Promise((resolve, reject) => {
  const sent = send({ method: 'POST', ...options }, (response) => { response.resume(); response.on('end', () => resolve(response.statusCode)); });
  sent.on('error', reject);
  sent.end(data);
});
export const handler = async (event) => {
  const { connectionId, domainName, stage } = event.requestContext;
  const path = '/' + stage + '/@connections/' + encodeURIComponent(connectionId);
  const statuses = [
    await post(https.request, { hostname: domainName, path, agent: new https.Agent({ keepAlive: true }) }, 'by https.request'),
    await post(request, { host: domainName, port: 443, path, headers: { host: domainName } }, 'by a named import'),
    await post((options, done) => https.request('https://' + domainName + path, options, done), {}, 'by a URL'),
    (await fetch('https://' + domainName + path, { method: 'POST', body: 'by fetch' })).status,
  ];
  const elsewhere = await post(https.request, { hostname: 'localhost', port: 1, path: '/' }, '').catch((error) => error.code);
  await post(https.request, { hostname: domainName, path }, JSON.stringify({ statuses, elsewhere }));
  return { statusCode: 200 };
};`;

const pythonSource = `import http.client, json, urllib.request, urllib.parse

def handler(event, context):
    ask = event["requestContext"]
    path = "/" + ask["stage"] + "/@connections/" + urllib.parse.quote(ask["connectionId"], safe="")
    connection = http.client.HTTPSConnection(ask["domainName"], timeout=5)
    connection.request("POST", path, "by http.client")
    first = connection.getresponse()
    first.read()
    second = urllib.request.urlopen("https://" + ask["domainName"] + path, b"by urllib", 5)
    try:
        http.client.HTTPSConnection("localhost", 1, timeout=5).connect()
        elsewhere = "connected"
    except OSError as error:
        elsewhere = type(error).__name__
    last = json.dumps({"statuses": [first.status, second.status], "elsewhere": elsewhere})
    urllib.request.urlopen("https://" + ask["domainName"] + path, last.encode(), 5)
    return {"statusCode": 200}
`;

let server: StartedServer;
let clients: AwsClients;
before(async () => {
  server = await startServer();
  clients = awsClients(server);
});
after(async () => {
  clients.destroy();
  await server.stop();
});

async function deploy(name: string, Runtime: 'nodejs22.x' | 'python3.12', files: Record<string, string>): Promise<string> {
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role,
      Runtime,
      Handler: 'index.handler',
      Code: { ZipFile: zipFile(files) },
      Timeout: 10,
    }),
  );
  const { FunctionArn } = await activeFunction(clients, name);
  const { apis } = clients;
  const { ApiId = '' } = await apis.send(
    new CreateApiCommand({ Name: name, ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }),
  );
  await allowApi(clients, name, ApiId);
  const IntegrationUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`;
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({ ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri }),
  );
  await apis.send(new CreateRouteCommand({ ApiId, RouteKey: '$default', Target: `integrations/${IntegrationId}` }));
  const { DeploymentId } = await apis.send(new CreateDeploymentCommand({ ApiId }));
  await apis.send(new CreateStageCommand({ ApiId, StageName: 'prod', DeploymentId }));
  return ApiId;
}

/** The frames that a message brings, up to the one that is JSON. */
async function answersOf(apiId: string, host: string | undefined): Promise<string[]> {
  const url = host === undefined ? `/_aws/execute-api/${apiId}/prod` : '/prod';
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${url}`, host === undefined ? {} : { headers: { Host: host } });
  await once(socket, 'open');
  const frames: string[] = [];
  const last = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      frames.push(String(data));
      if (String(data).startsWith('{')) resolve();
    });
  });
  socket.send('hello');
  await last;
  socket.close();
  return frames;
}

test('a Node.js function, by every way to make a call', async () => {
  const apiId = await deploy('node-callback', 'nodejs22.x', { 'index.mjs': nodeSource });
  for (const host of [undefined, `${apiId}.execute-api.localhost:${server.port}`]) {
    assert.deepEqual(await answersOf(apiId, host), [
      'by https.request',
      'by a named import',
      'by a URL',
      'by fetch',
      '{"statuses":[200,200,200,200],"elsewhere":"ECONNREFUSED"}',
    ]);
  }
});

test('a Python function', async () => {
  const apiId = await deploy('python-callback', 'python3.12', { 'index.py': pythonSource });
  assert.deepEqual(await answersOf(apiId, undefined), [
    'by http.client',
    'by urllib',
    '{"statuses": [200, 200], "elsewhere": "ConnectionRefusedError"}',
  ]);
});
