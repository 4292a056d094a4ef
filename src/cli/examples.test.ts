// Every example runs: its routes answer, and what it says about itself is true.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, test } from 'node:test';
import { nearestName } from '../config/nearest-name.ts';
import { startStagegate } from '../stagegate.ts';
import { applyDesiredState } from '../templates/apply-desired-state.ts';
import { readServerlessYml } from '../templates/serverless-yml/read-serverless-yml.ts';
import { findServiceFile } from './find-service-file.ts';
import { HandlerBuilds } from './handler-builds.ts';

const EXAMPLES = path.join(import.meta.dirname, '../../examples');
const names = readdirSync(EXAMPLES).filter((name) =>
  ['serverless.yml', 'serverless.json'].some((file) => existsSync(path.join(EXAMPLES, name, file))),
);

/**
 * Requests and what must come back, by example; the other examples are asked on every route without a variable. What more an
 * example shows, with the clients that its README names, is in test/wire/examples.test.ts.
 */
type Ask = readonly [target: string, status: number, answer: RegExp, headers?: Readonly<Record<string, string>>, body?: string];
const JSON_TYPE = { 'Content-Type': 'application/json' };
const PARTNER = { 'x-api-key': 'partner-key-for-local-runs' };
const expected: Readonly<Record<string, readonly Ask[]>> = {
  authorizers: [
    ['/tenant', 401, /Unauthorized/],
    ['/tenant', 403, /Forbidden/, { 'x-api-key': 'wrong' }],
    ['/tenant', 200, /^{"tenant":"north"}$/, { 'x-api-key': 'key-of-north' }],
    ['/reports/2026', 200, /^{"year":"2026","role":"reader"}$/, { 'x-user': 'bob' }],
    ['DELETE /reports/2026', 403, /Forbidden/, { 'x-user': 'bob' }],
    ['DELETE /reports/2026', 200, /"role":"editor"/, { 'x-user': 'ada' }],
  ],
  'custom-runtime': [
    ['/upper/teapot', 200, /^{"word":"TEAPOT"}$/],
    ['/upper/cup', 200, /^{"word":"CUP"}$/],
  ],
  jwt: [
    ['/profile', 401, /Unauthorized/],
    ['/orders', 401, /Unauthorized/],
    ['/news', 200, /teapot/],
  ],
  layers: [['/greet/Ada', 200, /Hello Ada, from the layer/]],
  logs: [
    ['POST /pay/5', 200, /^{"paid":5}$/],
    ['POST /pay/nothing', 400, /not an amount/],
  ],
  python: [
    ['/circle/2', 200, /^{"area": ?12.57}$/],
    ['/circle/round', 400, /the radius is a number/],
  ],
  'rest-petstore': [
    ['/dev/pets?below=100', 200, /^\[{"id":"2","name":"Mia","price":80}\]$/],
    ['/dev/pets/1', 200, /^{"id":"1","name":"Rex","price":120,"askedFrom":"127.0.0.1"}$/],
    ['/dev/pets/99', 404, /^{"error": "no such pet"}$/],
    ['POST /dev/pets', 403, /Forbidden/, JSON_TYPE, '{"name":"Tom","price":5}'],
    ['POST /dev/pets', 400, /Invalid request body/, { ...JSON_TYPE, ...PARTNER }, '{"name":"Tom"}'],
    ['POST /dev/pets', 201, /^{"id":"3","name":"Tom","price":5}$/, { ...JSON_TYPE, ...PARTNER }, '{"name":"Tom","price":5}'],
    ['DELETE /dev/pets/1', 401, /Unauthorized/],
    ['DELETE /dev/pets/1', 200, /^{"removed":"1","by":"the keeper"}$/, { authorization: 'keeper' }],
    ['OPTIONS /dev/pets', 200, /^$/],
    ['/dev/health', 200, /^{"up": true, "stage": "dev"}$/],
    [
      'POST /dev/echo?a=1&b=%22it%27s%22',
      200,
      /^{"body":{"n":1},"query":{"a":"1","b":"\\"it's\\""},"method":"POST","path":"\/echo","type":"application\/json"}$/,
      JSON_TYPE,
      '{"n":1}',
    ],
    [
      'POST /dev/echo',
      200,
      /^{"body":{"a":"1 2","b":""},"query":{},"method":"POST"/,
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      'a=1+2&b=',
    ],
    ['POST /dev/echo?fail=422', 422, /"errorMessage": ?"\[422\] asked for"/, JSON_TYPE, '{}'],
    ['POST /dev/echo?fail=504', 504, /\[504\] asked for/, JSON_TYPE, '{}'],
    ['POST /dev/echo?fail=418', 200, /\[418\] asked for/, JSON_TYPE, '{}'],
    ['POST /dev/echo', 415, /Unsupported Media Type/, { 'Content-Type': 'text/plain' }, 'a'],
    ['/dev/nothing', 403, /Missing Authentication Token/],
  ],
  // The rest of it is in a browser: test/wire/chat.browser.test.ts.
  'chat-channels': [],
  signed: [['/whoami', 403, /Forbidden/]],
  hello: [['/', 200, /Hello from your function/]],
  orders: [
    ['/orders', 200, /"currency":"EUR"/],
    ['/orders/17', 200, /a teapot/],
    ['/orders/99', 404, /no order 99/],
    ['/orders/17/receipt', 200, /The example shop: receipt for order 17 \(GET \/orders\/17\/receipt\)/],
    ['/anything/else', 404, /nothing at \/anything\/else/],
  ],
  params: [
    ['/greet', 200, /"message":"Hello, developer"/],
    ['/greet/Ada', 200, /Hello, Ada.*120/],
  ],
  typescript: [
    ['/price/teapot', 200, /"price":"18.00 EUR"/],
    ['/price/coffee', 404, /no article coffee/],
    ['/fail', 500, /Internal Server Error/],
  ],
};

/** Programs that an example runs on; under CI they must be there. */
const needs: Readonly<Record<string, string>> = { python: 'python3', 'custom-runtime': 'curl' };

function missing(name: string): string | false {
  const program = needs[name];
  if (program === undefined || process.env['CI'] === 'true') return false;
  const isThere = spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
  return isThere ? false : `${program} is not on this machine`;
}

/** `/path` is got; another method stands before its path. */
function ask(
  port: number,
  host: string,
  [target, , , headers, sent]: Ask,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const [path = '', method = 'GET'] = target.split(' ').reverse();
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers: { host, ...headers }, agent: false });
    request.on('response', (answer) => {
      let body = '';
      answer.on('data', (chunk) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, body }));
    });
    request.on('error', reject);
    request.end(sent);
  });
}

