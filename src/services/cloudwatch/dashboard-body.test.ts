import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AwsError } from '../../aws/aws-error.ts';
import { checkDashboardBody } from './dashboard-body.ts';

const row = ['AWS/ApiGateway', 'Count', 'ApiName', 'pets'];

function metricWidget(properties: object, more: object = {}): object {
  return { type: 'metric', properties: { metrics: [row], region: 'us-east-1', ...properties }, ...more };
}

function widget(type: string, properties: object): object {
  return { type, properties };
}

/** What a body is refused for: `path: message`. */
function refusalsOf(body: unknown): readonly string[] {
  return listed(errorOf(JSON.stringify(body)).fields['dashboardValidationMessages']);
}

function warningsOf(body: unknown): readonly string[] {
  return listed(checkDashboardBody(JSON.stringify(body)));
}

function errorOf(text: string): AwsError {
  try {
    checkDashboardBody(text);
  } catch (error) {
    assert.ok(error instanceof AwsError);
    assert.equal(error.code, 'DashboardInvalidInputError');
    return error;
  }
  return assert.fail('the body was taken');
}

function listed(messages: unknown): readonly string[] {
  assert.ok(Array.isArray(messages));
  return messages.map(({ DataPath, Message }) => `${DataPath}: ${Message}`);
}

