// Everybody who takes part, by scenario.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateApiCommand, GetIntegrationsCommand, UpdateIntegrationCommand } from '@aws-sdk/client-apigatewayv2';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  GetProvisionedConcurrencyConfigCommand,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import { awsClients } from '../test/wire/aws-clients.ts';
import { activeFunction, createLambdaApi, role } from '../test/wire/deployed-api.ts';
import { zipFile } from '../test/wire/zip-file.ts';
import { serverFlags } from '../tools/setup.mjs';
import { freePorts, type Launch, type Place } from './candidate.ts';
import { createJobApis, type Issuer, jobNginx, jobOptions, jobRequest } from './job.ts';
import type { LoadRequest } from './load.ts';
import { createBenchRestApi, isRest, keyHeader, type RestScenario, restRequest } from './rest.ts';

export const root = path.resolve(import.meta.dirname, '..');
export const peersFolder = path.join(root, 'bench/peers');
export const names = ['ours', 'with-key', 'before', 'nginx', 'fast-gateway', 'fastify-http-proxy', 'serverless-offline'] as const;
export type Name = (typeof names)[number];
export type Scenario = 'get' | 'post' | RestScenario | 'job' | LambdaScenario;
/** `lambda-warm`: one connection for each of four environments that are kept started. */
type LambdaScenario = 'lambda' | 'lambda-warm';

/** Who takes part in a scenario. The first is what the others are put in relation to. */
export const entrants: Readonly<Record<Scenario, readonly Name[]>> = {
  get: ['nginx', 'ours', 'before', 'fast-gateway', 'fastify-http-proxy'],
  post: ['nginx', 'ours', 'before', 'fast-gateway', 'fastify-http-proxy'],
  'rest-mock': ['nginx', 'ours', 'before'],
  'rest-mock-values': ['nginx', 'ours', 'before'],
  'rest-get': ['nginx', 'ours', 'with-key', 'before'],
  'rest-post': ['nginx', 'ours', 'before'],
  job: ['nginx', 'ours', 'before'],
  lambda: ['serverless-offline', 'ours', 'before'],
  'lambda-warm': ['serverless-offline', 'ours', 'before'],
};

export function isLambda(scenario: string): scenario is LambdaScenario {
  return scenario === 'lambda' || scenario === 'lambda-warm';
}

/** Our own: this checkout, the same with an API key and what hangs on it, or another checkout to compare it with. */
export function isOurs(name: string): name is 'ours' | 'with-key' | 'before' {
  return name === 'ours' || name === 'with-key' || name === 'before';
}

/** What the candidates of a scenario have in common. */
export interface Surroundings {
  readonly place: Place;
  /** '' for `lambda`. */
  readonly upstreamUrl: string;
  /** Of `job` only. */
  readonly issuer: Issuer | undefined;
  /** The checkout that is measured as `before`. */
  readonly before: string;
}

/** What the upstream answers: 191 bytes of JSON. */
export const upstreamBody = JSON.stringify({
  id: 42,
  name: 'a small answer',
  tags: ['one', 'two', 'three'],
  nested: { price: 12.5, currency: 'EUR', available: true },
  text: 'x'.repeat(61),
});

/** 1 KB of JSON. */
const postBody = JSON.stringify({ filler: 'y'.repeat(1024 - 13) });

/** The nginx that answers for the origin in the proxy scenarios. */
export async function upstream(place: Place): Promise<{ readonly launch: Launch; readonly url: string }> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const answer = `default_type application/json; return 200 '${upstreamBody}';`;
  return {
    url,
    launch: nginx('upstream', place, url, `server { listen 127.0.0.1:${port} backlog=4096; location / { ${answer} } }`, {
      url: `${url}/`,
      method: 'GET',
      headers: {},
    }),
  };
}

