// One integration of one method as a plan: what is called, or the reason why it cannot be.

import { partitionOf } from '../../aws/arn.ts';
import { forbiddenTarget } from '../../data-plane/rest-api/integration-request.ts';
import { type CredentialsPlan, isCallerCredentials } from '../../model/integration-credentials.ts';
import type { RestApiSnapshot, RestIntegration, RestMethod, RestResource, RestStage } from '../../model/rest-api.ts';
import type {
  IntegrationResponsePlan,
  RestIntegrationPlan,
  RestStreamPlan,
  RestUnservablePlan,
} from '../../model/rest-api-plan.ts';
import { planServiceAccess } from '../http-api/credentials-plan.ts';
import { functionArnOf, streamedFunctionArnOf } from '../http-api/function-uri.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { planHttpIntegration } from './http-plan.ts';
import { planServiceIntegration } from './service-plan.ts';
import { renderStageVariables } from './stage-variables.ts';

/** What the plans of integrations with templates share. */
export type MappedMembers = ReturnType<typeof mappedMembers>;

export function planIntegration(
  snapshot: RestApiSnapshot,
  stage: RestStage,
  resource: RestResource,
  method: RestMethod,
  surroundings: Surroundings,
): RestIntegrationPlan {
  const integration = method.methodIntegration;
  const about = `${method.httpMethod} ${resource.path}`;
  if (integration === undefined) return unservable(`${about} has no integration.`);
  const responses = planResponses(integration, method);
  if (typeof responses === 'string') return unservable(`${about}: ${responses}`);
  const mapped = mappedMembers(integration, responses);
  const uri = renderStageVariables(integration.uri ?? '', stage.variables ?? {});
  const credentials = planCredentials(integration, stage);
  if (credentials?.type === 'caller' && method.authorizationType !== 'AWS_IAM') {
    return unservable(
      `${about}: the integration passes its caller's credentials on; the method's authorization must be AWS_IAM.`,
    );
  }
  const asked = credentials === undefined ? {} : { credentials };
  const stream = integration.responseTransferMode === 'STREAM' ? planStream(snapshot) : undefined;
  switch (integration.type) {
    case 'MOCK':
      return { type: 'MOCK', ...mapped };
    case 'HTTP':
    case 'HTTP_PROXY':
      return planHttpIntegration(integration, integration.type, uri, mapped, stage, surroundings, stream);
    case 'AWS_PROXY':
      return planLambdaProxy(integration, uri);
    case 'AWS': {
      const functionArn = functionArnOf(uri);
      if (functionArn === undefined) {
        return planServiceIntegration(integration, uri, mapped, planServiceAccess(credentials, sourceArn()), surroundings);
      }
      const { httpMethod } = integration;
      const method = httpMethod === undefined || httpMethod === '' || httpMethod === 'POST' ? {} : { httpMethod };
      return { type: 'AWS_LAMBDA', functionArn, sourceArn: sourceArn(), ...asked, ...method, ...mapped };
    }
  }

  function planLambdaProxy(
    { httpMethod, timeoutInMillis, requestParameters }: RestIntegration,
    text: string,
  ): RestIntegrationPlan {
    const functionArn = stream === undefined ? functionArnOf(text) : streamedFunctionArnOf(text);
    if (functionArn === undefined) {
      const how = stream === undefined ? '/invocations' : '/response-streaming-invocations, as a method that streams needs it';
      return unservable(`${about}: the URI names no Lambda function with ${how}: "${text}".`);
    }
    // AWS: Lambda takes no other method; it is noticed when the API is called. Seen: recorded responses.
    if (httpMethod !== 'POST')
      return unservable(`${about}: a Lambda function is called with POST, not with ${httpMethod ?? 'no method'}.`);
    // AWS: mappings of proxies are checked, and not applied. Seen: recorded responses.
    const forbidden = forbiddenTarget(requestParameters ?? {}, true);
    if (forbidden !== undefined) return unservable(`${about}: the header ${forbidden} cannot be mapped.`);
    return {
      type: 'AWS_PROXY',
      functionArn,
      sourceArn: sourceArn(),
      ...asked,
      timeoutInMillis,
      ...(stream === undefined ? {} : { stream }),
    };
  }

  /** AWS: `…:{apiId}/{stage}/{METHOD}{path}`, ANY as `*`. Seen: developer guide, Lambda permissions. */
  function sourceArn(): string {
    const { account, region } = snapshot.scope;
    const verb = method.httpMethod === 'ANY' ? '*' : method.httpMethod;
    return `arn:${partitionOf(region)}:execute-api:${region}:${account}:${snapshot.restApi.id}/${stage.stageName}/${verb}${resource.path}`;
  }
}

function planCredentials({ credentials = '' }: RestIntegration, stage: RestStage): CredentialsPlan | undefined {
  const arn = renderStageVariables(credentials, stage.variables ?? {});
  if (arn === '') return undefined;
  return isCallerCredentials(arn) ? { type: 'caller' } : { type: 'role', roleArn: arn };
}

/** AWS: five minutes, thirty seconds through the edge. Seen: developer guide, response streaming. */
function planStream({ restApi }: RestApiSnapshot): RestStreamPlan {
  return { idleTimeoutInMillis: restApi.endpointConfiguration.types.includes('EDGE') ? 30_000 : 300_000 };
}

export function unservable(reason: string): RestUnservablePlan {
  return { type: 'UNSERVABLE', reason };
}

function mappedMembers(integration: RestIntegration, responses: readonly IntegrationResponsePlan[]) {
  const { requestParameters, requestTemplates, passthroughBehavior, contentHandling, timeoutInMillis } = integration;
  return {
    requestParameters: requestParameters ?? {},
    requestTemplates: requestTemplates ?? {},
    passthroughBehavior,
    ...(contentHandling === undefined ? {} : { contentHandling }),
    responses,
    timeoutInMillis,
  };
}

/**
 * AWS: what has models, and none of JSON, is of their type, whatever its template is for. Seen: public reports
 * (serverless-operations/serverless-apigateway-service-proxy#115, serverless/serverless#194); which of several it is, is not known.
 */
function contentTypeOf(models: Readonly<Record<string, string>> = {}): { readonly contentType?: string } {
  const [first] = Object.keys(models);
  return first === undefined || Object.hasOwn(models, 'application/json') ? {} : { contentType: first };
}

/** In the order of their status codes: the first that matches answers. */
function planResponses(integration: RestIntegration, method: RestMethod): readonly IntegrationResponsePlan[] | string {
  const plans: IntegrationResponsePlan[] = [];
  if (integration.type === 'AWS_PROXY' || integration.type === 'HTTP_PROXY') return plans;
  for (const response of Object.values(integration.integrationResponses ?? {})) {
    // AWS: the sentence of its execution log. A method response that is missing is noticed when the API is called.
    if (!Object.hasOwn(method.methodResponses, response.statusCode)) {
      return `Output mapping refers to an invalid method response: ${response.statusCode}`;
    }
    plans.push({
      statusCode: Number(response.statusCode),
      selectionPattern: response.selectionPattern ?? '',
      responseParameters: response.responseParameters ?? {},
      responseTemplates: response.responseTemplates ?? {},
      ...contentTypeOf(method.methodResponses[response.statusCode]?.responseModels),
      ...(response.contentHandling === undefined ? {} : { contentHandling: response.contentHandling }),
    });
  }
  return plans.sort((a, b) => a.statusCode - b.statusCode);
}