describe('a body that is taken', () => {
  const rows: readonly { desc: string; widgets: readonly object[]; more?: object }[] = [
    { desc: 'without widgets', widgets: [] },
    { desc: 'with a metric', widgets: [metricWidget({}, { x: 0, y: 0, width: 6, height: 6 })] },
    {
      desc: 'with everything around the metrics',
      widgets: [
        metricWidget({
          ...{
            view: 'timeSeries',
            stacked: false,
            stat: 'TM(10%:90%)',
            period: 300,
            title: 'Count',
            legend: { position: 'right' },
          },
          yAxis: { left: { min: 0, max: 1, label: 'n', showUnits: false } },
          annotations: { horizontal: [{ value: 1, label: 'much', color: '#fff' }] },
        }),
      ],
    },
    {
      desc: 'with rows that repeat cells, are rendered and calculated',
      widgets: [
        metricWidget({
          metrics: [
            [...row, { id: 'm1', label: 'all', stat: 'p99', period: 60, color: '#1f77b4', yAxis: 'right', visible: false }],
            ['.', '4XXError', '.', '.', { id: 'm2' }],
            ['...', 'toys'],
            [{ expression: 'm2/m1*100', label: '%', id: 'e1', region: 'us-east-1' }],
            ['.', '5XXError', '.', '.'],
          ],
        }),
      ],
    },
    {
      desc: 'with the metric of an alarm',
      widgets: [widget('metric', { annotations: { alarms: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:a'] } })],
    },
    {
      desc: 'with a widget of each other type',
      widgets: [
        widget('text', { markdown: '# Pets', background: 'transparent' }),
        widget('log', { query: "SOURCE 'pets' | fields @message", region: 'us-east-1', view: 'table' }),
        widget('alarm', { alarms: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:a'], title: 'Alarms', sortBy: 'default' }),
        widget('custom', { endpoint: 'arn:aws:lambda:us-east-1:000000000000:function:f', params: { a: [1] }, title: 'f' }),
        widget('explorer', { metrics: [], labels: [], anything: true }),
        widget('chart', { data: { queries: [] } }),
      ],
    },
    {
      desc: 'with a time range and variables',
      widgets: [],
      more: {
        ...{ start: '-PT6H', end: 'P0D', periodOverride: 'inherit' },
        variables: [
          { type: 'property', property: 'region', inputType: 'select', id: 'r', values: [{ value: 'us-east-1' }] },
          { type: 'pattern', pattern: 'pets', inputType: 'input', id: 'p' },
        ],
      },
    },
  ];
  for (const { desc, widgets, more } of rows) {
    test(desc, () => assert.deepEqual(warningsOf({ widgets, ...more }), []));
  }
});

describe('a body that is refused', () => {
  const source = 'The metric widget should have specified a region and a data source or an alarm annotation';
  const field = 'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element';
  const at = '/widgets/0';
  const inside = `${at}/properties`;
  const cases: readonly { desc: string; body: unknown; refused: readonly string[] }[] = [
    { desc: 'no widgets', body: {}, refused: [": Should have required property 'widgets'"] },
    { desc: 'widgets that are no array', body: { widgets: {} }, refused: ['/widgets: Should be array'] },
    { desc: 'a widget that is none', body: { widgets: [[]] }, refused: [`${at}: Should be object`] },
    {
      desc: 'a widget without type and properties',
      body: { widgets: [{}] },
      refused: [`${at}: Should have required property 'type'`, `${at}: Should have required property 'properties'`],
    },
    {
      desc: 'places outside the grid',
      body: { widgets: [metricWidget({}, { x: 24, y: -1, width: 25, height: 1001 })] },
      refused: [
        `${at}/x: Should be <= 23`,
        `${at}/y: Should be >= 0`,
        `${at}/width: Should be <= 24`,
        `${at}/height: Should be <= 1000`,
      ],
    },
    {
      desc: 'places that are no whole numbers',
      body: { widgets: [metricWidget({}, { x: '0', width: 1.5, height: 0 })] },
      refused: [`${at}/x: Should be integer`, `${at}/width: Should be integer`, `${at}/height: Should be >= 1`],
    },
    {
      desc: 'a metric widget without metrics',
      body: { widgets: [widget('metric', { region: 'us-east-1' })] },
      refused: [
        `${inside}: Should have required property 'metrics'`,
        `${inside}: ${source}`,
        `${inside}: Should have required property 'annotations'`,
      ],
    },
    {
      desc: 'a metric widget without a region',
      body: { widgets: [widget('metric', { metrics: [row] })] },
      refused: [
        `${inside}: Should have required property 'region'`,
        `${inside}: ${source}`,
        `${inside}: Should have required property 'annotations'`,
      ],
    },
    {
      desc: 'rows that are no arrays',
      body: { widgets: [metricWidget({ metrics: ['AWS/Lambda'] })] },
      refused: [`${inside}/metrics/0: Should be array`, `${inside}/metrics/0: ${field}`],
    },
    {
      desc: 'cells that are no text',
      body: {
        widgets: [
          metricWidget({
            metrics: [
              ['AWS/Lambda', 'Errors', { stat: 'Sum' }, { FunctionName: 'f' }],
              ['a', 1],
            ],
          }),
        ],
      },
      refused: [
        `${inside}/metrics/0/2: Invalid metric field type, only "String" type is allowed`,
        `${inside}/metrics/1/1: Invalid metric field type, only "String" type is allowed`,
      ],
    },
    {
      desc: 'what does not belong into the last object of a row',
      body: {
        widgets: [
          metricWidget({
            metrics: [
              ['AWS/Lambda', 'Errors', { color: 'red' }],
              [...row, { stat: 'Sample count' }],
              ['.', 'b', { dimensions: {} }],
              ['.', 'b', { __proto__: null, toString: 'a' }],
            ],
          }),
        ],
      },
      refused: [
        `${inside}/metrics/0: Should NOT have more than 2 items`,
        `${inside}/metrics/1: Should NOT have more than 4 items`,
        `${inside}/metrics/2: Should NOT have more than 2 items`,
        `${inside}/metrics/3: Should NOT have more than 2 items`,
      ],
    },
    {
      desc: 'markers that have nothing to repeat',
      body: {
        widgets: [
          metricWidget({
            metrics: [
              ['a', 'b', 'c'],
              ['.', '.', '.', '.'],
              ['...', 'a', 'b', 'c'],
            ],
          }),
        ],
      },
      refused: [
        `${inside}/metrics/1/3: Repeat marker "." used but not enough fields in previous metric`,
        `${inside}/metrics/2/0: Repeat marker "..." used but not enough fields in previous metric`,
      ],
    },
    {
      desc: 'a period, a statistic and an axis that cannot be',
      body: { widgets: [metricWidget({ period: 90, stat: 'Mean', yAxis: { left: { min: 5, max: 5 } } })] },
      refused: [
        `${inside}/period: Should be multiple of 60`,
        `${inside}/stat: Should match pattern of a statistic`,
        `${inside}/yAxis/left/min: Should be <= 5`,
      ],
    },
    {
      desc: 'what other widgets need',
      body: { widgets: [widget('text', {}), widget('log', {}), widget('custom', {}), widget('alarm', { alarms: [] })] },
      refused: [
        "/widgets/0/properties: Should have required property 'markdown'",
        "/widgets/1/properties: Should have required property 'query'",
        "/widgets/1/properties: Should have required property 'region'",
        "/widgets/2/properties: Should have required property 'endpoint'",
        '/widgets/3/properties/alarms: Should NOT have less than 1 items',
      ],
    },
    {
      desc: 'a choice without anything to choose from',
      body: { widgets: [], variables: [{ type: 'property', property: 'region', inputType: 'radio', id: 'r' }] },
      refused: [
        "/variables/0: Should have required property 'values'",
        "/variables/0: Should have required property 'populateFrom'",
        '/variables/0: Should match exactly one schema in oneOf',
      ],
    },
    {
      desc: 'too many metrics in a widget',
      body: { widgets: [metricWidget({ metrics: Array(501).fill(row) })] },
      refused: [`${inside}/metrics: Should NOT have more than 500 items`],
    },
    {
      desc: 'too many metrics in a dashboard',
      body: { widgets: Array(6).fill(metricWidget({ metrics: Array(417).fill(['a', 'b']) })) },
      refused: ['/widgets: Should NOT have more than 2500 metrics'],
    },
    {
      desc: 'too many widgets',
      body: { widgets: Array(501).fill(widget('text', { markdown: '' })) },
      refused: ['/widgets: Should NOT have more than 500 items'],
    },
  ];
  for (const { desc, body, refused } of cases) test(desc, () => assert.deepEqual(refusalsOf(body), refused));

  test('the message lists them as AWS does', () => {
    assert.equal(
      errorOf(JSON.stringify({ widgets: [widget('alarm', { alarms: [] })] })).message,
      'The dashboard body is invalid, there are 1 validation errors:\n' +
        '[\n  {\n    "dataPath": "/widgets/0/properties/alarms",\n    "message": "Should NOT have less than 1 items"\n  }\n]',
    );
  });

  test('what is no JSON object', () => {
    for (const text of ['', '{', '[]', 'null', '"a"', '{"widgets":[]} x']) {
      assert.equal(errorOf(text).message, 'The field DashboardBody must be a valid JSON object', text);
    }
  });
});

describe('a body that is taken with warnings', () => {
  const ignored = 'property is not expected to be part of a widget definition, will be ignored';
  const cases: readonly { desc: string; body: unknown; warned: readonly string[] }[] = [
    {
      desc: 'unknown properties',
      body: { widgets: [metricWidget({ colour: 1 }, { z: 1 })], name: 'a' },
      warned: [
        ': The "name" property is not expected to be part of a dashboard definition, will be ignored',
        `/widgets/0: The "z" ${ignored}`,
        `/widgets/0/properties: The "colour" ${ignored}`,
      ],
    },
    {
      desc: 'an unknown type',
      body: { widgets: [widget('metricc', {})] },
      warned: ['/widgets/0/type: The widget type "metricc" is not known, the widget will not be shown'],
    },
    {
      desc: 'a type that is a name of every object',
      body: { widgets: [widget('constructor', {})] },
      warned: ['/widgets/0/type: The widget type "constructor" is not known, the widget will not be shown'],
    },
    {
      desc: 'metrics that are not complete',
      body: { widgets: [metricWidget({ metrics: [['a', 'b', 'c'], ['a'], [{ label: 'x' }], []] })] },
      warned: [
        '/widgets/0/properties/metrics/0: The last dimension of the metric has no value',
        '/widgets/0/properties/metrics/1: The metric needs a namespace and a name',
        '/widgets/0/properties/metrics/2: The row has neither a metric nor an expression',
        '/widgets/0/properties/metrics/3: The row has neither a metric nor an expression',
      ],
    },
    {
      desc: 'choices that are none',
      body: { widgets: [metricWidget({ view: 'radar' })], periodOverride: 'no', end: 'P0D' },
      warned: [
        '/widgets/0/properties/view: Should be equal to one of the allowed values',
        '/periodOverride: Should be equal to one of the allowed values',
        '/end: The "end" property needs a "start" property, will be ignored',
      ],
    },
  ];
  for (const { desc, body, warned } of cases) test(desc, () => assert.deepEqual(warningsOf(body), warned));
});

describe('what a hostile body costs', () => {
  test('deep nesting is refused before it is parsed, brackets in strings are not counted', () => {
    const nested = (depth: number) => `{"widgets":[],"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    assert.match(errorOf(nested(100_000)).message, /nested deeper than 32 levels/);
    assert.match(errorOf(nested(32)).message, /nested deeper than 32 levels/);
    assert.equal(checkDashboardBody(nested(31)).length, 1);
    assert.deepEqual(warningsOf({ widgets: [widget('text', { markdown: `${'['.repeat(1000)}\\"{` })] }), []);
  });

  test('a long body is refused', () => {
    const long = JSON.stringify({ widgets: [widget('text', { markdown: 'a'.repeat(1_048_576) })] });
    assert.match(errorOf(long).message, /longer than 1048576 bytes/);
  });

  test('messages are counted in full and listed up to a hundred, and quote no long names', () => {
    const error = errorOf(JSON.stringify({ widgets: Array(150).fill({}) }));
    assert.match(error.message, /there are 300 validation errors/);
    assert.equal(listed(error.fields['dashboardValidationMessages']).length, 100);
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${'n'.repeat(1000)}${index}`, 1]));
    const warnings = checkDashboardBody(JSON.stringify({ widgets: [], ...many }));
    assert.equal(warnings.length, 100);
    assert.ok(warnings.every(({ Message }) => Message.length < 250));
  });

  test('a long row is not repeated', () => {
    const metrics = [Array(63).fill('a'), ['...', 'b']];
    assert.deepEqual(refusalsOf({ widgets: [metricWidget({ metrics })] }), [
      '/widgets/0/properties/metrics/0: Should NOT have more than 62 items',
      '/widgets/0/properties/metrics/1/0: Repeat marker "..." used but not enough fields in previous metric',
    ]);
  });
});
