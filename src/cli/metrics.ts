// `stagegate metrics`: what APIs and functions did in the last hour, a line for each stage, method or function.

import { nearestName } from '../config/nearest-name.ts';
import { UserError } from '../config/user-error.ts';
import type { Command, CommandContext } from './command.ts';
import { findService } from './control-client.ts';
import { formatClock, formatMicroseconds, parseTimeSpan } from './duration.ts';
import { functionNameOf } from './function-names.ts';
import { type AskedStatistic, type MetricOwner, MetricsClient, type Points } from './metrics-client.ts';
import { alignColumns } from './table.ts';
import { plainText } from './terminal.ts';

const HOUR_MS = 3_600_000;
/** Characters of the curve. */
const CURVE = 30;
/** The fewest lines that nobody reads to their end. */
const LINES_MAX = 200;

/** A line of the table. */
interface Row {
  readonly kind: 'api' | 'websocket' | 'function';
  readonly owner: MetricOwner;
  /** API and stage, or function. */
  readonly names: readonly [string, string];
  readonly more: string;
}

interface Figures {
  readonly count: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
  readonly curve: readonly number[];
}

export const metrics: Command = async (context) => {
  const { values, out, positionals } = context;
  const client = new MetricsClient(context);
  const span = Math.max(60_000, values.since === undefined ? HOUR_MS : parseTimeSpan(values.since));
  const [named] = positionals;
  const asked = named === undefined ? [] : [named, functionNameOf(await findService(context), named)];
  const rows = await rowsOf(client, asked);
  // Whole minutes; the curve has as many periods as fit.
  const period = Math.max(60, Math.ceil(span / CURVE / 60_000) * 60);
  const end = Math.floor(Date.now() / (period * 1000) + 1) * period * 1000;
  const start = end - Math.ceil(span / (period * 1000)) * period * 1000;
  const figures = await figuresOf(client, rows, { start, end, period });
  const busy = rows
    .map((row, index) => ({ row, figures: figures[index] as Figures }))
    .filter(({ figures: { count } }) => count > 0);
  const shown = await withTimes(client, values.json ? busy : busy.slice(0, LINES_MAX), start, end);
  if (values.json) {
    const lines = shown.map(({ row, figures: its, p50, p99 }) => ({
      ...{ ...row.owner, ...its, p50, p99 },
      curve: { start: new Date(start).toISOString(), period, values: its.curve },
    }));
    out.line(JSON.stringify(lines, undefined, 2));
    return 0;
  }
  if (named === undefined) {
    for (const { AlarmName, StateReason } of await client.alarms()) {
      out.line(`${out.paint('red', 'ALARM')}  ${plainText(AlarmName)}: ${plainText(StateReason)}`);
    }
  }
  if (busy.length === 0) {
    out.line(`Nothing was counted in ${values.since ?? 'the last hour'}. --since 1d looks further back.`);
    return 0;
  }
  const apis = shown.filter(({ row }) => row.kind !== 'function').map((line) => apiLine(line, context));
  const functions = shown.filter(({ row }) => row.kind === 'function').map((line) => functionLine(line, context));
  const since = `${formatClock(start).slice(0, 5)} - ${formatClock(end).slice(0, 5)}`;
  if (apis.length > 0) {
    const head = ['API', 'stage', '', 'requests', '4xx', '5xx', '    p50', '    p99', since];
    for (const line of alignColumns([head, ...apis])) out.line(line);
  }
  if (apis.length > 0 && functions.length > 0) out.line();
  if (functions.length > 0) {
    const head = ['function', 'invocations', 'errors', 'throttled', '    p50', '    p99', apis.length > 0 ? '' : since];
    for (const line of alignColumns([head, ...functions])) out.line(line);
  }
  if (busy.length > shown.length) out.line(`and ${busy.length - shown.length} more: stagegate metrics NAME, or --json`);
  return 0;
};

