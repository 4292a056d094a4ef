// HTTP_PROXY through a VPC link as a plan: the listener or service is found in the operator's table.

import type { HttpProxyIntegration } from '../../model/http-api.ts';
import type { HttpProxyPlan, IntegrationPlan } from '../../model/http-api-plan.ts';
import { planRequestParameters, planResponseParameters } from './parameter-plan.ts';
import type { Surroundings } from './surroundings.ts';

interface PrivateContext {
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly surroundings: Surroundings;
}

export function planPrivateIntegration(integration: HttpProxyIntegration, context: PrivateContext): IntegrationPlan {
  const { integrationId, integrationUri, integrationMethod, tlsConfig, timeoutInMillis } = integration;
  const { vpcTargets } = context.surroundings;
  // One entry may serve every `?attribute=value` of a Cloud Map service.
  const address = vpcTargets.get(integrationUri) ?? vpcTargets.get(integrationUri.replace(/\?.*$/, ''));
  if (address === undefined) {
    return {
      type: 'UNSERVABLE',
      waitsForOperator: true,
      reason:
        `Integration ${integrationId} is private, and nothing says where ${integrationUri} is. Start Stagegate with ` +
        `--vpc-target '${integrationUri}=HOST:PORT', or put it under "vpcTarget" into stagegate.config.json.`,
    };
  }
  const serverName = tlsConfig?.serverNameToVerify;
  return {
    type: 'HTTP_PROXY',
    integrationId,
    // AWS: HTTP, and HTTPS with a server name. Seen: developer guide, private integrations.
    protocol: serverName === undefined ? 'http' : 'https',
    host: [address.host.includes(':') ? `[${address.host}]` : address.host],
    port: address.port,
    path: [],
    query: [],
    ...(integrationMethod === 'ANY' ? {} : { method: integrationMethod }),
    private: serverName === undefined ? {} : { serverName },
    appendRequestPath: false,
    timeoutInMillis,
    ...planRequestParameters(integration.requestParameters, context.stageVariables),
    ...planResponseParameters(integration.responseParameters, context.stageVariables),
  } satisfies HttpProxyPlan;
}
