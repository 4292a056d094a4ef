// Which pipelines answer, when APIs and stages come and go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveDeployments, type LivePipeline } from './live-deployments.ts';

const here = { account: '000000000000', region: 'us-east-1' };
const there = { account: '000000000000', region: 'eu-central-1' };

function pipeline(apiId: string, stageName: string, scope = here): LivePipeline {
  return { plan: { scope, apiId, stageName } };
}

test('a stage that is activated again answers with its new pipeline; what was found before stays as it was', () => {
  const live = new LiveDeployments<LivePipeline>();
  const [first, second] = [pipeline('pets', 'prod'), pipeline('pets', 'prod')];
  live.activate(first);
  const found = live.find('pets');
  live.activate(second);
  assert.equal(found?.stages.get('prod'), first);
  assert.equal(live.find('pets')?.stages.get('prod'), second);
});

test('the stages of one API are told apart from those of another region', () => {
  const live = new LiveDeployments<LivePipeline>();
  live.activate(pipeline('pets', 'prod'));
  live.activate(pipeline('pets', 'test', there));
  assert.deepEqual(live.stageNames(here, 'pets'), ['prod']);
  assert.deepEqual(live.stageNames(there, 'pets'), ['test']);
  assert.deepEqual(live.stageNames(here, 'birds'), []);
  live.retireApi(here, 'pets');
  assert.deepEqual(live.stageNames(here, 'pets'), []);
  assert.equal(live.find('pets', here.region)?.scope, there);
});

test('an API whose last stage is retired is still known', () => {
  const live = new LiveDeployments<LivePipeline>();
  live.activate(pipeline('pets', 'prod'));
  live.retire(here, 'pets', 'prod');
  assert.equal(live.find('pets')?.stages.size, 0);
  assert.deepEqual(live.pipelines(), []);
});

test('every change makes a new version, so that what was found before is looked for again', () => {
  const live = new LiveDeployments<LivePipeline>();
  const versions = [live.version];
  const changes = [
    () => live.announce(here, 'pets'),
    () => live.activate(pipeline('pets', 'prod')),
    () => live.activate(pipeline('pets', 'prod')),
    () => live.retire(here, 'pets', 'prod'),
    () => live.retireApi(here, 'pets'),
  ];
  for (const change of changes) {
    change();
    versions.push(live.version);
  }
  assert.equal(new Set(versions).size, changes.length + 1);
});
