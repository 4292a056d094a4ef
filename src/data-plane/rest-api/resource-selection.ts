// Which method of which resource serves a request. The resources of a stage are compiled into one trie when it is assembled.
//
// AWS: at each level a literal comes before {variable} before {proxy+}; the path is matched first, then the method (its verb, else
// ANY). A resource that has methods but not this one refuses; it hands over to no sibling. Seen: developer guide and public reports;
// resources without any method do not take part.

import type { PathSegment } from '../../model/http-api-plan.ts';
import { parseRequestPath, type RequestPath } from '../http-api/request-path.ts';
import { TextTable } from '../text-table.ts';
import type { Refusal } from './refusal.ts';

/** What the trie needs to know of a method; the rest belongs to whoever compiled it. */
export interface SelectableMethod {
  readonly routeKey: string;
  readonly plan: { readonly httpMethod: string; readonly segments: readonly PathSegment[] };
}

/** A path variable's value as received. AWS: REST APIs never decode it. Seen: recorded events. */
export interface PathParameter {
  readonly name: string;
  readonly value: string;
}

export interface MethodMatch<M> {
  readonly method: M;
  readonly pathParameters: readonly PathParameter[];
}

/** A method as it is matched, in chains: most resources have one or two methods, and most paths one variable. */
interface Entry<M> {
  readonly verb: string;
  readonly method: M;
  readonly variables: Variable | undefined;
  /** Another method of the resource; ANY is the last. */
  next: Entry<M> | undefined;
}

interface Variable {
  readonly name: string;
  /** Which segment. */
  readonly at: number;
  readonly greedy: boolean;
  readonly next: Variable | undefined;
}

interface Node<M> {
  literals: TextTable<Node<M>> | undefined;
  variable: Node<M> | undefined;
  terminal: Entry<M> | undefined;
  greedy: Entry<M> | undefined;
}

const noParameters: readonly PathParameter[] = [];
/** AWS: what ANY stands for. Seen: developer guide. The most frequent first. */
const anyVerbs: readonly string[] = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'];

export class ResourceTable<M extends SelectableMethod> {
  readonly #root: Node<M> = newNode();

  constructor(methods: readonly M[]) {
    for (const method of methods) this.#add(method);
  }

  /** `path` is undecoded and without the stage. */
  select(verb: string, path: string): MethodMatch<M> | Refusal {
    const parsed = parseRequestPath(path);
    if ('refused' in parsed) return { refused: 'DEFAULT_4XX', reason: parsed.reason };
    const first = this.#find(this.#root, parsed, 0);
    if (first === undefined) return missing(`No resource of this API matches ${path}.`);
    const entry = entryFor(first, verb);
    if (entry === undefined) return missing(`The resource that matches ${path} has no method ${verb}.`);
    return { method: entry.method, pathParameters: parametersOf(entry, parsed) };
  }

  #add(method: M): void {
    let node = this.#root;
    for (const segment of method.plan.segments) {
      if (segment.kind === 'greedy') {
        node.greedy = withMethod(node.greedy, method);
        return;
      }
      if (segment.kind === 'literal') {
        node.literals ??= new TextTable();
        const child = node.literals.get(segment.text) ?? newNode<M>();
        node.literals.set(segment.text, child);
        node = child;
      } else {
        node.variable ??= newNode();
        node = node.variable;
      }
    }
    node.terminal = withMethod(node.terminal, method);
  }

  /** Resources nest no deeper than their paths, so this ends after as many steps as the definition is deep, whatever the request. */
  #find(node: Node<M>, path: RequestPath, depth: number): Entry<M> | undefined {
    if (depth === path.segments.length) return node.terminal;
    const segment = path.segments[depth] as string;
    const child = node.literals?.get(segment);
    let found = child === undefined ? undefined : this.#find(child, path, depth + 1);
    if (found === undefined && node.variable !== undefined && segment !== '') found = this.#find(node.variable, path, depth + 1);
    return found ?? node.greedy;
  }
}

/** AWS: whatever is not there answers like a request that was not signed. Seen: recorded responses. */
function missing(reason: string): Refusal {
  return { refused: 'MISSING_AUTHENTICATION_TOKEN', reason };
}

function newNode<M>(): Node<M> {
  return { literals: undefined, variable: undefined, terminal: undefined, greedy: undefined };
}

/** The chain with this method in it, which takes the place of one with the same verb. */
function withMethod<M extends SelectableMethod>(first: Entry<M> | undefined, method: M): Entry<M> {
  const { httpMethod, segments } = method.plan;
  let variables: Variable | undefined;
  for (let at = segments.length - 1; at >= 0; at--) {
    const segment = segments[at] as PathSegment;
    if (segment.kind === 'literal') continue;
    variables = { name: segment.name, at, greedy: segment.kind === 'greedy', next: variables };
  }
  const entries: Entry<M>[] = [{ verb: httpMethod, method, variables, next: undefined }];
  for (let entry = first; entry !== undefined; entry = entry.next) if (entry.verb !== httpMethod) entries.push(entry);
  entries.sort((one, other) => Number(one.verb === 'ANY') - Number(other.verb === 'ANY'));
  entries.forEach((entry, at) => {
    entry.next = entries[at + 1];
  });
  return entries[0] as Entry<M>;
}

function entryFor<M>(first: Entry<M>, verb: string): Entry<M> | undefined {
  let entry: Entry<M> | undefined = first;
  while (entry !== undefined && entry.verb !== verb && entry.verb !== 'ANY') entry = entry.next;
  return entry?.verb !== 'ANY' || anyVerbs.includes(verb) ? entry : undefined;
}

function parametersOf({ variables }: Entry<unknown>, { rawSegments }: RequestPath): readonly PathParameter[] {
  if (variables === undefined) return noParameters;
  const parameters = [parameterOf(variables, rawSegments)];
  for (let variable = variables.next; variable !== undefined; variable = variable.next) {
    parameters.push(parameterOf(variable, rawSegments));
  }
  return parameters;
}

/** AWS: a slash at the end is no part of the value, slashes inside are. Seen: recorded events. */
function parameterOf({ name, at, greedy }: Variable, rawSegments: readonly string[]): PathParameter {
  return { name, value: greedy ? rawSegments.slice(at).join('/') : (rawSegments[at] as string) };
}
