// The tree of resources: which path parts there may be, and where.

import type { RestResource } from '../../model/rest-api.ts';
import { badRequest, conflict } from './refusals.ts';

const text = /^[a-zA-Z0-9._:-]+$/;
const variable = /^\{[a-zA-Z0-9._:-]+\+?\}$/;

export function checkedPathPart(pathPart: string | undefined): string {
  if (pathPart === undefined || pathPart === '') throw badRequest("Resource's path part must be specified");
  if (text.test(pathPart) || variable.test(pathPart)) return pathPart;
  throw badRequest(
    "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
  );
}

export function pathUnder(parent: RestResource, pathPart: string): string {
  return parent.path === '/' ? `/${pathPart}` : `${parent.path}/${pathPart}`;
}

/** Whether a resource (`id`, or a new one) may have this place. */
export function assertPlaceIsFree(
  resources: readonly RestResource[],
  parent: RestResource,
  pathPart: string,
  id: string | undefined,
): void {
  // From memory of the service; no recording is known.
  if (parent.pathPart?.endsWith('+}') === true) {
    throw badRequest('Cannot create a child of a resource with a greedy path variable.');
  }
  const siblings = resources.filter((resource) => resource.parentId === parent.id && resource.id !== id);
  if (siblings.some((sibling) => sibling.pathPart === pathPart)) {
    throw conflict(`Another resource with the same parent already has this name: ${pathPart}`);
  }
  const variableSibling = variable.test(pathPart) ? siblings.find((sibling) => variable.test(sibling.pathPart ?? '')) : undefined;
  if (variableSibling !== undefined) {
    throw badRequest(
      `A sibling (${variableSibling.pathPart}) of this resource already has a variable path part -- only one is allowed`,
    );
  }
}

/** A resource and everything below it, parents first. */
export function subtreeOf(resources: readonly RestResource[], id: string): readonly RestResource[] {
  const children = new Map<string, RestResource[]>();
  for (const resource of resources) {
    if (resource.parentId === undefined) continue;
    const siblings = children.get(resource.parentId);
    if (siblings === undefined) children.set(resource.parentId, [resource]);
    else siblings.push(resource);
  }
  const found = resources.filter((resource) => resource.id === id);
  for (const resource of found) found.push(...(children.get(resource.id) ?? []));
  return found;
}
