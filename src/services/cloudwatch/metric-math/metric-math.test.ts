import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluateMath, resultSeries } from './evaluate.ts';
import { referencedIds } from './expression.ts';
import type { MathProblem } from './math-problem.ts';
import type { MathScope } from './math-scope.ts';
import { parseMathExpression } from './parser.ts';
import { type MathValue, seriesOf, type TimeSeries } from './values.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 23, 2, 30);

type Points = readonly (number | undefined)[];
const _ = undefined;

/** One value a minute; undefined where there is no point. */
function series(id: string, points: Points): TimeSeries {
  const times = points.flatMap((value, index) => (value === undefined ? [] : [START + index * MINUTE]));
  return { id, label: id, period: 60, times, values: points.filter((value) => value !== undefined) };
}

function scopeOf(metrics: Readonly<Record<string, Points>>, minutes = 5): MathScope {
  const all = Object.entries(metrics).map(([id, points]) => series(id, points));
  return {
    valueOf: (id) => {
      const found = all.find((one) => one.id === id);
      return found && { kind: 'series', series: found };
    },
    metrics: () => all,
    search: ({ statistic, period }) => all.map((one) => ({ ...one, label: `${statistic} ${period} ${one.label}` })),
    ...{ period: 60, startTime: START, endTime: START + minutes * MINUTE },
  };
}

function parsed(text: string) {
  const result = parseMathExpression(text);
  assert.ok('expression' in result, 'problem' in result ? `${text}: ${result.problem.message}` : text);
  return result.expression;
}

function evaluated(text: string, metrics: Readonly<Record<string, Points>> = {}, minutes?: number): MathValue {
  const value = evaluateMath(parsed(text), scopeOf(metrics, minutes));
  assert.ok(value.kind !== 'problem', value.kind === 'problem' ? `${text}: ${value.message}` : text);
  return value;
}

function toPoints({ times, values }: TimeSeries, minutes = 5): Points {
  return Array.from({ length: minutes }, (_unused, index) => values[times.indexOf(START + index * MINUTE)]);
}

function pointsOf(text: string, metrics: Readonly<Record<string, Points>>): Points {
  const value = evaluated(text, metrics);
  assert.ok(value.kind === 'series', `${text} is ${value.kind}`);
  return toPoints(value.series);
}

function listOf(text: string, metrics: Readonly<Record<string, Points>>): readonly Points[] {
  const value = evaluated(text, metrics);
  assert.ok(value.kind === 'list', `${text} is ${value.kind}`);
  return value.list.map((one) => toPoints(one));
}

function scalarOf(text: string, metrics: Readonly<Record<string, Points>> = {}): number {
  const value = evaluated(text, metrics);
  assert.ok(value.kind === 'scalar', `${text} is ${value.kind}`);
  return value.value;
}

function problemOf(text: string, metrics: Readonly<Record<string, Points>> = {}): MathProblem {
  const result = parseMathExpression(text);
  if ('problem' in result) return result.problem;
  const value = evaluateMath(result.expression, scopeOf(metrics));
  assert.ok(value.kind === 'problem', `${text} is ${value.kind}`);
  return value;
}

