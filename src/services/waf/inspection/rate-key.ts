// What a rate-based rule counts requests under.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-options.html

import type * as Wire from '@aws-sdk/client-wafv2';
import type { Document, FieldToMatchDocument, TextTransformationDocument } from '../rule-document.ts';
import { headerValue } from './headers.ts';
import { compileInspectedTexts } from './inspected-texts.ts';
import { parseIpAddress } from './ip-blocks.ts';
import type { Inspection } from './matcher.ts';
import { ALWAYS_LIMITED, type RateKey } from './rate-limiter.ts';
import { lowerCase } from './text-transformations.ts';
import { trim } from './transformations/white-space.ts';

type RateBased = Document<Wire.RateBasedStatement>;
type CustomKey = Document<Wire.RateBasedStatementCustomKey>;

export function compileRateKey({ AggregateKeyType, CustomKeys = [], ForwardedIPConfig: forwarded }: RateBased): RateKey {
  switch (AggregateKeyType) {
    case 'CONSTANT':
      return () => '';
    case 'FORWARDED_IP':
      return forwardedKey(forwarded);
    case 'CUSTOM_KEYS': {
      const keys = CustomKeys.map((key) => customKey(key, forwarded));
      return (inspection) => joined(keys, inspection);
    }
    default:
      return ({ request }) => request.clientIp;
  }
}

/** AWS: a request that lacks one of the keys is not counted. Parts are told apart whatever is in them. */
function joined(keys: readonly RateKey[], inspection: Inspection): string | undefined {
  let all = '';
  for (const keyOf of keys) {
    const key = keyOf(inspection);
    if (key === undefined || key === ALWAYS_LIMITED) return key;
    all += `${key.length}:${key}`;
  }
  return all;
}

/** AWS: the first address; a request without the header is not counted. Seen: WAF developer guide, "Forwarded IP address". */
function forwardedKey(config: Document<Wire.ForwardedIPConfig> | undefined): RateKey {
  const name = lowerCase(config?.HeaderName ?? '');
  return (inspection) => {
    const value = headerValue(inspection, name);
    if (value === undefined) return undefined;
    const first = trim(value.split(',', 1)[0] ?? '');
    if (parseIpAddress(first) !== undefined) return first;
    return config?.FallbackBehavior === 'MATCH' ? ALWAYS_LIMITED : undefined;
  };
}

function customKey(key: CustomKey, forwarded: Document<Wire.ForwardedIPConfig> | undefined): RateKey {
  const { Header, Cookie, QueryArgument, QueryString, UriPath, LabelNamespace } = key;
  if (key.IP !== undefined) return ({ request }) => request.clientIp;
  if (key.ForwardedIP !== undefined) return forwardedKey(forwarded);
  if (key.HTTPMethod !== undefined) return ({ request }) => request.method;
  if (Header !== undefined) return textKey({ SingleHeader: { Name: Header.Name } }, Header.TextTransformations);
  if (QueryArgument !== undefined) {
    return textKey({ SingleQueryArgument: { Name: QueryArgument.Name } }, QueryArgument.TextTransformations);
  }
  if (QueryString !== undefined) return textKey({ QueryString: {} }, QueryString.TextTransformations);
  if (UriPath !== undefined) return textKey({ UriPath: {} }, UriPath.TextTransformations);
  if (Cookie !== undefined) {
    const MatchPattern = { IncludedCookies: [Cookie.Name ?? ''] };
    const field: FieldToMatchDocument = { Cookies: { MatchPattern, MatchScope: 'VALUE', OversizeHandling: 'CONTINUE' } };
    return textKey(field, Cookie.TextTransformations);
  }
  if (LabelNamespace !== undefined) return labelKey(LabelNamespace.Namespace ?? '');
  // Fingerprints of TLS are never there behind API Gateway.
  return () => undefined;
}

function textKey(field: FieldToMatchDocument, transformations: readonly TextTransformationDocument[] | undefined): RateKey {
  const texts = compileInspectedTexts({ FieldToMatch: field, TextTransformations: transformations });
  return (inspection) => {
    const found = texts.of(inspection);
    if (typeof found === 'boolean' || found.length === 0) return undefined;
    return found.map(({ text }) => text).join('\0');
  };
}

/** AWS: each distinct set of labels in the namespace. */
function labelKey(namespace: string): RateKey {
  return ({ labels }) => {
    const found = [...labels].filter((label) => label.startsWith(namespace) || label.includes(`:${namespace}`));
    return found.length === 0 ? undefined : found.sort().join(',');
  };
}
