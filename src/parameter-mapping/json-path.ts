// JSON paths in parameter mappings: `a.b[0]['c d'][*][1:3]`, without recursive descent and filters, as AWS documents.

import type { JsonPathStep } from '../model/parameter-mapping.ts';

/** Steps of one path: far more than any body has levels. */
const STEPS_MAX = 64;

const DOTTED = /\.(?:(\*)|([^.[\]'"\s(){}*?]+))/y;
const BRACKETED = /\[(?:(\*)|(-?\d{1,9})|(-?\d{0,9}):(-?\d{0,9})|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y;

/** `text` is what follows `body`: '' or steps, each with its dot or brackets. Undefined when it is no path that AWS takes. */
export function parseJsonPath(text: string): readonly JsonPathStep[] | undefined {
  const steps: JsonPathStep[] = [];
  let at = 0;
  while (at < text.length) {
    if (steps.length === STEPS_MAX) return undefined;
    const pattern = text[at] === '[' ? BRACKETED : DOTTED;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    steps.push(pattern === DOTTED ? dottedStep(match) : bracketedStep(match));
    at = pattern.lastIndex;
  }
  return steps;
}

function dottedStep([, every, name]: RegExpExecArray): JsonPathStep {
  return every === undefined ? (name as string) : { every: true };
}

function bracketedStep([, every, index, from, to, single, double]: RegExpExecArray): JsonPathStep {
  if (every !== undefined) return { every: true };
  if (index !== undefined) return Number(index);
  const quoted = single ?? double;
  if (quoted !== undefined) return quoted.replace(/\\(.)/g, '$1');
  return { from: toNumber(from), to: toNumber(to) };
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined || text === '' || text === '-' ? undefined : Number(text);
}

/**
 * What a path selects in parsed JSON: the value, or with a wildcard or slice the list of all values. Undefined for nothing.
 * Own members only: nothing is found on prototypes.
 */
export function selectJson(value: unknown, path: readonly JsonPathStep[]): unknown {
  let found: unknown[] = [value];
  let isList = false;
  for (const step of path) {
    if (typeof step === 'object') isList = true;
    found = found.flatMap((each) => childrenOf(each, step));
    if (found.length === 0) return undefined;
  }
  return isList ? found : found[0];
}

function childrenOf(value: unknown, step: JsonPathStep): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (typeof step === 'string') {
    return !Array.isArray(value) && Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
  }
  if (typeof step === 'number') {
    if (!Array.isArray(value)) return [];
    const index = step < 0 ? value.length + step : step;
    return index >= 0 && index < value.length ? [value[index]] : [];
  }
  if ('every' in step) return Array.isArray(value) ? value : Object.values(value);
  return Array.isArray(value) ? value.slice(step.from, step.to) : [];
}
