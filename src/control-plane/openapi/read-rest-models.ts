// The schemas of a document as models of a REST API: those that have a name, and those that stand where they are used.

import { createHash } from 'node:crypto';
import type { DocumentNode } from './document-node.ts';
import { isObject } from './document-node.ts';
import type { DocumentValue } from './parse-document.ts';
import type { WantedModel } from './rest-definition.ts';

const named = /^#\/(?:definitions|components\/schemas)\/([^/]+)$/;
/** AWS: leaves these out of a model. Seen: developer guide, "API Gateway known issues", OpenAPI. They say nothing about validity. */
const dropped = new Set(['discriminator', 'example', 'readOnly', 'deprecated', 'xml', 'externalDocs']);

export class ModelReader {
  readonly #models = new Map<string, WantedModel>();

  constructor(root: DocumentNode) {
    const schemas = root.member('definitions') ?? root.member('components')?.member('schemas');
    for (const [name, at] of schemas?.entries() ?? []) this.#add(name, at, isObject(schemas?.value) ? schemas.value[name] : null);
  }

  get models(): readonly WantedModel[] {
    return [...this.#models.values()];
  }

  /** The name of the model for the member `schema` of `holder`; a schema that stands there itself becomes a model of its own. */
  nameOf(holder: DocumentNode): string | undefined {
    const at = holder.member('schema');
    if (at === undefined) return undefined;
    const raw = isObject(holder.value) ? holder.value['schema'] : undefined;
    const reference = isObject(raw) ? raw['$ref'] : undefined;
    if (typeof reference === 'string') return nameIn(reference, holder);
    // AWS: MODEL and six digits or letters of its own making. From memory of the service; here a document's are always the same.
    const name = `MODEL${createHash('sha256').update(at.pointer).digest('hex').slice(0, 6)}`;
    this.#add(name, at, raw);
    return name;
  }

  #add(name: string, at: DocumentNode, raw: DocumentValue | undefined): void {
    const description = isObject(raw) && typeof raw['description'] === 'string' ? raw['description'] : undefined;
    this.#models.set(name, {
      ...{ at, name, description },
      schema: (restApiId) => JSON.stringify(modelSchema(raw ?? {}, at, restApiId), undefined, 2),
    });
  }
}

/** References become the URLs of models. Names of properties are not keywords, so `properties` is one level apart. */
function modelSchema(value: DocumentValue, at: DocumentNode, restApiId: string, areNames = false): DocumentValue {
  if (Array.isArray(value)) return value.map((item: DocumentValue) => modelSchema(item, at, restApiId));
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([name, member]): [string, DocumentValue][] => {
    if (areNames) return [[name, modelSchema(member, at, restApiId)]];
    if (dropped.has(name) || name.startsWith('x-')) return [];
    if (name === '$ref' && typeof member === 'string') {
      return [[name, `https://apigateway.amazonaws.com/restapis/${restApiId}/models/${nameIn(member, at)}`]];
    }
    // AWS: the names of required properties are sorted. Seen: recorded GetModels, test_import_with_circular_models.
    if (name === 'required' && Array.isArray(member)) return [[name, [...member].sort()]];
    // These hold any values, not schemas.
    if (name === 'enum' || name === 'default') return [[name, member]];
    return [[name, modelSchema(member, at, restApiId, name === 'properties' || name === 'definitions')]];
  });
  return Object.fromEntries(members);
}

function nameIn(reference: string, at: DocumentNode): string {
  const name = named.exec(reference)?.[1];
  if (name === undefined) throw at.fault(`"${reference.slice(0, 200)}" is no reference to a schema with a name.`);
  if (!at.canResolve(reference)) throw at.fault(`There is no ${reference.slice(0, 200)} in this document.`);
  return decoded(name).replaceAll('~1', '/').replaceAll('~0', '~');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // Then it stands there as it is.
    return name;
  }
}
