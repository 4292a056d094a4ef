// The body of a dashboard, as PutDashboard checks it.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html
//
// AWS checks with a JSON schema, whose sentences (`Should …`) are public in the issues of those who were refused: aws-cdk 5026 and
// 20024, pulumi 13059, aws-eda-slurm-cluster 116, guidance-for-claude-code-with-amazon-bedrock 759; and the rules of cdk-preflight
// name what was tried against AWS. What nobody was seen to be refused for, though the documentation forbids it, is a warning here,
// in words of ours.

import { checkMetricRows, isPeriod, isStatistic, ROWS_MAX } from './dashboard-metric-rows.ts';
import {
  type DashboardMessage,
  DashboardProblems,
  invalidDashboard,
  isJsonObject,
  type JsonObject,
  quoted,
} from './dashboard-problems.ts';

/** AWS: no limit is documented; this one is ours. */
const BODY_BYTES_MAX = 1_048_576;
/** Ours: the deepest thing AWS describes is seven deep, but parameters of custom widgets are free. */
const NESTING_MAX = 32;
// AWS: Seen: CloudWatch service quotas and Dashboard Body Structure. In which words AWS refuses more was not seen.
const WIDGETS_MAX = 500;
const METRICS_MAX = 2_500;
const ALARMS_MAX = 100;

/** The grid. AWS: Seen: cdk-preflight, widget-position, widget-position-min and widget-height-max; the least sizes: documentation. */
const PLACES: Readonly<Record<string, { readonly min: number; readonly max?: number }>> = {
  x: { min: 0, max: 23 },
  y: { min: 0 },
  width: { min: 1, max: 24 },
  height: { min: 1, max: 1_000 },
};

interface WidgetType {
  /** Properties that AWS describes; undefined where any may be. */
  readonly properties?: ReadonlySet<string>;
  check(properties: JsonObject, path: string, problems: DashboardProblems): void;
}

const BODY_PROPERTIES = new Set(['start', 'end', 'periodOverride', 'variables', 'widgets']);
const WIDGET_PROPERTIES = new Set(['type', 'properties', ...Object.keys(PLACES)]);
const VIEWS: Readonly<Record<string, readonly string[]>> = {
  metric: ['timeSeries', 'singleValue', 'gauge', 'bar', 'pie', 'table'],
  log: ['table', 'timeSeries', 'bar', 'pie', 'line', 'stackedarea'],
};

const METRIC_PROPERTIES =
  'accountId annotations end gauge labels legend liveData metrics period region setPeriodToTimeRange singleValueFullPrecision ' +
  'sparkline stacked start stat table timezone title trend view yAxis';
const LOG_PROPERTIES =
  'accountId end legend logGroupPrefixes query queryBy queryLanguage region stacked start table timezone title view yAxis';

const WIDGET_TYPES: Readonly<Record<string, WidgetType>> = {
  metric: { properties: namesOf(METRIC_PROPERTIES), check: checkMetricWidget },
  text: { properties: namesOf('background markdown'), check: checkRequired({ markdown: 'string' }) },
  log: { properties: namesOf(LOG_PROPERTIES), check: checkLogWidget },
  alarm: { properties: namesOf('alarms sortBy states title'), check: checkAlarmWidget },
  custom: { properties: namesOf('endpoint params title updateOn'), check: checkRequired({ endpoint: 'string' }) },
  explorer: { check: () => {} },
  chart: { check: () => {} },
};

/** The warnings that a body is kept with. Throws DashboardInvalidInputError. */
export function checkDashboardBody(text: string): readonly DashboardMessage[] {
  const body = parse(text);
  const problems = new DashboardProblems();
  warnOfUnknown(body, '', BODY_PROPERTIES, 'dashboard', problems);
  const widgets = body['widgets'];
  // AWS: this sentence and `Should be array`. Seen: cdk-preflight, widgets and widgets-array. The path '' was not seen.
  if (widgets === undefined) problems.refuse('', requiredProperty('widgets'));
  else if (!Array.isArray(widgets)) problems.refuse('/widgets', 'Should be array');
  else checkWidgets(widgets, problems);
  checkVariables(body['variables'], problems);
  const { periodOverride } = body;
  if (periodOverride !== undefined && periodOverride !== 'auto' && periodOverride !== 'inherit') {
    problems.warn('/periodOverride', NOT_ALLOWED);
  }
  // AWS: such a dashboard is kept and shown with its default time range. Seen: aws-cdk pull request 27124.
  if (body['end'] !== undefined && body['start'] === undefined) {
    problems.warn('/end', 'The "end" property needs a "start" property, will be ignored');
  }
  return problems.warningsOrThrow();
}

const NOT_ALLOWED = 'Should be equal to one of the allowed values';

