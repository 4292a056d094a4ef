// What the operator should know of a REST API's stage: methods that answer 500 until something is set, and settings that are kept and
// not acted upon.

import type { RestApiPlan } from '../../model/rest-api-plan.ts';

/** A sentence or two for each. */
export function waitingMethods(plan: RestApiPlan): readonly string[] {
  const methods = plan.methods.flatMap(({ httpMethod, resourcePath, integration }) =>
    integration.type === 'UNSERVABLE' && integration.waitsForOperator === true
      ? [`${httpMethod} ${resourcePath} of API ${plan.apiId} answers 500. ${integration.reason}`]
      : [],
  );
  const settings = plan.notServed.map((what) => `Stage ${plan.stageName} of API ${plan.apiId}: ${what}`);
  return [...methods, ...settings];
}