describe('operators', () => {
  const scalars: readonly (readonly [text: string, value: number])[] = [
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 3 - 2', 5],
    ['16 / 4 / 2', 2],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['--3', 3],
    ['2 * -3', -6],
    ['1.5e3 + .5 + 2E-1', 1500.7],
    ['1 + 1 == 2', 1],
    ['3 != 3', 0],
    ['1 < 2 AND 2 < 1', 0],
    ['1 OR 0 AND 0', 1],
    ['(1 || 0) && 0', 0],
    ['2 >= 2', 1],
    ['-5 && 1', 1],
  ];
  for (const [text, value] of scalars) test(`${text} is ${value}`, () => assert.equal(scalarOf(text), value));

  const metrics = { m1: [1, 2, _, 4, 0], m2: [10, _, 30, 0, 0] };
  const rows: readonly { desc: string; text: string; points: Points }[] = [
    { desc: 'a missing value is 0', text: 'm1 + m2', points: [11, 2, 30, 4, 0] },
    { desc: 'a scalar makes no points', text: 'm1 + 5', points: [6, 7, _, 9, 5] },
    { desc: 'a scalar on the left', text: '10 - m1', points: [9, 8, _, 6, 10] },
    { desc: 'division by zero drops the point', text: 'm1 / m2', points: [0.1, _, 0, _, _] },
    { desc: 'division of a scalar', text: '4 / m1', points: [4, 2, _, 1, _] },
    { desc: 'division by a scalar that is zero', text: 'm1 / (5 - 5)', points: [_, _, _, _, _] },
    { desc: 'a root of a negative number', text: '(m1 - 2) ^ 0.5', points: [_, 0, _, 2 ** 0.5, _] },
    { desc: 'the opposite', text: '-m1', points: [-1, -2, _, -4, 0] },
    { desc: 'a scalar without a value', text: 'm1 > AVG(m1 / 0)', points: [_, _, _, _, _] },
  ];
  for (const { desc, text, points } of rows) test(`${desc}: ${text}`, () => assert.deepEqual(pointsOf(text, metrics), points));

  // The rows of the user guide, "Comparison and logical operators".
  const guide = { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] };
  for (const [text, points] of [
    ['(metric1 < metric2)', [0, 0, 1, 0, _]],
    ['(metric1 >= 30)', [1, 0, 0, 0, _]],
    ['(metric1 > 15 AND metric2 > 15)', [1, 0, 0, 0, _]],
    ['metric1 > 15 || metric2 > 15', [1, 1, 1, 0, _]],
  ] as const) {
    test(`guide: ${text}`, () => assert.deepEqual(pointsOf(text, guide), points));
  }

  test('an array takes part with each of its series', () => {
    assert.deepEqual(listOf('[m1, m2] * 2', { m1: [1, 2], m2: [3] }), [
      [2, 4, _, _, _],
      [6, _, _, _, _],
    ]);
    assert.deepEqual(listOf('m1 - [m1, m2]', { m1: [1, 2], m2: [3] }), [
      [0, 0, _, _, _],
      [-2, 2, _, _, _],
    ]);
    assert.match(problemOf('[m1] + [m1]', { m1: [1] }).message, /Unsupported operand type/);
  });

  test('a series of an array keeps its label', () => {
    const value = evaluated('METRICS() * 100', { errors: [1], requests: [2] });
    assert.deepEqual(
      seriesOf(value).map(({ label }) => label),
      ['errors', 'requests'],
    );
  });
});

describe('IF', () => {
  const metrics = { c: [1, 1, 0, 0, _], t: [30, _, 0, 0, 30], f: [0, 0, 20, _, 20] };
  const rows: readonly (readonly [text: string, points: Points])[] = [
    ['IF(c, t, f)', [30, 0, 20, _, _]],
    ['IF(c, 5, f)', [5, 5, 20, _, _]],
    ['IF(c, t, 5)', [30, 0, 5, 5, _]],
    ['IF(c, 10, 2)', [10, 10, 2, 2, _]],
    ['IF(c, t)', [30, 0, _, _, _]],
    ['IF(-c, 1)', [1, 1, _, _, _]],
    ['IF(t < 20, t)', [_, _, 0, 0, _]],
    ['IF(1, t, f)', [30, _, 0, 0, 30]],
    ['IF(0, t, f)', [0, 0, 20, _, 20]],
    ['IF(0, t)', [_, _, _, _, _]],
    ['IF(SUM(t) > 50, 1, f)', [1, 1, 1, _, 1]],
  ];
  for (const [text, points] of rows) test(text, () => assert.deepEqual(pointsOf(text, metrics), points));
});

