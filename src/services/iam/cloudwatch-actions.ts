// What calls of CloudWatch need: alarms and dashboards by their ARNs, metrics by nothing but their namespace.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html

import { partitionOf } from '../../aws/arn.ts';
import type { AuthenticatedCall } from '../../aws/authentication.ts';
import type { CalledAction } from './called-actions.ts';

export function cloudwatchActions({ operation, input, account, region }: AuthenticatedCall): readonly CalledAction[] {
  const action = `cloudwatch:${operation}`;
  const partition = partitionOf(region);
  const alarms = namesIn(input['AlarmName'], input['AlarmNames']);
  if (alarms.length > 0) {
    return alarms.map((name) => ({ action, resource: `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}` }));
  }
  const dashboards = namesIn(input['DashboardName'], input['DashboardNames']);
  if (dashboards.length > 0) {
    return dashboards.map((name) => ({ action, resource: `arn:${partition}:cloudwatch::${account}:dashboard/${name}` }));
  }
  const { ResourceARN: resource, Namespace: namespace } = input;
  if (typeof resource === 'string') return [{ action, resource }];
  // AWS: PutMetricData alone has the condition key. Seen: service authorization reference.
  const keys = operation === 'PutMetricData' && typeof namespace === 'string' ? { 'cloudwatch:namespace': namespace } : undefined;
  return [{ action, resource: '*', ...(keys === undefined ? {} : { keys }) }];
}

function namesIn(one: unknown, many: unknown): readonly string[] {
  if (typeof one === 'string') return [one];
  return Array.isArray(many) ? many.filter((name) => typeof name === 'string') : [];
}
