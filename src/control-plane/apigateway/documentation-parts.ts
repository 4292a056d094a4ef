// DocumentationPart: CreateDocumentationPart, GetDocumentationPart, GetDocumentationParts, UpdateDocumentationPart, DeleteDocumentationPart.
// https://docs.aws.amazon.com/apigateway/latest/api/API_DocumentationPart.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { documentablePlaces, type DocumentationLocation as Location } from './documentable-places.ts';
import { documentationPartKind, find, keyUnderApi, loadAll, loadRestApi } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { pageOf } from './paging.ts';
import { badRequest, conflict, notFound, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

export interface DocumentationPart {
  readonly id: string;
  readonly location: Location;
  /** JSON text as it was given. */
  readonly properties: string;
}

export function documentationPartOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateDocumentationPart(input: Input<'CreateDocumentationPart'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id: restApiId } = await loadRestApi(transaction, scope, input.restApiId);
        if (input.location?.type === undefined) throw badRequest('Documentation part location must be specified');
        const parts = await loadAll<DocumentationPart>(transaction, scope, documentationPartKind, restApiId);
        if (parts.length >= context.quotas.documentationPartsPerApi) throw quotaReached('Documentation parts');
        const location = checkedLocation(input.location);
        if (parts.some((part) => placeOf(part.location) === placeOf(location))) {
          // From memory of the service; no recording is known.
          throw conflict(`Documentation part already exists for the specified location: type '${location.type}'.`);
        }
        const part: DocumentationPart = {
          id: await newIdentifier(transaction, 6, (id) => keyUnderApi(scope, documentationPartKind, restApiId, id)),
          location,
          properties: checkedProperties(input.properties),
        };
        await transaction.put(keyUnderApi(scope, documentationPartKind, restApiId, part.id), part);
        return toOutput(part);
      });
    },

    async GetDocumentationPart(input: Input<'GetDocumentationPart'>, caller: Caller) {
      return toOutput(await loadPart(store, scopeOf(caller), input.restApiId, input.documentationPartId));
    },

    async GetDocumentationParts(input: Input<'GetDocumentationParts'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const parts = await loadAll<DocumentationPart>(store, scope, documentationPartKind, id);
      const list = ['GetDocumentationParts', scope.account, scope.region, id];
      const isWanted = ({ location }: { readonly location: Location }) => {
        if (input.type !== undefined && location.type !== input.type) return false;
        if (input.nameQuery && location.name?.includes(input.nameQuery) !== true) return false;
        return !input.path || location.path === input.path;
      };
      if (input.locationStatus === 'UNDOCUMENTED') {
        // AWS: "resources without content". Seen: API reference; that each is a location alone is ours.
        const documented = new Set(parts.map(({ location }) => placeOf(location)));
        const places = (await documentablePlaces(store, scope, id)).filter((place) => !documented.has(placeOf(place)));
        const wanted = places.map((location) => ({ location })).filter(isWanted);
        const page = pageOf(wanted, ({ location }) => placeOf(location), input, [...list, 'UNDOCUMENTED']);
        return present({ items: page.items.map(({ location }) => ({ location: { ...location } })), position: page.position });
      }
      const page = pageOf(parts.filter(isWanted), (part) => part.id, input, list);
      return present({ items: page.items.map(toOutput), position: page.position });
    },

    async UpdateDocumentationPart(input: Input<'UpdateDocumentationPart'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadPart(transaction, scope, input.restApiId, input.documentationPartId);
        const part = applyPatch(documentationPartPatch, former, input.patchOperations);
        await transaction.put(keyUnderApi(scope, documentationPartKind, input.restApiId ?? '', part.id), part);
        return toOutput(part);
      });
    },

    async DeleteDocumentationPart(input: Input<'DeleteDocumentationPart'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadPart(transaction, scope, input.restApiId, input.documentationPartId);
        await transaction.delete(keyUnderApi(scope, documentationPartKind, input.restApiId ?? '', id));
        return {};
      });
    },
  } satisfies V1Operations;
}

const documentationPartPatch: PatchTable<DocumentationPart> = {
  manner: 'listing',
  rows: [
    {
      path: '/properties',
      ops: ['replace'],
      apply: (state, { value }) => ({ ...state, properties: checkedProperties(value) }),
    },
  ],
};

function checkedLocation(sent: Location): Location {
  const location: Location = present(sent);
  if (location.type === 'API' && Object.keys(location).length > 1) {
    // AWS: these words. Seen: cdk-preflight's deployed cases, documentation-part-location.
    throw badRequest('[Location type: API cannot have path, method, statusCode or name defined.]');
  }
  return location;
}

/** Ours: AWS gives no figure. */
const PROPERTIES_LENGTH_MAX = 256 * 1024;

function checkedProperties(text: string | undefined): string {
  const refused = () => badRequest('Documentation part properties must be non-empty and a valid JSON object');
  if (!text || text.length > PROPERTIES_LENGTH_MAX) throw refused();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused();
  } catch {
    throw refused();
  }
  return text;
}

/** AWS: what is left out of a location stands for all. Source: API reference, DocumentationPartLocation. */
export function placeOf({ type, path = '/', method = '*', statusCode = '*', name = '' }: Location): string {
  return JSON.stringify([type, path, method, statusCode, name]);
}

async function loadPart(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  id: string | undefined,
): Promise<DocumentationPart> {
  const part = await find<DocumentationPart>(reader, scope, documentationPartKind, restApiId, id);
  if (part === undefined) throw notFound('Invalid Documentation part identifier specified');
  return part;
}

function toOutput({ id, location, properties }: DocumentationPart) {
  return { id, location: { ...location }, properties };
}