describe('functions', () => {
  const metrics = { m1: [2, 4, _, 8, -2.5], m2: [1, _, 3], errors4xx: [_, _, _, _, 1], none: [] };

  const scalars: readonly (readonly [text: string, value: number])[] = [
    ['SUM(m1)', 11.5],
    ['AVG(m1)', 2.875],
    ['MIN(m1)', -2.5],
    ['MAX(m1)', 8],
    ['STDDEV(m2)', 1],
    ['DATAPOINT_COUNT(m1)', 4],
    ['SUM(none)', 0],
    ['DATAPOINT_COUNT(none)', 0],
    ['AVG(none)', Number.NaN],
    ['MAX(none)', Number.NaN],
    ['METRIC_COUNT(METRICS())', 4],
    ['METRIC_COUNT(METRICS("4xx"))', 1],
    ['METRIC_COUNT(METRICS(["m", "4xx"]))', 3],
    ['METRIC_COUNT([METRICS("m1"), m2])', 2],
    ["METRIC_COUNT(METRICS('nothing'))", 0],
    ['METRIC_COUNT(REMOVE_EMPTY(METRICS()))', 3],
    ['PERIOD(m1)', 60],
  ];
  for (const [text, value] of scalars) test(`${text} is ${value}`, () => assert.equal(scalarOf(text, metrics), value));

  const rows: readonly (readonly [text: string, points: Points])[] = [
    ['SUM([m1, m2])', [3, 4, 3, 8, -2.5]],
    ['AVG([m1, m2])', [1.5, 2, 1.5, 4, -1.25]],
    ['MIN([m1, m2])', [1, 4, 3, 8, -2.5]],
    ['MAX([m1, m2])', [2, 4, 3, 8, -2.5]],
    ['STDDEV([m1, m2])', [0.5, 0, 0, 0, 0]],
    ['DATAPOINT_COUNT([m1, m2])', [2, 1, 1, 1, 1]],
    ['SUM(METRICS("nothing"))', [_, _, _, _, _]],
    ['ABS(m1)', [2, 4, _, 8, 2.5]],
    ['CEIL(m1)', [2, 4, _, 8, -2]],
    ['FLOOR(m1)', [2, 4, _, 8, -3]],
    ['LOG(m1 - 1)', [0, Math.log(3), _, Math.log(7), _]],
    ['LOG10(m1 * 5)', [1, Math.log10(20), _, Math.log10(40), _]],
    ['DIFF(m1)', [_, 2, _, 4, -10.5]],
    ['DIFF_TIME(m1)', [_, 60, _, 120, 60]],
    ['RATE(m1)', [_, 2 / 60, _, 4 / 120, -10.5 / 60]],
    ['RUNNING_SUM(m1)', [2, 6, _, 14, 11.5]],
    ['FILL(m1, 0)', [2, 4, 0, 8, -2.5]],
    ['FILL(m1, MIN(m1))', [2, 4, -2.5, 8, -2.5]],
    ['FILL(m1, REPEAT)', [2, 4, 4, 8, -2.5]],
    ['FILL(m1, LINEAR)', [2, 4, 6, 8, -2.5]],
    ['FILL(m2, REPEAT)', [1, 1, 3, 3, 3]],
    ['FILL(m2, LINEAR)', [1, 2, 3, _, _]],
    ['FILL(errors4xx, REPEAT)', [_, _, _, _, 1]],
    ['FILL(m2, m1)', [1, 4, 3, 8, -2.5]],
    ['FILL(none, 7)', [7, 7, 7, 7, 7]],
    ['FIRST([m2, m1])', [1, _, 3, _, _]],
    ['LAST([m1, m2])', [1, _, 3, _, _]],
    ['FIRST(METRICS("nothing"))', [_, _, _, _, _]],
    ['TIME_SERIES(10)', [10, 10, 10, 10, 10]],
    ['TIME_SERIES(MAX(m1) / 0)', [_, _, _, _, _]],
    ['FIRST(SORT(METRICS("m"), AVG, DESC))', [2, 4, _, 8, -2.5]],
    ['FIRST(SORT(METRICS("m"), AVG, ASC))', [1, _, 3, _, _]],
  ];
  for (const [text, points] of rows) test(text, () => assert.deepEqual(pointsOf(text, metrics), points));

  const ids = (text: string): readonly (string | undefined)[] => seriesOf(evaluated(text, metrics)).map(({ id }) => id);

  test('SORT orders, limits, and puts series without points last', () => {
    assert.deepEqual(ids('SORT(METRICS(), SUM, DESC)'), ['m1', 'm2', 'errors4xx', 'none']);
    assert.deepEqual(ids('SORT(METRICS(), MAX, ASC)'), ['errors4xx', 'm2', 'm1', 'none']);
    assert.deepEqual(ids('SORT(METRICS(), MIN, DESC, 2)'), ['m2', 'errors4xx']);
  });

  test('SLICE takes from start (inclusive) to end (exclusive)', () => {
    assert.deepEqual(ids('SLICE(METRICS(), 1)'), ['m2', 'errors4xx', 'none']);
    assert.deepEqual(ids('SLICE(METRICS(), 0, 2)'), ['m1', 'm2']);
    assert.deepEqual(ids('SLICE(METRICS(), 9)'), []);
  });

  test('functions of one series work on each of an array', () => {
    assert.deepEqual(listOf('FILL([m1, m2], 0)', metrics), [
      [2, 4, 0, 8, -2.5],
      [1, 0, 3, 0, 0],
    ]);
    assert.deepEqual(listOf('DIFF([m1, m2])', metrics)[1], [_, _, 2, _, _]);
  });

  test('clock functions have a value for every period', () => {
    const minutes = [30, 31, 32, 33, 34];
    assert.deepEqual(pointsOf('MINUTE(m1)', metrics), minutes);
    // 2026-11-23 is a Monday.
    for (const [name, value] of [
      ['HOUR', 2],
      ['DAY', 1],
      ['DATE', 23],
      ['MONTH', 11],
      ['YEAR', 2026],
    ]) {
      assert.deepEqual(new Set(pointsOf(`${name}(none)`, metrics)), new Set([value]), `${name}`);
    }
    assert.equal(pointsOf('EPOCH(m1)', metrics)[1], START / 1000 + 60);
    assert.deepEqual(pointsOf('IF(DAY(m1) < 6, m1)', metrics), [2, 4, 0, 8, -2.5]);
  });

  test('SEARCH is asked for with its statistic and period', () => {
    const value = evaluated(`SEARCH('{AWS/Lambda} MetricName="Errors"', 'p99', 300)`, { m1: [1] });
    assert.equal(seriesOf(value)[0]?.label, 'p99 300 m1');
    assert.equal(pointsOf(`SUM(SEARCH(' Errors ', 'Sum'))`, { m1: [1], m2: [2] })[0], 3);
  });

  test('a result that is a scalar cannot be answered', () => {
    assert.match((resultSeries(evaluated('AVG(m1)', metrics)) as MathProblem).message, /scalar/);
    assert.equal((resultSeries(evaluated('m1', metrics)) as readonly TimeSeries[]).length, 1);
  });
});

