// An AWS service integration as a plan: parsed parameters, and the end point that will be called.

import { partitionOf } from '../../aws/arn.ts';
import { serviceOperations } from '../../data-plane/integrations/service-operations.ts';
import type { ServiceIntegration } from '../../model/http-api.ts';
import type { AwsServicePlan, IntegrationPlan } from '../../model/http-api-plan.ts';
import type { CredentialsPlan } from '../../model/integration-credentials.ts';
import type { ParameterValue } from '../../model/parameter-mapping.ts';
import { parseParameterValue } from '../../parameter-mapping/parameter-value.ts';
import { planServiceAccess } from './credentials-plan.ts';
import { planResponseParameters, withStageVariables } from './parameter-plan.ts';
import type { Surroundings } from './surroundings.ts';

interface ServiceContext {
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly sourceArn: string;
  /** The API's, for integrations that name no other. */
  readonly region: string;
  readonly surroundings: Surroundings;
}

export function planServiceIntegration(
  integration: ServiceIntegration,
  credentials: CredentialsPlan | undefined,
  context: ServiceContext,
): IntegrationPlan {
  const { integrationId, integrationSubtype: subtype, timeoutInMillis } = integration;
  const access = planServiceAccess(credentials, context.sourceArn);
  if (access.asCaller !== true && !context.surroundings.hasAwsKeys) {
    return {
      type: 'UNSERVABLE',
      waitsForOperator: true,
      reason:
        `Integration ${integrationId} (${subtype}) calls an AWS service, and there are no keys to sign its calls with. Start Stagegate ` +
        'with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment.',
    };
  }
  const parameters: Record<string, ParameterValue> = {};
  for (const [name, text] of Object.entries(integration.requestParameters ?? {})) {
    const value = parseParameterValue(text, 'request');
    // Every write checks its parameters.
    if (value === undefined) throw new Error(`The parameter ${name} was kept unchecked: its source is invalid.`);
    parameters[name] = withStageVariables(value, context.stageVariables);
  }
  const { Region: region = [context.region], ...others } = parameters;
  return {
    type: 'AWS_SERVICE',
    integrationId,
    subtype,
    ...access,
    endpoint: endpointOf(integration, context),
    region,
    parameters: others,
    ...planResponseParameters(integration.responseParameters, context.stageVariables),
    timeoutInMillis,
  } satisfies AwsServicePlan;
}

/** The operator's base URL, or AWS's end point. */
function endpointOf({ integrationSubtype }: ServiceIntegration, { region, surroundings }: ServiceContext): string {
  const { service, hostPrefix = '' } = serviceOperations[integrationSubtype];
  const own = surroundings.awsEndpoints.get(service) ?? surroundings.awsEndpoints.get('all');
  if (own !== undefined) return own;
  const domain = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${hostPrefix}${service}.{region}.${domain}`;
}
