// Reads the parts of a client's identity that an authorizer wants from a request.

import type { IdentitySourcePlan } from '../../model/http-api-plan.ts';
import { basePathMatched } from '../context-variables/context-variables.ts';
import { commonLogTime } from '../http-api/clock.ts';
import type { Exchange } from '../http-api/exchange.ts';
import { parseQuery } from '../http-api/request-parameters.ts';

/** The values in the order of the sources, or the first source that has none. */
export function readIdentity(
  sources: readonly IdentitySourcePlan[],
  exchange: Exchange,
): readonly string[] | { readonly missing: IdentitySourcePlan } {
  const values: string[] = [];
  for (const source of sources) {
    const value = readSource(source, exchange);
    // AWS: empty is missing. Seen: API reference, IdentitySource.
    if (value === undefined || value === '') return { missing: source };
    values.push(value);
  }
  return values;
}

function readSource(source: IdentitySourcePlan, exchange: Exchange): string | undefined {
  switch (source.kind) {
    case 'header':
      return exchange.request.headers.get(source.name);
    case 'querystring':
      // Repeated keys are joined as in events of payload format 2.0: what the function sees is what the result is kept under.
      return parseQuery(exchange.request.query).get(source.name)?.join(',');
    case 'stageVariable':
      return source.value;
    case 'context':
      return known.get(source.name)?.(exchange);
  }
}

/** What is known before an authorizer is asked. The others have no value yet: a route asks either an authorizer or for a signature. */
const known: ReadonlyMap<string, (exchange: Exchange) => string | undefined> = new Map(
  Object.entries<(exchange: Exchange) => string | undefined>({
    accountId: ({ pipeline }) => pipeline.plan.scope.account,
    apiId: ({ pipeline }) => pipeline.plan.apiId,
    'customDomain.basePathMatched': basePathMatched,
    domainName: ({ address }) => address.domainName,
    domainPrefix: ({ address }) => address.domainPrefix,
    extendedRequestId: ({ requestId }) => requestId,
    httpMethod: ({ request }) => request.method,
    'identity.sourceIp': ({ request }) => request.remoteAddress,
    'identity.userAgent': ({ request }) => request.headers.get('user-agent'),
    path: ({ address }) => address.pathWithStage,
    protocol: ({ request }) => (request.httpMinor === 1 ? 'HTTP/1.1' : 'HTTP/1.0'),
    requestId: ({ requestId }) => requestId,
    requestTime: ({ at }) => commonLogTime(at),
    requestTimeEpoch: ({ at }) => String(at),
    routeKey: ({ route }) => route?.routeKey,
    stage: ({ pipeline }) => pipeline.plan.stageName,
  }),
);
