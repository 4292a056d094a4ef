// One `websocket` event in any of its spellings to a route, with its authorizer when it is the one of `$connect`.
// Source: Serverless Framework, guide "Websocket".

import type { Place } from '../../config/user-error.ts';
import type { DesiredWebSocketAuthorizer, DesiredWebSocketRoute } from '../desired-websocket-api.ts';
import { isVacant, type MapNode, type TemplateNode } from '../template-node.ts';
import { webSocketAuthorizerProperties, webSocketEventProperties } from './api-property-tables.ts';
import { evaluateCloudFormation, isCloudFormationFunction } from './cloudformation-values.ts';
import type { FunctionSettings } from './read-functions.ts';
import type { RestEventNode, RestReading } from './rest-reading.ts';
import { functionArn, functionName } from './service-identity.ts';

export interface WebSocketEvent {
  readonly place: Place;
  readonly route: DesiredWebSocketRoute;
  readonly authorizer?: DesiredWebSocketAuthorizer;
  /** The function of this file that the authorizer is. */
  readonly authorizerKey?: string;
}

const PREDEFINED = ['$connect', '$disconnect', '$default'];
const IDENTITY_SOURCE = 'route.request.header.Auth';
const FORMS = 'Write $connect, $disconnect, $default, or what your messages select, e.g. sendmessage.';

/** Undefined after a problem was noted. */
export function readWebSocketEvent(
  { node, place }: RestEventNode,
  settings: FunctionSettings,
  reading: RestReading,
): WebSocketEvent | undefined {
  const { reader, identity } = reading;
  const where = `functions.${settings.key}.events.websocket`;
  const map = node.kind === 'map' ? node : undefined;
  if (map === undefined && (node.kind !== 'scalar' || typeof node.value !== 'string')) {
    return reader.wrong(node, where, 'a route', FORMS);
  }
  const properties = map && reader.properties(map, webSocketEventProperties, where, 'functions.*.events.websocket');
  const routeNode = properties === undefined ? node : properties.get('route');
  if (routeNode === undefined) {
    reader.problems.error('SG_BAD_VALUE', place, 'This websocket event has no route.', `Add route. ${FORMS}`);
    return undefined;
  }
  const routeKey = reader.text(routeNode, `${where}.route`, '$connect')?.trim();
  if (routeKey === undefined) return undefined;
  if (routeKey === '' || (routeKey.startsWith('$') && !PREDEFINED.includes(routeKey))) {
    const what = `${JSON.stringify(routeKey)} is no route of a WebSocket API: $ begins ${PREDEFINED.join(', ')} alone.`;
    reader.problems.error('SG_BAD_VALUE', routeNode.place, what, reader.suggestion(routeKey, PREDEFINED, FORMS));
    return undefined;
  }
  if (map !== undefined && routeKey === '$connect') refuseWhatMayGuard(map, reading);
  const responseNode = properties?.get('routeResponseSelectionExpression');
  const response = reader.text(responseNode, `${where}.routeResponseSelectionExpression`, '$default');
  if (responseNode !== undefined && response !== '$default') {
    reader.wrong(
      responseNode,
      `${where}.routeResponseSelectionExpression`,
      '$default',
      'AWS takes no other; remove it or write $default.',
    );
  }
  const guard = readAuthorizer(map, routeKey, `${where}.authorizer`, reading);
  return {
    place: routeNode.place,
    route: {
      routeKey,
      functionName: functionName(settings, identity),
      returnsResponse: response === '$default',
      ...(guard === undefined ? {} : { authorizer: guard.authorizer.name }),
    },
    ...guard,
  };
}

/** --lenient leaves out what nobody knows: without a misspelt authorizer everybody would be let in. */
function refuseWhatMayGuard(map: MapNode, { reader }: RestReading): void {
  if (!reader.problems.lenient) return;
  for (const { key, keyPlace } of map.entries.values()) {
    if (Object.hasOwn(webSocketEventProperties, key)) continue;
    const what = `${key} of $connect may be an authorizer; --lenient would leave it out and let everybody in.`;
    reader.problems.error('SG_UNKNOWN_PROPERTY', keyPlace, what, 'Correct its name, or remove it for local runs.');
  }
}

type Guard = Required<Pick<WebSocketEvent, 'authorizer'>> & Pick<WebSocketEvent, 'authorizerKey'>;

