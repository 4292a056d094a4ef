// The `metrics` of a metric widget: rows of namespace, name and dimensions, of which later ones may repeat earlier cells.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html

import { type DashboardProblems, isJsonObject, type JsonObject } from './dashboard-problems.ts';

export const ROWS_MAX = 500;
/** Namespace, name, and the names and values of 30 dimensions: no metric has more. */
const CELLS_MAX = 62;

const STATISTIC =
  /^(?:SampleCount|Average|Sum|Minimum|Maximum|IQM|(?:[pP]|tm|tc|ts|wm|TM|TC|TS|WM)(?:\d{1,2}(?:\.\d{0,10})?|100)|(?:TM|TC|TS|WM|PR)\([^()]{1,60}\))$/;
const COLOR = /^#(?:[0-9a-fA-F]{3}){1,2}$/;
const ID = /^[a-z][A-Za-z0-9_]*$/;

/** What the object at the end of a row may say. AWS: Seen: Dashboard Body Structure, rendering properties. */
const RENDERING: Readonly<Record<string, (value: unknown) => boolean>> = {
  accountId: isText,
  color: (value) => isText(value) && COLOR.test(value),
  expression: isText,
  id: (value) => isText(value) && ID.test(value),
  label: isText,
  period: isPeriod,
  region: isText,
  stat: isStatistic,
  visible: (value) => typeof value === 'boolean',
  yAxis: (value) => value === 'left' || value === 'right',
};

/** Reads the first `ROWS_MAX` rows; that there are more is the caller's to tell. */
export function checkMetricRows(rows: readonly unknown[], path: string, problems: DashboardProblems): void {
  let previous: readonly string[] = [];
  for (const [index, row] of rows.slice(0, ROWS_MAX).entries()) {
    previous = checkRow(row, `${path}/${index}`, previous, problems) ?? previous;
  }
}

/** The cells of the row's metric, repeated ones in full; undefined when it has none. */
function checkRow(
  row: unknown,
  path: string,
  previous: readonly string[],
  problems: DashboardProblems,
): readonly string[] | undefined {
  if (!Array.isArray(row)) {
    // AWS: both sentences. Seen: pulumi issue 13059.
    problems.refuse(path, 'Should be array');
    problems.refuse(
      path,
      'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element',
    );
    return undefined;
  }
  const last: unknown = row.at(-1);
  const rendering = isJsonObject(last) ? last : undefined;
  const cells: readonly unknown[] = rendering === undefined ? row : row.slice(0, -1);
  // Not seen of AWS, but rows that repeat a long one must not multiply it.
  if (cells.length > CELLS_MAX) {
    problems.refuse(path, `Should NOT have more than ${CELLS_MAX} items`);
    return undefined;
  }
  if (!areTexts(cells, path, problems)) return undefined;
  // AWS: an object with anything that does not belong there is told as one item too many. Seen: aws-cdk issue 5026 (a colour's name).
  if (rendering !== undefined && !isRendering(rendering)) {
    problems.refuse(path, `Should NOT have more than ${cells.length} items`);
  }
  if (cells.length === 0) {
    // Not seen of AWS: whether it refuses these.
    if (rendering?.['expression'] === undefined) problems.warn(path, 'The row has neither a metric nor an expression');
    return undefined;
  }
  const metric = withRepeated(cells, path, previous, problems);
  if (metric !== undefined) warnOfIncomplete(metric, path, problems);
  return metric;
}

function areTexts(cells: readonly unknown[], path: string, problems: DashboardProblems): cells is readonly string[] {
  let texts = true;
  for (const [index, cell] of cells.entries()) {
    if (isText(cell)) continue;
    texts = false;
    // AWS: Seen: many errors of PutDashboard in public repositories.
    problems.refuse(`${path}/${index}`, 'Invalid metric field type, only "String" type is allowed');
  }
  return texts;
}

function isRendering(object: JsonObject): boolean {
  return Object.entries(object).every(([name, value]) => Object.hasOwn(RENDERING, name) && RENDERING[name]?.(value) === true);
}

/** AWS: `.` is the cell above; `...` at the beginning is as much of the row above as the rest leaves. Seen: Dashboard Body Structure. */
function withRepeated(
  cells: readonly string[],
  path: string,
  previous: readonly string[],
  problems: DashboardProblems,
): readonly string[] | undefined {
  const [first, ...rest] = cells;
  const kept = first === '...' ? previous.length - rest.length : 0;
  if (first === '...' && kept <= 0) {
    problems.refuse(`${path}/0`, notEnough('...'));
    return undefined;
  }
  const repeated = previous.slice(0, kept);
  for (const [index, cell] of (first === '...' ? rest : cells).entries()) {
    const above = cell === '.' ? previous[kept + index] : cell;
    if (above === undefined) {
      problems.refuse(`${path}/${first === '...' ? index + 1 : index}`, notEnough('.'));
      return undefined;
    }
    repeated.push(above);
  }
  return repeated;
}

/** AWS: Seen for `.` in an error of PutDashboard (path `/widgets/4/properties/metrics/1/3`); for `...` by analogy. */
function notEnough(marker: string): string {
  return `Repeat marker "${marker}" used but not enough fields in previous metric`;
}

/** Not seen of AWS: whether it refuses these or in which words it warns. */
function warnOfIncomplete(metric: readonly string[], path: string, problems: DashboardProblems): void {
  if (metric.length < 2) problems.warn(path, 'The metric needs a namespace and a name');
  else if (metric.length % 2 !== 0) problems.warn(path, 'The last dimension of the metric has no value');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isStatistic(value: unknown): boolean {
  return isText(value) && STATISTIC.test(value);
}

export function isPeriod(value: unknown): boolean {
  if (!Number.isSafeInteger(value)) return false;
  const period = Number(value);
  return [1, 5, 10, 20, 30].includes(period) || (period > 0 && period % 60 === 0);
}
