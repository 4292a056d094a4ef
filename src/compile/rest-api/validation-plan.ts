// What a method asks of a request, from its validator, parameters and models.

import { referencedModels } from '../../json-schema/referenced-models.ts';
import type { RestApiSnapshot, RestMethod } from '../../model/rest-api.ts';
import type { RequestValidationPlan } from '../../model/rest-api-plan.ts';

/** Undefined when nothing is checked: a method without a validator checks nothing, whatever it requires. */
export function planValidation(snapshot: RestApiSnapshot, method: RestMethod): RequestValidationPlan | undefined {
  const validator = snapshot.requestValidators.find(({ id }) => id === method.requestValidatorId);
  if (validator === undefined) return undefined;
  const requiredParameters = validator.validateRequestParameters
    ? Object.entries(method.requestParameters ?? {})
        .filter(([, required]) => required)
        .map(([name]) => name)
        // AWS: the message lists them in this order. Seen: recorded responses.
        .sort()
    : [];
  const bodySchemas = validator.validateRequestBody ? schemasOf(snapshot, method) : undefined;
  if (requiredParameters.length === 0 && bodySchemas === undefined) return undefined;
  if (bodySchemas === undefined) return { requiredParameters };
  const models = modelsBehind(snapshot, bodySchemas);
  return { requiredParameters, bodySchemas, ...(Object.keys(models).length === 0 ? {} : { referencedModels: models }) };
}

function modelsBehind(snapshot: RestApiSnapshot, schemas: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const resolveModel = (modelName: string) => snapshot.models.find(({ name }) => name === modelName)?.schema;
  return Object.fromEntries(Object.values(schemas).flatMap((schema) => [...referencedModels(schema, resolveModel)]));
}

function schemasOf(snapshot: RestApiSnapshot, method: RestMethod): Readonly<Record<string, string>> | undefined {
  const schemas: Record<string, string> = {};
  for (const [contentType, modelName] of Object.entries(method.requestModels ?? {})) {
    const model = snapshot.models.find(({ name }) => name === modelName);
    if (model?.schema !== undefined) schemas[contentType] = model.schema;
  }
  return Object.keys(schemas).length === 0 ? undefined : schemas;
}
