// Which route serves a request. The routes of a stage are compiled into one trie when it is assembled.
//
// Order (AWS developer guide, "Routing API requests"; fine order from the examples there):
//   1. a route whose path and method match in full      literal segment before {variable}; verb before ANY
//   2. a route with a greedy variable {name+}           literal before {variable} before {name+}; verb before ANY
//   3. the `$default` route
// Path and method are matched together: when the best path has no such method, the next best path is asked.

import type { PathSegment } from '../../model/http-api-plan.ts';
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

interface Terminal<R> {
  readonly methods: Map<string, R>;
  any: R | undefined;
}

interface Node<R> {
  readonly literals: Map<string, Node<R>>;
  variable: Node<R> | undefined;
  /** Routes that end here. */
  terminal: Terminal<R> | undefined;
  /** Routes that end here with `{name+}`. */
  greedy: Terminal<R> | undefined;
}

const noParameters: readonly PathParameter[] = [];

/** The compiled routes of one stage. */
export class RouteTable<R extends SelectableRoute> {
  readonly #root: Node<R> = newNode();
  /** Routes without variables by their whole path: nothing has to be cut up for them. */
  readonly #exact = new Map<string, Terminal<R>>();
  readonly #default: RouteMatch<R> | undefined;
  /** There is no other route than `$default`. */
  readonly #onlyDefault: boolean;
  /** Matches of routes without variables, made once. */
  readonly #fixed = new Map<R, RouteMatch<R>>();

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
      const route = routeFor(exact, method);
      if (route !== undefined) return this.#fixed.get(route) as RouteMatch<R>;
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
        node.greedy ??= { methods: new Map(), any: undefined };
        putRoute(node.greedy, route);
        return;
      }
      if (segment.kind === 'literal') {
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
    node.terminal ??= { methods: new Map(), any: undefined };
    putRoute(node.terminal, route);
    // A literal with a percent sign is compared decoded, in the trie only.
    if (!literal || exact.includes('%')) return;
    this.#exact.set(exact === '' ? '/' : exact, node.terminal);
    this.#fixed.set(route, { route, pathParameters: noParameters });
  }

  #full(node: Node<R>, path: RequestPath, depth: number, method: string): RouteMatch<R> | undefined {
    if (depth === path.segments.length) {
      if (node.terminal === undefined) return undefined;
      const route = routeFor(node.terminal, method);
      return route === undefined || !trailingSlashAllowed(route, path) ? undefined : matched(route, path);
    }
    const segment = path.segments[depth] as string;
    const child = node.literals.get(segment);
    const found = child === undefined ? undefined : this.#full(child, path, depth + 1, method);
    if (found !== undefined || node.variable === undefined || segment === '') return found;
    return this.#full(node.variable, path, depth + 1, method);
  }

  #greedy(node: Node<R>, path: RequestPath, depth: number, method: string): RouteMatch<R> | undefined {
    if (depth === path.segments.length) return undefined;
    const segment = path.segments[depth] as string;
    const child = node.literals.get(segment);
    let found = child === undefined ? undefined : this.#greedy(child, path, depth + 1, method);
    if (found === undefined && node.variable !== undefined && segment !== '') {
      found = this.#greedy(node.variable, path, depth + 1, method);
    }
    if (found !== undefined || node.greedy === undefined || (segment === '' && depth === path.segments.length - 1)) return found;
    const route = routeFor(node.greedy, method);
    return route === undefined ? undefined : matched(route, path);
  }
}

function newNode<R>(): Node<R> {
  return { literals: new Map(), variable: undefined, terminal: undefined, greedy: undefined };
}

function putRoute<R extends SelectableRoute>(terminal: Terminal<R>, route: R): void {
  if (route.method === 'ANY') terminal.any = route;
  else terminal.methods.set(route.method, route);
}

// AWS: HEAD is not served by a GET route. Seen: developer guide, route keys name one method or ANY.
function routeFor<R>(terminal: Terminal<R>, method: string): R | undefined {
  return terminal.methods.get(method) ?? terminal.any;
}

/**
 * AWS: `/metrics/` does not match `GET /metrics`. Seen: storacha/w3infra#166. After a variable the slash is tolerated and is
 * not part of the value. Seen: second-hand measurements of other emulators.
 */
function trailingSlashAllowed(route: SelectableRoute, path: RequestPath): boolean {
  return !path.trailingSlash || path.segments.length === 0 || route.segments.at(-1)?.kind === 'variable';
}

function matched<R extends SelectableRoute>(route: R, path: RequestPath): RouteMatch<R> {
  const pathParameters: PathParameter[] = [];
  for (let i = 0; i < route.segments.length; i++) {
    const segment = route.segments[i] as PathSegment;
    if (segment.kind === 'variable') {
      pathParameters.push({ name: segment.name, raw: path.rawSegments[i] as string, value: path.segments[i] as string });
    } else if (segment.kind === 'greedy') {
      const raw = path.rawSegments.slice(i).join('/');
      pathParameters.push({ name: segment.name, raw, value: path.segments.slice(i).join('/') });
    }
  }
  return { route, pathParameters: pathParameters.length === 0 ? noParameters : pathParameters };
}