test('an expression tells what it refers to', () => {
  const { ids, allMetrics, searches } = referencedIds(parsed(`IF(m1 > -e1, [m2, m1], SUM(SEARCH('x', 'Sum', 60)))`));
  assert.deepEqual([...ids].sort(), ['e1', 'm1', 'm2']);
  assert.equal(allMetrics, false);
  assert.deepEqual(
    searches.map(({ statistic, period }) => [statistic, period]),
    [['Sum', 60]],
  );
  assert.equal(referencedIds(parsed('SUM(METRICS("a"))')).allMetrics, true);
});

describe('problems', () => {
  const rows: readonly { text: string; message: RegExp; at?: number }[] = [
    { text: '', message: /Expected a value, found the end/, at: 0 },
    { text: 'm1 +', message: /Expected a value/, at: 4 },
    { text: 'm1 m1', message: /Unexpected "m1"/, at: 3 },
    { text: '(m1', message: /Expected "\)"/ },
    { text: 'm1 = 2', message: /==/, at: 3 },
    { text: 'm1 # 2', message: /Unexpected character "#"/, at: 3 },
    { text: '+m1', message: /Expected a value/ },
    { text: '1e999', message: /too large/ },
    { text: '[]', message: /Expected a value/ },
    { text: '"m1"', message: /text in quotes/ },
    { text: 'METRICS("a)', message: /quote is not closed/, at: 8 },
    { text: 'm9 + 1', message: /no metric or expression with the id m9/, at: 0 },
    { text: 'm1 + SUMM(m1)', message: /no function SUMM/, at: 5 },
    { text: 'sum(m1)', message: /upper case/ },
    { text: 'SUM', message: /SUM: the brackets/ },
    { text: 'REPEAT', message: /no function REPEAT/ },
    { text: 'SUM()', message: /SUM needs 1 argument/ },
    { text: 'SUM(m1, m1)', message: /SUM has at most 1 argument/ },
    { text: 'IF(m1)', message: /IF needs 2 arguments/ },
    { text: 'SUM(5)', message: /SUM: argument 1 must be a time series or an array of time series, not a scalar/, at: 4 },
    { text: 'FILL(m1, METRICS())', message: /FILL: argument 2 must be a scalar or a time series/ },
    { text: 'FILL(m1, TWICE)', message: /no function TWICE/ },
    { text: 'IF(METRICS(), 1)', message: /IF: argument 1/ },
    { text: 'FIRST(m1)', message: /FIRST: argument 1 must be an array of time series, not a time series/ },
    { text: 'SORT([m1], LOG, ASC)', message: /SORT: argument 2 must be one of AVG, MAX, MIN, SUM/ },
    { text: 'SORT([m1], AVG, m1)', message: /SORT: argument 3 must be one of ASC, DESC/ },
    { text: 'SORT([m1], AVG, ASC, 1.5)', message: /SORT: argument 4/ },
    { text: 'SLICE([m1], -1)', message: /SLICE: argument 2/ },
    { text: 'PERIOD(m1 * 2)', message: /PERIOD: argument 1 must be the id of a metric/ },
    { text: 'METRICS(m1)', message: /METRICS: argument 1 must be a text/ },
    { text: '[m1, 5]', message: /not scalars/, at: 5 },
    { text: `SEARCH(' ', 'Sum')`, message: /SEARCH: The search is empty/ },
    { text: `SEARCH('a (', 'Sum')`, message: /SEARCH: /, at: 11 },
    { text: `SEARCH('a')`, message: /Expected ","/ },
    { text: `SEARCH('a', 'Sum', m1)`, message: /SEARCH: argument 3/ },
    ...['ANOMALY_DETECTION_BAND(m1)', 'INSIGHT_RULE_METRIC("a", b)', 'SERVICE_QUOTA(m1)', 'SELECT AVG(x) FROM y'].map((text) => ({
      text,
      message: /is not supported here/,
    })),
    { text: `${'('.repeat(40)}m1${')'.repeat(40)}`, message: /nested more than 32 deep/ },
    { text: `${'-'.repeat(2_000)}m1`, message: /nested/ },
    { text: `1${'^1'.repeat(1_000)}`, message: /nested/ },
    { text: `m1${' '.repeat(2_047)}`, message: /more than 2048 characters/ },
    { text: `[${'m1,'.repeat(600)}m1]`, message: /at most 500 series/ },
    { text: `[${'METRICS(),'.repeat(60)}m1]`, message: /More than 500 time series/ },
  ];
  const metrics = Object.fromEntries(Array.from({ length: 10 }, (_unused, index) => [`m${index === 9 ? 10 : index}`, [1]]));
  for (const { text, message, at } of rows) {
    test(text.slice(0, 60), () => {
      const problem = problemOf(text, metrics);
      assert.match(problem.message, message);
      if (at !== undefined) assert.equal(problem.at, at);
    });
  }
});

