// Private REST APIs: who reaches them, through which VPC endpoint, and what policies and functions see of it.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import {
  BadRequestException,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, echoSource } from './deployed-api.ts';
import { type StartedServer, startServer } from './started-server.ts';

let server: StartedServer;
let clients: AwsClients;
let privateId = '';
let publicId = '';

/** Lets those in who come through vpce-0one or vpce-0guest. */
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/*',
      Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0one', 'vpce-0guest'] } },
    },
  ],
});

before(async () => {
  server = await startServer({
    arguments: ['--vpc-endpoint', 'vpce-0one=vpc-0x,127.0.0.1', '--vpc-endpoint', 'vpce-0two=127.0.0.2/32'],
  });
  clients = awsClients(server);
  await createFunction(clients, 'echo', echoSource);
  await clients.lambda.send(
    new AddPermissionCommand({
      ...{ FunctionName: 'echo', StatementId: 'api', Action: 'lambda:InvokeFunction' },
      Principal: 'apigateway.amazonaws.com',
    }),
  );
  privateId = await makeApi('PRIVATE', ['vpce-0one', 'vpce-0two', 'vpce-0guest']);
  publicId = await makeApi('REGIONAL');
});

after(async () => {
  clients?.destroy();
  await server?.stop();
});

async function makeApi(type: 'PRIVATE' | 'REGIONAL', vpcEndpointIds?: string[]): Promise<string> {
  const { restApis } = clients;
  const endpointConfiguration = { types: [type], ...(vpcEndpointIds === undefined ? {} : { vpcEndpointIds }) };
  const { id: restApiId = '', rootResourceId } = await restApis.send(
    new CreateRestApiCommand({ name: type, endpointConfiguration }),
  );
  const at = { restApiId, resourceId: rootResourceId, httpMethod: 'GET' };
  await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }));
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:echo/invocations`;
  await restApis.send(new PutIntegrationCommand({ ...at, type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri }));
  const deploy = () => restApis.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
  if (type === 'PRIVATE') {
    await assert.rejects(
      deploy(),
      (error: Error) =>
        error instanceof BadRequestException &&
        error.message === "Private REST API doesn't have a resource policy attached to it",
    );
    const patchOperations = [{ op: 'replace' as const, path: '/policy', value: policy }];
    await restApis.send(new UpdateRestApiCommand({ restApiId, patchOperations }));
  }
  await deploy();
  return restApiId;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function get(host: string, options: { from?: string; headers?: Record<string, string>; path?: string } = {}): Promise<Answer> {
  const { from = '127.0.0.1', headers = {}, path = '/prod' } = options;
  return new Promise((resolve, reject) => {
    const request = http.get(
      { host: '127.0.0.1', port: server.port, localAddress: from, path, headers: { ...headers, host }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    request.on('error', reject);
  });
}

const contextIn = ({ status, text }: Answer) => {
  assert.equal(status, 200, text);
  return (JSON.parse(text) as { requestContext: { domainName: string; domainPrefix: string; identity: object } }).requestContext;
};
const identityIn = (answer: Answer) => contextIn(answer).identity as Record<string, unknown>;
const forbidden = { status: 403, text: '{"message":"Forbidden"}' };

describe('through a VPC endpoint', () => {
  test('by the host that the API has at one of its endpoints', async () => {
    const host = `${privateId}-vpce-0one.execute-api.us-east-1.amazonaws.com`;
    const answer = await get(host);
    const { vpceId, vpcId, sourceIp } = identityIn(answer);
    assert.deepEqual({ vpceId, vpcId, sourceIp }, { vpceId: 'vpce-0one', vpcId: 'vpc-0x', sourceIp: '127.0.0.1' });
    assert.deepEqual(contextIn(answer).domainName, host);
  });

  test("by the endpoint's own host and a header", async () => {
    for (const host of ['vpce-0one-abc.execute-api.us-east-1.vpce.amazonaws.com', 'vpce-0one.execute-api.localhost']) {
      assert.equal(identityIn(await get(host, { headers: { 'x-apigw-api-id': privateId } }))['vpceId'], 'vpce-0one');
      assert.deepEqual(await get(host), forbidden);
      assert.deepEqual(await get(host, { headers: { 'x-apigw-api-id': publicId } }), forbidden);
    }
  });

  test('by its public name, as with private DNS, from a network that lies behind an endpoint', async () => {
    assert.equal(identityIn(await get(`${privateId}.execute-api.localhost`))['vpceId'], 'vpce-0one');
    const path = `/restapis/${privateId}/prod/_user_request_/`;
    assert.equal(identityIn(await get('localhost', { path }))['vpceId'], 'vpce-0one');
  });

  test('an endpoint that nobody described is open to this machine while any key is', async () => {
    assert.equal(identityIn(await get(`${privateId}-vpce-0guest.execute-api.localhost`))['vpceId'], 'vpce-0guest');
  });

  test("the API's policy may ask for the endpoint", async () => {
    const answer = await get(`${privateId}-vpce-0two.execute-api.localhost`, { from: '127.0.0.2' });
    assert.equal(answer.status, 403);
    assert.match(answer.text, /User: anonymous is not authorized to perform: execute-api:Invoke .* with an explicit deny/);
  });

  test('and for the address behind it; who comes through one has no public address', async () => {
    const { restApis } = clients;
    const when = async (Condition: object) => {
      const value = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*', Condition }],
      });
      const patchOperations = [{ op: 'replace' as const, path: '/policy', value }];
      await restApis.send(new UpdateRestApiCommand({ restApiId: privateId, patchOperations }));
      await restApis.send(new CreateDeploymentCommand({ restApiId: privateId, stageName: 'prod' }));
      return (await get(`${privateId}.execute-api.localhost`)).status;
    };
    assert.equal(await when({ IpAddress: { 'aws:VpcSourceIp': '127.0.0.0/8' } }), 200);
    assert.equal(await when({ StringEquals: { 'aws:SourceVpc': 'vpc-0x' } }), 200);
    assert.equal(await when({ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }), 403);
  });
});

describe('403: everybody else', () => {
  for (const [desc, host, from] of [
    ['who names an endpoint of another network', () => `${privateId}-vpce-0two.execute-api.localhost`, '127.0.0.1'],
    ['who comes from no network of an endpoint', () => `${privateId}.execute-api.localhost`, '127.0.0.3'],
    ["an endpoint that is none of the API's", () => `${privateId}-vpce-0other.execute-api.localhost`, '127.0.0.1'],
    ['a public API by a private host', () => `${publicId}-vpce-0one.execute-api.localhost`, '127.0.0.1'],
  ] as const) {
    test(desc, async () => {
      assert.deepEqual(await get(host(), { from }), forbidden);
    });
  }

  test('a public API is where it was', async () => {
    assert.equal(identityIn(await get(`${publicId}.execute-api.localhost`))['vpceId'], undefined);
  });

  test('the operator is told, once', () => {
    const told = server.output().split(`A request for the private REST API ${privateId} came through no VPC endpoint`).length - 1;
    assert.equal(told, 1, server.output());
  });
});
