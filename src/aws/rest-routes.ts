// Which operation of a restJson1 service a method and a path mean. One trie per service, built when the service is first asked.

import { parseQueryString, type QueryParameters } from './query-string.ts';
import type { ServiceContract } from './shapes.ts';

/** The operation that a method and a path mean. */
export interface RestMatch {
  readonly operation: string;
  /** Undecoded path segments by label name. */
  readonly labels: ReadonlyMap<string, string>;
  /** Query parameters that are part of the route (`mode=import`). */
  readonly routeParameters: ReadonlySet<string>;
}

interface Route {
  readonly operation: string;
  /** Label name by segment index. */
  readonly labels: readonly (readonly [number, string])[];
  readonly required: readonly (readonly [string, string])[];
}

interface TrieNode {
  readonly literals: Map<string, TrieNode>;
  label: TrieNode | undefined;
  /** By method; the routes with more required query parameters first. */
  readonly routes: Map<string, Route[]>;
}

const newNode = (): TrieNode => ({ literals: new Map(), label: undefined, routes: new Map() });

/** The routes of one service. */
export class RestRoutes {
  readonly #root = newNode();

  constructor(contract: ServiceContract) {
    for (const operation of contract.operationNames) {
      const http = contract.httpOf(operation);
      if (http !== undefined) this.#add(operation, http[0], http[1]);
    }
  }

  #add(operation: string, method: string, uri: string): void {
    const [path, query = ''] = uri.split('?', 2) as [string, string?];
    const labels: [number, string][] = [];
    let node = this.#root;
    pathSegments(path).forEach((segment, i) => {
      if (segment.startsWith('{')) {
        labels.push([i, segment.slice(1, -1)]);
        node.label ??= newNode();
        node = node.label;
      } else {
        let next = node.literals.get(segment);
        if (next === undefined) {
          next = newNode();
          node.literals.set(segment, next);
        }
        node = next;
      }
    });
    const required = [...parseQueryString(query)].map(([name, values]): [string, string] => [name, values[0] as string]);
    const routes = node.routes.get(method) ?? [];
    routes.push({ operation, labels, required });
    routes.sort((a, b) => b.required.length - a.required.length);
    node.routes.set(method, routes);
  }

  /** `segments`: the undecoded path, split. */
  match(method: string, segments: readonly string[], query: QueryParameters): RestMatch | undefined {
    const route = find(this.#root, method, segments, 0, query);
    if (route === undefined) return undefined;
    return {
      operation: route.operation,
      labels: new Map(route.labels.map(([index, name]) => [name, segments[index] as string])),
      routeParameters: new Set(route.required.map(([name]) => name)),
    };
  }
}

// Goes no deeper than the longest route of the service, whatever the client sends.
function find(
  node: TrieNode,
  method: string,
  segments: readonly string[],
  at: number,
  query: QueryParameters,
): Route | undefined {
  const segment = segments[at];
  if (segment === undefined) {
    return node.routes.get(method)?.find(({ required }) => required.every(([name, value]) => query.get(name)?.[0] === value));
  }
  const literal = node.literals.get(segment);
  const found = literal === undefined ? undefined : find(literal, method, segments, at + 1, query);
  if (found !== undefined) return found;
  // An empty label is no value.
  return node.label === undefined || segment === '' ? undefined : find(node.label, method, segments, at + 1, query);
}

/** Segments of an undecoded path; a trailing slash makes no difference. */
export function pathSegments(path: string): string[] {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  return segments;
}
