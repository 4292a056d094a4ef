// What the READMEs of examples/ promise beyond an answered GET: tokens, signatures, queues, streams, destinations and logs.

import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CreateStageCommand, ImportApiCommand } from '@aws-sdk/client-apigatewayv2';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type AwsClients, awsClients } from './aws-clients.ts';
import { skipWithout } from './other-clients.ts';
import { type RawResponse, rawRequest } from './raw-http.ts';
import { type StartedExample, startExample, startScript } from './started-example.ts';
import { startServer } from './started-server.ts';

const examples = path.resolve(import.meta.dirname, '../../examples');
const run = promisify(execFile);
const curl = spawnSync('curl', ['--aws-sigv4', 'aws:amz', '--version'], { stdio: 'ignore' }).status === 0 ? 'curl' : undefined;
const skipWithoutCurl = skipWithout(curl, 'curl with --aws-sigv4', 'install curl 7.75 or newer');

async function withExample(
  name: string,
  args: readonly string[],
  use: (example: StartedExample, clients: AwsClients) => Promise<void>,
): Promise<void> {
  const example = await startExample(name, args);
  const clients = awsClients(example);
  try {
    await use(example, clients);
  } finally {
    clients.destroy();
    await example.stop();
  }
}

function get(example: StartedExample, target: string, headers: Readonly<Record<string, string>> = {}): Promise<RawResponse> {
  return rawRequest(example.port, { target, host: example.host, headers: Object.entries(headers) });
}

/** Until it holds; what an example prints and writes to log groups comes a moment later. */
async function eventually(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await holds()); await sleep(50)) assert.ok(Date.now() < deadline, what());
}