describe('large inputs', () => {
  test('a long sum is no trouble', () => {
    assert.deepEqual(pointsOf(`m1${'+1'.repeat(1_000)}`, { m1: [1] })[0], 1_001);
  });

  test('a range of too many periods is refused before it is laid out', () => {
    const scope = { ...scopeOf({ m1: [1] }), startTime: 0 };
    for (const text of ['TIME_SERIES(1)', 'FILL(m1, 0)', 'MINUTE(m1)', 'FILL([m1, m1], 0)']) {
      const value = evaluateMath(parsed(text), { ...scope, endTime: START * 100 });
      assert.match((value as MathProblem).message, /too many periods/);
    }
  });

  test('as many points as two weeks of minutes have', () => {
    const points = 20_160;
    const even = Array.from({ length: points }, (_unused, index) => (index % 3 === 0 ? undefined : index));
    const value = evaluated(
      'SUM([FILL(m1, LINEAR), m2, m1 * m2]) + IF(m1 > m2, MAX(m1), m2)',
      { m1: even, m2: even.toReversed() },
      points,
    );
    assert.equal(seriesOf(value)[0]?.times.length, points);
  });

  test('an expression cannot ask for more points than fit', () => {
    const m1 = Array.from({ length: 50_000 }, (_unused, index) => index);
    const problem = evaluateMath(parsed(`SUM([${'m1,'.repeat(400)}m1])`), scopeOf({ m1 }));
    assert.match((problem as MathProblem).message, /data points/);
    const many = `[${'m2,'.repeat(300)}m2] - m1`;
    assert.match((evaluateMath(parsed(many), scopeOf({ m1, m2: [1] })) as MathProblem).message, /data points/);
  });
});

