// A route key (`GET /pets/{id}`, `ANY /{proxy+}`, `$default`) as data, and which of two routes is asked first.

import type { PathSegment } from '../../model/http-api-plan.ts';

export interface ParsedRouteKey {
  /** `ANY`, a verb, or `$default`. */
  readonly method: string;
  readonly segments: readonly PathSegment[];
}

/** Route keys were checked when the route was made: this only takes them apart. */
export function parseRouteKey(routeKey: string): ParsedRouteKey {
  const space = routeKey.indexOf(' ');
  if (space < 0) return { method: routeKey, segments: [] };
  const path = routeKey.slice(space + 1).replace(/^\//, '');
  return { method: routeKey.slice(0, space), segments: path === '' ? [] : path.split('/').map(toSegment) };
}

function toSegment(text: string): PathSegment {
  if (!text.startsWith('{') || !text.endsWith('}')) return { kind: 'literal', text };
  if (text.endsWith('+}')) return { kind: 'greedy', name: text.slice(1, -2) };
  return { kind: 'variable', name: text.slice(1, -1) };
}

const kindRank = { literal: 0, variable: 1, greedy: 2 } as const;

/**
 * Sorts the route that is asked first to the front.
 * AWS: full matches before greedy ones before `$default`. Seen: developer guide, "Routing API requests". At one level a literal
 * comes before a variable before a greedy variable, and a verb before ANY on the same path.
 */
export function compareRoutes(a: ParsedRouteKey, b: ParsedRouteKey): number {
  return tier(a) - tier(b) || compareSegments(a.segments, b.segments) || compareMethods(a.method, b.method);
}

function tier(route: ParsedRouteKey): number {
  if (route.method === '$default') return 2;
  return route.segments.at(-1)?.kind === 'greedy' ? 1 : 0;
}

function compareSegments(a: readonly PathSegment[], b: readonly PathSegment[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const left = a[i] as PathSegment;
    const right = b[i] as PathSegment;
    const byKind = kindRank[left.kind] - kindRank[right.kind];
    if (byKind !== 0) return byKind;
    // Different literals never compete; the order only makes plans the same for the same API.
    if (left.kind === 'literal' && right.kind === 'literal' && left.text !== right.text) return left.text < right.text ? -1 : 1;
  }
  return a.length - b.length;
}

function compareMethods(a: string, b: string): number {
  if (a === b) return 0;
  if (a === 'ANY') return 1;
  if (b === 'ANY') return -1;
  return a < b ? -1 : 1;
}
