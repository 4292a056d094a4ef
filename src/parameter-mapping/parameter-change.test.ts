// biome-ignore-all lint/suspicious/noTemplateCurlyInString: AWS's notation for variables, not templates
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseParameterChange } from './parameter-change.ts';
import type { MappingSide } from './parameter-value.ts';

describe('parseParameterChange', () => {
  const taken: [key: string, text: string, side: MappingSide][] = [
    ['append:header.x-id', '$context.requestId', 'request'],
    ['overwrite:header.Host', 'backend.example', 'request'],
    ['remove:header.x', "''", 'request'],
    ['append:querystring.a b'.replace(' ', '_'), 'v', 'request'],
    ['remove:querystring.debug', "''", 'request'],
    ['overwrite:path', '/v2/${request.path.id}', 'request'],
    ['overwrite:path', '$request.path', 'request'],
    ['overwrite:statuscode', '403', 'response'],
    ['overwrite:statuscode', '$response.body.status', 'response'],
    ['append:header.Set-Cookie', 'a=b', 'response'],
    ['overwrite:header.Cache-Control', 'no-store', 'response'],
  ];
  for (const [key, text, side] of taken) {
    test(`${side}: ${key} = ${text}`, () => {
      const change = parseParameterChange(key, text, side);
      assert.ok(!('invalid' in change), JSON.stringify(change));
      assert.equal(`${change.action}:${change.location}${change.name === '' ? '' : `.${change.name}`}`, key);
    });
  }

  const refused: [desc: string, key: string, text: string, side: MappingSide, invalid: string][] = [
    ['an unknown action', 'set:header.x', '1', 'request', 'destination'],
    ['no name', 'append:header.', '1', 'request', 'destination'],
    ['a name that is no token', 'append:header.a b', '1', 'request', 'destination'],
    ['a name with a line break', 'append:header.a\r\nb', '1', 'request', 'destination'],
    ['append to the path', 'append:path', '/a', 'request', 'destination'],
    ['a path with a name', 'overwrite:path.a', '/a', 'request', 'destination'],
    ['the status of a request', 'overwrite:statuscode', '200', 'request', 'destination'],
    ['the query of a response', 'append:querystring.a', '1', 'response', 'destination'],
    ['the path of a response', 'overwrite:path', '/a', 'response', 'destination'],
    ['what aws documents as invalid', 'append:overwrite.static', 'x', 'response', 'destination'],
    ['a removal with a value', 'remove:header.x', '1', 'request', 'source'],
    ['a status out of range', 'overwrite:statuscode', '600', 'response', 'source'],
    ['a status that is no number', 'overwrite:statuscode', 'OK', 'response', 'source'],
    ['a value with a line break', 'append:header.x', 'a\r\nb: c', 'request', 'source'],
    ['a path with a query', 'overwrite:path', '/a?b=c', 'request', 'source'],
    ['a path with a space', 'overwrite:path', '/a b', 'request', 'source'],
    ['two Host fields', 'append:header.host', 'x', 'request', 'restricted'],
    ['no Host field', 'remove:header.Host', "''", 'request', 'restricted'],
  ];
  const reserved = [
    ...['access-control-allow-origin', 'apigw-requestid', 'Authorization', 'Connection', 'Content-Encoding', 'Content-Length'],
    ...['Content-Location', 'Forwarded', 'Keep-Alive', 'Origin', 'Proxy-Authenticate', 'Proxy-Authorization', 'TE', 'Trailers'],
    ...[
      'Transfer-Encoding',
      'Upgrade',
      'x-amz-date',
      'X-Amzn-Trace-Id',
      'X-Forwarded-For',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
    ],
    'Via',
  ];
  for (const name of reserved) {
    for (const side of ['request', 'response'] as const) {
      refused.push([`${name} of a ${side}`, `append:header.${name}`, 'x', side, 'restricted']);
    }
  }
  for (const [desc, key, text, side, invalid] of refused) {
    test(`refused: ${desc}`, () => {
      const change = parseParameterChange(key, text, side);
      assert.equal('invalid' in change ? change.invalid : 'taken', invalid);
    });
  }
});
