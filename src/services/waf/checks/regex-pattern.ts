// Patterns that users write: refused when they are written if they cannot run.

import type { ParameterExceptionField } from '@aws-sdk/client-wafv2';
import { regexFaultText } from '../../../safe-regex/safe-regex.ts';
import { compileRulePattern } from '../inspection/pattern-match.ts';
import { invalidParameter, REASONS } from '../refusals.ts';

/** Throws WAFInvalidParameterException, which says what cannot run and where it stands. */
export function assertPatternRuns(pattern: string, field: ParameterExceptionField): void {
  const compiled = compileRulePattern(pattern);
  if (compiled.regex !== undefined) return;
  throw invalidParameter(`${REASONS.formatting} ${regexFaultText(compiled.fault)}`, field, pattern);
}
