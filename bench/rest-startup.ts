// What many REST APIs cost that are deployed already: the start with a thousand of them in the SQLite store, its memory, and what a
// request to one of them pays for the others.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateDeploymentCommand, ImportRestApiCommand } from '@aws-sdk/client-api-gateway';
import { type AwsClients, awsClients } from '../test/wire/aws-clients.ts';
import { serverFlags } from '../tools/setup.mjs';
import { freePorts, type Place, stop } from './candidate.ts';
import { root } from './candidates.ts';
import { type LoadRequest, load } from './load.ts';
import { cpuOf, memoryOf } from './process-tree.ts';
import { mockTemplate } from './rest.ts';

const APIS = 1_000;
/** AWS has at most 600 REST APIs in an account and region. */
const regions = ['us-east-1', 'eu-central-1'] as const;
const PATHS = 10;
const STAGE = 'prod';

export interface RestStart {
  readonly apis: number;
  readonly readyMs: number;
  /** CPU the process had used when it was ready. */
  readonly cpuMs: number;
  /** Resident memory one second later. */
  readonly mb: number;
}

export interface RestRound {
  readonly apis: number;
  /** How many of them are requested, in turn. */
  readonly requested: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly microsecondsPerRequest: number;
  readonly errors: number;
}

/** Starts with one API and with a thousand, then requests to the one, to one of the thousand and to all of them in alternating rounds. */
export async function measureRestStartup(
  rounds: number,
  seconds: number,
  place: Place,
): Promise<{ readonly starts: RestStart[]; readonly rounds: RestRound[] }> {
  const folders: { apis: number; folder: string; hosts: string[] }[] = [];
  const running: ChildProcess[] = [];
  const starts: RestStart[] = [];
  const measured: RestRound[] = [];
  try {
    for (const apis of [1, APIS]) {
      const folder = mkdtempSync(path.join(place.folder, `rest-${apis}-`));
      folders.push({ apis, folder, hosts: await deploy(apis, folder) });
    }
    for (let round = 0; round < rounds; round++) {
      for (const { apis, folder } of folders) {
        const { child, ...start } = await startOnce(folder, place);
        starts.push({ apis, ...start });
        await stop(child);
      }
    }
    const targets: { apis: number; requested: number; child: ChildProcess; request: LoadRequest }[] = [];
    for (const { apis, folder, hosts } of folders) {
      const { child, port } = await startOnce(folder, place);
      running.push(child);
      for (const requested of new Set([1, apis])) {
        targets.push({ apis, requested, child, request: requestOf(port, hosts.slice(0, requested)) });
      }
    }
    const options = { connections: 16, prefix: place.loadPrefix, folder: place.folder };
    for (const { request } of targets) await load(request, { ...options, seconds: 2 });
    for (let round = 0; round < rounds; round++) {
      for (const { apis, requested, child, request } of round % 2 === 0 ? targets : targets.toReversed()) {
        const before = cpuOf(child.pid ?? 0);
        const { requests, p50Ms, p99Ms, errors } = await load(request, { ...options, seconds });
        const after = cpuOf(child.pid ?? 0);
        const cpu = after.user + after.system - before.user - before.system;
        measured.push({ apis, requested, p50Ms, p99Ms, microsecondsPerRequest: (cpu / requests) * 1e6, errors });
      }
    }
  } finally {
    for (const child of running) await stop(child);
    for (const { folder } of folders) rmSync(folder, { recursive: true, force: true });
  }
  return { starts, rounds: measured };
}

/** As many different requests for both, so that only the number of APIs differs. */
function requestOf(port: number, hosts: readonly string[]): LoadRequest {
  const variants = Array.from({ length: APIS }, (_, index) => ({
    path: `/${STAGE}/things${index % PATHS}/42?limit=10`,
    headers: { Host: hosts[index % hosts.length] as string },
  }));
  return { url: `http://127.0.0.1:${port}${variants[0]?.path}`, method: 'GET', headers: { ...variants[0]?.headers }, variants };
}

