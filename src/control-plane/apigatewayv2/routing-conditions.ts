// Which conditions and actions a routing rule can have.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html, "Restrictions"; the sentences are ours.

import type { HeaderMatch, RoutingCondition, RoutingTarget } from '../../model/custom-domain.ts';
import { checkedMappingKey } from './domain-name-rules.ts';
import { badRequest } from './refusals.ts';
import { type Input, present } from './service.ts';

type SentRule = Input<'CreateRoutingRule'>;
type SentCondition = NonNullable<SentRule['Conditions']>[number];

const priorityMax = 1_000_000;
const headerConditionsMax = 2;

/** Throws BadRequestException. */
export function checkedPriority(priority: number | undefined): number {
  if (priority !== undefined && Number.isInteger(priority) && priority >= 1 && priority <= priorityMax) return priority;
  throw badRequest(`Invalid priority: it must be a whole number from 1 to ${priorityMax}`);
}

/** Throws BadRequestException. */
export function checkedConditions(sent: SentRule['Conditions']): readonly RoutingCondition[] {
  const conditions = (sent ?? []).map(checkedCondition);
  if (conditions.filter(({ matchHeaders }) => matchHeaders !== undefined).length > headerConditionsMax) {
    throw badRequest(`Invalid conditions: a routing rule can have at most ${headerConditionsMax} matchHeaders conditions`);
  }
  if (conditions.filter(({ matchBasePath }) => matchBasePath !== undefined).length > 1) {
    throw badRequest('Invalid conditions: a routing rule can have at most one matchBasePaths condition');
  }
  return conditions;
}

function checkedCondition({ MatchHeaders, MatchBasePaths }: SentCondition): RoutingCondition {
  if (MatchHeaders === undefined && MatchBasePaths === undefined) {
    throw badRequest('Invalid conditions: a condition needs matchHeaders or matchBasePaths');
  }
  const header = MatchHeaders && onlyOne(MatchHeaders.AnyOf, 'matchHeaders');
  const basePath = MatchBasePaths && onlyOne(MatchBasePaths.AnyOf, 'matchBasePaths');
  return present({
    matchHeaders: header && { header: checkedHeader(header.Header ?? ''), valueGlob: checkedGlob(header.ValueGlob ?? '') },
    matchBasePath: basePath === undefined ? undefined : checkedBasePath(basePath),
  });
}

/** AWS: the lists are there to grow; today each holds one. */
function onlyOne<T>(items: readonly T[] | undefined, condition: string): T {
  const [only, ...more] = items ?? [];
  if (only !== undefined && more.length === 0) return only;
  throw badRequest(`Invalid conditions: anyOf of ${condition} must hold exactly one item`);
}

const headerLengthLimit = 40;

/** Lower case. A name with a star stands for every header that begins so. */
const unsupportedHeaders = [
  'access-control-*',
  'apigw-*',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-location',
  'forwarded',
  'keep-alive',
  'origin',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'x-amz-*',
  'x-amzn-*',
  'x-apigw-api-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-restapi',
  'via',
];

function checkedHeader(header: string): HeaderMatch['header'] {
  // AWS's characters without the star, which stands for itself nowhere and is no wildcard in a name.
  if (!/^[A-Za-z0-9?\-!#$%&'.^_`|~]+$/.test(header) || header.length >= headerLengthLimit) {
    throw badRequest(
      `Invalid header of a condition: it must have fewer than ${headerLengthLimit} characters, letters, digits and ?-!#$%&'.^_\`|~ only`,
    );
  }
  const name = header.toLowerCase();
  const isUnsupported = unsupportedHeaders.some((each) =>
    each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each,
  );
  if (isUnsupported) throw badRequest(`Header ${header} is not supported as a condition of a routing rule`);
  return header;
}

const globLengthLimit = 128;
const infixLengthLimit = 40;

function checkedGlob(glob: string): HeaderMatch['valueGlob'] {
  // AWS names the characters of header names for values, too, and has `image/webp` and `*ux=beta*` in its examples; a comma it advises
  // against. So here it is what a field's value may hold in one line: printable ASCII.
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(glob) || glob.length >= globLengthLimit) {
    throw badRequest(
      `Invalid valueGlob of a condition: it must have 1 to ${globLengthLimit - 1} printable ASCII characters, without space around`,
    );
  }
  const inner = glob.replace(/^\*/, '').replace(/\*$/, '');
  if (inner.includes('*') || glob === '**') {
    throw badRequest('Invalid valueGlob of a condition: a * can stand at the beginning, at the end or at both');
  }
  if (glob.length > 1 && glob.startsWith('*') && glob.endsWith('*') && glob.length >= infixLengthLimit) {
    throw badRequest(
      `Invalid valueGlob of a condition: with a * at both ends it must have fewer than ${infixLengthLimit} characters`,
    );
  }
  return glob;
}

const basePathLengthLimit = 128;

function checkedBasePath(basePath: string): string {
  if (basePath === '' || basePath.length >= basePathLengthLimit) {
    throw badRequest(`Invalid base path of a condition: it must have 1 to ${basePathLengthLimit - 1} characters`);
  }
  // AWS: the characters of mapping keys but the comma, and no slash at either end.
  if (basePath.includes(',')) {
    throw badRequest("A base path condition may contain only letters, numbers and one of $-_.+!*'()/");
  }
  return checkedMappingKey(basePath);
}

/** The one action there is, without the look whether its API exists. Throws BadRequestException. */
export function checkedAction(sent: SentRule['Actions']): RoutingTarget {
  const [only, ...more] = sent ?? [];
  if (only?.InvokeApi === undefined || more.length > 0) {
    throw badRequest('Invalid actions: a routing rule has exactly one action, invokeApi');
  }
  const { ApiId = '', Stage = '', StripBasePath = false } = only.InvokeApi;
  return { apiId: ApiId, stage: Stage, stripBasePath: StripBasePath };
}
