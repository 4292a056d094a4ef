// The whole job of a gateway: 500 routes behind JWT authorizers, each with a throttle of its own, an access log line for every request.
// nginx does what it can of it: 500 locations, limit_req, a JSON access log; it has no JWT.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import {
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import type { AwsClients } from '../test/wire/aws-clients.ts';
import type { LoadRequest, LoadVariant } from './load.ts';

const ROUTES = 500;
/** AWS has at most 300 routes in an API. */
const APIS = 2;
const REQUESTS = 1_000;
/** Each client has a token; on one connection the tokens change from request to request, as behind a load balancer. */
const CLIENTS = 100;
const AUDIENCE = 'bench';
const KEY_ID = 'bench-key';
/** Above what one CPU can do, so that every request passes both limits. */
const ROUTE_RATE = 10_000;

/** An issuer of tokens on this machine. */
export interface Issuer {
  readonly url: string;
  readonly tokens: readonly string[];
  close(): void;
}

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }] };
  const server: Server = createServer((request, response) => {
    const url = urlOf(server);
    const document = request.url === '/keys' ? keys : { issuer: url, jwks_uri: `${url}/keys` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = urlOf(server);
  const tokens = Array.from({ length: CLIENTS }, (_, client) => signToken(privateKey, url, client));
  return {
    url,
    tokens,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function signToken(key: KeyObject, issuer: string, client: number): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: AUDIENCE, sub: `client-${client}`, iat: now, exp: now + 86_400, scope: 'items:read' };
  const signed = [{ alg: 'RS256', typ: 'JWT', kid: KEY_ID }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

/** A thousand requests, all different, each with a head of about 930 bytes. */
export function jobRequest(base: string, tokens: readonly string[], hosts: readonly string[]): LoadRequest {
  const common = {
    'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
    Accept: 'application/json, text/plain, */*',
    'Accept-Encoding': 'gzip, deflate, br, zstd',
    'Accept-Language': 'en-US,en;q=0.9,de;q=0.8',
    Referer: 'https://shop.example.com/catalogue/winter',
  };
  const variants = Array.from({ length: REQUESTS }, (_, index): LoadVariant => {
    const route = (index * 7) % ROUTES;
    const host = hosts[route % hosts.length];
    return {
      path: `/v1/resource${route}/${index}?page=${index % 10}&sort=price`,
      headers: { ...(host !== undefined && { Host: host }), Authorization: `Bearer ${tokens[index % tokens.length]}` },
    };
  });
  return { url: `${base}${variants[0]?.path}`, method: 'GET', headers: { ...common, ...variants[0]?.headers }, variants };
}

/** The APIs with their authorizers, integrations and routes; their ids. */
export async function createJobApis(clients: AwsClients, origin: string, issuer: string): Promise<string[]> {
  const ids: string[] = [];
  for (let api = 0; api < APIS; api++) ids.push(await createJobApi(clients, origin, issuer, api));
  return ids;
}

async function createJobApi({ apis }: AwsClients, origin: string, issuer: string, first: number): Promise<string> {
  const { ApiId = '' } = await apis.send(new CreateApiCommand({ Name: 'job', ProtocolType: 'HTTP' }));
  const { AuthorizerId } = await apis.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'tokens',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer, Audience: [AUDIENCE] },
    }),
  );
  const { IntegrationId } = await apis.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      IntegrationUri: `${origin}/items/{id}`,
      PayloadFormatVersion: '1.0',
    }),
  );
  for (let route = first; route < ROUTES; route += APIS) {
    await apis.send(
      new CreateRouteCommand({
        ApiId,
        RouteKey: `GET /v1/resource${route}/{id}`,
        Target: `integrations/${IntegrationId}`,
        AuthorizationType: 'JWT',
        AuthorizerId,
        AuthorizationScopes: ['items:read'],
      }),
    );
  }
  await apis.send(
    new CreateStageCommand({
      ApiId,
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: ROUTE_RATE, ThrottlingBurstLimit: ROUTE_RATE },
    }),
  );
  return ApiId;
}

/** What Stagegate is started with besides. */
export function jobOptions(folder: string, name: string): readonly string[] {
  return ['--access-log', path.join(folder, `${name}-access.log`)];
}

/** nginx's configuration of the same: the directives of its http block. Its log line has the members of ours. */
export function jobNginx(port: number, upstream: string, folder: string): string {
  const locations = Array.from(
    { length: ROUTES },
    (_, route) =>
      `location /v1/resource${route}/ { limit_req zone=routes burst=${ROUTE_RATE} nodelay; proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; }`,
  );
  return [
    'limit_req_zone $server_name$server_port zone=routes:10m rate=1000000r/s;',
    `upstream origin { server ${upstream}; keepalive 128; keepalive_requests 100000000; }`,
    `log_format job escape=json '{"requestId":"$request_id","time":"$time_local","ip":"$remote_addr","method":"$request_method",'`,
    `  '"path":"$uri","protocol":"$server_protocol","domain":"$host","status":$status,"responseLength":$bytes_sent,'`,
    `  '"latency":"$request_time","integrationLatency":"$upstream_response_time","userAgent":"$http_user_agent"}';`,
    `server { listen 127.0.0.1:${port} backlog=4096; access_log ${folder}/nginx-access.log job buffer=64k flush=1s;`,
    ...locations,
    '}',
  ].join('\n');
}
