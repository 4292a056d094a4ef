import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { nearestName } from '../config/nearest-name.ts';
import { startStagegate } from '../stagegate.ts';
import { applyDesiredState } from '../templates/apply-desired-state.ts';
import { readServerlessYml } from '../templates/serverless-yml/read-serverless-yml.ts';
import { sampleEvent, sampleNames } from './sample-events.ts';

/** The names of all members, with the type of each. */
function shape(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  if (Array.isArray(value)) return value.map(shape);
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, shape(member)])
      .sort(),
  );
}

const given = { region: 'us-east-1', account: '000000000000', now: 1_790_000_000_000 };

describe('sample events', () => {
  test('those of HTTP APIs have the members that the gateway sends', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-samples-'));
    const file = path.join(folder, 'serverless.yml');
    writeFileSync(
      file,
      `service: s\nprovider: { name: aws }\nfunctions:\n  one: { handler: h.f, httpApi: { payload: '1.0' }, events: [{ httpApi: 'ANY /v1/{id}' }] }\n  two: { handler: h.f, events: [{ httpApi: 'ANY /v2/{id}' }] }\n`,
    );
    writeFileSync(
      path.join(folder, 'h.js'),
      'exports.f = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });\n',
    );
    const { desired } = readServerlessYml({
      file,
      environment: {},
      options: new Map(),
      params: new Map(),
      accountId: given.account,
      instanceId: 'x',
      lenient: false,
      nearestName,
    });
    assert.ok(desired);
    const system = await startStagegate({
      host: '127.0.0.1',
      port: 0,
      controlHost: '127.0.0.1',
      controlPort: 0,
      dataDirectory: undefined,
      accountId: given.account,
      defaultRegion: desired.region,
      auth: 'open',
      dev: true,
      onNotice: () => {},
    });
    try {
      await applyDesiredState((...call) => system.call(...call), desired);
      const { host } = new URL(system.invokeUrl(desired.apiId, '$default'));
      for (const [name, version] of [
        ['http-api-v1', 'v1'],
        ['http-api-v2', 'v2'],
      ] as const) {
        for (const [method, body, query] of [
          ['GET', undefined, ''],
          ['POST', '{"a":1}', '?a=1&a=2&b=3'],
        ] as const) {
          const real = await ask(system.port, host, method, `/${version}/17${query}`, body);
          const sample = sampleEvent(name, {
            ...given,
            request: `${method} /${version}/17${query}`,
            route: { routeKey: `ANY /${version}/{id}`, pathParameters: { id: '17' } },
            ...(body === undefined ? {} : { body }),
          });
          assert.deepEqual(without(shape(sample)), without(shape(real)), `${name} ${method}`);
          const parameters = [
            'queryStringParameters',
            'multiValueQueryStringParameters',
            'body',
            'rawQueryString',
            'path',
            'rawPath',
            'pathParameters',
            'routeKey',
            'resource',
          ];
          for (const member of parameters) assert.deepEqual(sample[member], real[member], member);
        }
      }
    } finally {
      await system.close(0);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('each is JSON and carries the message it is given where it has one', () => {
    for (const name of sampleNames) {
      const text = JSON.stringify(sampleEvent(name, { ...given, body: 'the message' }));
      assert.equal(text.includes('the message'), /^(http|sqs|sns)/.test(name), name);
    }
  });

  test('the time is that of an access log', () => {
    const { requestContext } = sampleEvent('http-api-v2', given) as { requestContext: { time: string } };
    assert.equal(requestContext.time, '21/Sep/2026:14:13:20 +0000');
  });
});

/** A client sends the length of a body or does not; that is not the sample's to say. */
function without(value: unknown): unknown {
  const copy = structuredClone(value) as Record<string, Record<string, unknown> | undefined>;
  for (const headers of [copy['headers'], copy['multiValueHeaders']]) {
    for (const name of Object.keys(headers ?? {})) if (/^content-length$/i.test(name)) delete headers?.[name];
  }
  return copy;
}

function ask(
  port: number,
  host: string,
  method: string,
  target: string,
  body: string | undefined,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const headers = { host, 'user-agent': 'x', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const request = http.request({ host: '127.0.0.1', port, path: target, method, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve(JSON.parse(text) as Record<string, unknown>));
    });
    request.on('error', reject);
    request.end(body);
  });
}
