// Why a request to a REST API would be served by one method and not by another: what `stagegate explain METHOD PATH` prints. It asks the
// same resource table that requests ask.

import { isRefusal } from '../../data-plane/rest-api/refusal.ts';
import { ResourceTable } from '../../data-plane/rest-api/resource-selection.ts';
import type { RestApiPlan, RestAuthorizationPlan, RestIntegrationPlan, RestMethodPlan } from '../../model/rest-api-plan.ts';

export interface RestExplanation {
  readonly apiId: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly deploymentId: string;
  readonly method: string;
  readonly path: string;
  readonly considered: readonly { readonly routeKey: string; readonly outcome: string; readonly why: string }[];
  /** Absent when the gateway answers by itself. */
  readonly match?: {
    readonly routeKey: string;
    readonly resourceId: string;
    readonly pathParameters: Readonly<Record<string, string>>;
    readonly authorization: RestAuthorizationPlan;
    readonly authorizationType: string;
    readonly apiKeyRequired: boolean;
    readonly integration: RestIntegrationPlan;
    readonly throttle?: RestMethodPlan['throttle'];
    readonly validation?: RestMethodPlan['validation'];
  };
  /** What the gateway answers instead, and why. */
  readonly refusal?: { readonly refused: string; readonly reason: string };
}

/** `path` is what follows the stage, e.g. `/pets/5`. */
export function explainRestApi(plan: RestApiPlan, method: string, path: string): RestExplanation {
  const { apiId, apiName, stageName, deploymentId } = plan;
  const about = { apiId, apiName, stageName, deploymentId, method, path };
  const selectable = plan.methods.map((one) => ({ routeKey: `${one.httpMethod} ${one.resourcePath}`, plan: one }));
  const match = new ResourceTable(selectable).select(method, path);
  if (isRefusal(match)) {
    const others = selectable.map(({ routeKey }) => ({ routeKey, outcome: 'other path', why: match.reason }));
    return { ...about, considered: others, refusal: { refused: match.refused, reason: match.reason } };
  }
  const { routeKey, plan: chosen } = match.method;
  return {
    ...about,
    considered: selectable.map((one) => consider(one.plan, one.routeKey, chosen, method)),
    match: {
      routeKey,
      resourceId: chosen.resourceId,
      pathParameters: Object.fromEntries(match.pathParameters.map(({ name, value }) => [name, value])),
      authorization: chosen.authorization,
      authorizationType: chosen.authorization.type,
      apiKeyRequired: chosen.apiKeyRequired,
      integration: chosen.integration,
      ...(chosen.throttle === undefined ? {} : { throttle: chosen.throttle }),
      ...(chosen.validation === undefined ? {} : { validation: chosen.validation }),
    },
  };
}

function consider(
  plan: RestMethodPlan,
  routeKey: string,
  chosen: RestMethodPlan,
  method: string,
): RestExplanation['considered'][number] {
  if (plan === chosen) {
    const verb = plan.httpMethod === 'ANY' ? 'ANY takes this method' : 'the method is the same';
    return { routeKey, outcome: 'matched', why: `The path leads to ${plan.resourcePath}, and ${verb}.` };
  }
  if (plan.resourcePath !== chosen.resourcePath) {
    return { routeKey, outcome: 'other path', why: `The path leads to ${chosen.resourcePath}.` };
  }
  if (plan.httpMethod === 'ANY') return { routeKey, outcome: 'less specific', why: `The resource has ${method} itself.` };
  return { routeKey, outcome: 'other method', why: `The method is for ${plan.httpMethod}, not ${method}.` };
}
