// ARNs in policies are compared part by part: a wildcard never crosses one of the first five colons.

import { isEverything, matchesPattern, type ResolvedPattern, splitPatternAtColons } from './text-pattern.ts';

/** Parts of an ARN: `arn:partition:service:region:account:resource`; the resource may hold colons. */
const ARN_PARTS = 6;

/** Whether an ARN fits a resolved ARN pattern (`Resource`, ArnLike, ArnEquals). `*` alone fits everything. */
export function matchesArnPattern(pattern: ResolvedPattern, arn: string): boolean {
  if (isEverything(pattern)) return true;
  const pieces = splitPatternAtColons(pattern, ARN_PARTS);
  if (pieces.length < ARN_PARTS) return false;
  let from = 0;
  for (let index = 0; index < ARN_PARTS; index++) {
    const colon = index === ARN_PARTS - 1 ? arn.length : arn.indexOf(':', from);
    if (colon === -1) return false;
    const piece = pieces[index] as ResolvedPattern;
    // AWS: a `*` may not stand for the service. Seen: IAM user guide, "Policy elements: Resource".
    if (index === 2 && isEverything(piece)) return false;
    if (!matchesPattern(piece, arn, from, colon)) return false;
    from = colon + 1;
  }
  return true;
}
