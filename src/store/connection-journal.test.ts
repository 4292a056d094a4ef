import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { ConnectionFacts } from '../model/connection-facts.ts';
import { createMemoryJournal, type OpenConnectionJournal, openConnectionJournal } from './connection-journal.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'stagegate-journal-'));
after(() => rmSync(folder, { recursive: true }));

const facts = (connectionId: string, more: Partial<ConnectionFacts> = {}): ConnectionFacts => ({
  ...{ connectionId, scope: { account: '000000000000', region: 'us-east-1' }, apiId: 'a', stageName: 's', connectedAt: 1 },
  ...{
    sourceIp: '127.0.0.1',
    userAgent: undefined,
    domainName: 'd',
    authorizer: undefined,
    signer: undefined,
    apiKey: undefined,
  },
  ...more,
});

const opened = (journal: OpenConnectionJournal, one: ConnectionFacts): Promise<Error | undefined> =>
  new Promise((resolve) => journal.opened(one, resolve));

test('what was opened and not closed is there for the next process, in order', async () => {
  const journal = openConnectionJournal(folder);
  assert.deepEqual(await Promise.all([opened(journal, facts('c')), opened(journal, facts('a')), opened(journal, facts('b'))]), [
    undefined,
    undefined,
    undefined,
  ]);
  journal.closed('a');
  journal.closed('never opened');
  journal.close();
  const next = openConnectionJournal(folder);
  assert.deepEqual(
    next.left().map(({ connectionId }) => connectionId),
    ['c', 'b'],
  );
  assert.deepEqual(next.left()[0], JSON.parse(JSON.stringify(facts('c'))));
  next.clear();
  assert.deepEqual(next.left(), []);
  next.close();
});

test('it is told later, and only when it is on disk', async () => {
  const journal = openConnectionJournal(folder);
  let isTold = false;
  const done = opened(journal, facts('x')).then(() => (isTold = true));
  await Promise.resolve();
  assert.equal(isTold, false);
  await done;
  const other = openConnectionJournal(folder);
  assert.deepEqual(
    other.left().map(({ connectionId }) => connectionId),
    ['x'],
  );
  other.close();
  journal.closed('x');
  journal.close();
});

test('what cannot be kept is told', async () => {
  const journal = openConnectionJournal(folder);
  assert.equal(await opened(journal, facts('twice')), undefined);
  assert.match((await opened(journal, facts('twice')))?.message ?? '', /UNIQUE/);
  assert.equal(await opened(journal, facts('another')), undefined);
  journal.clear();
  journal.close();
});

test('no value of an API key is on disk, and nobody else reads the file', async () => {
  const journal = openConnectionJournal(folder);
  await opened(journal, facts('k', { apiKey: { id: 'key1', value: 'secret-value' } }));
  assert.deepEqual(journal.left()[0]?.apiKey, { id: 'key1', value: '' });
  assert.equal(statSync(path.join(folder, 'connections.sqlite')).mode & 0o777, 0o600);
  journal.close();
});

test('without a folder nothing is kept', async () => {
  const journal = createMemoryJournal();
  assert.equal(await opened(journal, facts('m')), undefined);
  assert.deepEqual(journal.left(), []);
});
