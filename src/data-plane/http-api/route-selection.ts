// Which route serves a request. The routes of a stage are compiled into one trie when it is assembled.
//
// Order (AWS developer guide, "Routing API requests"; fine order from the examples there):
//   1. a route whose path and method match in full      literal segment before {variable}; verb before ANY
//   2. a route with a greedy variable {name+}           literal before {variable} before {name+}; verb before ANY
//   3. the `$default` route
// Path and method are matched together: when the best path has no such method, the next best path is asked.

import type { PathSegment } from '../../model/http-api-plan.ts';
import { TextTable } from '../text-table.ts';
import type { Refusal } from './refusal.ts';
import { hasOneReading, parseRequestPath, type RequestPath } from './request-path.ts';

/** What the trie needs to know of a route; the rest belongs to whoever compiled it. */
export interface SelectableRoute {
  readonly routeKey: string;
  readonly method: string;
  readonly segments: readonly PathSegment[];
}

/** A path variable's value as received and decoded. */
export interface PathParameter {
  readonly name: string;
  readonly raw: string;
  readonly value: string;
}

/** The finding of route selection. */
export interface RouteMatch<R> {
  readonly route: R;
  readonly pathParameters: readonly PathParameter[];
}

/**
 * A route as it is matched. With hundreds of routes in turn what costs is memory that is not in a cache: lists are chains, which take
 * nothing besides what is in them, and nothing is read of what a route does not have.
 */
interface Entry<R> {
  readonly method: string;
  readonly route: R;
  readonly variables: Variable | undefined;
  /** The match of a route without variables, made once. */
  readonly fixed: RouteMatch<R> | undefined;
  readonly endsInVariable: boolean;
  /** The same path with another method; ANY is the last. */
  next: Entry<R> | undefined;
}

interface Variable {
  readonly name: string;
  /** Which segment. */
  readonly at: number;
  readonly greedy: boolean;
  readonly next: Variable | undefined;
}

interface Node<R> {
  literals: TextTable<Node<R>> | undefined;
  variable: Node<R> | undefined;
  /** Routes that end here. */
  terminal: Entry<R> | undefined;
  /** Routes that end here with `{name+}`. */
  greedy: Entry<R> | undefined;
}

const noParameters: readonly PathParameter[] = [];

/** The compiled routes of one stage. */
export class RouteTable<R extends SelectableRoute> {
  readonly #root: Node<R> = newNode();
  /** Routes without variables by their whole path: nothing has to be cut up for them. */
  readonly #exact = new TextTable<Entry<R>>();
  readonly #default: RouteMatch<R> | undefined;
  /** There is no other route than `$default`. */
  readonly #onlyDefault: boolean;

  constructor(routes: readonly R[]) {
    let fallback: R | undefined;
    for (const route of routes) {
      if (route.method === '$default') fallback = route;
      else this.#add(route);
    }
    this.#default = fallback === undefined ? undefined : { route: fallback, pathParameters: noParameters };
    this.#onlyDefault = fallback !== undefined && routes.length === 1;
  }

  /** `path` is undecoded and without the stage. */
  select(method: string, path: string): RouteMatch<R> | Refusal {
    if (this.#onlyDefault && hasOneReading(path)) return this.#default as RouteMatch<R>;
    const exact = this.#exact.size === 0 ? undefined : this.#exact.get(path);
    if (exact !== undefined) {
      const entry = entryFor(exact, method);
      if (entry !== undefined) return entry.fixed as RouteMatch<R>;
    }
    const parsed = parseRequestPath(path);
    if ('refused' in parsed) return parsed;
    return (
      this.#full(this.#root, parsed, 0, method) ??
      this.#greedy(this.#root, parsed, 0, method) ??
      this.#default ?? { refused: 'NOT_FOUND', reason: `No route of this API matches ${method} ${path}.` }
    );
  }

  #add(route: R): void {
    let node = this.#root;
    let exact = '';
    let literal = true;
    for (const segment of route.segments) {
      if (segment.kind === 'greedy') {
        node.greedy = withRoute(node.greedy, route);
        return;
      }
      if (segment.kind === 'literal') {
        node.literals ??= new TextTable();
        const child = node.literals.get(segment.text) ?? newNode<R>();
        node.literals.set(segment.text, child);
        node = child;
        exact += `/${segment.text}`;
      } else {
        node.variable ??= newNode();
        node = node.variable;
        literal = false;
      }
    }
    node.terminal = withRoute(node.terminal, route);
    // A literal with a percent sign is compared decoded, in the trie only.
    if (!literal || exact.includes('%')) return;
    this.#exact.set(exact === '' ? '/' : exact, node.terminal);
  }

