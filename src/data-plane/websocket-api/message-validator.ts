// Whether a message fits its route's model, which the model selection expression chooses.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-routes-integrations.html

import { parseJsonInstance } from '../../json-schema/json-instance.ts';
import { NOT_JSON_ERROR_STRING } from '../../json-schema/json-schema.ts';
import type { MessageValidationPlan } from '../../model/websocket-api-plan.ts';
import { compileSelectionKey, type SelectionKey } from '../../selection-expression/selection-key.ts';
import type { SchemaCompiler, SchemaValidator } from '../rest-api/method-request.ts';
import type { Refusal } from './refusal.ts';
import type { WebSocketEvent } from './websocket-event.ts';

export class MessageValidator {
  readonly #select: SelectionKey;
  readonly #schemas: ReadonlyMap<string, SchemaValidator>;

  constructor(plan: MessageValidationPlan, compile: SchemaCompiler) {
    this.#select = compileSelectionKey(plan.modelSelection);
    this.#schemas = new Map(
      Object.entries(plan.schemas).map(([key, schema]) => [key, compile(schema, plan.referencedModels ?? {})]),
    );
  }

  /** Undefined when it fits. AWS: a message that no model is for, and no `$default`, fails. Seen: developer guide. */
  validate(event: WebSocketEvent): Refusal | undefined {
    const key = this.#select(event) ?? '';
    const validate = this.#schemas.get(key) ?? this.#schemas.get('$default');
    if (validate === undefined)
      return invalid(`No request model has the key "${key.slice(0, 100)}", and there is no $default.`, '');
    const instance = parseJsonInstance(event.body === '' ? '{}' : event.body);
    if (instance.fault !== undefined) return invalid(`The message ${instance.fault}.`, NOT_JSON_ERROR_STRING);
    const fault = validate(instance.value);
    return fault === undefined ? undefined : invalid(`The message does not fit its model: ${fault}`, fault);
  }
}

function invalid(reason: string, validationError: string): Refusal {
  return { refused: 'BAD_REQUEST_BODY', reason, validationError };
}
