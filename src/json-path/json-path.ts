// JSONPath as API Gateway has it: Jayway's dialect. A path is compiled once to functions; reading counts its steps.
//
// AWS: `$input.path` and `$input.json` never fail for a path that finds nothing, which is Jayway's SUPPRESS_EXCEPTIONS:
// null, or an empty list for a path that can find several. Seen: src/json-path/testdata/json-path.json, DEPENDENCIES.

import { compileInnerPath } from './compile-path.ts';
import type { Spender } from './counted-work.ts';
import type { JsonValue } from './json-value.ts';
import { PathFault, parseJsonPath } from './parse-json-path.ts';
import { defaultReadLimits, Exceeded, Inapplicable, NoResult, PathRun, type ReadLimits } from './path-run.ts';
import type { ParsedPath } from './path-segment.ts';

export interface JsonPath {
  readonly text: string;
  /** True: the path finds one value or none; false: always a list. */
  readonly definite: boolean;
  /** `spender` is told how many steps it took, also when it ended early. */
  read(document: JsonValue, limits?: ReadLimits, spender?: Spender): JsonPathResult;
}

export type JsonPathResult =
  | { readonly found: true; readonly value: JsonValue }
  /** `suppressed` is what API Gateway goes on with. */
  | { readonly found: false; readonly reason: string; readonly suppressed: JsonValue; readonly exceeded?: 'steps' | 'results' };

export type CompiledJsonPath =
  | { readonly path: JsonPath; readonly fault?: undefined }
  | { readonly path?: undefined; readonly fault: { readonly message: string; readonly position: number } };

export function compileJsonPath(text: string): CompiledJsonPath {
  try {
    return { path: assemblePath(text, parseJsonPath(text)) };
  } catch (error) {
    if (error instanceof PathFault) return { fault: { message: error.message, position: error.position } };
    throw error;
  }
}

function assemblePath(text: string, parsed: ParsedPath): JsonPath {
  const inner = compileInnerPath(parsed);
  return {
    text,
    definite: inner.definite,
    read(document, limits = defaultReadLimits, spender) {
      const run = new PathRun(document, limits);
      const nothing = inner.definite ? null : [];
      try {
        const values = inner.values(document, run);
        if (!inner.definite) return { found: true, value: values };
        if (values.length > 0) return { found: true, value: values[0] as JsonValue };
        return { found: false, reason: `Nothing is at ${text}.`, suppressed: null };
      } catch (error) {
        if (error instanceof NoResult) return { found: false, reason: error.message, suppressed: nothing };
        if (error instanceof Inapplicable) return { found: false, reason: error.message, suppressed: null };
        if (error instanceof Exceeded) {
          return { found: false, reason: error.message, suppressed: null, exceeded: error.budget };
        }
        throw error;
      } finally {
        spender?.step(limits.stepsMax - run.stepsLeft);
      }
    },
  };
}
