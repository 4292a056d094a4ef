// Ids as AWS makes them, and ids that the caller chooses through a tag.

import { randomInt } from 'node:crypto';
import type { Tags } from '../../model/http-api.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { badRequest } from './refusals.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** AWS: lengths as recorded in the CLI's example outputs; models and responses by analogy. */
const lengths = {
  api: 10,
  apiMapping: 6,
  authorizer: 6,
  deployment: 6,
  distribution: 13,
  domain: 10,
  integration: 7,
  integrationResponse: 6,
  model: 6,
  route: 7,
  routeResponse: 6,
  routingRule: 6,
  vpcLink: 6,
} as const;

/** An id that no document of its kind and parent has. */
export async function newIdentifier(
  reader: Reader,
  noun: keyof typeof lengths,
  keyOf: (id: string) => DocumentKey,
): Promise<string> {
  for (;;) {
    const id = randomIdentifier(noun);
    if ((await reader.get(keyOf(id))) === undefined) return id;
  }
}

/** For what nobody can look up by it. */
export function randomIdentifier(noun: keyof typeof lengths): string {
  return Array.from({ length: lengths[noun] }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** Tags by which a caller chooses the id of a new API, the first found wins. They stay on the API like any tag. */
const idTags = ['_custom_id_', 'floci:override-id', 'ms-custom-id'] as const;

/** The id the tags ask for, if any. It becomes a host name label, so it must be able to be one. */
export function chosenIdentifier(tags: Tags): string | undefined {
  for (const tag of idTags) {
    if (!Object.hasOwn(tags, tag)) continue;
    const id = tags[tag] ?? '';
    if (!/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/.test(id)) {
      throw badRequest(
        `The tag ${tag} asks for the API id "${id}", which cannot be part of a host name. ` +
          'Use 1 to 63 lower-case letters, digits, hyphens or underscores, beginning and ending with a letter or digit.',
      );
    }
    return id;
  }
  return undefined;
}