/** `asked`: the names that the one thing may have which is asked for; none for everything. */
async function rowsOf(client: MetricsClient, asked: readonly string[]): Promise<readonly Row[]> {
  const [requests, messages, invocations, names] = await Promise.all([
    client.owners('AWS/ApiGateway', 'Count'),
    client.owners('AWS/ApiGateway', 'MessageCount'),
    client.owners('AWS/Lambda', 'Invocations'),
    client.apiNames(),
  ]);
  const toApi = (owner: MetricOwner, kind: Row['kind']): Row[] => {
    const { ApiName, ApiId = '', Stage, Resource, Method, Route } = owner.dimensions;
    if (Stage === undefined) return [];
    const name = ApiName ?? names.get(ApiId) ?? ApiId;
    const what = Route ?? (Method === Resource ? (Method ?? '') : `${Method} ${Resource}`);
    return [{ kind, owner, names: [name, Stage], more: what }];
  };
  const all = [
    ...requests.flatMap((owner) => toApi(owner, 'api')),
    ...messages.flatMap((owner) => toApi(owner, 'websocket')),
    ...invocations.flatMap((owner): Row[] => {
      const { FunctionName, Resource } = owner.dimensions;
      // Each is counted by what was invoked, too: that is shown where it is not the function itself.
      if (FunctionName === undefined || Resource === FunctionName) return [];
      return [{ kind: 'function', owner, names: [FunctionName, ''], more: Resource ?? '' }];
    }),
  ].toSorted((a, b) => compare(a.names[0], b.names[0]) || compare(a.names[1], b.names[1]) || compare(a.more, b.more));
  const [named] = asked;
  if (named === undefined) return all.filter(({ more }) => more === '');
  const found = all.filter(({ names: [name], owner }) => asked.includes(name) || owner.dimensions['ApiId'] === named);
  if (found.length > 0) return found;
  const known = [...new Set(all.map(({ names: [name] }) => name))];
  const near = nearestName(named, known);
  throw new UserError('SG_NOT_FOUND', `Nothing was counted of ${named}.`, {
    fix: near === undefined ? `There is: ${known.join(', ') || 'nothing yet'}.` : `Did you mean ${near}?`,
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is asked of each kind, in the order of Figures: count, errors, errors, a time. */
const METRICS: Readonly<Record<Row['kind'], (row: Row) => readonly [string, string, string, string]>> = {
  api: ({ owner }) =>
    owner.dimensions['ApiName'] === undefined ? ['Count', '4xx', '5xx', 'Latency'] : ['Count', '4XXError', '5XXError', 'Latency'],
  websocket: () => ['MessageCount', 'ClientError', 'ExecutionError', 'IntegrationLatency'],
  function: () => ['Invocations', 'Errors', 'Throttles', 'Duration'],
};

async function figuresOf(
  client: MetricsClient,
  rows: readonly Row[],
  { start, end, period }: { readonly start: number; readonly end: number; readonly period: number },
): Promise<readonly Figures[]> {
  const asked = rows.flatMap((row): AskedStatistic[] => {
    const [count, clientErrors, serverErrors] = METRICS[row.kind](row);
    return [count, clientErrors, serverErrors].map((metricName) => ({ owner: row.owner, metricName, stat: 'Sum', period }));
  });
  const points = await client.statistics(asked, start, end);
  return rows.map((_, index) => {
    const [counts, clientErrors, serverErrors] = points.slice(index * 3, index * 3 + 3) as [Points, Points, Points];
    const curve = Array.from({ length: Math.round((end - start) / (period * 1000)) }, () => 0);
    counts.times.forEach((time, at) => {
      const slot = Math.floor((time - start) / (period * 1000));
      if (slot >= 0 && slot < curve.length) curve[slot] = (curve[slot] as number) + (counts.values[at] as number);
    });
    return { count: total(counts), clientErrors: total(clientErrors), serverErrors: total(serverErrors), curve };
  });
}

/** Calls at a time. */
const AT_ONCE = 8;

async function withTimes(
  client: MetricsClient,
  lines: readonly Pick<Line, 'row' | 'figures'>[],
  start: number,
  end: number,
): Promise<readonly Line[]> {
  const timed: Line[] = [];
  for (let index = 0; index < lines.length; index += AT_ONCE) {
    const part = lines.slice(index, index + AT_ONCE).map(async ({ row, figures }) => {
      const [, , , time] = METRICS[row.kind](row);
      const [p50, p99] = await client.percentiles(row.owner, time, ['p50', 'p99'], start, end);
      return { row, figures, p50, p99 };
    });
    timed.push(...(await Promise.all(part)));
  }
  return timed;
}

function total({ values }: Points): number {
  return values.reduce((sum, value) => sum + value, 0);
}

interface Line {
  readonly row: Row;
  readonly figures: Figures;
  /** Milliseconds; undefined without a value. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

function apiLine(line: Line, { out }: CommandContext): readonly string[] {
  const { row, figures } = line;
  const { count, clientErrors, serverErrors } = figures;
  return [
    ...[plainText(row.names[0]), plainText(row.names[1]), plainText(row.more)],
    whole(count).padStart('requests'.length),
    clientErrors === 0 ? '-' : out.paint('yellow', rate(clientErrors, count)),
    serverErrors === 0 ? '-' : out.paint('red', rate(serverErrors, count)),
    ...times(line),
    out.paint('cyan', curveText(figures.curve)),
  ];
}

function functionLine(line: Line, { out }: CommandContext): readonly string[] {
  const { row, figures } = line;
  const { count, clientErrors, serverErrors } = figures;
  return [
    plainText(row.more === '' ? row.names[0] : row.more),
    whole(count).padStart('invocations'.length),
    clientErrors === 0 ? '-' : out.paint('red', rate(clientErrors, count)),
    serverErrors === 0 ? '-' : out.paint('yellow', whole(serverErrors)),
    ...times(line),
    out.paint('cyan', curveText(figures.curve)),
  ];
}

function times({ p50, p99 }: Line): readonly string[] {
  return [p50, p99].map((time) => (time === undefined ? '-' : formatMicroseconds(time * 1000)).padStart(7));
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** `0.4 %`, and never 0 for something. */
function rate(part: number, all: number): string {
  const percent = all === 0 ? 100 : (100 * part) / all;
  return percent < 0.1 ? '<0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

const BARS = [...'▁▂▃▄▅▆▇█'];

function curveText(values: readonly number[]): string {
  const most = Math.max(...values);
  // Whatever came shows; where nothing came there is nothing.
  return values
    .map((value) => (value === 0 ? ' ' : (BARS[Math.max(0, Math.ceil((value / most) * BARS.length) - 1)] as string)))
    .join('')
    .trimEnd();
}