/** How one candidate is started for one scenario. */
export async function candidate(name: Name, scenario: Scenario, surroundings: Surroundings): Promise<Launch> {
  const { place, upstreamUrl, issuer } = surroundings;
  const [port = 0, second = 0] = await freePorts(2);
  const base = `http://127.0.0.1:${port}`;
  const plain = plainRequest(scenario, base);
  switch (name) {
    case 'nginx': {
      if (issuer !== undefined) {
        const http = jobNginx(port, upstreamUrl.slice('http://'.length), place.folder);
        return nginx('nginx', place, base, http, jobRequest(base, issuer.tokens, []));
      }
      const http = scenario.startsWith('rest-mock') ? answeringNginx(port) : proxyingNginx(port, upstreamUrl);
      return nginx('nginx', place, base, http, plain);
    }
    case 'fast-gateway':
      return peer(name, 'fast-gateway.cjs', [String(port), upstreamUrl], base, { ...plain, url: `${base}/svc/items` });
    case 'fastify-http-proxy':
      return peer(name, 'fastify-http-proxy.cjs', [String(port), upstreamUrl], base, plain);
    case 'serverless-offline':
      return {
        name,
        command: [
          process.execPath,
          path.join(peersFolder, 'node_modules/serverless/bin/serverless.js'),
          ...['offline', '--host', '127.0.0.1', '--httpPort', String(port), '--lambdaPort', String(second)],
        ],
        cwd: path.join(peersFolder, 'serverless-offline'),
        environment: { SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
        probe: `${base}/`,
        prepare: async () => ({ url: `${base}/hello`, ...requestOf('lambda') }),
      };
    case 'ours':
    case 'with-key':
    case 'before':
      return ours(name, scenario, [port, second], surroundings);
  }
}

/** The entry of a checkout; it was TypeScript in older ones. */
function mainOf(checkout: string): string {
  const main = path.join(checkout, 'src/cli/main.mjs');
  return existsSync(main) ? main : path.join(checkout, 'src/cli/main.ts');
}

function answeringNginx(port: number): string {
  return `server { listen 127.0.0.1:${port} backlog=4096; location / { default_type application/json; return 200 '${upstreamBody}'; } }`;
}

function proxyingNginx(port: number, upstreamUrl: string): string {
  return [
    `upstream origin { server ${upstreamUrl.slice('http://'.length)}; keepalive 128; keepalive_requests 100000000; }`,
    `server { listen 127.0.0.1:${port} backlog=4096; location / {`,
    '  proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";',
    '} }',
  ].join('\n');
}

/** What a scenario requests, but for what chooses one of our APIs. */
function plainRequest(scenario: Scenario, base: string): LoadRequest {
  if (isRest(scenario)) return restRequest(scenario, base, postBody);
  return { url: `${base}${isLambda(scenario) ? '/hello' : '/items'}`, ...requestOf(scenario) };
}

function requestOf(scenario: Scenario): Omit<LoadRequest, 'url'> {
  return scenario === 'post'
    ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: postBody }
    : { method: 'GET', headers: {} };
}

function ours(
  name: 'ours' | 'with-key' | 'before',
  scenario: Scenario,
  [port, controlPort]: readonly [number, number],
  { place, upstreamUrl, issuer, before }: Surroundings,
): Launch {
  const base = `http://127.0.0.1:${port}`;
  const controlUrl = `http://127.0.0.1:${controlPort}`;
  return {
    name,
    command: [
      process.execPath,
      ...serverFlags,
      mainOf(name === 'before' ? before : root),
      ...['start', '--memory', '--auth', 'open', '--host', '127.0.0.1'],
      ...['--port', String(port), '--control-port', String(controlPort)],
      // Of an AWS account: 10,000 requests a second.
      ...['--throttle-rate-limit', 'none', '--throttle-burst-limit', 'none'],
      ...(scenario === 'job' ? jobOptions(place.folder, name) : []),
    ],
    probe: `${controlUrl}/_stagegate/health`,
    async prepare() {
      const clients = awsClients({ controlUrl });
      try {
        // The Host header chooses the API, as it does on AWS.
        const host = (apiId: string): string => `${apiId}.execute-api.localhost`;
        if (issuer !== undefined) {
          const apiIds = await createJobApis(clients, upstreamUrl, issuer.url);
          return jobRequest(base, issuer.tokens, apiIds.map(host));
        }
        const plain = plainRequest(scenario, base);
        if (isRest(scenario)) {
          const keyed = name === 'with-key';
          const apiId = await createBenchRestApi(clients, { scenario, upstreamUrl, answer: upstreamBody, keyed });
          return { ...plain, headers: { ...plain.headers, Host: host(apiId), ...(keyed && keyHeader) } };
        }
        const apiId = isLambda(scenario) ? await lambdaApi(clients, scenario) : await proxyApi(clients, upstreamUrl);
        return { ...plain, headers: { ...plain.headers, Host: host(apiId) } };
      } finally {
        clients.destroy();
      }
    },
  };
}

