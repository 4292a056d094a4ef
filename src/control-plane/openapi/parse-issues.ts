// What a parser of OpenAPI documents would complain about though a gateway can work with it, in AWS's words.
// AWS: `Parse issue: attribute paths.'/update'(get).responses is missing`. Seen: second-hand in another emulator's tests; the form also
// in public reports of ImportRestApi (2020, `paths.'/area/{zipCode}'(get).parameters.[zipCode].type is unexpected`);
// the one about `$default` in aws/serverless-application-model (api generator).

import type { ImportNotes } from './api-definition.ts';
import { type DocumentNode, isObject } from './document-node.ts';
import type { DocumentValue } from './parse-document.ts';

/** `info.version` and `paths` are required in OpenAPI 3.0. (`info.title` is more than a warning: it is the name of the API.) */
export function noteMissingMembers(root: DocumentNode, notes: ImportNotes): void {
  if (root.member('info')?.member('version') === undefined) notes.warn('Parse issue: attribute info.version is missing');
  if (root.member('paths') === undefined) notes.warn('Parse issue: attribute paths is missing');
}

/** AWS: these words. Seen: public reports of ImportRestApi (2020) and of the console. */
export function noteOtherServers(root: DocumentNode, notes: ImportNotes): void {
  if ((root.member('servers')?.items().length ?? 0) < 2) return;
  notes.warn('More than one server provided. Ignoring all but the first for defining endpoint configuration');
}

/** `responses` is required in OpenAPI 3.0. */
export function noteMissingResponses(path: string, method: string, operation: DocumentNode, notes: ImportNotes): void {
  if (operation.member('responses') === undefined) {
    notes.warn(`Parse issue: attribute paths.'${path}'(${method}).responses is missing`);
  }
}

/** References from requests and responses to schemas that do not exist. HTTP APIs have no models, so nothing depends on them. */
export function noteDanglingReferences(path: string, method: string, operation: DocumentNode, notes: ImportNotes): void {
  const place = `paths.'${path}'(${method})`;
  for (const member of ['parameters', 'requestBody', 'responses']) {
    const value = isObject(operation.value) && Object.hasOwn(operation.value, member) ? operation.value[member] : undefined;
    if (value !== undefined) visit(value, [member]);
  }

  function visit(value: DocumentValue, names: readonly string[]): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, child] of Object.entries(value)) {
      if (name === '$ref' && typeof child === 'string' && child.startsWith('#') && !operation.canResolve(child)) {
        // The media type stands between `content` and `schema` and is left out.
        const shown = names.filter((_, i) => names[i - 1] !== 'content');
        notes.warn(`Parse issue: attribute ${[place, ...shown, child].join('.')} is missing`);
      } else {
        visit(child as DocumentValue, [...names, name]);
      }
    }
  }
}

export function noteDefaultWithoutSlash(notes: ImportNotes): void {
  notes.warn('Parse issue: attribute paths. Resource $default should start with /');
}
