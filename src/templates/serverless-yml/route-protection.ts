// What --lenient leaves out must not open a route that the service file protects.

import type { MapNode, TemplateNode } from '../template-node.ts';
import type { HttpApiEvent } from './http-api-event.ts';
import type { PropertyReader } from './property-reader.ts';
import { httpApiEventProperties } from './property-tables.ts';
import { takesOver } from './route-precedence.ts';

/** True for an event with a property nobody knows, which might be a misspelt authorizer. */
export function mayBeProtected(event: MapNode): boolean {
  return [...event.entries.keys()].some((key) => !Object.hasOwn(httpApiEventProperties, key));
}

type Route = Pick<HttpApiEvent, 'routeKey' | 'place'>;

/** A protected route is left out; an open route that would then answer its requests is an error. */
export function checkProtectedRoutes(
  functions: readonly { readonly routes: readonly Route[] }[],
  protectedRoutes: readonly Route[],
  reader: PropertyReader,
): void {
  if (!reader.problems.lenient) return;
  const open = functions.flatMap((one) => one.routes);
  for (const { routeKey, place } of protectedRoutes) {
    const taker = open.find((route) => takesOver(route.routeKey, routeKey));
    if (taker === undefined) {
      const fix = 'Requests for it are answered as if it were not there.';
      reader.problems.warning('SG_UNSUPPORTED', place, `The route ${routeKey} is left out: it may be protected.`, fix);
      continue;
    }
    reader.problems.error(
      'SG_UNSUPPORTED',
      place,
      `${routeKey} may be protected, so --lenient leaves it out; but then ${taker.routeKey} (line ${taker.place.line}), which is open, would answer its requests.`,
      `Remove ${taker.routeKey} for local runs, too, or the protection of ${routeKey}.`,
    );
  }
}

/** Resources are left out, too. Where they protect a route of the functions' events, that would open it. */
export function checkResourceProtection(resources: TemplateNode | undefined, reader: PropertyReader): void {
  for (const part of partsOf(resources, reader)) {
    for (const section of ['extensions', 'Resources']) {
      const entries = resolved(part.entries.get(section)?.node, reader);
      if (entries?.kind !== 'map') continue;
      for (const { key, keyPlace, node } of entries.entries.values()) {
        // AWS: nothing; these are the logical ids Serverless Framework gives routes, methods and the API. Seen: its guide "Resources".
        if (!/^(?:HttpApiRoute|ApiGatewayMethod|ApiGatewayRestApi$)/.test(key) || !setsAuthorization(node, reader)) continue;
        reader.problems.error(
          'SG_UNSUPPORTED',
          keyPlace,
          `resources.${section}.${key} protects a route; --lenient would leave that out and the route open.`,
          'Remove the route for local runs, or this protection.',
        );
      }
    }
  }
}

/** `resources` is a map, or a list of maps. */
function partsOf(node: TemplateNode | undefined, reader: PropertyReader): MapNode[] {
  const top = resolved(node, reader);
  const parts = top?.kind === 'list' ? top.items.map((item) => resolved(item, reader)) : [top];
  return parts.filter((part) => part?.kind === 'map');
}

function setsAuthorization(node: TemplateNode, reader: PropertyReader): boolean {
  const resource = resolved(node, reader);
  if (resource?.kind !== 'map') return false;
  const properties = resolved(resource.entries.get('Properties')?.node, reader);
  if (properties?.kind !== 'map') return false;
  const type = properties.entries.get('AuthorizationType')?.node;
  const isNone = type?.kind === 'scalar' && type.value === 'NONE';
  const isGuarded = ['AuthorizerId', 'ApiKeyRequired', 'Policy'].some((name) => properties.entries.has(name));
  return (type !== undefined && !isNone) || isGuarded;
}

/** Files are read, for a protection may stand in one; other variables are not asked. */
function resolved(node: TemplateNode | undefined, reader: PropertyReader): TemplateNode | undefined {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || !node.value.includes('${file(')) return node;
  return reader.variables.resolve(node);
}
