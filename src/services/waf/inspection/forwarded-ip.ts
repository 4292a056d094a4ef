// Addresses that proxies tell of in a header.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-forwarded-ip-address.html

import { parseIp } from './ip-blocks.ts';
import { headerValue } from './request-parts.ts';

/** AWS: of a long list the last ten. Seen: WAF developer guide, IP set match with position ANY. */
const ANY_MAX = 10;

/**
 * `absent`: there is no such header, and the rule does not apply. `invalid`: one of the addresses that count is none, and the
 * fallback of the rule decides.
 */
export type ForwardedIps = readonly string[] | 'absent' | 'invalid';

export function forwardedIps(headers: readonly string[], headerName: string, position: 'FIRST' | 'LAST' | 'ANY'): ForwardedIps {
  const value = headerValue(headers, headerName.toLowerCase());
  if (value === undefined) return 'absent';
  const all = value.split(',').map((part) => part.trim());
  const counting = position === 'FIRST' ? all.slice(0, 1) : position === 'LAST' ? all.slice(-1) : all.slice(-ANY_MAX);
  return counting.every((address) => parseIp(address) !== undefined) ? counting : 'invalid';
}
