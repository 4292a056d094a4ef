// A part of a service file as plain JSON: schemas, policies, templates. Variables are resolved, and CloudFormation functions
// that can be told are.

import type { TemplateNode } from '../template-node.ts';
import { evaluateCloudFormation, isCloudFormationFunction, type KnownReferences } from './cloudformation-values.ts';
import type { PropertyReader } from './property-reader.ts';

/** Undefined after a problem was noted. */
export function plainValue(node: TemplateNode, known: KnownReferences, reader: PropertyReader): unknown {
  const value = reader.variables.resolve(node);
  if (value === undefined) return undefined;
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'list') return value.items.map((item) => plainValue(item, known, reader));
  if (isCloudFormationFunction(value)) return evaluateCloudFormation(value, known, reader.variables, reader.problems);
  return Object.fromEntries([...value.entries.values()].map(({ key, node: inner }) => [key, plainValue(inner, known, reader)]));
}
