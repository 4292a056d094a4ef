// A value as text, as Java's toString.

import { isJsonNumber, numberText } from '../json-path/json-value.ts';
import { type PrintGuard, printJson } from '../json-path/print-json.ts';
import { ContextMap, ForeachScope, JavaArray, JavaClass, JavaList, MapEntry, type Value, VtlObject } from './vtl-value.ts';

/** Null is `null`, as it is inside a list. */
export function textOf(value: Value, guard: PrintGuard, depth = 0): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isJsonNumber(value)) return numberText(value);
  if (value instanceof VtlObject) return objectText(value, guard, depth);
  guard.visit(depth);
  if (value instanceof JavaArray) return '[Ljava.lang.String;';
  if (value instanceof JavaList) {
    let text = '[';
    for (let index = 0; index < value.length; index++) {
      if (index > 0) text += ', ';
      text += value[index] === value ? '(this Collection)' : textOf(value[index], guard, depth + 1);
    }
    return `${text}]`;
  }
  if (Array.isArray(value)) return printJson(value, guard, depth);
  if (value instanceof ContextMap) return '';
  let text = '{';
  for (const [key, member] of value) {
    if (text.length > 1) text += ', ';
    text += `${textOf(key as Value, guard, depth + 1)}=${member === value ? '(this Map)' : textOf(member, guard, depth + 1)}`;
  }
  return `${text}}`;
}

function objectText(value: VtlObject, guard: PrintGuard, depth: number): string {
  if (value instanceof MapEntry) {
    guard.visit(depth);
    return `${textOf(value.key, guard, depth + 1)}=${textOf(value.value, guard, depth + 1)}`;
  }
  if (value instanceof JavaClass) return `class ${value.name}`;
  if (value instanceof ForeachScope) return '{}';
  return String(value);
}
