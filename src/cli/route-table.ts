// The routes of a service with URLs to copy.

import { nearestName } from '../config/nearest-name.ts';
import type { DesiredRestMethod } from '../templates/desired-rest-api.ts';
import type { DesiredState } from '../templates/desired-state.ts';
import { alignColumns } from './table.ts';

/** Method, URL and function per route, most telling columns first. */
export function routeTable(desired: DesiredState, baseUrl: string): string[] {
  const { api } = desired;
  if (api === undefined) return [];
  const functionOf = functionsByRoute(desired);
  const base = baseUrl.replace(/\/$/, '');
  return alignColumns(
    api.routes.map(({ routeKey }) => {
      const at = routeKey.indexOf(' ');
      const method = at < 0 ? 'ANY' : routeKey.slice(0, at);
      const path = at < 0 ? '/...' : routeKey.slice(at + 1);
      return [`  ${method}`, base + path, `${functionOf.get(routeKey)}${at < 0 ? ' ($default: whatever is left)' : ''}`];
    }),
  );
}

/** The same of the REST API; its URLs begin with the stage. What the gateway answers itself is said, preflights are left out. */
export function restRouteTable({ restApi }: DesiredState, baseUrl: string): string[] {
  const base = baseUrl.replace(/\/$/, '');
  const shown = (restApi?.methods ?? []).filter((method) => !isPreflight(method));
  return alignColumns(
    shown.map((method) => {
      const { type, uri } = method.integration;
      const what = method.functionKey ?? (type === 'MOCK' ? 'the gateway itself (mock)' : String(uri));
      return [`  ${method.httpMethod}`, base + method.path, `${what}${method.apiKeyRequired ? ' (needs an API key)' : ''}`];
    }),
  );
}

/** The routes of the WebSocket API; all have one URL, which stands beside the first. */
export function webSocketRouteTable(desired: DesiredState, url: string): string[] {
  const { routes = [] } = desired.webSocketApi ?? {};
  const functionOf = functionsByWebSocketRoute(desired);
  return alignColumns(
    routes.map(({ routeKey, authorizer, returnsResponse }, index) => {
      const notes = [...(authorizer === undefined ? [] : [`asks ${authorizer}`]), ...(returnsResponse ? ['answers'] : [])];
      const name = `${functionOf.get(routeKey)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
      return [index === 0 ? '  WS' : '', index === 0 ? url : '', routeKey, name];
    }),
  );
}

/** Names in the service file by route key of the WebSocket API. */
export function functionsByWebSocketRoute({ webSocketApi, functions }: DesiredState): ReadonlyMap<string, string> {
  const keys = new Map(functions.map((one) => [one.functionName, one.key]));
  return new Map(
    (webSocketApi?.routes ?? []).map(({ routeKey, functionName }) => [routeKey, keys.get(functionName) ?? functionName]),
  );
}

function isPreflight({ httpMethod, integration }: DesiredRestMethod): boolean {
  return httpMethod === 'OPTIONS' && integration.type === 'MOCK';
}

/** Names in the service file by route key of the REST API. */
export function functionsByMethod({ restApi }: DesiredState): ReadonlyMap<string, string> {
  const served = (restApi?.methods ?? []).filter((method) => method.functionKey !== undefined);
  return new Map(served.map(({ httpMethod, path, functionKey }) => [`${httpMethod} ${path}`, String(functionKey)]));
}

/** Names in the service file by route key. */
export function functionsByRoute(desired: DesiredState): ReadonlyMap<string, string> {
  const keys = new Map(desired.functions.map((one) => [one.functionName, one.key]));
  const integrations = new Map(desired.api?.integrations.map((one) => [one.key, keys.get(one.functionName) ?? one.functionName]));
  return new Map(desired.api?.routes.map((route) => [route.routeKey, integrations.get(route.integration) ?? route.integration]));
}

/**
 * What to try instead when no route took a request: the same path with another method, or a path that is spelt much the same. `path` is
 * what follows the stage.
 */
export function nearestRoute(
  desired: DesiredState,
  method: string,
  path: string,
  kind: 'http-api' | 'rest-api' = 'http-api',
): string | undefined {
  const keys =
    kind === 'rest-api'
      ? (desired.restApi?.methods.filter((one) => !isPreflight(one)).map((one) => `${one.httpMethod} ${one.path}`) ?? [])
      : (desired.api?.routes.map((route) => route.routeKey) ?? []);
  const others = keys.filter((key) => key !== '$default' && matches(key.slice(key.indexOf(' ') + 1), path));
  if (others.length > 0) return `the path has ${others.join(', ')}`;
  const near =
    nearestName(`${method} ${path}`, keys) ??
    nearestName(
      path,
      keys.map((key) => key.slice(key.indexOf(' ') + 1)),
    );
  if (near !== undefined) return `the nearest route is ${near}`;
  return keys.length > 0 && keys.length <= 8 ? `the routes are ${keys.join(', ')}` : undefined;
}

function matches(routePath: string, path: string): boolean {
  const wanted = routePath.split('/');
  const given = path.split('/');
  return (
    wanted.every((segment, index) => {
      if (segment.endsWith('+}')) return given.length > index;
      return segment === given[index] || (segment.startsWith('{') && (given[index] ?? '') !== '');
    }) &&
    (wanted.length === given.length || wanted.at(-1)?.endsWith('+}') === true)
  );
}
