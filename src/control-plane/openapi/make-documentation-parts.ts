// The documentation parts of a document within a REST API.

import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { type DocumentationPart, placeOf } from '../apigateway/documentation-parts.ts';
import { documentationPartKind, keyUnderApi, loadAll } from '../apigateway/documents.ts';
import type { WantedDocumentation } from './rest-definition.ts';
import type { RestImporter } from './rest-importer.ts';

/** Their ids, but for those that were refused. A part of the same place as one that is there is the same part: it keeps its id. */
export async function makeDocumentationParts(
  run: RestImporter,
  transaction: Transaction,
  { scope, restApiId }: { readonly scope: Scope; readonly restApiId: string },
  parts: WantedDocumentation['parts'],
): Promise<readonly string[]> {
  const keyOf = (id: string) => keyUnderApi(scope, documentationPartKind, restApiId, id);
  const former = await loadAll<DocumentationPart>(transaction, scope, documentationPartKind, restApiId);
  const idAt = new Map(former.map(({ id, location }) => [placeOf(location), id]));
  const ids: string[] = [];
  for (const { at, input } of parts) {
    const id = input.location && idAt.get(placeOf(input.location));
    if (id !== undefined) await transaction.delete(keyOf(id));
    const made = await run.make('CreateDocumentationPart', { restApiId, ...input }, at, 'Unable to create documentation part');
    if (made?.id === undefined) continue;
    ids.push(id ?? made.id);
    const kept = id === undefined ? undefined : await transaction.get<DocumentationPart>(keyOf(made.id));
    if (id === undefined || kept === undefined) continue;
    await transaction.delete(keyOf(made.id));
    await transaction.put(keyOf(id), { ...kept, id });
  }
  return ids;
}
