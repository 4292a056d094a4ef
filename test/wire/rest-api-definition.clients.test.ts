// REST APIs defined with boto3 and with the AWS CLI, with any key and with signatures required.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { awsCommand, pythonWithBoto3, runClient, skipWithout } from './other-clients.ts';
import { administratorKey, type StartedServer, startServer, temporaryFolder } from './started-server.ts';

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const python = pythonWithBoto3();
const aws = awsCommand();

for (const auth of ['open', 'required'] as const) {
  const skipPython = skipWithout(python, 'boto3', 'install it with: apt-get install python3-boto3, or pip install boto3');
  test(`boto3 with --auth ${auth}`, { skip: skipPython }, async () => {
    assert.ok(python !== undefined, 'no Python with boto3: under CI the tests need python3-boto3');
    await onServer(auth, async (server, key) => {
      const flow = path.join(import.meta.dirname, 'rest_api_flow.py');
      const args = [flow, server.controlUrl, key.accessKeyId, key.secretAccessKey];
      assert.deepEqual(JSON.parse(await runClient(python, args)), {
        methodSettings: ['~1pets/GET'],
        variables: { color: 'blue' },
        models: ['Empty', 'Error'],
        createdIsTime: true,
        sameDeployment: true,
        responses: ['200'],
        inUse: ['BadRequestException', 400, 'Active stages pointing to this deployment must be moved or deleted'],
        wrongOp: ['BadRequestException', 400, 'Invalid patch operation specified. Must be one of: [replace]'],
        wrongType: [
          'ValidationException',
          400,
          "1 validation error detected: Value 'HTTPS' at 'putIntegrationInput.type' failed to satisfy constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]",
        ],
        deleted: 202,
        left: [],
      });
    });
  });

  const skipCli = skipWithout(aws, 'the AWS CLI', 'install it with: apt-get install awscli');
  test(`AWS CLI with --auth ${auth}`, { skip: skipCli }, async () => {
    assert.ok(aws !== undefined, 'no AWS CLI: under CI the tests need awscli');
    await onServer(auth, async (server, key) => {
      const call = async (...args: string[]) => {
        const text = await runClient(
          aws.command,
          ['--endpoint-url', server.controlUrl, '--output', 'json', 'apigateway', ...args],
          {
            AWS_ACCESS_KEY_ID: key.accessKeyId,
            AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
            AWS_DEFAULT_REGION: 'us-east-1',
          },
        );
        return text.trim() === '' ? undefined : JSON.parse(text);
      };
      const api = await call('create-rest-api', '--name', 'cli');
      const id = ['--rest-api-id', api.id];
      const method = [...id, '--resource-id', api.rootResourceId, '--http-method', 'GET'];
      await call('put-method', ...method, '--authorization-type', 'NONE');
      await call(
        'put-integration',
        ...method,
        '--type',
        'HTTP_PROXY',
        '--integration-http-method',
        'GET',
        '--uri',
        'http://a.example/',
      );
      const deployment = await call('create-deployment', ...id, '--stage-name', 'dev');
      const stage = [...id, '--stage-name', 'dev'];
      const patch = 'op=replace,path=/~1resourceName/GET/logging/dataTrace,value=false';
      const updated = await call('update-stage', ...stage, '--patch-operations', patch);
      assert.equal(updated.deploymentId, deployment.id);
      assert.deepEqual(Object.keys(updated.methodSettings), ['~1resourceName/GET']);
      const shown = await call('get-deployment', ...id, '--deployment-id', deployment.id, '--embed', 'apisummary');
      assert.deepEqual(shown.apiSummary, { '/': { GET: { authorizationType: 'NONE', apiKeyRequired: false } } });
      const arn = `arn:aws:apigateway:us-east-1::/restapis/${api.id}/stages/dev`;
      await call('tag-resource', '--resource-arn', arn, '--tags', 'a=b');
      assert.deepEqual((await call('get-stage', ...stage)).tags, { a: 'b' });
      await call('flush-stage-cache', ...stage);
      await assert.rejects(call('get-rest-api', '--rest-api-id', 'zzzzzzzzzz'), /NotFoundException/);
      await call('delete-rest-api', ...id);
      assert.deepEqual((await call('get-rest-apis')).items, []);
    });
  });
}

async function onServer(auth: 'open' | 'required', use: (server: StartedServer, key: Key) => Promise<void>): Promise<void> {
  const data = temporaryFolder();
  const dataDirectory = path.join(data.folder, 'data');
  const server = await startServer({ auth, dataDirectory });
  try {
    await use(server, auth === 'open' ? { accessKeyId: 'any', secretAccessKey: 'thing' } : administratorKey(dataDirectory));
  } finally {
    await server.stop();
    data.remove();
  }
}
