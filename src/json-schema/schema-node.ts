// A schema ready to run: its keywords as functions in order, then the schemas of items and members.

import type { SafeRegex } from '../safe-regex/safe-regex.ts';
import type { JsonObject, JsonType } from './json-value.ts';
import { jsonTypeOf } from './json-value.ts';
import type { ValidationRun } from './validation-run.ts';

/** One keyword. It is only called with values of the types it is about. */
export interface Check {
  readonly keyword: string;
  readonly types: readonly JsonType[];
  // biome-ignore lint/suspicious/noExplicitAny: each check takes the type that `types` promises
  readonly run: (value: any, run: ValidationRun) => void;
}

export class SchemaNode {
  /** The schema that stands for this one, a `$ref`; it has no target itself. */
  target: SchemaNode | undefined;
  checks: Partial<Record<JsonType, Check['run'][]>> = {};
  /** `items` of one schema, or what follows the listed ones. */
  restItems: SchemaNode | undefined;
  listedItems: readonly SchemaNode[] = [];
  readonly properties = new Map<string, SchemaNode>();
  patterns: readonly (readonly [SafeRegex, SchemaNode])[] = [];
  additional: SchemaNode | undefined;
  /** Schemas that see the same value as this one, with where they stand. */
  readonly sameValue: (readonly [SchemaNode, string])[] = [];
  readonly pointer: string;

  constructor(pointer: string) {
    this.pointer = pointer;
  }

  add(check: Check): void {
    for (const type of check.types) {
      const checks = this.checks[type] ?? [];
      this.checks[type] = checks;
      checks.push(check.run);
    }
  }
}

/**
 * Checks `value` against `schema`. AWS: keywords in the order of the alphabet, `format` last; items and members are only looked
 * at when nothing failed so far, members in the order of the alphabet. Seen: json-schema-validator, InstanceValidator.
 */
export function evaluate(reference: SchemaNode, value: unknown, run: ValidationRun): void {
  const schema = reference.target ?? reference;
  run.enter();
  const checks = schema.checks[jsonTypeOf(value)];
  if (checks !== undefined) {
    for (const check of checks) {
      check(value, run);
      if (run.failures > 0 && run.quiet) break;
    }
  }
  if (!run.failed && typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) evaluateItems(schema, value, run);
    else evaluateMembers(schema, value as JsonObject, run);
  }
  run.leave();
}

function evaluateItems(schema: SchemaNode, items: readonly unknown[], run: ValidationRun): void {
  const { listedItems, restItems } = schema;
  const end = restItems === undefined ? Math.min(listedItems.length, items.length) : items.length;
  for (let i = 0; i < end; i++) {
    const item = listedItems[i] ?? restItems;
    if (item !== undefined) evaluate(item, items[i], run);
    if (run.failures > 0 && run.quiet) return;
  }
}

function evaluateMembers(schema: SchemaNode, members: JsonObject, run: ValidationRun): void {
  const { properties, patterns, additional } = schema;
  if (properties.size === 0 && patterns.length === 0 && additional === undefined) return;
  const names = Object.keys(members).sort();
  run.spend(names.length);
  for (const name of names) {
    const value = members[name];
    const property = properties.get(name);
    let known = property !== undefined;
    if (property !== undefined) evaluate(property, value, run);
    for (const [pattern, node] of patterns) {
      if (!run.find(pattern, name)) continue;
      known = true;
      evaluate(node, value, run);
    }
    if (!known && additional !== undefined) evaluate(additional, value, run);
    if (run.failures > 0 && run.quiet) return;
  }
}
