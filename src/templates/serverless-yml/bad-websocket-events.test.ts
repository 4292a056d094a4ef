// What is wrong with websocket events and the settings of their API, told with its place; and that nothing opens a door.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { nearestName } from '../../config/nearest-name.ts';
import { allFeatures, noFeatures } from '../running-features.ts';
import { readServerlessYml } from './read-serverless-yml.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-ws-yml-'));
writeFileSync(path.join(folder, 'handler.js'), '');
after(() => rmSync(folder, { recursive: true }));

function read(yml: string, lenient = false, features = allFeatures) {
  const file = path.join(folder, 'serverless.yml');
  writeFileSync(file, yml);
  return readServerlessYml({
    file,
    environment: {},
    options: new Map(),
    params: new Map(),
    accountId: '000000000000',
    instanceId: 'x',
    lenient,
    nearestName,
    features,
  });
}

function problemsOf(yml: string, lenient = false): string {
  return read(yml, lenient)
    .problems.map(({ place, severity, what, fix }) => `${place.line}:${place.column} ${severity} ${what} ${fix}`)
    .join('\n');
}

const service = (events: string, provider = '') => `service: s
provider: { name: aws${provider} }
functions:
  guard: { handler: handler.guard }
  a:
    handler: handler.a
    events:
      - websocket: ${events}
`;

const rows: readonly { readonly desc: string; readonly yml: string; readonly problem: RegExp }[] = [
  {
    desc: 'a route that begins with $ and is none',
    yml: service('$conect'),
    problem: /8:20 error "\$conect" is no route of a WebSocket API.* Did you mean \$connect\?/,
  },
  { desc: 'no route', yml: service('{ authorizer: guard }'), problem: /8:9 error This websocket event has no route/ },
  { desc: 'a list', yml: service('[$connect]'), problem: /8:20 error functions\.a\.events\.websocket must be a route/ },
  {
    desc: 'a route twice',
    yml: `${service('$connect')}      - websocket: { route: $connect }\n`,
    problem: /9:29 error The WebSocket route \$connect is already taken in line 8/,
  },
  {
    desc: 'what belongs to it beside it',
    yml: service('\n        route: $connect'),
    problem: /8:9 error This websocket event is empty.* Indent route further than websocket/,
  },
  {
    desc: 'a property that does not exist',
    yml: service('{ route: a, rout: b }'),
    problem: /8:32 error The property functions\.a\.events\.websocket\.rout does not exist/,
  },
  {
    desc: 'another response selection',
    yml: service('{ route: a, routeResponseSelectionExpression: $request.body.x }'),
    problem: /must be \$default, but it is "\$request\.body\.x"/,
  },
  {
    desc: 'an authorizer elsewhere than at $connect',
    yml: service('{ route: a, authorizer: guard }'),
    problem: /8:32 error .*guards \$connect and not a\. Move it/,
  },
  {
    desc: 'an authorizer that is not there',
    yml: service('{ route: $connect, authorizer: gaurd }'),
    problem: /8:51 error .*there is no function gaurd\. Did you mean guard\?/,
  },
  {
    desc: 'an authorizer without a name',
    yml: service('{ route: $connect, authorizer: { identitySource: [route.request.header.Auth] } }'),
    problem: /8:39 error .* names no authorizer/,
  },
  {
    desc: 'a level of the log that is none',
    yml: service('$connect', ', logs: { websocket: { level: DEBUG } }'),
    problem: /2:52 error provider\.logs\.websocket\.level must be INFO or ERROR/,
  },
  {
    desc: 'a switch that is none',
    yml: service('$connect', ', logs: { websocket: { accessLogging: sometimes } }'),
    problem: /accessLogging must be true or false/,
  },
];

describe('bad websocket events', () => {
  for (const { desc, yml, problem } of rows) test(desc, () => assert.match(problemsOf(yml), problem));

  test('without the feature the event is refused where it stands', () => {
    const [problem] = read(service('$connect'), false, noFeatures).problems;
    assert.match(String(problem?.what), /a WebSocket API route, which does not exist here yet/);
  });

  test('settings of an API that is not there are told as not used', () => {
    const { ignored } = read('service: s\nprovider: { name: aws, websocketsApiName: x }\n');
    assert.deepEqual(ignored, [{ path: 'provider.websocketsApiName', why: 'no function has a websocket event' }]);
  });
});

describe('--lenient never opens the door', () => {
  const errors = [
    {
      desc: 'a misspelt authorizer',
      yml: service('{ route: $connect, autorizer: guard }'),
      problem: /error autorizer of \$connect/,
    },
    {
      desc: 'a misspelt part of the authorizer',
      yml: service('{ route: $connect, authorizer: { name: guard, identitySources: [x] } }'),
      problem: /error .*identitySources does not exist, and an authorizer is not left out/,
    },
    {
      desc: 'an authorizer that a stack would know',
      yml: service('{ route: $connect, authorizer: { name: x, arn: !GetAtt Other.Arn } }'),
      problem: /error .*authorizer\.arn needs a deployed CloudFormation stack.*everybody would be let in/,
    },
    {
      desc: 'a $connect function that is left out',
      yml: `${service('news')}  door: { image: some-image, events: [{ websocket: { route: $connect } }] }\n`,
      problem: /error The function of \$connect is left out/,
    },
  ];
  for (const { desc, yml, problem } of errors) test(desc, () => assert.match(problemsOf(yml, true), problem));

  test('other routes of a function that is left out go with it', () => {
    const yml = `${service('news')}  other: { image: some-image, events: [{ websocket: old }] }\n`;
    const { desired } = read(yml, true);
    assert.deepEqual(
      desired?.webSocketApi?.routes.map(({ routeKey }) => routeKey),
      ['news'],
    );
  });
});
