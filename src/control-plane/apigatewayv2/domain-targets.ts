// Which REST APIs a private domain name can lead to, and a public one.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-custom-domains.html; the sentences are ours.

import type { DomainName } from '../../model/custom-domain.ts';
import type { RestApi } from '../../model/rest-api.ts';
import { badRequest } from './refusals.ts';

export function isPrivateApi({ endpointConfiguration }: RestApi): boolean {
  return endpointConfiguration.types.includes('PRIVATE');
}

/** AWS: no traffic from a private domain name to a public API. Throws BadRequestException. */
export function assertPrivateLeadsToPrivate({ domainNameId }: DomainName, restApi: RestApi): void {
  if (domainNameId === undefined || isPrivateApi(restApi)) return;
  throw badRequest(`A private domain name leads to private APIs only; REST API ${restApi.id} is none.`);
}

/** AWS: public and private are not mixed in routing rules. Throws BadRequestException. */
export function assertRuleStaysInside(domain: DomainName, restApi: RestApi): void {
  assertPrivateLeadsToPrivate(domain, restApi);
  if (domain.domainNameId !== undefined || !isPrivateApi(restApi)) return;
  throw badRequest(`A routing rule of a public domain name leads to public APIs only; REST API ${restApi.id} is private.`);
}
