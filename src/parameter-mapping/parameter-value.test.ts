// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for variables, not templates
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParameterValue } from '../model/parameter-mapping.ts';
import { parseJsonPath, selectJson } from './json-path.ts';
import { type MappingSide, parseParameterValue } from './parameter-value.ts';

describe('parseParameterValue', () => {
  const rows: [desc: string, text: string, expected: ParameterValue | undefined, side?: MappingSide][] = [
    ['text', 'static value', ['static value']],
    ['text in single quotes', "'static'", ['static']],
    ['a dollar sign in the middle', 'costs $5', ['costs $5']],
    ['a header', '$request.header.X-Id', [{ source: 'requestHeader', name: 'X-Id' }]],
    ['a query parameter', '$request.querystring.filter[a]', [{ source: 'requestQuery', name: 'filter[a]' }]],
    ['the path', '$request.path', [{ source: 'requestPath' }]],
    ['a path variable', '$request.path.petId', [{ source: 'pathVariable', name: 'petId' }]],
    ['the body', '$request.body', [{ source: 'requestBody' }]],
    ['a member of the body', '$request.body.a.b', [{ source: 'requestBody', path: ['a', 'b'] }]],
    ['an element of the body', "$request.body[0]['c d']", [{ source: 'requestBody', path: [0, 'c d'] }]],
    ['context', '$context.requestId', [{ source: 'context', name: 'requestId' }]],
    ['an authorizer value', '$context.authorizer.claims.sub', [{ source: 'context', name: 'authorizer.claims.sub' }]],
    ['a stage variable', '$stageVariables.url', [{ source: 'stageVariable', name: 'url' }]],
    [
      'several in braces',
      'a-${request.path.x}/${context.stage}!',
      ['a-', { source: 'pathVariable', name: 'x' }, '/', { source: 'context', name: 'stage' }, '!'],
    ],
    ['one in braces', '${request.header.x}', [{ source: 'requestHeader', name: 'x' }]],
    ['a response header', '$response.header.x', [{ source: 'responseHeader', name: 'x' }], 'response'],
    ['a member of the response', '$response.body.a', [{ source: 'responseBody', path: ['a'] }], 'response'],
    ['a member with a sign', '$request.body.@type', [{ source: 'requestBody', path: ['@type'] }]],
    ['recursive descent', '$request.body..name', undefined],
    ['a filter', '$request.body.a[?(@.b)]', undefined],
    ['an unknown context variable', '$context.resourcePath', undefined],
    ['an unknown source', '$request.cookie.a', undefined],
    ['no name', '$request.header.', undefined],
    ['braces without an end', '${request.path.a', undefined],
    ['braces around nothing', 'a ${} b', undefined],
    ['a response value in a request', '$response.header.x', undefined],
    ['a request value in a response', '$request.header.x', undefined, 'response'],
    ['a lone dollar sign', '$', undefined],
  ];
  for (const [desc, text, expected, side = 'request'] of rows) {
    test(`${desc}: ${text}`, () => assert.deepEqual(parseParameterValue(text, side), expected));
  }
});

describe('selectJson', () => {
  const body = { a: { b: [1, { c: 'x' }, null] }, 'd e': true, list: [1, 2, 3, 4], length: 7 };
  const rows: [path: string, expected: unknown][] = [
    ['', body],
    ['.a.b[0]', 1],
    ['.a.b[1].c', 'x'],
    ['.a.b[2]', null],
    ['.a.b[-1]', null],
    ['.a.b[9]', undefined],
    ['.a.b.length', undefined],
    ['.length', 7],
    ["['d e']", true],
    ['["d e"]', true],
    ['.list[*]', [1, 2, 3, 4]],
    ['.list[1:3]', [2, 3]],
    ['.list[-2:]', [3, 4]],
    ['.list[:0]', undefined],
    ['.a.*', [[1, { c: 'x' }, null]]],
    ['.constructor', undefined],
    ['.__proto__', undefined],
    ['.missing.deeper', undefined],
  ];
  for (const [path, expected] of rows) {
    test(path === '' ? 'the whole' : path, () => {
      const steps = parseJsonPath(path);
      assert.ok(steps !== undefined);
      assert.deepEqual(selectJson(body, steps), expected);
    });
  }

  test('a path of more than 64 steps is none', () => assert.equal(parseJsonPath('.a'.repeat(65)), undefined));
});
