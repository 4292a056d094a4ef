// The functions at the end of a path.

import { doubleOf, isJsonNumber, JsonDouble, type JsonValue } from './json-value.ts';
import { Inapplicable, type PathRun } from './path-run.ts';
import type { PathFunctionName } from './path-segment.ts';

/** Of what the path leads to (`model`) and what stands in the parentheses. */
export function callPathFunction(
  name: PathFunctionName,
  model: JsonValue,
  values: readonly JsonValue[],
  run: PathRun,
): JsonValue {
  run.step(1 + values.length + (Array.isArray(model) ? model.length : 0));
  switch (name) {
    case 'min':
      return aggregate(model, values, (numbers) => numbers.reduce((least, one) => Math.min(least, one)));
    case 'max':
      return aggregate(model, values, (numbers) => numbers.reduce((most, one) => Math.max(most, one)));
    case 'sum':
      return aggregate(model, values, sum);
    case 'avg':
      return aggregate(model, values, (numbers) => sum(numbers) / numbers.length);
    case 'stddev':
      return aggregate(model, values, standardDeviation);
    case 'length':
    case 'size':
      if (Array.isArray(model)) return model.length;
      return model instanceof Map ? model.size : null;
    case 'concat': {
      const items = [...(Array.isArray(model) ? model : []), ...values];
      return items.filter((item) => typeof item === 'string').join('');
    }
    case 'append':
      return Array.isArray(model) ? [...model, ...values] : model;
    case 'keys':
      return model instanceof Map ? ([...model.keys()] as JsonValue[]) : null;
    case 'first':
      return itemAt(model, 0);
    case 'last':
      return itemAt(model, -1);
    case 'index': {
      const [index] = values;
      if (!isJsonNumber(index)) throw new Inapplicable('index() needs a number.');
      return itemAt(model, doubleOf(index));
    }
  }
}

/** AWS's Java computes them all in doubles. */
function aggregate(model: JsonValue, values: readonly JsonValue[], reduce: (numbers: number[]) => number): JsonValue {
  const numbers: number[] = [];
  for (const item of [...(Array.isArray(model) ? model : []), ...values]) {
    if (isJsonNumber(item)) numbers.push(doubleOf(item));
    else if (Array.isArray(item)) for (const one of item) if (isJsonNumber(one)) numbers.push(doubleOf(one));
  }
  if (numbers.length === 0) throw new Inapplicable('There are no numbers to compute with.');
  return new JsonDouble(reduce(numbers));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function standardDeviation(numbers: readonly number[]): number {
  const squares = sum(numbers.map((one) => one * one));
  return Math.sqrt(squares / numbers.length - (sum(numbers) / numbers.length) ** 2);
}

function itemAt(model: JsonValue, index: number): JsonValue {
  if (!Array.isArray(model)) throw new Inapplicable('The function needs a list.');
  const item = model[index < 0 ? model.length + index : index];
  if (item === undefined) throw new Inapplicable('The list has no such item.');
  return item;
}
