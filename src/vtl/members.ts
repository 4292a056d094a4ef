// `$x.name`, `$x.name(…)` and `$x[…]` for every kind of value.

import { isJsonNumber, numberKind } from '../json-path/json-value.ts';
import { entryMethods, iteratorMethods, listMethods, mapMethods, put, viewMethods } from './methods/collection-methods.ts';
import { type CallSite, callFrom, failed, type MethodTable, methodTable, NO_METHOD } from './methods/method-table.ts';
import { booleanMethods, numberMethodsOf } from './methods/number-methods.ts';
import { characterMethods, stringMethods } from './methods/string-methods.ts';
import { textOf } from './print-value.ts';
import type { Run } from './run.ts';
import {
  ForeachScope,
  JavaArray,
  JavaCharacter,
  JavaClass,
  JavaIterator,
  JavaList,
  MapEntry,
  MapView,
  toElement,
  type Value,
  VtlObject,
} from './vtl-value.ts';

/** An object whose methods are its own, such as `$input`. */
export abstract class HostObject extends VtlObject {
  abstract readonly methods: MethodTable;
}

const classMethods = methodTable<JavaClass>({
  'getName()': (self) => self.name,
  'getSimpleName()': (self) => self.property('simpleName'),
  'toString()': (self) => `class ${self.name}`,
});

const scopeMethods = methodTable<ForeachScope>({
  'getIndex()': (self) => self.index,
  'getCount()': (self) => self.index + 1,
  'hasNext()': (self) => self.hasNext,
  'getHasNext()': (self) => self.hasNext,
  'isFirst()': (self) => self.index === 0,
  'isLast()': (self) => !self.hasNext,
  'getParent()': (self) => self.parent,
});

const noMethods: MethodTable = new Map();

function methodsOf(value: Value): MethodTable {
  if (typeof value === 'string') return stringMethods;
  if (typeof value === 'boolean') return booleanMethods;
  if (value instanceof Map) return mapMethods;
  if (value instanceof HostObject) return value.methods;
  if (Array.isArray(value)) return value instanceof MapView ? viewMethods : listMethods;
  if (isJsonNumber(value)) return numberMethodsOf(value);
  if (value instanceof MapEntry) return entryMethods;
  if (value instanceof JavaClass) return classMethods;
  if (value instanceof JavaIterator) return iteratorMethods;
  if (value instanceof JavaCharacter) return characterMethods;
  return value instanceof ForeachScope ? scopeMethods : noMethods;
}

/** Undefined when there is none. */
export function callMethod(value: Value, site: CallSite, args: Value[], run: Run): Value {
  if (value === null || value === undefined) return undefined;
  run.step();
  const result = callFrom(methodsOf(value), value, site, args, run);
  if (result !== NO_METHOD) return result;
  if (args.length > 0) return undefined;
  const { name } = site;
  if (name === 'toString') return run.made(textOf(value, run));
  return name === 'getClass' ? new JavaClass(classNameOf(value)) : undefined;
}

export function getProperty(value: Value, name: string, run: Run): Value {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Map) {
    const member = value.get(name);
    if (member !== undefined) return member;
    return name === 'class' ? new JavaClass(classNameOf(value)) : undefined;
  }
  if (value instanceof VtlObject) {
    const own = value.property(name);
    if (own !== undefined) return own;
  }
  if (name === 'class') return new JavaClass(classNameOf(value));
  const upper = name.charAt(0).toUpperCase() + name.slice(1);
  const table = methodsOf(value);
  for (const method of [`get${upper}`, `is${upper}`]) {
    const result = callFrom(table, value, { name: method, table: undefined, overloads: undefined }, [], run);
    if (result !== NO_METHOD) return result;
  }
  return undefined;
}

/** `$x[index]`; a negative index of a list counts from its end. */
export function getIndex(value: Value, index: Value, run: Run): Value {
  if (value === null || value === undefined) return undefined;
  run.step();
  if (Array.isArray(value)) {
    if (value instanceof MapView || typeof index !== 'number') return undefined;
    return value[checkedIndex(value, index)];
  }
  if (value instanceof Map) return index === undefined ? value.get(null) : value.get(index);
  if (value instanceof VtlObject && typeof index === 'string') return value.property(index);
  // Velocity asks for its size, to count from the end.
  if (typeof index === 'number' && index < 0) throw failed(`The index ${index} is of what has no size.`);
  return undefined;
}

export function setProperty(value: Value, name: string, to: Value): void {
  if (value instanceof Map) put(value, name, to);
}

export function setIndex(value: Value, index: Value, to: Value): void {
  if (value instanceof Map) put(value, index, to);
  else if (Array.isArray(value) && typeof index === 'number' && !(value instanceof MapView))
    value[checkedIndex(value, index)] = toElement(to);
}

function checkedIndex(list: readonly unknown[], index: number): number {
  const at = index < 0 ? list.length + index : index;
  if (at < 0 || at >= list.length) throw failed(`Index ${index} out of bounds for length ${list.length}`);
  return at;
}

export function classNameOf(value: Value): string {
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  if (isJsonNumber(value)) return numberKind(value) === 'BigInteger' ? 'java.math.BigInteger' : `java.lang.${numberKind(value)}`;
  if (value instanceof Map) return 'java.util.LinkedHashMap';
  if (value instanceof JavaArray) return '[Ljava.lang.String;';
  if (value instanceof MapView) return value.className;
  if (value instanceof JavaList) return 'java.util.ArrayList';
  if (Array.isArray(value)) return 'net.minidev.json.JSONArray';
  return value instanceof VtlObject ? value.className : 'java.lang.Object';
}

/** For messages of faults. */
export function shortText(value: Value, run: Run): string {
  return textOf(value, run).slice(0, 60);
}
