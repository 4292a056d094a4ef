// TLS security policies of REST APIs and domain names: which there are, for which endpoint types, and what must be said beside them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html

import { badRequest } from './refusals.ts';

/** Source: the service model, SecurityPolicy. Those whose name ends in EDGE are for edge-optimized endpoints, other enhanced ones are not. */
const securityPolicies: readonly string[] = [
  ...['TLS_1_0', 'TLS_1_2'],
  ...['SecurityPolicy_TLS13_1_3_2025_09', 'SecurityPolicy_TLS13_1_3_FIPS_2025_09'],
  ...['SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09', 'SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09'],
  ...['SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09', 'SecurityPolicy_TLS13_1_2_PQ_2025_09'],
  ...['SecurityPolicy_TLS13_1_2_Ext2_PQ_2025_09', 'SecurityPolicy_TLS13_1_2_Ext2_FIPS_PQ_2025_09'],
  ...['SecurityPolicy_TLS13_1_2_2021_06'],
  ...['SecurityPolicy_TLS13_2025_EDGE', 'SecurityPolicy_TLS12_PFS_2025_EDGE', 'SecurityPolicy_TLS12_2018_EDGE'],
];

export interface Secured {
  /** Endpoint types; two while a domain name moves from one to the other. */
  readonly types: readonly string[];
  readonly securityPolicy: string | undefined;
  readonly endpointAccessMode: string | undefined;
}

/** What of `former` did not change is not looked at again. Throws BadRequestException; the words are ours where nothing else is said. */
export function checkSecurityPolicy({ types, securityPolicy, endpointAccessMode }: Secured, former?: Secured): void {
  if (securityPolicy !== undefined && !securityPolicies.includes(securityPolicy)) {
    if (securityPolicy !== former?.securityPolicy) {
      throw badRequest(`Invalid securityPolicy specified: ${securityPolicy.slice(0, 100)}`);
    }
    return;
  }
  if (endpointAccessMode !== undefined && endpointAccessMode !== 'BASIC' && endpointAccessMode !== 'STRICT') {
    if (endpointAccessMode === former?.endpointAccessMode) return;
    throw badRequest('Invalid endpointAccessMode specified. Valid options are BASIC,STRICT');
  }
  if (securityPolicy?.startsWith('SecurityPolicy_') !== true) return;
  if (
    former !== undefined &&
    securityPolicy === former.securityPolicy &&
    endpointAccessMode === former.endpointAccessMode &&
    types.join() === former.types.join()
  ) {
    return;
  }
  // AWS: these words, of APIs and of domain names. Seen: aws/aws-sam-cli#9007, serverless/serverless#13332.
  if (endpointAccessMode === undefined) throw badRequest('Endpoint access mode is required for the specified security policy');
  const isForEdge = securityPolicy.endsWith('_EDGE');
  if (types.some((type) => (type === 'EDGE') === isForEdge)) return;
  if (former !== undefined && securityPolicy === former.securityPolicy) {
    // AWS: these words for a move that leaves the policy as it is. Seen: aws/serverless-application-model#3866.
    throw badRequest('Unable to update EndpointType. SecurityPolicy is required for EndpointType update.');
  }
  throw badRequest(`The security policy ${securityPolicy} is not supported for the endpoint type ${types.join()}.`);
}
