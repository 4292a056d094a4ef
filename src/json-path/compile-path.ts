// A parsed path as functions.

import { compileFilter } from './filter.ts';
import type { JsonValue } from './json-value.ts';
import { callPathFunction } from './path-function.ts';
import { Exceeded, Inapplicable, NoResult, type PathRun } from './path-run.ts';
import type { ParsedPath, PathSegment } from './path-segment.ts';

type Found = (value: JsonValue, run: PathRun) => void;
type Step = (model: JsonValue, run: PathRun, found: Found) => void;

/** Reads for filters and functions: every value that the path finds, and whether it is one of the single kind. */
export interface InnerPath {
  readonly definite: boolean;
  values(model: JsonValue, run: PathRun): JsonValue[];
}

export function compileInnerPath(parsed: ParsedPath): InnerPath {
  const { segments, fromRoot } = parsed;
  const last = segments.at(-1);
  if (last?.kind === 'function' && segments[0]?.kind === 'scan') {
    // Jayway turns `$..price.sum()` into `$.sum($..price)`, and counts for `$..book.length()` what is in the books.
    const before = segments.slice(0, -1);
    const counted: PathSegment[] = last.name === 'length' ? [...before, { kind: 'wildcard' }] : before;
    const source = compileInnerPath({ fromRoot, segments: counted });
    return {
      definite: true,
      values: (model, run) => {
        const values = source.values(model, run);
        return [last.name === 'length' ? values.length : callPathFunction(last.name, fromRoot ? run.root : model, values, run)];
      },
    };
  }
  const first = compileSteps(segments, 0, true);
  const definite = segments.every(isDefinite);
  return {
    definite,
    values(model, run) {
      const values: JsonValue[] = [];
      first(fromRoot ? run.root : model, run, (value) => {
        if (--run.resultsLeft < 0) throw new Exceeded('results');
        values.push(value);
      });
      return values;
    },
  };
}

function isDefinite(segment: PathSegment, index: number, all: readonly PathSegment[]): boolean {
  switch (segment.kind) {
    case 'property':
      return segment.names.length === 1 || index === all.length - 1;
    case 'index':
      return segment.indexes.length === 1;
    case 'function':
      return true;
    default:
      return false;
  }
}

/** `definite`: everything before this segment finds one value, so that a value that does not fit is an error. */
function compileSteps(segments: readonly PathSegment[], at: number, definite: boolean): Step {
  const segment = segments[at];
  if (segment === undefined) return (model, run, found) => found(model, run);
  const next = compileSteps(segments, at + 1, definite && isDefinite(segment, at, segments));
  const leaf = at === segments.length - 1;
  const follow: Step = (model, run, found) => {
    run.step();
    next(model, run, found);
  };
  switch (segment.kind) {
    case 'property':
      return propertyStep(segment.names, leaf, definite, follow);
    case 'index':
      return (model, run, found) => {
        if (!Array.isArray(model)) {
          if (definite) throw new NoResult(`[${segment.indexes}] needs a list.`);
          return;
        }
        for (const index of segment.indexes) atIndex(model, index, run, found, follow);
      };
    case 'slice':
      return (model, run, found) => {
        if (!Array.isArray(model)) {
          if (definite) throw new NoResult('A slice needs a list.');
          return;
        }
        const [from, to] = sliceBounds(segment.from, segment.to, model.length);
        for (let index = from; index < to; index++) {
          run.step();
          atIndex(model, index, run, found, follow);
        }
      };
    case 'wildcard':
      return (model, run, found) => {
        if (Array.isArray(model)) for (const item of model) follow(item, run, found);
        else if (model instanceof Map) for (const member of model.values()) follow(member, run, found);
      };
    case 'scan': {
      const fits = scanFits(segments[at + 1]);
      const walk = (model: JsonValue, run: PathRun, found: Found, depth: number): void => {
        run.step();
        if (depth > 1000) throw new Inapplicable('The document is too deep.');
        if (Array.isArray(model)) {
          if (fits(model, run)) next(model, run, found);
          for (const item of model) if (typeof item === 'object' && item !== null) walk(item, run, found, depth + 1);
        } else if (model instanceof Map) {
          if (fits(model, run)) next(model, run, found);
          for (const member of model.values()) {
            if (typeof member === 'object' && member !== null) walk(member, run, found, depth + 1);
          }
        }
      };
      return (model, run, found) => walk(model, run, found, 0);
    }
    case 'filter': {
      const accepts = compileFilter(segment.filter);
      return (model, run, found) => {
        if (Array.isArray(model)) {
          for (const item of model) if (accepts(item, run)) follow(item, run, found);
        } else if (model instanceof Map) {
          if (accepts(model, run)) follow(model, run, found);
        } else if (definite) {
          throw new Inapplicable('A filter needs a list or an object.');
        }
      };
    }
    case 'function': {
      const paths = segment.arguments.map((argument) =>
        argument.kind === 'path' ? compileInnerPath(argument.path) : argument.value,
      );
      return (model, run, found) => {
        const values: JsonValue[] = [];
        for (const path of paths) {
          if (typeof path === 'object' && path !== null && 'values' in path && !(path instanceof Map) && !Array.isArray(path)) {
            for (const value of path.values(model, run)) values.push(value);
          } else values.push(path as JsonValue);
        }
        found(callPathFunction(segment.name, model, values, run), run);
      };
    }
  }
}

function propertyStep(names: readonly string[], leaf: boolean, definite: boolean, follow: Step): Step {
  const [name = ''] = names;
  if (names.length > 1 && leaf) {
    return (model, run, found) => {
      if (!(model instanceof Map)) {
        if (definite) throw new NoResult(`An object with ${names} is not there.`);
        return;
      }
      const picked = new Map<unknown, JsonValue>();
      for (const one of names) if (model.has(one)) picked.set(one, model.get(one) as JsonValue);
      follow(picked, run, found);
    };
  }
  return (model, run, found) => {
    if (!(model instanceof Map)) {
      if (definite) throw new NoResult(`An object with ${name} is not there.`);
      return;
    }
    for (const one of names) {
      const member = model.get(one);
      if (member !== undefined) follow(member, run, found);
      else if (definite && names.length === 1) throw new NoResult(`${one} is not there.`);
    }
  };
}

function atIndex(list: readonly JsonValue[], index: number, run: PathRun, found: Found, follow: Step): void {
  const item = list[index < 0 ? list.length + index : index];
  if (item !== undefined) follow(item, run, found);
}

/** As Jayway bounds them; a negative beginning with an end is not moved, so `[-2:5]` wraps around. */
function sliceBounds(from: number | undefined, to: number | undefined, length: number): [number, number] {
  if (from === undefined) return [0, Math.min(length, (to ?? 0) < 0 ? length + (to ?? 0) : (to ?? 0))];
  if (to === undefined) return [Math.max(0, from < 0 ? length + from : from), length];
  return [Math.max(from, -length), Math.min(length, to)];
}

/** Which values a `..` stops at for the segment behind it. */
function scanFits(segment: PathSegment | undefined): (model: JsonValue, run: PathRun) => boolean {
  switch (segment?.kind) {
    case 'property': {
      const { names } = segment;
      return (model) => model instanceof Map && names.every((name) => model.has(name));
    }
    case 'index':
    case 'slice':
      return (model) => Array.isArray(model);
    case 'wildcard':
      return () => true;
    case 'filter':
      return compileFilter(segment.filter);
    default:
      return () => false;
  }
}
