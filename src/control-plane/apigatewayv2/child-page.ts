// A page of what hangs under a route or an integration: a stretch of its API's documents of that kind.

import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { childId, type integrationResponseKind, type routeResponseKind } from './documents.ts';
import { nextToken, pageOptions } from './paging.ts';

type Child = { readonly routeId: string } | { readonly integrationId: string };

export async function childPage<T extends Child>(
  reader: Reader,
  scope: Scope,
  kind: typeof routeResponseKind | typeof integrationResponseKind,
  apiId: string,
  parentId: string,
  paging: Parameters<typeof pageOptions>[0],
  list: readonly string[],
): Promise<{ readonly items: readonly T[]; readonly nextToken: string | undefined }> {
  const { limit, after } = pageOptions(paging, list);
  // No id is empty, so the first of the parent's comes after the bare prefix.
  const page = await reader.list<T>(scope, kind, apiId, { limit, after: after ?? childId(parentId, '') });
  const items = page.items.filter((each) => ('routeId' in each ? each.routeId : each.integrationId) === parentId);
  return { items, nextToken: items.length < page.items.length ? undefined : nextToken(page, list) };
}
