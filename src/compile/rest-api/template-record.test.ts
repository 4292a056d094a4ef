// What a captured request keeps of its mapping templates: the value of every line, without secrets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExchangeLog } from '../../data-plane/telemetry/exchange-log.ts';
import { FakeBody } from '../../data-plane/testing/fake-messages.ts';
import type { ExchangeRecord } from '../../model/exchange-record.ts';
import { mock, restApi } from '../testing/rest-api-builder.ts';
import { ServedRestApi } from '../testing/served-rest-api.ts';

const json = 'application/json';

function recordOf(
  requestTemplate: string,
  responseTemplate: string,
  level: 0 | 1 | 2,
  headers: [string, string][] = [],
): ExchangeRecord {
  const exchanges = new ExchangeLog({ level });
  const responses = { 200: { responseTemplates: { [json]: responseTemplate } } };
  const api = new ServedRestApi(
    restApi({ 'POST /': { integration: mock({ requestTemplates: { [json]: requestTemplate }, responses }) } }),
    { ports: { exchanges } as never },
  );
  const answer = api.call({ method: 'POST', body: new FakeBody('{"names":["a","b"]}'), headers });
  assert.equal(answer.status, 200, answer.responseText);
  const [record] = exchanges.recent();
  assert.ok(record !== undefined);
  return record;
}

test('both templates, line by line', () => {
  const { templates } = recordOf(
    '#foreach($name in $input.path("$.names"))\n#set($last = $name)\n#end\n{"statusCode": 200, "last": "$last"}',
    '{"stage": "$context.stage"}',
    2,
  );
  assert.deepEqual(templates, [
    {
      stage: 'integrationRequest',
      lines: [
        { line: 1, source: '#foreach($name in $input.path("$.names"))', runs: 1, value: '' },
        { line: 2, source: '#set($last = $name)', runs: 2, value: '$last = a $last = b' },
        {
          line: 4,
          source: '{"statusCode": 200, "last": "$last"}',
          runs: 1,
          value: JSON.stringify('{"statusCode": 200, "last": "b"}'),
        },
      ],
    },
    {
      stage: 'integrationResponse',
      lines: [{ line: 1, source: '{"stage": "$context.stage"}', runs: 1, value: JSON.stringify('{"stage": "prod"}') }],
    },
  ]);
});

test('nothing below level 2, and nothing of a template that computes nothing', () => {
  assert.equal(recordOf('#set($n = 200){"statusCode": $n}', '', 1).templates, undefined);
  assert.equal(recordOf('{"statusCode": 200}', 'fixed', 2).templates, undefined);
});

test('secrets are taken out, whatever the template calls them', () => {
  const record = recordOf(
    '#set($token = "t-123")\n#set($x = $input.params("Authorization")){"statusCode": 200}',
    '{"who": "$input.params("x-api-key")", "password": "$context.requestId"}',
    2,
    [
      ['Authorization', 'Bearer abc.def.ghi'],
      ['x-api-key', 'key-value-1'],
    ],
  );
  const values = (record.templates ?? []).flatMap(({ lines }) => lines.map(({ value }) => value));
  const text = values.join('\n');
  for (const secret of ['abc.def.ghi', 'key-value-1', 't-123', record.requestId]) assert.ok(!text.includes(secret), text);
  assert.ok(text.includes('$token = [redacted]'), text);
});

test('long templates are cut', () => {
  const lines = Array.from({ length: 300 }, (_, index) => `#set($v${index} = ${index})`);
  const { templates = [] } = recordOf(`${lines.join('\n')}\n{"statusCode": 200}`, '', 2);
  assert.equal(templates[0]?.lines.length, 200);
  assert.equal(templates[0]?.truncated, true);
});