test('random expressions are refused or give a value, and never throw', () => {
  const tokens = [
    ...'m1 m2 e1 1 0 2.5 1e3 + - * / ^ == != < >= AND OR && || ( ) ( ) [ ] , , ,'.split(' '),
    ...'SUM( AVG( MIN( STDDEV( FILL( IF( SORT( SLICE( METRICS( RATE( FIRST( DAY( PERIOD( TIME_SERIES( LOG('.split(' '),
    ...[
      'REPEAT',
      'LINEAR',
      'DESC',
      'AVG',
      '"m"',
      "'Sum'",
      "SEARCH('x', 'Sum')",
      'METRICS()',
      '[m1, m2]',
      '"',
      '\\',
      '=',
      '#',
      'ü',
      ' ',
    ],
  ];
  let state = 7;
  const below = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const term = (depth: number): string => {
    if (depth === 0 || below(4) === 0) return ['m1', 'm2', '3', 'METRICS()', '[m1, m2]'][below(5)] as string;
    const inner = term(depth - 1);
    return [
      ...[`(${inner})`, `-${inner}`, `SUM(${inner})`, `FILL(${inner}, REPEAT)`, `IF(${inner}, ${term(depth - 1)})`],
      ...[`${inner} / ${term(depth - 1)}`, `RATE(${inner})`, `SORT(${inner}, AVG, ASC)`, `${inner} > ${term(depth - 1)}`],
    ][below(9)] as string;
  };
  const scope = scopeOf({ m1: [1, _, 3], m2: [0, 2] });
  let valued = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const text = below(2) === 0 ? term(4) : Array.from({ length: below(12) }, () => tokens[below(tokens.length)]).join('');
    const result = parseMathExpression(text);
    if ('problem' in result) continue;
    const value = evaluateMath(result.expression, scope);
    if (value.kind === 'problem') continue;
    valued += 1;
    for (const { times, values } of seriesOf(value)) {
      assert.equal(times.length, values.length, text);
      assert.ok(values.every(Number.isFinite), text);
      assert.ok(
        times.every((time, index) => index === 0 || time > (times[index - 1] as number)),
        text,
      );
    }
  }
  assert.ok(valued > 3_000, `${valued} of the expressions have a value: the generator reaches too little`);
});