describe('examples as their READMEs use them', () => {
  test('jwt: the tokens of its issuer, and their scopes', async () => {
    const issuer = await startScript('jwt/issuer.mjs', ['0'], /The issuer \S+ is ready/);
    try {
      const url = /The issuer (\S+) is ready/.exec(issuer.output())?.[1] ?? '';
      const token = async (query: string) => ({ authorization: `Bearer ${await (await fetch(`${url}/token?${query}`)).text()}` });
      await withExample('jwt', ['--param', `issuer=${url}`], async (example) => {
        const ada = await token('sub=ada&scope=orders/read');
        assert.deepEqual((await get(example, '/profile', ada)).json(), { hello: 'ada' });
        assert.deepEqual((await get(example, '/orders', ada)).json(), { orders: [17, 18], scopes: ['orders/read'] });
        assert.equal((await get(example, '/orders', await token('sub=bob'))).status, 403);
        assert.equal((await get(example, '/profile', { authorization: 'Bearer x.y.z' })).status, 401);
        assert.equal((await get(example, '/profile')).status, 401);
      });
    } finally {
      await issuer.stop();
    }
  });

  test('signed: the user whose policy allows it, and nobody else', { skip: skipWithoutCurl }, async () => {
    await withExample('signed', [], async (example, { iam }) => {
      const keyOf = async (name: string, policy?: string) => {
        await iam.send(new CreateUserCommand({ UserName: name }));
        if (policy !== undefined)
          await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'call', PolicyDocument: policy }));
        const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
        return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
      };
      const call = async ({
        accessKeyId,
        secretAccessKey,
      }: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
      }) => {
        const signed = ['--aws-sigv4', 'aws:amz:us-east-1:execute-api', '--user', `${accessKeyId}:${secretAccessKey}`];
        return (await run('curl', ['-sS', ...signed, `http://${example.host}/whoami`], { timeout: 60_000 })).stdout;
      };
      const ada = await keyOf('ada', readFileSync(path.join(examples, 'signed/policy.json'), 'utf8'));
      assert.equal(await call(ada), '{"userArn":"arn:aws:iam::000000000000:user/ada"}');
      assert.equal(await call(await keyOf('eve')), '{"message":"Forbidden"}', 'a user without a policy');
      assert.equal(await call({ ...ada, secretAccessKey: 'guessed' }), '{"message":"Forbidden"}', 'another secret');
      assert.equal((await get(example, '/whoami')).status, 403, 'unsigned');
    });
  });

  test('streaming: its client gets the pieces', async () => {
    await withExample('streaming', [], async ({ controlUrl, output }) => {
      const [, host = '', port] = /URL +http:\/\/([\w.-]+:(\d+))\//.exec(output()) ?? [];
      const answer = await rawRequest(Number(port), { target: '/?from=2', host });
      assert.equal(answer.text(), '2 1 liftoff\n');

      const environment = {
        AWS_ENDPOINT_URL: controlUrl,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      };
      const client = spawn(process.execPath, [path.join(examples, 'streaming/stream.mjs'), '4'], {
        env: { PATH: process.env['PATH'], ...environment },
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: 60_000,
      });
      const pieces: string[] = [];
      client.stdout.on('data', (chunk: Buffer) => pieces.push(chunk.toString()));
      await once(client, 'close');
      assert.equal(pieces.join(''), '4 3 2 1 liftoff\n');
      assert.ok(pieces.length > 1, 'half a second lies between two pieces; they do not come together');
    });
  });

  test('destinations: each is told how the call went', async () => {
    await withExample('destinations', [], async (example, { lambda }) => {
      for (const event of [{ order: 17 }, {}]) {
        const { StatusCode } = await lambda.send(
          new InvokeCommand({ FunctionName: 'parcels-dev-ship', InvocationType: 'Event', Payload: JSON.stringify(event) }),
        );
        assert.equal(StatusCode, 202);
      }
      for (const line of [
        /\[shipped .*\] shipped as P-17/,
        /\[lost .*\] lost \{\}: a parcel without an order \(RetriesExhausted\)/,
      ]) {
        await eventually(() => line.test(example.output()), example.output);
      }
    });
  });

  test('logs: a line for each request, and what the function printed, in CloudWatch Logs', async () => {
    await withExample('logs', [], async (example, { logs }) => {
      for (const amount of ['5', 'nothing']) {
        await rawRequest(example.port, { method: 'POST', target: `/pay/${amount}`, host: example.host });
      }
      const messages = async (logGroupName: string, filterPattern?: string) => {
        const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern }));
        return (events ?? []).map(({ message }) => JSON.parse(message ?? '') as Record<string, unknown>);
      };
      await eventually(
        async () => (await messages('/aws/http-api/logged-dev')).length === 2,
        () => 'two lines in the access log',
      );
      assert.deepEqual(
        (await messages('/aws/http-api/logged-dev')).map(({ route, status }) => [route, status]),
        [
          ['POST /pay/{amount}', '200'],
          ['POST /pay/{amount}', '400'],
        ],
      );
      const errors = () => messages('/aws/lambda/logged-dev-pay', '{ $.level = "ERROR" }');
      await eventually(
        async () => (await errors()).length === 1,
        () => 'one error in the log of the function',
      );
      assert.match(String((await errors())[0]?.['message']), /not an amount/);
    });
  });

  test('queue: the body of a request becomes a message', async () => {
    const queue = await startScript('queue/sqs.mjs', ['0'], /The queue listens on \S+/);
    const url = /The queue listens on (\S+)/.exec(queue.output())?.[1] ?? '';
    const server = await startServer({
      arguments: ['--aws-endpoint-sqs', url],
      environment: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    });
    const clients = awsClients(server);
    try {
      const Body = readFileSync(path.join(examples, 'queue/openapi.yml'), 'utf8');
      const { ApiId } = await clients.apis.send(new ImportApiCommand({ Body, FailOnWarnings: true }));
      const StageVariables = { queueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/orders' };
      await clients.apis.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true, StageVariables }));
      const answer = await rawRequest(server.port, {
        method: 'POST',
        target: '/orders',
        host: `${ApiId}.execute-api.localhost`,
        headers: [['content-type', 'application/json']],
        body: '{"item":"a teapot"}',
      });
      assert.equal(answer.status, 202, answer.text());
      assert.match(answer.text(), /<MessageId>[\w-]+<\/MessageId>/);
      await eventually(() => queue.output().includes('got {"item":"a teapot"}'), queue.output);
    } finally {
      clients.destroy();
      await server.stop();
      await queue.stop();
    }
  });
});
