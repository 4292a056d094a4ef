// Which of two routes of an HTTP API is asked first, and whether one would answer requests of the other were it not there.
// AWS: full matches before greedy ones before `$default`. Seen: developer guide, "Routing API requests".

/** True when requests that `gone` is to answer come to `other` once `gone` is left out. */
export function takesOver(other: string, gone: string): boolean {
  const theirs = parse(other);
  const missing = parse(gone);
  return compare(missing, theirs) < 0 && overlap(missing, theirs);
}

/** Negative when the first route key is asked before the second. */
export function compareRouteKeys(a: string, b: string): number {
  return compare(parse(a), parse(b));
}

interface ParsedRoute {
  /** `$default`, `ANY` or a verb. */
  readonly method: string;
  readonly segments: readonly string[];
}

function parse(routeKey: string): ParsedRoute {
  const [method = '', path = ''] = routeKey.split(' ');
  return { method, segments: path.split('/').filter((segment) => segment !== '') };
}

function compare(a: ParsedRoute, b: ParsedRoute): number {
  const tiers = tier(a) - tier(b);
  if (tiers !== 0) return tiers;
  for (let i = 0; i < Math.min(a.segments.length, b.segments.length); i++) {
    const kinds = kind(a.segments[i]!) - kind(b.segments[i]!);
    if (kinds !== 0) return kinds;
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function tier({ method, segments }: ParsedRoute): number {
  if (method === '$default') return 2;
  return kind(segments.at(-1) ?? '') === 2 ? 1 : 0;
}

/** 0 a text, 1 a variable, 2 the rest of the path. */
function kind(segment: string): 0 | 1 | 2 {
  return segment.endsWith('+}') ? 2 : segment.startsWith('{') ? 1 : 0;
}

function overlap(a: ParsedRoute, b: ParsedRoute): boolean {
  if (a.method === '$default' || b.method === '$default') return true;
  if (a.method !== 'ANY' && b.method !== 'ANY' && a.method !== b.method) return false;
  for (let i = 0; ; i++) {
    const one = a.segments[i];
    const two = b.segments[i];
    // A greedy variable counts as taking an empty rest, too: a doubt is not to open anything.
    if ((one !== undefined && kind(one) === 2) || (two !== undefined && kind(two) === 2)) return true;
    if (one === undefined || two === undefined) return one === two;
    if (kind(one) === 0 && kind(two) === 0 && decoded(one) !== decoded(two)) return false;
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
