// What was acknowledged is still there after the process was killed or stopped, and it answers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CreateApiCommand,
  CreateRouteCommand,
  DeleteApiCommand,
  GetApiCommand,
  GetApisCommand,
  GetDeploymentsCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { account, createFunction, createLambdaApi, echoSource, hostOf, role } from './deployed-api.ts';
import { rawRequest } from './raw-http.ts';
import { type StartedServer, startServer, temporaryFolder } from './started-server.ts';
import { zipFile } from './zip-file.ts';

/** Runs `act` against a server on `folder`. */
async function withServer(
  folder: string,
  act: (server: StartedServer, clients: AwsClients) => Promise<void>,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  const server = await startServer({ dataDirectory: folder });
  const clients = awsClients(server);
  try {
    await act(server, clients);
  } finally {
    clients.destroy();
    await server.stop(signal);
  }
}

/** Everything a caller can read, in one value that can be compared. */
async function everything(clients: AwsClients): Promise<unknown> {
  const { Items: apis = [] } = await clients.apis.send(new GetApisCommand({}));
  const shown = [];
  for (const api of apis) {
    const id = { ApiId: api.ApiId };
    shown.push({
      api: plain(await clients.apis.send(new GetApiCommand(id))),
      routes: plain(await clients.apis.send(new GetRoutesCommand(id))),
      integrations: plain(await clients.apis.send(new GetIntegrationsCommand(id))),
      stages: plain(await clients.apis.send(new GetStagesCommand(id))),
      deployments: plain(await clients.apis.send(new GetDeploymentsCommand(id))),
    });
  }
  const { Functions: functions = [] } = await clients.lambda.send(new ListFunctionsCommand({}));
  const policies = [];
  for (const known of functions) {
    const policy = await clients.lambda.send(new GetPolicyCommand({ FunctionName: known.FunctionName })).catch(() => undefined);
    policies.push([known.FunctionName, policy?.Policy]);
  }
  return { shown, functions: plain(functions), policies };
}

function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value, (name, member) => (name === '$metadata' ? undefined : member)));
}

describe('a data folder', () => {
  test('gives the same answers after a restart', async () => {
    const data = temporaryFolder();
    try {
      let before: unknown;
      let host = '';
      let answer = '';
      await withServer(data.folder, async (server, clients) => {
        const made = await createFunction(clients, 'echo', 'export const handler = async () => "still here";');
        const apiId = await createLambdaApi(clients, made.FunctionArn ?? '', ['GET /x', 'ANY /y/{proxy+}'], {
          stageVariables: { a: 'b' },
        });
        host = hostOf(apiId);
        const response = await rawRequest(server.port, { target: '/x', host });
        assert.equal(response.status, 200, response.text());
        answer = response.text();
        before = await everything(clients);
      });
      await withServer(data.folder, async (server, clients) => {
        assert.deepEqual(await everything(clients), before);
        const response = await rawRequest(server.port, { target: '/x', host });
        assert.equal(response.status, 200, response.text());
        assert.equal(response.text(), answer);
      });
    } finally {
      data.remove();
    }
  });

  test('keeps every acknowledged write when the process is killed in the middle of writing', async () => {
    const data = temporaryFolder();
    const names = { functions: new Set<string>(), apis: new Map<string, Set<string>>(), deleted: new Set<string>() };
    try {
      for (let round = 0; round < 3; round++) {
        const server = await startServer({ dataDirectory: data.folder });
        const clients = awsClients(server);
        const writers = [0, 1, 2].map((writer) => writeUntilKilled(clients, `r${round}w${writer}`, names));
        // Killed at a moment that has nothing to do with any write.
        setTimeout(() => server.process.kill('SIGKILL'), 700 + round * 333);
        const written = await Promise.all(writers);
        assert.ok(
          written.reduce((sum, count) => sum + count, 0) > 0,
          `some writes must have been acknowledged before the kill:\n${server.output()}`,
        );
        clients.destroy();
        await server.stop('SIGKILL');
      }
      await withServer(data.folder, async (server, clients) => {
        for (const name of names.functions) {
          const { Configuration: known } = await clients.lambda.send(new GetFunctionCommand({ FunctionName: name }));
          assert.equal(known?.FunctionName, name);
        }
        for (const [apiId, routeKeys] of names.apis) {
          const { Items: routes = [] } = await clients.apis.send(new GetRoutesCommand({ ApiId: apiId }));
          const found = new Set(routes.map((route) => route.RouteKey));
          for (const routeKey of routeKeys) assert.ok(found.has(routeKey), `route ${routeKey} of ${apiId} is lost`);
        }
        for (const apiId of names.deleted) {
          await assert.rejects(clients.apis.send(new GetApiCommand({ ApiId: apiId })), { name: 'NotFoundException' });
        }
        // And what was kept works: each function runs, each API answers.
        for (const name of [...names.functions].slice(-3)) {
          const output = await clients.lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{}' }));
          assert.equal(output.FunctionError, undefined, name);
        }
        for (const [apiId, routeKeys] of [...names.apis].slice(-3)) {
          for (const routeKey of routeKeys) {
            if (routeKey === '$default') continue;
            const target = routeKey.split(' ')[1] ?? '/';
            const response = await rawRequest(server.port, { target, host: hostOf(apiId) });
            assert.notEqual(response.status, 404, `${routeKey} of ${apiId} does not answer`);
          }
        }
        const listed = new Set((await everyApi(clients)).map((api) => api.ApiId));
        for (const apiId of names.apis.keys()) assert.ok(listed.has(apiId));
      });
    } finally {
      data.remove();
    }
  });
});

