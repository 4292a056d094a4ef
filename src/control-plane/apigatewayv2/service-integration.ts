// An integration with an AWS service: which operations there are, and the parameters each of them takes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html

import {
  type IntegrationSubtype,
  type IntegrationSubtypeParameters,
  integrationSubtypes,
} from '../../model/integration-subtypes.ts';
import { isStatic, parseParameterValue } from '../../parameter-mapping/parameter-value.ts';
import type { Parameters } from './parameter-rules.ts';
import { badRequest } from './refusals.ts';

export interface ServiceIntegrationMembers {
  readonly subtype: string;
  readonly credentialsArn: string | undefined;
  readonly payloadFormatVersion: string;
  readonly parameters: Parameters | undefined;
}

/** The members that were checked. AWS: the words of all these refusals, if nothing else is said. Seen: cdk-preflight's deployed cases. */
export function checkedServiceIntegration({
  subtype,
  credentialsArn,
  payloadFormatVersion,
  parameters = {},
}: ServiceIntegrationMembers): { readonly integrationSubtype: IntegrationSubtype; readonly credentialsArn: string } {
  if (!Object.hasOwn(integrationSubtypes, subtype) || payloadFormatVersion !== '1.0') {
    throw badRequest(`Operation: ${subtype} is not supported.`);
  }
  const integrationSubtype = subtype as IntegrationSubtype;
  if (credentialsArn === undefined) {
    throw badRequest(`Role ARN must be specified for AWS integration configuration with Subtype: ${subtype}`);
  }
  checkServiceParameters(integrationSubtype, parameters);
  return { integrationSubtype, credentialsArn };
}

function checkServiceParameters(subtype: IntegrationSubtype, parameters: Parameters): void {
  const { required, optional, objects = [] }: IntegrationSubtypeParameters = integrationSubtypes[subtype];
  if (!required.every((name) => Object.hasOwn(parameters, name))) {
    throw badRequest(
      `Operation: ${subtype} requires enabling passthrough, or defining all of the following parameters in the parameter mapping: [${required.join(', ')}]`,
    );
  }
  for (const [name, text] of Object.entries(parameters)) {
    // The words for a name that the operation does not have are ours.
    if (!required.includes(name) && !optional.includes(name)) throw badRequest(`Operation: ${subtype} has no parameter ${name}`);
    const value = parseParameterValue(text, 'request');
    if (value === undefined || (objects.includes(name) && isStatic(value))) {
      // AWS: these words. Seen: terraform-provider-aws#17348.
      throw badRequest(
        `Invalid selection expression specified: Validation Result: warnings : [], errors : [Invalid source: ${text} specified for destination: ${name}]`,
      );
    }
  }
}
