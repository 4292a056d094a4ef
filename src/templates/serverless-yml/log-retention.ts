// How long the logs of functions are kept: `logRetentionInDays` of a function, or of the provider for all.

import type { DesiredFunction, DesiredLogGroup } from '../desired-state.ts';
import type { TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';

// AWS: the values that PutRetentionPolicy takes. Seen: CloudWatch Logs API reference; src/services/logs/log-groups.ts.
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** `logRetentionInDays`. */
export function readRetention(node: TemplateNode | undefined, path: string, reader: PropertyReader): number | undefined {
  const days = reader.integer(node, path, 1, 3653);
  if (days === undefined || node === undefined || RETENTION_DAYS.includes(days)) return days;
  return reader.wrong(node, path, 'a time that CloudWatch Logs knows', `Use one of ${RETENTION_DAYS.join(', ')}.`);
}

/** Adds the log groups of functions with a retention, so that they are there before the first line; groups of the file come first. */
export function withRetention(
  groups: readonly DesiredLogGroup[],
  functions: readonly DesiredFunction[],
  retentionOf: (key: string) => number | undefined,
): readonly DesiredLogGroup[] {
  const byName = new Map(groups.map((group) => [group.name, group]));
  for (const { key, functionName, logging } of functions) {
    const name = logging?.logGroup ?? `/aws/lambda/${functionName}`;
    const retentionInDays = retentionOf(key);
    if (retentionInDays !== undefined && !byName.has(name)) byName.set(name, { name, retentionInDays });
  }
  return [...byName.values()];
}
