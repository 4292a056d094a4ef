// What a function of metric math is: the arguments it takes, and what it makes of them.

import assert from 'node:assert';
import type { MathKeyword } from './expression.ts';
import type { MathScope } from './math-scope.ts';
import type { MathValue, TimeSeries } from './values.ts';

export interface Parameter {
  readonly accepts: readonly MathValue['kind'][];
  /** Words that may stand in place of a value. */
  readonly words?: readonly string[];
  /** Only an id, no expression. */
  readonly idOnly?: true;
}

/** Values of the kinds the parameters accept. */
export type Arguments = readonly (MathValue | MathKeyword | undefined)[];

export interface MathFunction {
  readonly parameters: readonly Parameter[];
  /** How many of them must be given. */
  readonly required: number;
  /** The result, or what is wrong with the values. */
  readonly apply: (given: Arguments, scope: MathScope) => MathValue | string;
}

export const SERIES: Parameter = { accepts: ['series'] };
export const LIST: Parameter = { accepts: ['list'] };
export const SERIES_OR_LIST: Parameter = { accepts: ['series', 'list'] };
export const SCALAR: Parameter = { accepts: ['scalar'] };
export const SCALAR_OR_SERIES: Parameter = { accepts: ['scalar', 'series'] };

export function scalarAt(given: Arguments, index: number): number {
  const value = given[index];
  assert(value?.kind === 'scalar');
  return value.value;
}

export function seriesAt(given: Arguments, index: number): TimeSeries {
  const value = given[index];
  assert(value?.kind === 'series');
  return value.series;
}

export function listAt(given: Arguments, index: number): readonly TimeSeries[] {
  const value = given[index];
  assert(value?.kind === 'list');
  return value.list;
}

export function wordAt(given: Arguments, index: number): string {
  const value = given[index];
  assert(value?.kind === 'keyword');
  return value.word;
}

/** A scalar or a series. */
export function operandAt(given: Arguments, index: number): number | TimeSeries {
  const value = given[index];
  return value?.kind === 'scalar' ? value.value : seriesAt(given, index);
}
