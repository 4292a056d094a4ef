// The routes of an HTTP API that answer 500 until the operator sets something.

import type { HttpApiPlan } from '../../model/http-api-plan.ts';

/** A sentence or two for each. */
export function waitingRoutes(plan: HttpApiPlan): readonly string[] {
  return plan.routes.flatMap(({ routeKey, integration }) =>
    integration.type === 'UNSERVABLE' && integration.waitsForOperator === true
      ? [`Route "${routeKey}" of API ${plan.apiId} answers 500. ${integration.reason}`]
      : [],
  );
}
