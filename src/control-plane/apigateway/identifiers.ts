// Ids as AWS makes them, and API ids that the caller chooses through a tag.

import { randomInt } from 'node:crypto';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { apiKind as httpApiKind } from '../apigatewayv2/documents.ts';
import { chosenIdentifier } from '../apigatewayv2/identifiers.ts';
import { restApiKind } from './documents.ts';
import { conflict } from './refusals.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** An id that no document of its kind and parent has. AWS: 10 characters for APIs and root resources, else 6. Seen: recorded samples. */
export async function newIdentifier(reader: Reader, length: 6 | 10, keyOf: (id: string) => DocumentKey): Promise<string> {
  for (;;) {
    const id = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
    if ((await reader.get(keyOf(id))) === undefined) return id;
  }
}

/** The id of a new API: the one its tags ask for, or a new one. */
export async function newApiIdentifier(reader: Reader, scope: Scope, tags: Readonly<Record<string, string>>): Promise<string> {
  const chosen = chosenIdentifier(tags);
  if (chosen === undefined) return newIdentifier(reader, 10, (id) => ({ scope, kind: restApiKind, parent: '', id }));
  // Invoke URLs name an API by its id alone, so a chosen id may exist once, whatever the account, the region and the kind of API.
  for (const kind of [restApiKind, httpApiKind]) {
    for (const { key } of await reader.scan(kind)) {
      if (key.id !== chosen) continue;
      throw conflict(
        `An API with the id ${chosen} exists in account ${key.scope.account}, region ${key.scope.region}. Choose another id.`,
      );
    }
  }
  return chosen;
}