describe('examples', () => {
  test('there are some', () => assert.ok(names.length >= 3, names.join()));

  for (const name of names) {
    test(name, { skip: missing(name) }, async () => {
      const file = findServiceFile(path.join(EXAMPLES, name), EXAMPLES);
      const { desired, problems } = readServerlessYml({
        file,
        environment: {},
        options: new Map(),
        params: new Map(),
        accountId: '000000000000',
        instanceId: 'x',
        lenient: false,
        nearestName,
      });
      assert.ok(desired, JSON.stringify(problems));
      assert.deepEqual(problems, []);
      const builds = new HandlerBuilds(desired.folder);
      const system = await startStagegate({
        host: '127.0.0.1',
        port: 0,
        controlHost: '127.0.0.1',
        controlPort: 0,
        dataDirectory: undefined,
        accountId: '000000000000',
        defaultRegion: desired.region,
        auth: 'open',
        dev: true,
        onNotice: () => {},
      });
      try {
        const built = await builds.prepare(desired);
        assert.deepEqual(built.problems, []);
        await applyDesiredState((...call) => system.call(...call), built.desired);
        const apiId = desired.api === undefined ? desired.restApiId : desired.apiId;
        const { host } = new URL(system.invokeUrl(apiId, '$default'));
        const asked =
          expected[name] ??
          (desired.api?.routes ?? [])
            .filter(({ routeKey }) => /^(GET|ANY) [^{]*$/.test(routeKey))
            .map(({ routeKey }): Ask => [routeKey.split(' ')[1] ?? '/', 200, /./]);
        for (const one of asked) {
          const [target, status, body] = one;
          const answer = await ask(system.port, host, one);
          assert.equal(answer.status, status, `${target}: ${answer.body}`);
          assert.match(answer.body, body);
        }
      } finally {
        await system.close(0);
        await builds.close();
      }
    });
  }

  test('the list has every example', () => {
    const list = readFileSync(path.join(EXAMPLES, 'README.md'), 'utf8');
    const listed = [...list.matchAll(/^\| \[([\w-]+)\]\(\1\/\) \|/gm)].map((match) => match[1]);
    assert.deepEqual(listed.sort(), names.toSorted());
  });

  test('a README names how to run it', () => {
    for (const name of names.filter((one) => one !== 'hello')) {
      assert.match(readFileSync(path.join(EXAMPLES, name, 'README.md'), 'utf8'), new RegExp(`stagegate dev examples/${name}`));
    }
  });
});
