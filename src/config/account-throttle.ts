// The limit that all APIs of an account and region share, from its two options.

import type { OptionKey, OptionValues } from './options.ts';
import { UserError } from './user-error.ts';

export type AccountThrottle = { readonly rateLimit: number; readonly burstLimit: number } | 'none';

/**
 * `none` for one of the two lifts the whole limit: a bucket that is refilled at once never runs empty, and neither does
 * one without a bottom. Throws UserError when the other one was set to a number, which would then mean nothing.
 */
export function accountThrottle(resolved: {
  readonly values: Pick<OptionValues, 'throttleRateLimit' | 'throttleBurstLimit'>;
  readonly given: ReadonlySet<OptionKey>;
}): AccountThrottle {
  const { throttleRateLimit: rateLimit, throttleBurstLimit: burstLimit } = resolved.values;
  if (rateLimit !== 'none' && burstLimit !== 'none') return { rateLimit, burstLimit };
  const without = rateLimit === 'none' ? '--throttle-burst-limit' : '--throttle-rate-limit';
  const ineffective = rateLimit === 'none' ? 'throttleBurstLimit' : 'throttleRateLimit';
  const value = resolved.values[ineffective];
  if (value !== 'none' && resolved.given.has(ineffective)) {
    const lifted = rateLimit === 'none' ? '--throttle-rate-limit' : '--throttle-burst-limit';
    throw new UserError('SG_BAD_OPTION', `${lifted} none lifts the limit, so ${without} ${value} would have no effect.`, {
      fix: `Leave ${without} out, or give numbers for both.`,
    });
  }
  return 'none';
}
