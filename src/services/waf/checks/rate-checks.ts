// What rate-based statements may be.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html

import { invalidParameter, REASONS } from '../refusals.ts';
import type { StatementDocument } from '../rule-document.ts';
import { checkTransformations } from './component-checks.ts';

type RateBased = NonNullable<StatementDocument['RateBasedStatement']>;
type CustomKey = NonNullable<RateBased['CustomKeys']>[number];

/** AWS: Seen: API reference, EvaluationWindowSec. */
const WINDOWS = [60, 120, 300, 600];
const CUSTOM_KEYS_MAX = 5;

/** All but the scope-down statement. Throws WAFInvalidParameterException. */
export function checkRateBased(rate: RateBased): void {
  const { EvaluationWindowSec: window, AggregateKeyType: type, CustomKeys: keys = [], ForwardedIPConfig: forwarded } = rate;
  if (window !== undefined && !WINDOWS.includes(window)) {
    throw invalidParameter(`EvaluationWindowSec is one of ${WINDOWS.join(', ')}.`, 'RATE_BASED_STATEMENT', String(window));
  }
  if ((type === 'CUSTOM_KEYS') !== keys.length > 0) {
    throw invalidParameter(
      'CustomKeys go with the aggregate key type CUSTOM_KEYS, and only with it.',
      'CUSTOM_KEYS',
      'CustomKeys',
    );
  }
  if (keys.length > CUSTOM_KEYS_MAX) {
    throw invalidParameter(`There can be at most ${CUSTOM_KEYS_MAX} custom keys.`, 'CUSTOM_KEYS', 'CustomKeys');
  }
  for (const key of keys) checkCustomKey(key);
  const usesForwarded = type === 'FORWARDED_IP' || keys.some(({ ForwardedIP }) => ForwardedIP !== undefined);
  if (usesForwarded && forwarded === undefined) {
    throw invalidParameter('A forwarded IP needs a ForwardedIPConfig.', 'FORWARDED_IP_CONFIG', 'ForwardedIPConfig');
  }
  const [only, ...others] = keys;
  if (only !== undefined && others.length === 0 && (only.IP !== undefined || only.ForwardedIP !== undefined)) {
    throw invalidParameter('An IP address alone is no custom key: use IP or FORWARDED_IP.', 'CUSTOM_KEYS', 'CustomKeys');
  }
  // AWS: Seen: API reference, AggregateKeyType, CONSTANT.
  if (type === 'CONSTANT' && rate.ScopeDownStatement === undefined) {
    throw invalidParameter('CONSTANT needs a scope-down statement.', 'SCOPE_DOWN', 'ScopeDownStatement');
  }
}

function checkCustomKey(key: CustomKey): void {
  const given = Object.values(key).filter((member) => member !== undefined);
  if (given.length !== 1) throw invalidParameter(REASONS.exactlyOne, 'CUSTOM_KEYS', 'CustomKeys');
  if (key.ASN !== undefined) {
    throw invalidParameter(
      'The custom key ASN is not run here: it needs to know the network of every address, and there is no such data.',
      'CUSTOM_KEYS',
      'ASN',
    );
  }
  for (const part of [key.Header, key.Cookie, key.QueryArgument, key.QueryString, key.UriPath]) {
    if (part !== undefined) checkTransformations(part.TextTransformations ?? []);
  }
}
