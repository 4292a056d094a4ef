// The log record of one request.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html

import type { InspectedRequest } from '../../../data-plane/web-acls.ts';
import type { Outcome, RuleMatch } from '../inspection/evaluation.ts';
import type { MatchDetail } from '../inspection/matcher.ts';
import type { GroupRule, WebAclRule } from '../inspection/rule.ts';

/** What a log never shows. */
export interface RedactedFields {
  /** In lower case. */
  readonly headers: ReadonlySet<string>;
  readonly uri: boolean;
  readonly query: boolean;
  readonly method: boolean;
}

export interface LoggedWebAcl {
  readonly arn: string;
  readonly redacted: RedactedFields;
}

/** Where the request was going: `123456789012:a1b2c3d4e5:prod`. */
export interface LoggedSource {
  readonly id: string;
}

const REDACTED = 'REDACTED';
/** AWS: as many labels. Seen: WAF developer guide, log fields. */
const LABELS_MAX = 100;

export function logRecord(
  webAcl: LoggedWebAcl,
  source: LoggedSource,
  request: InspectedRequest,
  outcome: Outcome,
  { labels, status }: { readonly labels: ReadonlySet<string>; readonly status: number | undefined },
): string {
  const { terminating, insertedHeaders } = outcome;
  return JSON.stringify({
    timestamp: request.at,
    formatVersion: 1,
    webaclId: webAcl.arn,
    terminatingRuleId: terminating?.name ?? 'Default_Action',
    terminatingRuleType: typeOf(terminating),
    action: outcome.action,
    terminatingRuleMatchDetails: detailsOf(outcome.terminatingDetails),
    httpSourceName: 'APIGW',
    httpSourceId: source.id,
    ruleGroupList: outcome.groups.map(({ group, terminating: inGroup, counted }) => ({
      ruleGroupId: group.groupId,
      terminatingRule: inGroup === undefined ? null : matchOf(inGroup, group.countsOnly ? 'COUNT' : inGroup.rule.action.name),
      nonTerminatingMatchingRules: counted.map((match) => matchOf(match, match.rule.action.name)),
      excludedRules: null,
      customerConfig: null,
    })),
    rateBasedRuleList: outcome.rates.map(({ rule, key }) => ({
      rateBasedRuleId: `${webAcl.arn}/${rule.name}`,
      rateBasedRuleName: rule.name,
      limitKey: rule.limitKey,
      maxRateAllowed: rule.limiter.limit,
      evaluationWindowSec: String(rule.limiter.windowSeconds),
      ...(rule.limitKey !== 'CONSTANT' && { limitValue: key }),
    })),
    nonTerminatingMatchingRules: [
      ...outcome.counted.map((match) => matchOf(match, match.rule.action.name)),
      ...outcome.groups.flatMap((found) => countedGroup(found)),
    ],
    requestHeadersInserted: insertedHeaders.length === 0 ? null : pairs(insertedHeaders),
    responseCodeSent: outcome.action === 'ALLOW' ? null : (status ?? null),
    httpRequest: httpRequest(request, webAcl.redacted),
    ...(labels.size > 0 && { labels: [...labels].slice(0, LABELS_MAX).map((name) => ({ name })) }),
    requestBodySize: request.bodyLength,
    requestBodySizeInspectedByWAF: request.body.length,
    ...(request.bodyLength > request.body.length && request.body !== '' && { oversizeFields: ['REQUEST_BODY'] }),
  });
}

function typeOf(rule: WebAclRule | undefined): string {
  if (rule?.kind === 'rate') return 'RATE_BASED';
  if (rule?.kind === 'group') return rule.isManaged ? 'MANAGED_RULE_GROUP' : 'GROUP';
  return 'REGULAR';
}

function matchOf({ rule, details }: RuleMatch, action: string) {
  return {
    ...{ ruleId: rule.name, action, ruleMatchDetails: detailsOf(details) },
    ...(rule.overridden !== undefined && { overriddenAction: rule.overridden }),
  };
}

/** A group whose result is counted is a rule of the web ACL that matched and let the request go on. */
function countedGroup({ group, terminating }: { readonly group: GroupRule; readonly terminating: RuleMatch | undefined }) {
  if (!group.countsOnly || terminating === undefined) return [];
  return [{ ruleId: group.name, action: 'COUNT', ruleMatchDetails: detailsOf(terminating.details) }];
}

function detailsOf(details: readonly MatchDetail[]) {
  return details.map(({ conditionType, sensitivityLevel, location, matchedData, matchedFieldName }) => ({
    ...{ conditionType, ...(sensitivityLevel !== undefined && { sensitivityLevel }), location, matchedData },
    ...(matchedFieldName !== undefined && { matchedFieldName }),
  }));
}

function httpRequest(request: InspectedRequest, redacted: RedactedFields) {
  const { clientIp, path, query, httpVersion, method, requestId, scheme, host } = request;
  return {
    // Nobody here knows which country an address is in. AWS: `-` for unknown ones.
    ...{ clientIp, country: '-' },
    headers: pairs(request.headers).map(({ name, value }) => ({
      name,
      value: redacted.headers.has(name.toLowerCase()) ? REDACTED : value,
    })),
    uri: redacted.uri ? REDACTED : path,
    args: redacted.query ? REDACTED : query,
    ...{ httpVersion, httpMethod: redacted.method ? REDACTED : method, requestId, fragment: '', scheme, host },
  };
}

function pairs(flat: readonly string[]): { readonly name: string; readonly value: string }[] {
  const list = [];
  for (let i = 0; i + 1 < flat.length; i += 2) list.push({ name: flat[i] as string, value: flat[i + 1] as string });
  return list;
}
