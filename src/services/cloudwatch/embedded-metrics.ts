// The embedded metric format: metrics that functions write into their log.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

import type { Dimension, MetricPoint } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import { distributionOf } from './distribution.ts';

// AWS: Seen: specification of the embedded metric format.
const METRICS_MAX = 100;
const VALUES_MAX = 100;
const DIMENSIONS_MAX = 30;
const NAME_MAX = 1_024;
const OLDEST_MS = 14 * 86_400_000;
const NEWEST_MS = 2 * 3_600_000;
/** AWS: an event of a log is no longer. */
const LINE_MAX = 1_048_576;

const UNITS = new Set([
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Bits'],
  ...['Kilobits', 'Megabits', 'Gigabits', 'Terabits', 'Percent', 'Count', 'Bytes/Second', 'Kilobytes/Second'],
  ...['Megabytes/Second', 'Gigabytes/Second', 'Terabytes/Second', 'Bits/Second', 'Kilobits/Second', 'Megabits/Second'],
  ...['Gigabits/Second', 'Terabits/Second', 'Count/Second', 'None'],
]);

type Members = Readonly<Record<string, unknown>>;

/** Most lines are none: told by one word. */
export function mayHoldMetrics(line: string): boolean {
  return line.length <= LINE_MAX && line.includes('"_aws"');
}

/** AWS: the object may stand behind the time, id and level that a runtime writes, each with a tab. Seen: lines of Node.js functions. */
function documentOf(line: string): string {
  const begin = line.indexOf('{');
  return begin > 0 && line[begin - 1] === '\t' ? line.slice(begin) : line;
}

/** The points of one line; none for a line that breaks the format anywhere, as on AWS. */
export function embeddedMetrics(line: string, scope: Scope, now: number): readonly MetricPoint[] {
  let root: unknown;
  try {
    root = JSON.parse(documentOf(line));
  } catch {
    return [];
  }
  if (!isMembers(root) || !isMembers(root['_aws'])) return [];
  const { Timestamp: at, CloudWatchMetrics: directives } = root['_aws'];
  if (typeof at !== 'number' || !(at >= now - OLDEST_MS && at <= now + NEWEST_MS) || !Array.isArray(directives)) return [];
  const points: MetricPoint[] = [];
  for (const directive of directives) {
    const read = readDirective(directive, root, { scope, at });
    if (read === undefined) return [];
    points.push(...read);
  }
  return points;
}

function readDirective(
  directive: unknown,
  root: Members,
  { scope, at }: { readonly scope: Scope; readonly at: number },
): readonly MetricPoint[] | undefined {
  if (!isMembers(directive)) return undefined;
  const { Namespace: namespace, Dimensions: sets = [[]], Metrics: metrics } = directive;
  if (!isText(namespace) || !Array.isArray(sets) || !Array.isArray(metrics) || metrics.length > METRICS_MAX) return undefined;
  const dimensionSets = sets.map((names) => readDimensions(names, root));
  if (!dimensionSets.every((set) => set !== undefined)) return undefined;
  const points: MetricPoint[] = [];
  for (const metric of metrics) {
    if (!isMembers(metric) || !isText(metric['Name'])) return undefined;
    const { Name: metricName, Unit: unit = 'None', StorageResolution: resolution = 60 } = metric;
    const values = readValues(root[metricName as string]);
    if (typeof unit !== 'string' || !UNITS.has(unit) || (resolution !== 1 && resolution !== 60)) return undefined;
    // AWS: a metric whose value is not there is left out. Seen: what Powertools for AWS Lambda writes.
    if (values === undefined) continue;
    const distribution = distributionOf(
      values,
      values.map(() => 1),
    );
    for (const dimensions of dimensionSets) {
      const named = { namespace, metricName: metricName as string, dimensions };
      points.push({ ...{ scope, at, unit, resolution, distribution }, metric: named });
    }
  }
  return points;
}

/** What the members of these names say; undefined for a set that breaks the format. */
function readDimensions(names: unknown, root: Members): readonly Dimension[] | undefined {
  if (!Array.isArray(names) || names.length > DIMENSIONS_MAX) return undefined;
  const dimensions: Dimension[] = [];
  for (const name of names) {
    const value = typeof name === 'string' && Object.hasOwn(root, name) ? root[name] : undefined;
    if (!isText(name) || !isText(value)) return undefined;
    dimensions.push({ name, value });
  }
  return dimensions;
}

function readValues(value: unknown): readonly number[] | undefined {
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0 || values.length > VALUES_MAX || !values.every((each) => Number.isFinite(each))) return undefined;
  return values as number[];
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= NAME_MAX;
}
