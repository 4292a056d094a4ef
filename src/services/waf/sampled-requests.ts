// GetSampledRequests.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_GetSampledRequests.html

import type { Caller } from '../../aws/operations.ts';
import { entityByArn, placeOf } from './entities.ts';
import { invalidParameter, nonexistentItem } from './refusals.ts';
import type { LiveWebAcls } from './running/live-web-acls.ts';
import type { RequestSample } from './running/request-samples.ts';
import type { Input, WafContext, WafOperations } from './waf-context.ts';
import { type WebAclDocument, webAclKind } from './waf-documents.ts';

const noWindow = { StartTime: undefined, EndTime: undefined };
/** AWS: Seen: API reference, TimeWindow. */
const WINDOW_HOURS = 3;
const HOUR_MS = 3_600_000;

export function sampledRequestsOperations({ store, now }: WafContext, live: LiveWebAcls) {
  return {
    async GetSampledRequests(input: Input<'GetSampledRequests'>, caller: Caller) {
      const { WebAclArn = '', RuleMetricName = '', MaxItems = 1, TimeWindow: { StartTime, EndTime } = noWindow } = input;
      const { scope } = placeOf(input, caller);
      const webAcl = await entityByArn<WebAclDocument>(store, scope, webAclKind, WebAclArn);
      if (webAcl === undefined) throw nonexistentItem();
      const to = timeOf(EndTime);
      const from = Math.min(Math.max(timeOf(StartTime), now() - WINDOW_HOURS * HOUR_MS), to);
      if (to < timeOf(StartTime)) {
        throw invalidParameter('The end of the time window is before its beginning.', 'SCOPE_VALUE', String(to));
      }
      const { samples, population } = live.samplesOf(WebAclArn)?.find(RuleMetricName, from, to, MaxItems) ?? {
        ...{ samples: [], population: 0 },
      };
      return {
        SampledRequests: samples.map((sample) => toSampledRequest(sample, Math.max(1, Math.round(population / samples.length)))),
        PopulationSize: population,
        TimeWindow: { StartTime: new Date(from), EndTime: new Date(to) },
      };
    },
  } satisfies WafOperations;
}

function timeOf(given: Date | undefined): number {
  return given?.getTime() ?? 0;
}

/** `weight`: how many requests this one stands for. */
function toSampledRequest({ request, action, ...sample }: RequestSample, weight: number) {
  const { clientIp, method, path, query, headers, httpVersion } = request;
  return {
    Request: {
      // Nobody here knows which country an address is in.
      ...{ ClientIP: clientIp, Country: '-', URI: query === '' ? path : `${path}?${query}`, Method: method },
      ...{ HTTPVersion: httpVersion, Headers: pairs(headers) },
    },
    ...{ Weight: weight, Timestamp: new Date(sample.at), Action: action },
    ...(sample.ruleInGroup !== undefined && { RuleNameWithinRuleGroup: sample.ruleInGroup }),
    ...(sample.insertedHeaders.length > 0 && { RequestHeadersInserted: pairs(sample.insertedHeaders) }),
    ...(sample.status !== undefined && { ResponseCodeSent: sample.status }),
    ...(sample.labels.length > 0 && { Labels: sample.labels.map((Name) => ({ Name })) }),
    ...(sample.overridden !== undefined && { OverriddenAction: sample.overridden }),
  };
}

function pairs(flat: readonly string[]) {
  const list = [];
  for (let i = 0; i + 1 < flat.length; i += 2) list.push({ Name: flat[i] as string, Value: flat[i + 1] as string });
  return list;
}
