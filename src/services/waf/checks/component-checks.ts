// What statements may look at, and what is done to it first.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html

import type { ParameterExceptionField } from '@aws-sdk/client-wafv2';
import { invalidParameter, limitsExceeded, REASONS } from '../refusals.ts';
import type { FieldToMatchDocument, TextTransformationDocument } from '../rule-document.ts';

/** AWS: Seen: WAF quotas. */
const TRANSFORMATIONS_MAX = 10;
/** AWS: Seen: API reference, SingleQueryArgument. */
const ARGUMENT_NAME_CHARACTERS_MAX = 30;

/** Throws WAFInvalidParameterException. */
export function checkFieldToMatch(field: FieldToMatchDocument | undefined): void {
  const given = Object.values(field ?? {}).filter((member) => member !== undefined);
  if (field === undefined || given.length !== 1) throw invalidParameter(REASONS.exactlyOne, 'FIELD_TO_MATCH', 'FieldToMatch');
  const { SingleQueryArgument: argument, Headers: headers, Cookies: cookies, JsonBody: json } = field;
  const argumentName = argument?.Name ?? '';
  if (argumentName.length > ARGUMENT_NAME_CHARACTERS_MAX) {
    throw invalidParameter(REASONS.formatting, 'SINGLE_QUERY_ARGUMENT', argumentName);
  }
  if (headers !== undefined) checkPattern(headers.MatchPattern, 'HEADER_MATCH_PATTERN');
  if (cookies !== undefined) checkPattern(cookies.MatchPattern, 'COOKIE_MATCH_PATTERN');
  if (json !== undefined) checkPattern(json.MatchPattern, 'JSON_MATCH_PATTERN');
}

/** Throws WAFInvalidParameterException or WAFLimitsExceededException. */
export function checkTransformations(transformations: readonly TextTransformationDocument[]): void {
  if (transformations.length === 0) throw invalidParameter(REASONS.minimum, 'TEXT_TRANSFORMATION', 'TextTransformations');
  if (transformations.length > TRANSFORMATIONS_MAX) {
    throw limitsExceeded(`A statement can have at most ${TRANSFORMATIONS_MAX} text transformations.`);
  }
  const priorities = new Set<number>();
  for (const { Priority: priority = 0 } of transformations) {
    if (priorities.has(priority)) {
      throw invalidParameter('Two text transformations have the same priority.', 'TEXT_TRANSFORMATION', String(priority));
    }
    priorities.add(priority);
  }
}

/** All, or some, or all but some. */
function checkPattern(pattern: object | undefined, field: ParameterExceptionField): void {
  const given = Object.values(pattern ?? {}).filter((member) => member !== undefined);
  if (given.length !== 1) throw invalidParameter(REASONS.exactlyOne, field, 'MatchPattern');
}
