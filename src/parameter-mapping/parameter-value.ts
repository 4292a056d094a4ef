// The value of a parameter mapping: `$request.header.x`, `${request.path.a}/${context.requestId}`, or text.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html

import type { ParameterValue, ValueSource } from '../model/parameter-mapping.ts';
import { isContextName } from './context-names.ts';
import { parseJsonPath } from './json-path.ts';

/** What a value may read: the request on the way in, the integration's response on the way out. */
export type MappingSide = 'request' | 'response';

/** Undefined when the text is no expression that AWS takes on that side. */
export function parseParameterValue(text: string, side: MappingSide): ParameterValue | undefined {
  // AWS: static values stand in single quotes in OpenAPI and CloudFormation documents; the mark is no part of the value.
  // Seen: developer guide, x-amazon-apigateway-integration.requestParameters; "remove:…": "''" in recorded integrations.
  const quoted = /^'(.*)'$/s.exec(text);
  if (quoted !== null) return [quoted[1] as string];
  if (text.startsWith('$') && !text.startsWith('${')) {
    const source = parseSource(text.slice(1), side);
    return source === undefined ? undefined : [source];
  }
  return text.includes('${') ? parsePieces(text, side) : [text];
}

function parsePieces(text: string, side: MappingSide): ParameterValue | undefined {
  const pieces: (string | ValueSource)[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text.indexOf('${', at);
    if (start < 0) {
      pieces.push(text.slice(at));
      break;
    }
    if (start > at) pieces.push(text.slice(at, start));
    const end = text.indexOf('}', start);
    const source = end < 0 ? undefined : parseSource(text.slice(start + 2, end), side);
    if (source === undefined) return undefined;
    pieces.push(source);
    at = end + 1;
  }
  return pieces;
}

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUERY_NAME = /^[^\x00-\x20${}]+$/;
const PATH_VARIABLE = /^[A-Za-z0-9._:-]+$/;
const STAGE_VARIABLE = /^[A-Za-z0-9_]+$/;

/** `request.header.name`, without the dollar sign and the braces. */
function parseSource(text: string, side: MappingSide): ValueSource | undefined {
  const named = (prefix: string, pattern: RegExp): string | undefined => {
    const name = text.startsWith(prefix) ? text.slice(prefix.length) : '';
    return pattern.test(name) ? name : undefined;
  };
  const contextName = named('context.', /./);
  if (contextName !== undefined && isContextName(contextName)) return { source: 'context', name: contextName };
  const variable = named('stageVariables.', STAGE_VARIABLE);
  if (variable !== undefined) return { source: 'stageVariable', name: variable };
  if (text.startsWith(`${side}.body`)) return parseBody(text.slice(`${side}.body`.length), side);
  const header = named(`${side}.header.`, HEADER_NAME);
  if (header !== undefined) return { source: side === 'request' ? 'requestHeader' : 'responseHeader', name: header };
  if (side === 'response') return undefined;
  if (text === 'request.path') return { source: 'requestPath' };
  const pathVariable = named('request.path.', PATH_VARIABLE);
  if (pathVariable !== undefined) return { source: 'pathVariable', name: pathVariable };
  const query = named('request.querystring.', QUERY_NAME);
  return query === undefined ? undefined : { source: 'requestQuery', name: query };
}

function parseBody(rest: string, side: MappingSide): ValueSource | undefined {
  const source = side === 'request' ? 'requestBody' : 'responseBody';
  if (rest === '') return { source };
  const path = parseJsonPath(rest);
  return path === undefined ? undefined : { source, path };
}

/** True when the value is the same for every request. */
export function isStatic(value: ParameterValue): value is readonly string[] {
  return value.every((piece) => typeof piece === 'string');
}
