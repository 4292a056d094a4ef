// x-amazon-apigateway-* extensions by what an HTTP API makes of them. Those of REST APIs are warned about, by name and place.

import type { ImportNotes } from './api-definition.ts';
import type { DocumentNode } from './document-node.ts';

const PREFIX = 'x-amazon-apigateway-';

const read = new Set(
  [
    'any-method',
    'auth',
    'authorizer',
    'authtype',
    'cors',
    'endpoint-configuration',
    'importexport-version',
    'integration',
  ].concat(['integrations', 'tag-value']),
);

/** Warns about every extension directly in `node` that is not read for HTTP APIs. */
export function warnAboutExtensions(node: DocumentNode, notes: ImportNotes): void {
  for (const [name] of node.entries()) {
    if (!name.startsWith(PREFIX) || read.has(name.slice(PREFIX.length))) continue;
    notes.warn(`${node.pointer}/${name} is not supported by HTTP APIs and was ignored.`);
  }
}