function parse(text: string): JsonObject {
  if (Buffer.byteLength(text) > BODY_BYTES_MAX) {
    throw invalidDashboard(`The field DashboardBody must not be longer than ${BODY_BYTES_MAX} bytes`);
  }
  if (nestingOf(text) > NESTING_MAX) {
    throw invalidDashboard(`The field DashboardBody must not be nested deeper than ${NESTING_MAX} levels`);
  }
  const body = parseJson(text);
  // AWS: Seen: cdk-preflight, body-json.
  if (!isJsonObject(body)) throw invalidDashboard('The field DashboardBody must be a valid JSON object');
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How deep brackets stand in one another, those in strings not counted. Before parsing: no deep value is ever built. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

function checkWidgets(widgets: readonly unknown[], problems: DashboardProblems): void {
  if (widgets.length > WIDGETS_MAX) problems.refuse('/widgets', tooMany(WIDGETS_MAX));
  let metrics = 0;
  for (const [index, widget] of widgets.slice(0, WIDGETS_MAX).entries()) {
    metrics += checkWidget(widget, `/widgets/${index}`, problems);
  }
  if (metrics > METRICS_MAX) problems.refuse('/widgets', `Should NOT have more than ${METRICS_MAX} metrics`);
}

/** How many metrics the widget shows. */
function checkWidget(widget: unknown, path: string, problems: DashboardProblems): number {
  if (!isJsonObject(widget)) {
    problems.refuse(path, 'Should be object');
    return 0;
  }
  warnOfUnknown(widget, path, WIDGET_PROPERTIES, 'widget', problems);
  for (const [name, { min, max }] of Object.entries(PLACES)) {
    const place = widget[name];
    if (place === undefined) continue;
    if (typeof place !== 'number' || !Number.isInteger(place)) problems.refuse(`${path}/${name}`, 'Should be integer');
    else if (place < min) problems.refuse(`${path}/${name}`, `Should be >= ${min}`);
    else if (max !== undefined && place > max) problems.refuse(`${path}/${name}`, `Should be <= ${max}`);
  }
  // AWS: Seen: cdk-preflight, widget-fields.
  const hasType = checkMember(widget, 'type', 'string', path, problems);
  if (!checkMember(widget, 'properties', 'object', path, problems) || !hasType) return 0;
  const type = widget['type'] as string;
  const properties = widget['properties'] as JsonObject;
  const known = Object.hasOwn(WIDGET_TYPES, type) ? WIDGET_TYPES[type] : undefined;
  if (known === undefined) {
    // AWS: kept. Seen: cdk-preflight, widget-fields (`metricc`).
    problems.warn(`${path}/type`, `The widget type "${quoted(type)}" is not known, the widget will not be shown`);
    return 0;
  }
  const at = `${path}/properties`;
  if (known.properties !== undefined) warnOfUnknown(properties, at, known.properties, 'widget', problems);
  known.check(properties, at, problems);
  warnOfView(properties, at, VIEWS[type], problems);
  return type === 'metric' && Array.isArray(properties['metrics']) ? properties['metrics'].length : 0;
}

function checkMetricWidget(properties: JsonObject, path: string, problems: DashboardProblems): void {
  checkSource(properties, path, problems);
  const { metrics, region, period, stat, yAxis } = properties;
  if (Array.isArray(metrics)) {
    if (metrics.length > ROWS_MAX) problems.refuse(`${path}/metrics`, tooMany(ROWS_MAX));
    checkMetricRows(metrics, `${path}/metrics`, problems);
  } else if (metrics !== undefined) problems.refuse(`${path}/metrics`, 'Should be array');
  if (region !== undefined && typeof region !== 'string') problems.refuse(`${path}/region`, 'Should be string');
  // AWS: Seen: cdk-preflight, widget-period.
  if (period !== undefined && !isPeriod(period)) {
    problems.refuse(`${path}/period`, Number.isInteger(period) ? 'Should be multiple of 60' : 'Should be integer');
  }
  // AWS: Seen: cdk-preflight, widget-stat-syntax; the pattern itself was not seen.
  if (stat !== undefined && !isStatistic(stat)) {
    problems.refuse(`${path}/stat`, typeof stat === 'string' ? 'Should match pattern of a statistic' : 'Should be string');
  }
  if (isJsonObject(yAxis)) for (const side of ['left', 'right']) checkAxis(yAxis[side], `${path}/yAxis/${side}`, problems);
}

/**
 * A widget shows metrics of a region, or the metric of an alarm.
 * AWS: all that is missing for either is told. Seen: aws-eda-slurm-cluster issue 116, guidance-for-claude-code issue 759. That
 * annotations without alarms are told by `alarms` was not seen.
 */
function checkSource({ metrics, region, annotations }: JsonObject, path: string, problems: DashboardProblems): void {
  const hasAlarm = isJsonObject(annotations) && annotations['alarms'] !== undefined;
  if ((metrics !== undefined && region !== undefined) || hasAlarm) return;
  if (region === undefined) problems.refuse(path, requiredProperty('region'));
  if (metrics === undefined) problems.refuse(path, requiredProperty('metrics'));
  problems.refuse(path, 'The metric widget should have specified a region and a data source or an alarm annotation');
  if (annotations === undefined) problems.refuse(path, requiredProperty('annotations'));
  else problems.refuse(`${path}/annotations`, requiredProperty('alarms'));
}

/** AWS: Seen: cdk-preflight, yaxis-range. */
function checkAxis(axis: unknown, path: string, problems: DashboardProblems): void {
  if (!isJsonObject(axis)) return;
  const { min, max } = axis;
  if (typeof min === 'number' && typeof max === 'number' && min >= max) problems.refuse(`${path}/min`, `Should be <= ${max}`);
}

function checkLogWidget(properties: JsonObject, path: string, problems: DashboardProblems): void {
  checkRequired({ query: 'string', region: 'string' })(properties, path, problems);
}

function checkAlarmWidget(properties: JsonObject, path: string, problems: DashboardProblems): void {
  if (!checkMember(properties, 'alarms', 'array', path, problems)) return;
  const alarms = properties['alarms'] as readonly unknown[];
  // AWS: Seen: guidance-for-automating-network-monitoring-and-alerting-on-aws issue 7.
  if (alarms.length === 0) problems.refuse(`${path}/alarms`, 'Should NOT have less than 1 items');
  if (alarms.length > ALARMS_MAX) problems.refuse(`${path}/alarms`, tooMany(ALARMS_MAX));
  for (const [index, alarm] of alarms.slice(0, ALARMS_MAX).entries()) {
    if (typeof alarm !== 'string') problems.refuse(`${path}/alarms/${index}`, 'Should be string');
  }
}

/** AWS: a choice needs something to choose from. Seen: three sentences in a public account of a refused dashboard. */
function checkVariables(variables: unknown, problems: DashboardProblems): void {
  if (variables === undefined) return;
  if (!Array.isArray(variables)) {
    problems.refuse('/variables', 'Should be array');
    return;
  }
  for (const [index, variable] of variables.entries()) {
    const path = `/variables/${index}`;
    if (!isJsonObject(variable)) {
      problems.refuse(path, 'Should be object');
      continue;
    }
    const { inputType, values, populateFrom } = variable;
    if ((inputType !== 'select' && inputType !== 'radio') || values !== undefined || populateFrom !== undefined) continue;
    problems.refuse(path, requiredProperty('values'));
    problems.refuse(path, requiredProperty('populateFrom'));
    problems.refuse(path, 'Should match exactly one schema in oneOf');
  }
}

type JsonType = 'string' | 'array' | 'object';

function checkRequired(members: Readonly<Record<string, JsonType>>): WidgetType['check'] {
  return (properties, path, problems) => {
    for (const [name, type] of Object.entries(members)) checkMember(properties, name, type, path, problems);
  };
}

/** AWS: Seen: cdk-preflight, text-widget-markdown and alarm-widget-alarms; for other members by analogy. */
function checkMember(object: JsonObject, name: string, type: JsonType, path: string, problems: DashboardProblems): boolean {
  const value = object[name];
  if (value === undefined) {
    problems.refuse(path, requiredProperty(name));
    return false;
  }
  const fits = type === 'array' ? Array.isArray(value) : type === 'object' ? isJsonObject(value) : typeof value === type;
  if (!fits) problems.refuse(`${path}/${name}`, `Should be ${type}`);
  return fits;
}

function warnOfView({ view }: JsonObject, path: string, views: readonly string[] | undefined, problems: DashboardProblems): void {
  if (view === undefined || views === undefined) return;
  if (typeof view !== 'string' || !views.includes(view)) problems.warn(`${path}/view`, NOT_ALLOWED);
}

/** AWS: a warning in these words for a widget. Seen: a public account of PutDashboard's answer; its path was not seen. */
function warnOfUnknown(
  object: JsonObject,
  path: string,
  known: ReadonlySet<string>,
  owner: 'dashboard' | 'widget',
  problems: DashboardProblems,
): void {
  for (const name of Object.keys(object)) {
    if (known.has(name)) continue;
    const message = `The "${quoted(name)}" property is not expected to be part of a ${owner} definition, will be ignored`;
    problems.warn(path, message);
  }
}

function namesOf(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

function requiredProperty(name: string): string {
  return `Should have required property '${name}'`;
}

function tooMany(max: number): string {
  return `Should NOT have more than ${max} items`;
}
