// One `httpApi` event in any of its spellings to a route key.
// Source: Serverless Framework, "HTTP API (API Gateway v2)"; its schema takes methods in any case.

import type { Place } from '../../config/user-error.ts';
import type { Problems } from '../problem.ts';
import { describeNode, isNull, type TemplateNode } from '../template-node.ts';
import type { EventAuthorization } from './authorizers.ts';

/** The methods Serverless Framework knows; `*` and ANY stand for all of them. */
export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE'] as const;

export interface HttpApiEvent {
  /** `GET /x`, `ANY /x` or `$default`. */
  readonly routeKey: string;
  /** For CORS; `ANY` for all. */
  readonly method: string;
  readonly place: Place;
  /** Seconds, when the event sets it. */
  readonly timeoutNode?: TemplateNode;
  readonly authorization?: EventAuthorization;
  /** True: it asks for protection that is not there, so it must not be served, and no other route may take its requests. */
  readonly protected?: true;
}

const ONE_EACH = "Write one httpApi event for each method, or method: '*' for all.";
const FORMS = "Write '*', 'GET /path', or an object with method and path.";

/** `httpApi: 'GET /x'`, `'*'`, `'ANY /x'`, `$default`. */
export function readEventText(text: string, place: Place, problems: Problems): HttpApiEvent | undefined {
  const trimmed = text.trim();
  if (trimmed === '*' || trimmed === '$default') return { routeKey: '$default', method: 'ANY', place };
  const match = /^(\S+)\s+(\S+)$/.exec(trimmed);
  if (match === null) {
    problems.error('SG_BAD_VALUE', place, `${JSON.stringify(text)} is no HTTP API route.`, FORMS);
    return undefined;
  }
  return route(match[1]!, match[2]!, place, problems);
}

/** `httpApi: { method, path }`. The nodes have their variables resolved; undefined means absent. */
export function readEventObject(
  place: Place,
  methodNode: TemplateNode | undefined,
  pathNode: TemplateNode | undefined,
  problems: Problems,
): HttpApiEvent | undefined {
  if (methodNode?.kind === 'list') {
    problems.error('SG_BAD_VALUE', methodNode.place, 'An httpApi event has one method, but this is a list.', ONE_EACH);
    return undefined;
  }
  const method = isNull(methodNode) ? undefined : text(methodNode!, 'method', problems);
  const path = isNull(pathNode) ? undefined : text(pathNode!, 'path', problems);
  if (method === false || path === false) return undefined;
  if (path === undefined) {
    if (method === '*') return { routeKey: '$default', method: 'ANY', place };
    problems.error(
      'SG_BAD_VALUE',
      place,
      'This httpApi event has no path.',
      "Add path: /... , or path: '*' for everything that is left.",
    );
    return undefined;
  }
  if (path === '*' || path === '$default') {
    if (method !== undefined && method !== '*' && method.toUpperCase() !== 'ANY') {
      problems.error(
        'SG_BAD_VALUE',
        pathNode!.place,
        `path '*' takes every method, but method is ${method}.`,
        "Write path: '/{proxy+}' to limit the method, or remove the method.",
      );
      return undefined;
    }
    return { routeKey: '$default', method: 'ANY', place };
  }
  if (method === undefined) {
    problems.error('SG_BAD_VALUE', place, 'This httpApi event has no method.', "Add method: GET, or method: '*' for all.");
    return undefined;
  }
  return route(method, path, pathNode?.place ?? place, problems);
}

function text(node: TemplateNode, name: string, problems: Problems): string | false {
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value.trim();
  problems.error('SG_BAD_VALUE', node.place, `${name} must be a text, but it is ${describeNode(node)}.`, FORMS);
  return false;
}

function route(methodText: string, pathText: string, place: Place, problems: Problems): HttpApiEvent | undefined {
  const upper = methodText.toUpperCase();
  const method = upper === '*' ? 'ANY' : upper;
  if (method !== 'ANY' && !(HTTP_METHODS as readonly string[]).includes(method)) {
    problems.error(
      'SG_BAD_VALUE',
      place,
      `${methodText} is no method of an HTTP API route.`,
      /[,|]/.test(methodText) ? ONE_EACH : `Use one of ${HTTP_METHODS.join(', ')}, or '*' for all.`,
    );
    return undefined;
  }
  const path = pathText.startsWith('/') ? pathText : `/${pathText}`;
  const wrong = pathMistake(path);
  if (wrong !== undefined) {
    problems.error('SG_BAD_VALUE', place, `The path ${path} ${wrong.what}.`, wrong.fix);
    return undefined;
  }
  return { routeKey: `${method} ${path}`, method, place };
}

function pathMistake(path: string): { what: string; fix: string } | undefined {
  if (/[\s?#]/.test(path)) {
    return { what: 'holds a space, ? or #', fix: 'A route is a path only; query strings are matched by the function.' };
  }
  const names = new Set<string>();
  const segments = path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    // AWS: a route key with an empty segment is refused. Seen: storacha/w3infra#166.
    if (segment === '' && path !== '/') {
      return {
        what: 'ends with / or has // in it',
        fix: 'Leave the empty segment out; /x and /x/ are different to an HTTP API.',
      };
    }
    if (!/[{}]/.test(segment)) {
      if (/^(?:[A-Za-z0-9._~:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/.test(segment)) continue;
      return {
        what: `has characters that a URL cannot carry: ${segment}`,
        fix: 'Write them percent-encoded, e.g. %20 for a space.',
      };
    }
    const name = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/.exec(segment);
    if (name === null) {
      return {
        what: `has a path variable that is not a whole segment: ${segment}`,
        fix: 'Let the variable be everything between two slashes, e.g. /orders/{id}.',
      };
    }
    if (name[2] === '+' && index < segments.length - 1) {
      return { what: `goes on after ${segment}`, fix: 'A {name+} takes the rest of the path, so it must come last.' };
    }
    if (names.has(name[1]!)) return { what: `has the path variable ${name[1]} twice`, fix: 'Give each variable its own name.' };
    names.add(name[1]!);
  }
  return undefined;
}
