// The APIs of the service under development at the listener's plain address.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LiveDeployments } from '../compile/live-deployments.ts';
import { httpApi, lambda } from '../compile/testing/http-api-builder.ts';
import { ServedApi } from '../compile/testing/served-api.ts';
import { FakeRequest, type FakeRequestOptions } from '../data-plane/testing/fake-messages.ts';
import { HeaderBlock } from '../http1/header-block.ts';
import { createTrafficListener } from './front-door.ts';
import { createHomeDoor, type HomeApis, homeHint } from './home-door.ts';

const shop = { apiId: 'a1b2c3', stageName: '$default' };
const scope = { account: '000000000000', region: 'us-east-1' };
const chat = { apiId: 'w1x2y3', stageName: 'dev' };

/** Where the door led: the path of an event of the HTTP API, or stage and path at the WebSocket API. */
function ask(request: FakeRequestOptions, home: HomeApis | undefined): string {
  const live = new LiveDeployments();
  const served = new ServedApi(httpApi({ $default: lambda() }, { apiId: shop.apiId }));
  live.activate(served.pipeline);
  const sockets: string[] = [];
  const door = createHomeDoor(
    {
      live,
      liveWebSocketApis: { find: (apiId) => (apiId === chat.apiId ? ({ apiId, scope, stages: new Map() } as never) : undefined) },
      webSocketDoor: {
        serve(_api, asked, { stageName, path }): true {
          sockets.push(`${stageName} ${path}`);
          asked.respond(200, new HeaderBlock(), '');
          return true;
        },
      },
    },
    () => home,
  );
  const sent = new FakeRequest({ host: 'localhost:8080', ...request });
  createTrafficListener(door, () => homeHint(home))(sent);
  assert.equal(sent.answers, 1);
  if (sockets.length > 0) return `socket ${sockets.join()}`;
  if (served.ports.functions.events.length === 0) return `${sent.status} ${sent.responseText}`;
  return `event ${(JSON.parse(String(served.ports.functions.events[0])) as { rawPath: string }).rawPath}`;
}

const upgrade: FakeRequestOptions['headers'] = [['Upgrade', 'websocket']];

describe('the plain address of a service under development', () => {
  const both = { httpApi: shop, webSocketApi: chat };
  const cases: [desc: string, request: FakeRequestOptions, home: HomeApis | undefined, expected: string][] = [
    ['a path of the HTTP API', { target: '/pets/5' }, both, 'event /pets/5'],
    ['the stage of the WebSocket API without an upgrade is a path like any other', { target: '/dev' }, both, 'event /dev'],
    ['a WebSocket at the stage', { target: '/dev', headers: upgrade }, both, 'socket dev '],
    ['a WebSocket at the root', { target: '/', headers: upgrade }, both, 'socket dev '],
    ['a WebSocket elsewhere', { target: '/chat', headers: upgrade }, both, 'event /chat'],
    ...['127.0.0.1:8080', '192.168.0.7', '[::1]:8080', 'gateway:8080', 'mac.local', 'host.docker.internal:8080'].map(
      (host): [string, FakeRequestOptions, HomeApis, string] => [
        `at ${host}`,
        { host, target: '/pets/5' },
        both,
        'event /pets/5',
      ],
    ),
    [
      'a name of the public DNS that leads here',
      { host: 'rebound.example:8080', target: '/pets/5' },
      { httpApi: shop },
      '404 {"message":"No API is meant by this host and path. The service has its HTTP API below /, at localhost."}',
    ],
    ['the management API', { target: '/dev/@connections/abc=' }, both, 'socket dev /@connections/abc='],
    [
      'no HTTP API',
      { target: '/pets' },
      { restApi: { apiId: 'r1', stageName: 'dev' }, webSocketApi: chat },
      '404 {"message":"No API is meant by this host and path. The service has its REST API below /dev/ and its WebSocket API at /dev, at localhost."}',
    ],
    [
      'nothing at all',
      { target: '/' },
      undefined,
      '404 {"message":"No API is meant by this host and path. The service has no API."}',
    ],
  ];
  for (const [desc, request, home, expected] of cases) test(desc, () => assert.equal(ask(request, home), expected));
});
