// DocumentationVersion: CreateDocumentationVersion, GetDocumentationVersion, GetDocumentationVersions, UpdateDocumentationVersion,
// DeleteDocumentationVersion.
// https://docs.aws.amazon.com/apigateway/latest/api/API_DocumentationVersion.html

import type { Caller } from '../../aws/operations.ts';
import type { RestStage } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import type { DocumentationPart } from './documentation-parts.ts';
import {
  documentationPartKind,
  documentationVersionKind,
  find,
  keyUnderApi,
  loadAll,
  loadRestApi,
  loadStage,
  stageKind,
} from './documents.ts';
import { pageOf } from './paging.ts';
import { badRequest, conflict, notFound } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

/** A version holds the parts as they were; exports of a stage with this version show them. */
export interface StoredDocumentationVersion {
  readonly version: string;
  readonly description?: string;
  readonly createdDate: string;
  readonly parts: readonly DocumentationPart[];
}

export function documentationVersionOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateDocumentationVersion(input: Input<'CreateDocumentationVersion'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadRestApi(transaction, scope, input.restApiId);
        const version = input.documentationVersion ?? '';
        if (!/^[\x21-\x7e]{1,128}$/.test(version)) {
          throw badRequest('Invalid Documentation version specified: use 1 to 128 visible ASCII characters');
        }
        if ((await find(transaction, scope, documentationVersionKind, id, version)) !== undefined) {
          // From memory of the service; no recording is known.
          throw conflict('Documentation version already exists');
        }
        const documented: StoredDocumentationVersion = present({
          version,
          description: input.description || undefined,
          createdDate: context.timestamp(),
          parts: await loadAll<DocumentationPart>(transaction, scope, documentationPartKind, id),
        });
        await transaction.put(keyUnderApi(scope, documentationVersionKind, id, version), documented);
        if (input.stageName) {
          const stage: RestStage = await loadStage(transaction, scope, id, input.stageName);
          const updated: RestStage = { ...stage, documentationVersion: version, lastUpdatedDate: context.timestamp() };
          await transaction.put(keyUnderApi(scope, stageKind, id, stage.stageName), updated);
        }
        return toOutput(documented);
      });
    },

    async GetDocumentationVersion(input: Input<'GetDocumentationVersion'>, caller: Caller) {
      return toOutput(await loadVersion(store, scopeOf(caller), input.restApiId, input.documentationVersion));
    },

    async GetDocumentationVersions(input: Input<'GetDocumentationVersions'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id } = await loadRestApi(store, scope, input.restApiId);
      const versions = await loadAll<StoredDocumentationVersion>(store, scope, documentationVersionKind, id);
      const list = ['GetDocumentationVersions', scope.account, scope.region, id];
      const page = pageOf(versions, ({ version }) => version, input, list);
      return present({ items: page.items.map(toOutput), position: page.position });
    },

    async UpdateDocumentationVersion(input: Input<'UpdateDocumentationVersion'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadVersion(transaction, scope, input.restApiId, input.documentationVersion);
        const updated = applyPatch(documentationVersionPatch, former, input.patchOperations);
        await transaction.put(keyUnderApi(scope, documentationVersionKind, input.restApiId ?? '', updated.version), updated);
        return toOutput(updated);
      });
    },

    async DeleteDocumentationVersion(input: Input<'DeleteDocumentationVersion'>, caller: Caller) {
      const scope = scopeOf(caller);
      const restApiId = input.restApiId ?? '';
      return store.transact(async (transaction) => {
        const { version } = await loadVersion(transaction, scope, restApiId, input.documentationVersion);
        await transaction.delete(keyUnderApi(scope, documentationVersionKind, restApiId, version));
        return {};
      });
    },
  } satisfies V1Operations;
}

const documentationVersionPatch: PatchTable<StoredDocumentationVersion> = { manner: 'plain', rows: [textRow('description')] };

async function loadVersion(
  reader: Reader,
  scope: Scope,
  restApiId: string | undefined,
  version: string | undefined,
): Promise<StoredDocumentationVersion> {
  const found = await find<StoredDocumentationVersion>(reader, scope, documentationVersionKind, restApiId, version);
  // From memory of the service; no recording is known.
  if (found === undefined) throw notFound('Invalid Documentation version identifier specified');
  return found;
}

function toOutput({ version, description, createdDate }: StoredDocumentationVersion) {
  return present({ version, description, createdDate: new Date(createdDate) });
}
