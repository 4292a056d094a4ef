import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fuzzServiceFiles } from './read-serverless-yml.fuzz.ts';
import { apiIdOf } from './read-serverless-yml.ts';

describe('readServerlessYml', () => {
  test('holds against mutated files', () => fuzzServiceFiles(400, 20));
});

describe('apiIdOf', () => {
  test('is stable, differs by service, stage and region, and looks as AWS ids do', () => {
    const ids = [
      apiIdOf('a', 'dev', 'us-east-1'),
      apiIdOf('b', 'dev', 'us-east-1'),
      apiIdOf('a', 'prod', 'us-east-1'),
      apiIdOf('a', 'dev', 'eu-west-1'),
    ];
    assert.equal(new Set(ids).size, 4);
    assert.equal(apiIdOf('a', 'dev', 'us-east-1'), ids[0]);
    for (const id of ids) assert.match(id, /^[a-z0-9]{10}$/);
  });
});