/** The Host headers of the APIs. */
export async function deploy(apis: number, folder: string): Promise<string[]> {
  const { child, controlPort } = await startOnce(folder, { candidatePrefix: [] });
  const clients = regions.map((region) => awsClients({ controlUrl: `http://127.0.0.1:${controlPort}` }, { region }));
  const hosts: string[] = [];
  try {
    for (let index = 0; index < apis; index++) {
      const body = Buffer.from(JSON.stringify(documentOf(index)));
      const { restApis } = clients[index % clients.length] as AwsClients;
      const { id } = await restApis.send(new ImportRestApiCommand({ body, failOnWarnings: true }));
      await restApis.send(new CreateDeploymentCommand({ restApiId: id, stageName: STAGE }));
      hosts.push(`${id}.execute-api.localhost`);
    }
  } finally {
    for (const client of clients) client.destroy();
    await stop(child);
  }
  return hosts;
}

/** Thirty methods: a MOCK through the passthrough template, a mapped and validated HTTP call and an HTTP proxy on each of ten paths. */
function documentOf(index: number): object {
  const paths = Object.fromEntries(Array.from({ length: PATHS }, (_, at) => [`/things${at}/{id}`, pathItem(index, at)]));
  return {
    openapi: '3.0.1',
    info: { title: `bench ${index}`, version: '1' },
    paths,
    components: { schemas: { Thing: thing } },
    'x-amazon-apigateway-request-validators': { body: { validateRequestBody: true, validateRequestParameters: false } },
  };
}

const thing = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', maxLength: 64 }, price: { type: 'number', minimum: 0 }, tags: { type: 'array' } },
};
const responses = { 200: { description: 'ok' } };
const mapped = { 'integration.request.path.id': 'method.request.path.id' };

/** No two APIs have a template in common. */
function pathItem(api: number, at: number): object {
  const parameters = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];
  const uri = `http://127.0.0.1:9/things${at}/{id}`;
  const integration = (members: object) => ({ 'x-amazon-apigateway-integration': members });
  return {
    get: {
      ...{ parameters, responses },
      ...integration({
        type: 'mock',
        requestTemplates: {
          'application/json': mockTemplate.replace('"statusCode"', `"api": ${api}, "at": ${at}, "statusCode"`),
        },
        responses: { default: { statusCode: '200', responseTemplates: { 'application/json': `{"api":${api},"at":${at}}` } } },
      }),
    },
    post: {
      ...{ parameters, responses },
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
      'x-amazon-apigateway-request-validator': 'body',
      ...integration({
        ...{ type: 'http', httpMethod: 'POST', uri, requestParameters: mapped },
        requestTemplates: {
          'application/json': `{"api":${api},"at":${at},"name":$input.json('$.name'),"stage":"$context.stage"}`,
        },
        responses: {
          default: {
            statusCode: '200',
            responseTemplates: { 'application/json': `{"api":${api},"answer":$input.json('$.answer')}` },
          },
        },
      }),
    },
    put: {
      ...{ parameters, responses },
      ...integration({ type: 'http_proxy', httpMethod: 'PUT', uri, requestParameters: mapped }),
    },
  };
}

async function startOnce(
  folder: string,
  { candidatePrefix }: Pick<Place, 'candidatePrefix'>,
): Promise<{ child: ChildProcess; port: number; controlPort: number; readyMs: number; cpuMs: number; mb: number }> {
  const [port = 0, controlPort = 0] = await freePorts(2);
  const [command = '', ...args] = [
    ...candidatePrefix,
    process.execPath,
    ...serverFlags,
    path.join(root, 'src/cli/main.mjs'),
    ...['start', '--data', folder, '--auth', 'open', '--host', '127.0.0.1'],
    ...['--port', String(port), '--control-port', String(controlPort)],
    ...['--throttle-rate-limit', 'none', '--throttle-burst-limit', 'none'],
  ];
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  try {
    await ready(child);
    const readyMs = performance.now() - started;
    const cpu = cpuOf(child.pid ?? 0);
    await sleep(1_000);
    const { rootMb: mb } = memoryOf(child.pid ?? 0);
    return { child, port, controlPort, readyMs, cpuMs: (cpu.user + cpu.system) * 1000, mb };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function ready(child: ChildProcess): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`stagegate start was not ready within 60 s:\n${text}`)), 60_000);
    const hear = (bytes: Buffer): void => {
      text += bytes.toString();
      if (!/^\s*Ready\./m.test(text)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`stagegate start ended with ${code}:\n${text}`));
    });
  });
}
