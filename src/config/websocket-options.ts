// `--websocket-limit` and `--websocket-origin`: what of AWS's limits of WebSockets is changed, and which web pages may open one.

import { UserError } from './user-error.ts';

/** Sizes in bytes, times in milliseconds; what is absent stays AWS's. */
export interface WebSocketLimitOptions {
  readonly frameBytes?: number;
  readonly messageBytes?: number;
  readonly idleMs?: number;
  readonly lifeMs?: number;
}

interface Limit {
  readonly member: keyof WebSocketLimitOptions;
  readonly unit: number;
  readonly max: number;
  /** What `none` means; undefined for what cannot be lifted. */
  readonly none?: number;
}

/** Longer than any process lives. */
const TEN_YEARS_SECONDS = 10 * 366 * 24 * 3600;

const limits: Readonly<Record<string, Limit>> = {
  'frame-kb': { member: 'frameBytes', unit: 1024, max: 65_536 },
  'message-kb': { member: 'messageBytes', unit: 1024, max: 65_536 },
  'idle-seconds': { member: 'idleMs', unit: 1000, max: TEN_YEARS_SECONDS, none: TEN_YEARS_SECONDS },
  'life-seconds': { member: 'lifeMs', unit: 1000, max: TEN_YEARS_SECONDS, none: TEN_YEARS_SECONDS },
};

/** `idle-seconds` -> `3600`, `life-seconds` -> `none`. Throws UserError for what is none. */
export function webSocketLimits(pairs: ReadonlyMap<string, string>): WebSocketLimitOptions {
  return Object.fromEntries(
    [...pairs].map(([name, text]) => {
      const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
      if (limit === undefined) throw wrong('limit', `${name} is unknown; there are ${Object.keys(limits).join(', ')}`);
      const value = text === 'none' ? limit.none : /^\d{1,9}$/.test(text) ? Number(text) : undefined;
      if (value === undefined || value < 1 || value > limit.max) {
        const range = `a whole number from 1 to ${limit.max}${limit.none === undefined ? '' : ', or none'}`;
        throw wrong('limit', `${name} is ${text}, but it must be ${range}`);
      }
      return [limit.member, value * limit.unit];
    }),
  );
}

/** `https://chat.example.com,http://localhost:3000` as a set; undefined for any origin. */
export function webSocketOrigins(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const origins = text.split(',').map((part) => part.trim());
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw wrong('origin', `has ${origin === '' ? 'an empty part' : origin}, which is no origin as browsers send it`);
    }
  }
  return new Set(origins);
}

function wrong(option: 'limit' | 'origin', what: string): UserError {
  const example = option === 'limit' ? '--websocket-limit idle-seconds=3600' : '--websocket-origin https://chat.example.com';
  return new UserError('SG_BAD_OPTION', `--websocket-${option} ${what}.`, { fix: `For example: ${example}` });
}
