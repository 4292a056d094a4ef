// Keywords that try other schemas on the same value.

import { JSON_TYPES, type JsonObject } from './json-value.ts';
import { type Check, evaluate, type SchemaNode } from './schema-node.ts';
import type { ValidationRun } from './validation-run.ts';

export function allOfCheck(schemas: readonly SchemaNode[]): Check {
  return {
    keyword: 'allOf',
    types: JSON_TYPES,
    run: (value: unknown, run) => {
      const matched = countMatches(schemas, value, run);
      if (matched === schemas.length) return;
      run.fail(() => `instance failed to match all required schemas (matched only ${matched} out of ${schemas.length})`);
    },
  };
}

export function anyOfCheck(schemas: readonly SchemaNode[]): Check {
  return {
    keyword: 'anyOf',
    types: JSON_TYPES,
    run: (value: unknown, run) => {
      for (const schema of schemas) if (matches(schema, value, run)) return;
      run.fail(() => `instance failed to match at least one required schema among ${schemas.length}`);
    },
  };
}

export function oneOfCheck(schemas: readonly SchemaNode[]): Check {
  return {
    keyword: 'oneOf',
    types: JSON_TYPES,
    run: (value: unknown, run) => {
      const matched = countMatches(schemas, value, run);
      if (matched === 1) return;
      run.fail(() => `instance failed to match exactly one schema (matched ${matched} out of ${schemas.length})`);
    },
  };
}

export function notCheck(schema: SchemaNode): Check {
  return {
    keyword: 'not',
    types: JSON_TYPES,
    run: (value: unknown, run) => {
      if (matches(schema, value, run)) run.fail(() => 'instance matched a schema which it should not have');
    },
  };
}

/** What the schema reports is reported as if it stood here. */
export function schemaDependencyCheck(property: string, schema: SchemaNode): Check {
  return {
    keyword: 'dependencies',
    types: ['object'],
    run: (value: JsonObject, run) => {
      if (Object.hasOwn(value, property)) evaluate(schema, value, run);
    },
  };
}

function matches(schema: SchemaNode, value: unknown, run: ValidationRun): boolean {
  const failures = run.beginAttempt();
  evaluate(schema, value, run);
  return run.endAttempt(failures);
}

function countMatches(schemas: readonly SchemaNode[], value: unknown, run: ValidationRun): number {
  let matched = 0;
  for (const schema of schemas) if (matches(schema, value, run)) matched++;
  return matched;
}
