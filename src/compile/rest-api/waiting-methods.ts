// The methods of a REST API that answer 500 until the operator sets something.

import type { RestApiPlan } from '../../model/rest-api-plan.ts';

/** A sentence or two for each. */
export function waitingMethods(plan: RestApiPlan): readonly string[] {
  return plan.methods.flatMap(({ httpMethod, resourcePath, integration }) =>
    integration.type === 'UNSERVABLE' && integration.waitsForOperator === true
      ? [`${httpMethod} ${resourcePath} of API ${plan.apiId} answers 500. ${integration.reason}`]
      : [],
  );
}
