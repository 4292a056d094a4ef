// What a logging configuration may say.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html

import type * as Wire from '@aws-sdk/client-wafv2';
import { parseArn } from '../../../aws/arn.ts';
import type { Scope } from '../../../model/scope.ts';
import { invalidParameter, REASONS } from '../refusals.ts';
import type { Document, FieldToMatchDocument } from '../rule-document.ts';
import { checkFieldToMatch } from './component-checks.ts';

/** AWS: Seen: developer guide, "Amazon CloudWatch Logs", naming. */
const NAME_PREFIX = 'aws-waf-logs-';
/** AWS: Seen: API reference, LoggingConfiguration, RedactedFields. */
const REDACTABLE: ReadonlySet<string> = new Set<keyof Wire.FieldToMatch>(['UriPath', 'QueryString', 'SingleHeader', 'Method']);

/** The log group among the destinations, of which there is one. Throws WAFInvalidParameterException. */
export function checkedLogGroupName(destinations: readonly string[], scope: Scope): string {
  const [text = '', ...others] = destinations;
  if (others.length > 0) throw invalidParameter(REASONS.exactlyOne, 'LOG_DESTINATION', 'LogDestinationConfigs');
  const arn = parseArn(text);
  if (arn?.service === 'firehose' || arn?.service === 's3') {
    const what = arn.service === 's3' ? 'S3 buckets' : 'Firehose streams';
    throw invalidParameter(`Web ACLs log to log groups here, not to ${what}.`, 'LOG_DESTINATION', text);
  }
  const name = /^log-group:([\w./#-]{1,512})(?::\*)?$/.exec(arn?.resource ?? '')?.[1];
  const isHere = arn?.service === 'logs' && arn.region === scope.region && arn.account === scope.account;
  // AWS: the reason is the ARN's for a name that begins with something else too. Seen: aws/aws-cdk#35311.
  if (!isHere || !name?.startsWith(NAME_PREFIX)) throw invalidParameter(REASONS.arn, 'LOG_DESTINATION', text);
  return name;
}

/** Throws WAFInvalidParameterException. */
export function checkRedactedFields(fields: readonly FieldToMatchDocument[]): void {
  for (const field of fields) {
    checkFieldToMatch(field);
    const other = Object.keys(field).find((name) => !REDACTABLE.has(name));
    if (other !== undefined) throw invalidParameter('The field cannot be redacted.', 'FIELD_TO_MATCH', other);
  }
}

/** Throws WAFInvalidParameterException. */
export function checkLoggingFilter({ Filters: filters = [] }: Document<Wire.LoggingFilter>): void {
  if (filters.length === 0) throw invalidParameter(REASONS.minimum, 'LOGGING_FILTER', 'Filters');
  for (const { Conditions: conditions = [] } of filters) {
    if (conditions.length === 0) throw invalidParameter(REASONS.minimum, 'LOGGING_FILTER', 'Conditions');
    for (const { ActionCondition: action, LabelNameCondition: label } of conditions) {
      if ((action === undefined) === (label === undefined)) {
        throw invalidParameter(REASONS.exactlyOne, 'FILTER_CONDITION', 'Condition');
      }
    }
  }
}
