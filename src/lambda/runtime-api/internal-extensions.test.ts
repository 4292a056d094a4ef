// Extensions inside the function's own process, and how a runtime beside an extension is asked to end.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StartedLambda, startLambda } from '../testing/started-lambda.ts';

let lambda: StartedLambda;
before(async () => {
  lambda = await startLambda();
});
after(async () => {
  await lambda.close();
});

/** Registers while the handler is loaded, and hears of each event. */
const internal = `import http from 'node:http';
const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension/';
const call = async (method, path, headers, body) => {
  const answer = await fetch(api + path, { method, headers, body });
  return { status: answer.status, id: answer.headers.get('lambda-extension-identifier'), body: await answer.json() };
};
const register = (events, name = 'inside') => call('POST', 'register', { 'Lambda-Extension-Name': name }, JSON.stringify({ events }));
const SHUTDOWN = await register(['SHUTDOWN'], 'other');
const me = await register(['INVOKE']);
console.log('registered', me.status, me.body.functionName, SHUTDOWN.status, SHUTDOWN.body.errorType);
const heard = [];
(async () => {
  for (;;) {
    const next = await call('GET', 'event/next', { 'Lambda-Extension-Identifier': me.id });
    if (next.status !== 200) return;
    heard.push(next.body.eventType + ' ' + next.body.requestId);
  }
})();
process.on('SIGTERM', () => {
  console.log('asked to end');
  setTimeout(() => { console.log('ended by itself'); process.exit(0); }, 50);
});
let late;
export const handler = async (event, context) => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  late ??= await register(['INVOKE'], 'late');
  return { heard: heard.at(-1) === 'INVOKE ' + context.awsRequestId, count: heard.length, late: late.body.errorType };
};
`;

const said = (name: string): readonly string[] => lambda.service.logs(name).map(({ text }) => text);
const saidBy = (name: string, text: string): boolean => said(name).some((line) => line.includes(text));

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (isSo()) return;
    await sleep(20);
  }
  throw new Error(`never: ${what}`);
}

describe('an internal extension', () => {
  test('registers while the handler is loaded, hears every event, and its runtime is asked to end', async () => {
    await lambda.define('inside', { 'index.mjs': internal });
    assert.deepEqual((await lambda.invoke('inside')).payload, { heard: true, count: 1, late: 'Extension.RegistrationClosed' });
    assert.deepEqual((await lambda.invoke('inside')).payload, {
      heard: true,
      count: 2,
      late: 'Extension.RegistrationClosed',
    });
    assert.ok(
      saidBy('inside', 'registered 200 inside 400 Extension.InvalidEventType'),
      `registration went otherwise:\n${said('inside').join('\n')}`,
    );
    lambda.service.functionCodeChanged('inside');
    await until('it ended by itself', () => saidBy('inside', 'ended by itself'));
    assert.ok(saidBy('inside', 'asked to end'));
    await until('no process is left', () => lambda.service.stats().environments === 0);
  });

  test('a runtime that does not end is ended', async () => {
    await lambda.define('stays', {
      'index.mjs': internal.replace(/setTimeout\(\(\) => \{ console\.log\('ended.*\n/, ''),
    });
    await lambda.invoke('stays');
    lambda.service.functionCodeChanged('stays');
    await until('it was asked', () => saidBy('stays', 'asked to end'));
    await until('no process is left', () => lambda.service.stats().environments === 0);
  });

  test('a handler that never comes back for its next event holds the environment, not the answer', async () => {
    const once = internal.replace('for (;;) {', '{');
    await lambda.define('once', { 'index.mjs': once }, { Timeout: 1 });
    assert.equal((await lambda.invoke('once')).error, undefined);
    // The environment waits for the extension until the function's timeout; then another one answers.
    assert.equal((await lambda.invoke('once')).error, undefined);
  });
});

test('a runtime without extensions is ended without a word, as on AWS', async () => {
  await lambda.define('alone', `process.on('SIGTERM', () => console.log('asked')); exports.handler = async () => 1;`);
  await lambda.invoke('alone');
  lambda.service.functionCodeChanged('alone');
  await until('no process is left', () => lambda.service.stats().environments === 0);
  assert.ok(!saidBy('alone', 'asked'));
});