/** Writes until the server is gone; notes a name only after its write was acknowledged. The number of acknowledged writes. */
async function writeUntilKilled(
  clients: AwsClients,
  prefix: string,
  names: { functions: Set<string>; apis: Map<string, Set<string>>; deleted: Set<string> },
): Promise<number> {
  let count = 0;
  const zip = zipFile({ 'index.mjs': echoSource });
  try {
    for (let i = 0; i < 10_000; i++) {
      const name = `${prefix}-${i}`;
      await clients.lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Role: role,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Code: { ZipFile: zip },
        }),
      );
      names.functions.add(name);
      count++;
      await clients.lambda.send(
        new AddPermissionCommand({
          FunctionName: name,
          StatementId: 'any',
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
        }),
      );
      const { ApiId: apiId = '' } = await clients.apis.send(
        new CreateApiCommand({
          Name: name,
          ProtocolType: 'HTTP',
          Target: `arn:aws:lambda:us-east-1:${account}:function:${name}`,
        }),
      );
      const routeKeys = new Set<string>(['$default']);
      names.apis.set(apiId, routeKeys);
      count++;
      const { Items: integrations } = await clients.apis.send(new GetIntegrationsCommand({ ApiId: apiId }));
      const target = `integrations/${integrations?.[0]?.IntegrationId}`;
      for (const routeKey of ['GET /a', 'GET /b/c']) {
        await clients.apis.send(new CreateRouteCommand({ ApiId: apiId, RouteKey: routeKey, Target: target }));
        routeKeys.add(routeKey);
        count++;
      }
      if (i % 4 === 3) {
        // Not known whether it is there until the delete is acknowledged.
        names.apis.delete(apiId);
        await clients.apis.send(new DeleteApiCommand({ ApiId: apiId }));
        names.deleted.add(apiId);
        count++;
      }
    }
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    assert.equal(status, undefined, `a write was refused before the kill: ${error}`);
  }
  return count;
}

async function everyApi(clients: AwsClients) {
  const apis = [];
  let token: string | undefined;
  do {
    const page = await clients.apis.send(new GetApisCommand({ NextToken: token }));
    apis.push(...(page.Items ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return apis;
}
