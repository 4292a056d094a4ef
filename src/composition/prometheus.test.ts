import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dimension, Distribution, MetricPoint } from '../model/metric.ts';
import { PrometheusTotals } from './prometheus.ts';

const scope = { account: '000000000000', region: 'us-east-1' };

function point(
  metricName: string,
  dimensions: Readonly<Record<string, string>>,
  distribution: Distribution,
  namespace = 'AWS/ApiGateway',
): MetricPoint {
  const named: Dimension[] = Object.entries(dimensions).map(([name, value]) => ({ name, value }));
  return { scope, metric: { namespace, metricName, dimensions: named }, unit: 'Count', at: 0, resolution: 60, distribution };
}

const counted = (sum: number): Distribution => ({ sampleCount: sum, sum, minimum: 1, maximum: 1 });

test('what comes minute by minute is summed up; nothing is counted twice', () => {
  const totals = new PrometheusTotals();
  for (const dimensions of [{ ApiName: 'pets' }, { ApiName: 'pets', Stage: 'prod' }]) {
    totals.add([
      point('Count', dimensions as Record<string, string>, counted(3)),
      point('Count', dimensions as Record<string, string>, counted(2)),
    ]);
  }
  totals.add([point('Count', { ApiId: 'h1', Stage: '$default', Resource: '/a"b', Method: 'GET' }, counted(1))]);
  totals.add(
    [{}, { FunctionName: 'f' }, { FunctionName: 'f', Resource: 'f' }].map((dimensions) =>
      point('Invocations', dimensions as Record<string, string>, counted(4), 'AWS/Lambda'),
    ),
  );
  const lines = totals.text().split('\n');
  assert.deepEqual(
    lines.filter((line) => line.startsWith('stagegate_') && !line.includes('dropped')),
    [
      'stagegate_api_requests_total{account="000000000000",region="us-east-1",api="pets",stage="prod"} 5',
      'stagegate_method_requests_total{account="000000000000",region="us-east-1",api_id="h1",stage="$default",resource="/a\\"b",method="GET"} 1',
      'stagegate_function_invocations_total{account="000000000000",region="us-east-1",function="f"} 4',
    ],
  );
  assert.ok(lines.includes('# TYPE stagegate_api_requests_total counter'));
});

test('times are histograms in seconds', () => {
  const totals = new PrometheusTotals();
  const stage = { ApiName: 'pets', Stage: 'prod' };
  const distribution = { sampleCount: 4, sum: 4_506, minimum: 3, maximum: 4_500, values: [3, 4_500], counts: [3, 1] };
  totals.add([point('Latency', stage, distribution)]);
  const text = totals.text({ stagegate_up: { help: 'Whether it runs.', value: 1 } });
  const of = (le: string) => new RegExp(`stagegate_api_latency_seconds_bucket\\{[^}]*le="${le}"\\} (\\d+)`).exec(text)?.[1];
  assert.deepEqual([of('0\\.0025'), of('0\\.005'), of('2\\.5'), of('5'), of('\\+Inf')], ['0', '3', '3', '4', '4']);
  assert.match(text, /latency_seconds_sum\{[^}]*\} 4\.506\n/);
  assert.match(text, /^# HELP stagegate_up Whether it runs\.\n# TYPE stagegate_up gauge\nstagegate_up 1\n/);
});

test('own metrics and totals of all APIs of a name are not told', () => {
  const totals = new PrometheusTotals();
  totals.add([point('orders', {}, counted(1), 'shop'), point('Count', { ApiName: 'pets' }, counted(1))]);
  assert.doesNotMatch(totals.text(), /shop|orders|requests/);
});