  #full(node: Node<R>, path: RequestPath, depth: number, method: string): RouteMatch<R> | undefined {
    if (depth === path.segments.length) {
      if (node.terminal === undefined) return undefined;
      const entry = entryFor(node.terminal, method);
      return entry === undefined || !trailingSlashAllowed(entry, path) ? undefined : matched(entry, path);
    }
    const segment = path.segments[depth] as string;
    const child = node.literals?.get(segment);
    const found = child === undefined ? undefined : this.#full(child, path, depth + 1, method);
    if (found !== undefined || node.variable === undefined || segment === '') return found;
    return this.#full(node.variable, path, depth + 1, method);
  }

  #greedy(node: Node<R>, path: RequestPath, depth: number, method: string): RouteMatch<R> | undefined {
    if (depth === path.segments.length) return undefined;
    const segment = path.segments[depth] as string;
    const child = node.literals?.get(segment);
    let found = child === undefined ? undefined : this.#greedy(child, path, depth + 1, method);
    if (found === undefined && node.variable !== undefined && segment !== '') {
      found = this.#greedy(node.variable, path, depth + 1, method);
    }
    if (found !== undefined || node.greedy === undefined || (segment === '' && depth === path.segments.length - 1)) return found;
    const entry = entryFor(node.greedy, method);
    return entry === undefined ? undefined : matched(entry, path);
  }
}

function newNode<R>(): Node<R> {
  return { literals: undefined, variable: undefined, terminal: undefined, greedy: undefined };
}

/** The chain with this route in it, which takes the place of one with the same method. */
function withRoute<R extends SelectableRoute>(first: Entry<R> | undefined, route: R): Entry<R> {
  const entries = [entryOf(route)];
  for (let entry = first; entry !== undefined; entry = entry.next) if (entry.method !== route.method) entries.push(entry);
  entries.sort((one, other) => Number(one.method === 'ANY') - Number(other.method === 'ANY'));
  entries.forEach((entry, at) => {
    entry.next = entries[at + 1];
  });
  return entries[0] as Entry<R>;
}

function entryOf<R extends SelectableRoute>(route: R): Entry<R> {
  const { method, segments } = route;
  let variables: Variable | undefined;
  for (let at = segments.length - 1; at >= 0; at--) {
    const segment = segments[at] as PathSegment;
    if (segment.kind === 'literal') continue;
    variables = { name: segment.name, at, greedy: segment.kind === 'greedy', next: variables };
  }
  const fixed = variables === undefined ? { route, pathParameters: noParameters } : undefined;
  return { method, route, variables, fixed, endsInVariable: segments.at(-1)?.kind === 'variable', next: undefined };
}

// AWS: HEAD is not served by a GET route. Seen: developer guide, route keys name one method or ANY.
function entryFor<R>(first: Entry<R>, method: string): Entry<R> | undefined {
  let entry: Entry<R> | undefined = first;
  while (entry !== undefined && entry.method !== method && entry.method !== 'ANY') entry = entry.next;
  return entry;
}

/**
 * AWS: `/metrics/` does not match `GET /metrics`. Seen: storacha/w3infra#166. After a variable the slash is tolerated and is
 * not part of the value. Seen: second-hand measurements of other emulators.
 */
function trailingSlashAllowed({ endsInVariable }: Entry<unknown>, path: RequestPath): boolean {
  return !path.trailingSlash || path.segments.length === 0 || endsInVariable;
}

function matched<R>({ route, variables, fixed }: Entry<R>, path: RequestPath): RouteMatch<R> {
  if (fixed !== undefined) return fixed;
  const pathParameters: PathParameter[] = [];
  for (let variable = variables; variable !== undefined; variable = variable.next) {
    const { name, at, greedy } = variable;
    if (greedy) {
      const raw = path.rawSegments.slice(at).join('/');
      pathParameters.push({ name, raw, value: path.segments.slice(at).join('/') });
    } else pathParameters.push({ name, raw: path.rawSegments[at] as string, value: path.segments[at] as string });
  }
  return { route, pathParameters };
}
