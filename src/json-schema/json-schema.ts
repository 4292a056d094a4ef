// Schemas of models: compiled once, when a deployment becomes live, and run on request bodies.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html

import { compileSchemaNodes } from './compile-schema.ts';
import { type ResolveModel, SchemaDocuments } from './schema-documents.ts';
import type { SchemaFault } from './schema-fault.ts';
import { evaluate, type SchemaNode } from './schema-node.ts';
import { BudgetSpent, DEFAULT_BUDGET, type ValidationBudget, ValidationRun } from './validation-run.ts';

export interface JsonSchemaOptions {
  /** The schema text of another model of the API. */
  readonly resolveModel?: ResolveModel;
  /** `refuse`, as AWS does, unless said otherwise. */
  readonly unknownKeywords?: 'refuse' | 'ignore';
}

/** A schema ready to run, or everything that is wrong with it. */
export type CompiledSchema =
  | { readonly schema: JsonSchema }
  | { readonly schema: undefined; readonly faults: readonly SchemaFault[] };

/** Compiles the schema text of a model. Never throws. */
export function compileJsonSchema(text: string, options: JsonSchemaOptions = {}): CompiledSchema {
  const documents = new SchemaDocuments(options.resolveModel ?? (() => undefined), options.unknownKeywords ?? 'refuse');
  const document = documents.read('', text, '');
  const node = document === undefined ? undefined : compileSchemaNodes(documents, document);
  if (node === undefined || documents.faults.length > 0) return { schema: undefined, faults: documents.faults };
  return { schema: new JsonSchema(node) };
}

export class JsonSchema {
  readonly #node: SchemaNode;

  constructor(node: SchemaNode) {
    this.#node = node;
  }

  /**
   * What is wrong with a value of parseJsonInstance, in AWS's words; an empty list when nothing is. A value that costs more than
   * the budget is refused.
   */
  validate(value: unknown, budget: ValidationBudget = DEFAULT_BUDGET): readonly string[] {
    const run = new ValidationRun(budget);
    try {
      evaluate(this.#node, value, run);
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      return [...run.errors.slice(0, budget.errors - 1), `instance cannot be validated: ${error.message}`];
    }
    return run.errors;
  }
}

/** `$context.error.validationErrorString` of these errors. Seen: public reports, `[object has missing …, instance type …]`. */
export function validationErrorString(errors: readonly string[]): string {
  return `[${errors.join(', ')}]`;
}

/** The same for a body that is not JSON. Seen: public reports of BAD_REQUEST_BODY. */
export const NOT_JSON_ERROR_STRING = '[Unknown error parsing request body]';
