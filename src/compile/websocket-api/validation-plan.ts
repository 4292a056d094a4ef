// What a route asks of a message: the model that its model selection expression gives.

import { referencedModels } from '../../json-schema/referenced-models.ts';
import type { WebSocketApiSnapshot } from '../../model/deployment-snapshot.ts';
import type { WebSocketRoute } from '../../model/websocket-api.ts';
import type { MessageValidationPlan } from '../../model/websocket-api-plan.ts';
import { requestSelection } from '../../selection-expression/selection-scopes.ts';
import { planSelection } from './selection-plan.ts';

/**
 * Undefined when nothing is checked. AWS: models are looked at if the route has a model selection expression, proxy or not.
 * Seen: developer guide, "Request validation for WebSocket APIs".
 */
export function planValidation(snapshot: WebSocketApiSnapshot, route: WebSocketRoute): MessageValidationPlan | undefined {
  if (snapshot.disableSchemaValidation === true || route.modelSelectionExpression === undefined) return undefined;
  const resolveModel = (modelName: string) => snapshot.models.find(({ name }) => name === modelName)?.schema;
  // Keys are the definition's own: one of them may be __proto__.
  const schemas = Object.fromEntries(
    Object.entries(route.requestModels ?? {}).flatMap(([key, modelName]) => {
      const schema = resolveModel(modelName);
      return schema === undefined ? [] : [[key, schema] as const];
    }),
  );
  const models = Object.fromEntries(Object.values(schemas).flatMap((schema) => [...referencedModels(schema, resolveModel)]));
  return {
    modelSelection: planSelection(route.modelSelectionExpression, requestSelection),
    schemas,
    ...(Object.keys(models).length === 0 ? {} : { referencedModels: models }),
  };
}