async function proxyApi(clients: ReturnType<typeof awsClients>, upstreamUrl: string): Promise<string> {
  const api = await clients.apis.send(new CreateApiCommand({ Name: 'bench', ProtocolType: 'HTTP', Target: upstreamUrl }));
  return api.ApiId ?? '';
}

const WARM = 4;

async function lambdaApi(clients: ReturnType<typeof awsClients>, scenario: LambdaScenario): Promise<string> {
  const source = readFileSync(path.join(peersFolder, 'serverless-offline/handler.js'));
  const made = await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'hello',
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'handler.hello',
      Code: { ZipFile: zipFile({ 'handler.js': source }) },
      Timeout: 6,
      MemorySize: 1024,
    }),
  );
  await activeFunction(clients, 'hello');
  const apiId = await createLambdaApi(clients, made.FunctionArn ?? '', ['GET /hello']);
  if (scenario === 'lambda-warm') await keepWarm(clients, apiId);
  return apiId;
}

/** Four environments of a version that the API's integration then names. */
async function keepWarm({ lambda, apis }: ReturnType<typeof awsClients>, ApiId: string): Promise<void> {
  const { Version: Qualifier } = await lambda.send(new PublishVersionCommand({ FunctionName: 'hello' }));
  const at = { FunctionName: 'hello', Qualifier };
  await lambda.send(new PutProvisionedConcurrencyConfigCommand({ ...at, ProvisionedConcurrentExecutions: WARM }));
  for (;;) {
    const { Status } = await lambda.send(new GetProvisionedConcurrencyConfigCommand(at));
    if (Status === 'READY') break;
    if (Status === 'FAILED') throw new Error('the environments could not be started');
    await sleep(50);
  }
  const permission = { Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com', StatementId: 'bench' };
  await lambda.send(new AddPermissionCommand({ ...at, ...permission }));
  const [integration] = (await apis.send(new GetIntegrationsCommand({ ApiId }))).Items ?? [];
  const IntegrationUri = `${integration?.IntegrationUri}:${Qualifier}`;
  await apis.send(new UpdateIntegrationCommand({ ApiId, IntegrationId: integration?.IntegrationId, IntegrationUri }));
}

function peer(name: Name, script: string, args: readonly string[], base: string, target: LoadRequest): Launch {
  return {
    name,
    command: [process.execPath, path.join(peersFolder, script), ...args],
    cwd: peersFolder,
    probe: base,
    prepare: async () => target,
  };
}

function nginx(name: string, place: Place, probe: string, http: string, target: LoadRequest): Launch {
  const prefix = path.join(place.folder, name);
  mkdirSync(prefix, { recursive: true });
  const file = path.join(prefix, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${prefix}/${kind};`);
  writeFileSync(
    file,
    [
      'daemon off; worker_processes 1; worker_rlimit_nofile 8192;',
      `pid ${prefix}/nginx.pid; error_log ${prefix}/error.log;`,
      'events { worker_connections 4096; }',
      `http { access_log off; keepalive_requests 100000000; keepalive_timeout 600s; ${temporary.join(' ')}`,
      http,
      '}',
      '',
    ].join('\n'),
  );
  const binary = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'].find((known) =>
    existsSync(known),
  );
  return {
    name,
    command: [binary ?? 'nginx', '-p', prefix, '-c', file],
    probe: `${probe}/`,
    prepare: async () => target,
  };
}
