// Who refers to a model of a WebSocket API: routes and route responses by its name, other models by its URL.

import type { Scope } from '../../model/scope.ts';
import type { RouteResponse, WebSocketModel, WebSocketRoute } from '../../model/websocket-api.ts';
import type { Reader } from '../../store/store.ts';
import { loadAll, modelKind, routeKind, routeResponseKind } from './documents.ts';
import { badRequest, conflict } from './refusals.ts';

/** The models that a map of keys names must be there. The words are those of REST APIs. */
export async function assertModelsExist(
  reader: Reader,
  scope: Scope,
  apiId: string,
  models: Readonly<Record<string, string>>,
): Promise<void> {
  const names = Object.values(models);
  if (names.length === 0) return;
  const known = new Set((await loadAll<WebSocketModel>(reader, scope, modelKind, apiId)).map(({ name }) => name));
  for (const name of names) if (!known.has(name)) throw badRequest(`Invalid model identifier specified: ${name}`);
}

/** A model that is in use stays, and keeps its name. The words are those of REST APIs; `verb` is what was asked for. */
export async function assertModelUnused(
  reader: Reader,
  scope: Scope,
  apiId: string,
  modelName: string,
  verb: 'delete' | 'rename',
): Promise<void> {
  const refuse = (where: string) => conflict(`Cannot ${verb} model '${modelName}', is referenced in ${where}`);
  const uses = (models: Readonly<Record<string, string>> | undefined) => Object.values(models ?? {}).includes(modelName);
  const routes = await loadAll<WebSocketRoute>(reader, scope, routeKind, apiId);
  for (const route of routes) if (uses(route.requestModels)) throw refuse(`route request: ${route.routeKey}`);
  for (const response of await loadAll<RouteResponse>(reader, scope, routeResponseKind, apiId)) {
    const routeKey = routes.find(({ routeId }) => routeId === response.routeId)?.routeKey ?? response.routeId;
    if (uses(response.responseModels)) throw refuse(`route response: ${routeKey}`);
  }
  const reference = `/models/${modelName}"`;
  for (const { name, schema } of await loadAll<WebSocketModel>(reader, scope, modelKind, apiId)) {
    if (name !== modelName && schema.includes(reference)) throw refuse(`model: ${name}`);
  }
}
