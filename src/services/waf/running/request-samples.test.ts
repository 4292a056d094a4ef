import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL, type RequestSample, RequestSamples } from './request-samples.ts';

const NOW = Date.UTC(2026, 10, 1);
const HOUR_MS = 3_600_000;

function sampleOfRule(name: string, at: number): RequestSample {
  return {
    ...{
      at,
      action: 'BLOCK',
      of: [name],
      ruleInGroup: undefined,
      insertedHeaders: [],
      status: 403,
      labels: [],
      overridden: undefined,
    },
    request: { clientIp: '192.0.2.1', method: 'GET', path: '/', query: '', headers: [], httpVersion: 'HTTP/1.1' },
  };
}

test('what is older than three hours is counted no more, of rules that are gone, too', () => {
  const samples = new RequestSamples();
  const population = (name: string) => samples.find(name, 0, Number.MAX_SAFE_INTEGER, 0).population;
  // The samples themselves are the newest 500.
  for (let i = 0; i < 500; i++) samples.add(sampleOfRule('gone', NOW));
  for (let i = 0; i < 500; i++) samples.add(sampleOfRule('there', NOW + 2 * HOUR_MS));
  assert.deepEqual([population('gone'), population('there'), population(ALL)], [500, 500, 1000]);
  samples.add(sampleOfRule('there', NOW + 3 * HOUR_MS));
  assert.deepEqual([population('gone'), population('there'), population(ALL)], [0, 501, 501]);
});
