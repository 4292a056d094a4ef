// The integration of one route as a plan: what is called, or the reason why it cannot be.

import { CHANNELS_MEMBER } from '../../data-plane/websocket-api/channels/channel-request.ts';
import type { WebSocketApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { UnservablePlan } from '../../model/http-api-plan.ts';
import type { IntegrationResponse, WebSocketIntegration, WebSocketRoute, WebSocketStage } from '../../model/websocket-api.ts';
import type { WebSocketIntegrationPlan, WebSocketIntegrationResponsePlan } from '../../model/websocket-api-plan.ts';
import { requestSelection, responseSelection } from '../../selection-expression/selection-scopes.ts';
import { planCredentials, planServiceAccess } from '../http-api/credentials-plan.ts';
import { functionArnOf } from '../http-api/function-uri.ts';
import { putInStageVariables } from '../http-api/stage-variables.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { planHttpTarget } from '../rest-api/http-plan.ts';
import { planServiceTarget } from '../rest-api/service-plan.ts';
import { planSelection } from './selection-plan.ts';

/** `routeArn` is what a function's resource policy is asked about. */
export function planIntegration(
  snapshot: WebSocketApiSnapshot,
  stage: WebSocketStage,
  route: WebSocketRoute,
  routeArn: string,
  surroundings: Surroundings,
): WebSocketIntegrationPlan {
  if (route.target === undefined) return unservable(`Route "${route.routeKey}" has no integration.`);
  const integrationId = route.target.replace(/^integrations\//, '');
  const integration = snapshot.integrations.find((each) => each.integrationId === integrationId);
  if (integration === undefined) {
    return unservable(`Route "${route.routeKey}" points at integration ${integrationId}, which does not exist.`);
  }
  const about = `Integration ${integrationId}`;
  const { integrationType, timeoutInMillis, contentHandlingStrategy: contentHandling } = integration;
  const base = { integrationId, timeoutInMillis, ...(contentHandling === undefined ? {} : { contentHandling }) };
  const given = putInStageVariables(integration.integrationUri ?? '', stage.stageVariables);
  if ('missing' in given) {
    return unservable(
      `The URI of integration ${integrationId} uses the stage variable "${given.missing}", which this stage does not set.`,
    );
  }
  const uri = given.text;
  const isSigned = snapshot.routes.some((each) => each.routeKey === '$connect' && each.authorizationType === 'AWS_IAM');
  const credentials = planCredentials(integration.credentialsArn, { ...stage, isSigned });
  switch (integrationType) {
    case 'MOCK':
      return { type: 'MOCK', ...base, ...mapped() };
    case 'AWS_PROXY': {
      const functionArn = functionArnOf(uri);
      if (functionArn === undefined) return unservable(`${about} names no Lambda function: "${uri}".`);
      if (typeof credentials === 'string') return unservable(`${about} ${credentials}.`);
      return { type: 'AWS_PROXY', ...base, functionArn, sourceArn: routeArn, ...credentials };
    }
    case 'AWS': {
      if (typeof credentials === 'string') return unservable(`${about} ${credentials}.`);
      const functionArn = functionArnOf(uri);
      if (functionArn !== undefined) {
        return { type: 'AWS_LAMBDA', ...base, functionArn, sourceArn: routeArn, ...credentials, ...mapped() };
      }
      const access = planServiceAccess(credentials.credentials, routeArn);
      const named = { uri, method: integration.integrationMethod };
      const target = planServiceTarget(named, surroundings, access.asCaller === true);
      if ('type' in target) return target;
      return { type: 'AWS_SERVICE', ...base, ...access, ...target, ...mapped() };
    }
    case 'HTTP':
    case 'HTTP_PROXY': {
      const link = putInStageVariables(integration.connectionId ?? '', stage.stageVariables);
      if ('missing' in link) {
        return unservable(
          `The VPC link of integration ${integrationId} is the stage variable "${link.missing}", which this stage does not set.`,
        );
      }
      const target = planHttpTarget(
        {
          uri,
          method: integration.integrationMethod,
          insecureSkipVerification: false,
          vpcTarget: integration.connectionType === 'VPC_LINK' ? { loadBalancer: undefined, vpcLink: link.text } : undefined,
        },
        surroundings,
      );
      if ('type' in target) return target;
      return integrationType === 'HTTP'
        ? { type: 'HTTP', ...base, ...target, ...mapped() }
        : { type: 'HTTP_PROXY', ...base, ...target, requestParameters: integration.requestParameters ?? {} };
    }
  }

  function mapped() {
    return mappedMembers(
      integration as WebSocketIntegration,
      snapshot.integrationResponses.filter((each) => each.integrationId === integrationId),
    );
  }
}

export function unservable(reason: string): UnservablePlan {
  return { type: 'UNSERVABLE', reason };
}

function mappedMembers(integration: WebSocketIntegration, responses: readonly IntegrationResponse[]) {
  const { requestParameters, templateSelectionExpression, passthroughBehavior } = integration;
  const { [CHANNELS_MEMBER]: channelsTemplate, ...requestTemplates } = integration.requestTemplates ?? {};
  return {
    requestParameters: requestParameters ?? {},
    templateSelection: planSelection(templateSelectionExpression ?? '$default', requestSelection),
    requestTemplates,
    ...(channelsTemplate === undefined ? {} : { channelsTemplate }),
    passthroughBehavior,
    responses: [...responses].sort((a, b) => (a.integrationResponseKey < b.integrationResponseKey ? -1 : 1)).map(planResponse),
  };
}

function planResponse(response: IntegrationResponse): WebSocketIntegrationResponsePlan {
  const { integrationResponseId, integrationResponseKey: key, templateSelectionExpression, contentHandlingStrategy } = response;
  return {
    integrationResponseId,
    selectionPattern: key === '$default' ? '' : key.slice(1, -1),
    responseParameters: response.responseParameters ?? {},
    templateSelection: planSelection(templateSelectionExpression ?? '$default', responseSelection),
    responseTemplates: response.responseTemplates ?? {},
    ...(contentHandlingStrategy === undefined ? {} : { contentHandling: contentHandlingStrategy }),
  };
}
