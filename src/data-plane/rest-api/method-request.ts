// Method request: what a request must have before anything is done for it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html

import { parseJsonInstance } from '../../json-schema/json-instance.ts';
import { NOT_JSON_ERROR_STRING } from '../../json-schema/json-schema.ts';
import type { RequestValidationPlan } from '../../model/rest-api-plan.ts';
import type { Exchange } from './exchange.ts';
import { mediaTypeOf } from './media-type.ts';
import { textOf } from './payload.ts';
import type { Refusal } from './refusal.ts';

/** A compiled JSON schema: what is wrong with a value, in AWS's words; undefined when nothing is. */
export type SchemaValidator = (value: unknown) => string | undefined;

/** Compiles JSON Schema draft-04 text, with the schemas it may refer to by model name. Text that is none makes a validator that refuses. */
export type SchemaCompiler = (schema: string, models: Readonly<Record<string, string>>) => SchemaValidator;

interface Required {
  readonly location: string;
  readonly name: string;
}

export class RequestValidator {
  readonly #required: readonly Required[];
  readonly #schemas: ReadonlyMap<string, SchemaValidator> | undefined;

  constructor(plan: RequestValidationPlan, compile: SchemaCompiler) {
    this.#required = plan.requiredParameters.map((parameter) => {
      const [, , location = '', ...name] = parameter.split('.');
      return { location, name: name.join('.') };
    });
    this.#schemas =
      plan.bodySchemas &&
      new Map(
        Object.entries(plan.bodySchemas).map(([contentType, schema]) => [
          contentType,
          compile(schema, plan.referencedModels ?? {}),
        ]),
      );
  }

  /** AWS: parameters first, then the body. Seen: LocalStack's account of the service. */
  validate(exchange: Exchange): Refusal | undefined {
    const missing = this.#required.filter((parameter) => !isThere(exchange, parameter));
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name).join(', ');
      return {
        refused: 'BAD_REQUEST_PARAMETERS',
        message: `Missing required request parameters: [${names}]`,
        reason: `The method requires the parameters ${names}.`,
      };
    }
    return this.#schemas === undefined ? undefined : this.#validateBody(exchange, this.#schemas);
  }

  #validateBody(exchange: Exchange, schemas: ReadonlyMap<string, SchemaValidator>): Refusal | undefined {
    const contentType = mediaTypeOf(exchange.request.headers.get('content-type')) ?? 'application/json';
    const validate = schemas.get(contentType) ?? schemas.get('$default');
    // AWS: a type without a model is not looked at. Seen: developer guide.
    if (validate === undefined) return undefined;
    // AWS: an empty body is read as `{}`. Seen: recorded responses.
    const instance = parseJsonInstance(exchange.body.length === 0 ? '{}' : textOf(exchange.body));
    if (instance.fault !== undefined) return invalid(`The body ${instance.fault}.`, NOT_JSON_ERROR_STRING);
    const fault = validate(instance.value);
    return fault === undefined ? undefined : invalid(`The body does not fit its model: ${fault}`, fault);
  }
}

function invalid(reason: string, validationError: string | undefined): Refusal {
  return { refused: 'BAD_REQUEST_BODY', reason, ...(validationError === undefined ? {} : { validationError }) };
}

function isThere({ fields, pathParameters }: Exchange, { location, name }: Required): boolean {
  if (location === 'header') return fields.header(name)?.some((value) => value !== '') === true;
  // AWS: an empty value of a query parameter counts as missing. From memory of the service.
  if (location === 'querystring') return fields.query.get(name)?.some((value) => value !== '') === true;
  return pathParameters.some((parameter) => parameter.name === name);
}