/** What is wrong with an authorizer is an error also with --lenient: without one everybody is let in. */
function readAuthorizer(map: MapNode | undefined, routeKey: string, where: string, reading: RestReading): Guard | undefined {
  const { reader } = reading;
  const entry = map?.entries.get('authorizer');
  if (entry === undefined || isVacant(entry.node)) return undefined;
  const value = reader.variables.resolve(entry.node);
  if (value === undefined || isVacant(value)) return undefined;
  if (routeKey !== '$connect') {
    // AWS: authorizers are asked at $connect alone. Seen: developer guide.
    const what = `${where}: an authorizer is asked when a client connects, so it guards $connect and not ${routeKey}.`;
    reader.problems.error('SG_BAD_VALUE', entry.keyPlace, what, 'Move it to the event of $connect, or remove it.');
    return undefined;
  }
  if (value.kind === 'map' && !isCloudFormationFunction(value)) return readMap(value, entry.keyPlace, where, reading);
  const named = textOf(value, where, reading);
  if (named === undefined) return undefined;
  return guardOf(named.includes(':') ? { arn: named } : { key: named }, [IDENTITY_SOURCE], value.place, where, reading);
}

function readMap(map: MapNode, place: Place, where: string, reading: RestReading): Guard | undefined {
  const { reader } = reading;
  const properties = reader.properties(map, webSocketAuthorizerProperties, where, 'functions.*.events.websocket.authorizer');
  for (const { key, keyPlace } of map.entries.values()) {
    if (Object.hasOwn(webSocketAuthorizerProperties, key)) continue;
    const what = `${where}.${key} does not exist, and an authorizer is not left out: everybody would be let in.`;
    reader.problems.error('SG_UNKNOWN_PROPERTY', keyPlace, what, 'Correct its name, or remove it.');
  }
  const sources = reader.texts(properties.get('identitySource'), `${where}.identitySource`, `[${IDENTITY_SOURCE}]`);
  const key = reader.text(properties.get('name'), `${where}.name`, 'authorize');
  const arnNode = properties.get('arn');
  if (arnNode === undefined && key === undefined) {
    const fix = 'Add name: KEY of a function in this file, or arn.';
    reader.problems.error('SG_BAD_VALUE', place, `${where} names no authorizer.`, fix);
    return undefined;
  }
  const arn = arnNode && textOf(arnNode, `${where}.arn`, reading);
  if (arnNode !== undefined && arn === undefined) return undefined;
  // What stands for an ARN has no name of its own.
  const name = arnNode?.kind === 'map' ? key : undefined;
  return guardOf({ arn, name, key }, sources ?? [IDENTITY_SOURCE], properties.get('name')?.place ?? place, where, reading);
}

interface Named {
  readonly arn?: string | undefined;
  /** Of the authorizer, where it is not the function's. */
  readonly name?: string | undefined;
  /** Of a function of this file. */
  readonly key?: string | undefined;
}

function guardOf(
  { arn, name, key = '' }: Named,
  identitySource: readonly string[],
  place: Place,
  where: string,
  { reader, functions, identity }: RestReading,
): Guard | undefined {
  if (arn !== undefined) {
    const own = functions.find((one) => functionArn(functionName(one, identity), identity) === arn);
    return {
      authorizer: { name: name ?? arn.split(':').at(-1) ?? arn, functionArn: arn, identitySource },
      ...(own === undefined ? {} : { authorizerKey: own.key }),
    };
  }
  const own = functions.find((one) => one.key === key);
  if (own !== undefined) {
    const authorizer = { name: key, functionArn: functionArn(functionName(own, identity), identity), identitySource };
    return { authorizer, authorizerKey: own.key };
  }
  const keys = functions.map((one) => one.key);
  const fix = reader.suggestion(key, keys, 'Name a function of this file, or give its ARN.');
  reader.problems.error('SG_BAD_VALUE', place, `${where}: there is no function ${key}.`, fix);
  return undefined;
}

/** The text that stands there, or what a CloudFormation function says; undefined after an error was noted. */
function textOf(node: TemplateNode, where: string, { reader, known }: RestReading): string | undefined {
  if (!isCloudFormationFunction(node)) return reader.text(node, where, 'authorize');
  const text = evaluateCloudFormation(node, known, reader.variables, reader.problems);
  if (text !== '') return text;
  const what = `${where} needs a deployed CloudFormation stack to have a value, and everybody would be let in without it.`;
  reader.problems.error('SG_UNSUPPORTED', node.place, what, 'Name a function of this file, or give an ARN.');
  return undefined;
}
