// What http events ask of requests and answers, over a socket: the golden case rest-requests, running.

import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RunningStagegate, startStagegate } from '../stagegate.ts';
import { applyDesiredState } from './apply-desired-state.ts';
import { readCase, testdata } from './golden-cases.ts';

const { desired, problems } = readCase(path.join(testdata, 'rest-requests'));

interface Row {
  readonly desc: string;
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly answer: RegExp;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const rows: readonly Row[] = [
  {
    desc: 'a query parameter that must be there',
    request: 'GET /dev/search/7',
    answer: /^400 .*Missing required request parameters: \[q\]/,
  },
  {
    desc: 'one that may be missing',
    request: 'GET /dev/search/7?q=a',
    answer: /^200 .*"id":"7".*"q":"a"/,
  },
  { desc: 'a header that is mapped must be there', request: 'GET /dev/traced', answer: /^400 .*\[x-tenant\]/ },
  { desc: 'a REQUEST authorizer without an identity source is asked', request: 'GET /dev/open', answer: /^200 / },
  {
    desc: 'the last word on an authorizer holds before',
    request: 'GET /dev/token',
    headers: { authorization: 'anything' },
    answer: /^200 /,
  },
  {
    desc: 'a default template that is taken away leaves its type unsupported',
    request: 'POST /dev/form',
    headers: FORM,
    body: 'a=1',
    answer: /^415 /,
  },
  { desc: 'the other one stays', request: 'POST /dev/form', body: '{"a":1}', answer: /^200 .*"body":\{"a":1\}/ },
  {
    desc: 'an answer of a function with several origins',
    request: 'GET /dev/origins',
    answer: /^200 .*https:\/\/a\.example\.com,https:\/\/b\.example\.com/,
  },
  { desc: 'claims need a token of the pool', request: 'GET /dev/claims', answer: /^401 / },
  {
    desc: 'a mock passes a type through that has no template',
    request: 'POST /dev/mock',
    headers: { 'content-type': 'text/plain' },
    body: '{"statusCode": 200}',
    answer: /^200 /,
  },
  { desc: 'an answer that is streamed', request: 'GET /dev/stream', answer: /^201 .*"x-mode":"streamed".* one two$/ },
];

describe('what http events ask of requests and answers', () => {
  let system: RunningStagegate;

  before(async () => {
    assert.ok(desired, JSON.stringify(problems));
    system = await startStagegate({
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
    await applyDesiredState((...call) => system.call(...call), desired);
  });
  after(() => system.close(0));

  /** The answer as `status headers body`. */
  function ask({ request: line, headers = {}, body }: Row): Promise<string> {
    const [method, target] = line.split(' ');
    const { host } = new URL(system.invokeUrl(desired!.restApiId, 'dev'));
    const type = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const request = http.request({
        host: '127.0.0.1',
        port: system.port,
        path: target,
        method,
        headers: { ...type, ...headers, host },
        agent: false,
      });
      request.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        answer.on('end', () => resolve(`${answer.statusCode} ${JSON.stringify(answer.headers)} ${text}`));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  for (const row of rows) {
    test(row.desc, async () => assert.match(await ask(row), row.answer));
  }
});
