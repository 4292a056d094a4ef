// The schemas of a document as models of a REST API: those that have a name, and those that stand where they are used.

import { createHash } from 'node:crypto';
import { badRequest } from '../apigateway/refusals.ts';
import type { ImportNotes } from './api-definition.ts';
import type { DocumentNode } from './document-node.ts';
import { isObject } from './document-node.ts';
import type { DocumentValue } from './parse-document.ts';
import type { WantedModel } from './rest-definition.ts';

const named = /^#\/(?:definitions|components\/schemas)\/([^/]+)$/;
/** AWS: leaves these out of a model. Seen: developer guide, "API Gateway known issues", OpenAPI. They say nothing about validity. */
const dropped = new Set(['discriminator', 'example', 'readOnly', 'deprecated', 'xml', 'externalDocs']);

const numeric = new Set(
  ['minimum', 'maximum', 'multipleOf', 'minLength', 'maxLength'].concat([
    'minItems',
    'maxItems',
    'minProperties',
    'maxProperties',
  ]),
);

export class ModelReader {
  readonly #models = new Map<string, WantedModel>();
  readonly #notes: ImportNotes;

  constructor(root: DocumentNode, notes: ImportNotes) {
    this.#notes = notes;
    const schemas = root.member('definitions') ?? root.member('components')?.member('schemas');
    for (const name of schemas?.names() ?? []) {
      const at = schemas?.child(name);
      if (at !== undefined) this.#add(name, at);
    }
  }

  get models(): readonly WantedModel[] {
    return [...this.#models.values()];
  }

  /**
   * By media type, the model for the member `schema` of `holder`; a schema that stands there itself becomes a model of its own.
   * One that is not in the document is warned of and left out.
   */
  modelsOf(holder: DocumentNode, mediaTypes: readonly string[], httpMethod: string): Record<string, string> {
    const at = holder.child('schema');
    if (at === undefined) return {};
    const { reference } = at;
    if (reference !== undefined && isMissing(reference, at)) {
      for (const mediaType of mediaTypes) {
        warnOfMissingModel(nameIn(reference) ?? reference.slice(0, 200), mediaType, httpMethod, this.#notes);
      }
      return {};
    }
    let name = reference === undefined ? undefined : nameIn(reference);
    if (name === undefined) {
      // AWS: MODEL and six digits or letters of its own making. From memory of the service; here a document's are always the same.
      name = `MODEL${createHash('sha256').update(at.pointer).digest('hex').slice(0, 6)}`;
      this.#add(name, at);
    }
    return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, name]));
  }

  #add(name: string, at: DocumentNode): void {
    const raw = at.value;
    const description = isObject(raw) && typeof raw['description'] === 'string' ? raw['description'] : undefined;
    this.#models.set(name, {
      ...{ at, name, description },
      schema: (restApiId) => JSON.stringify(modelSchema(raw, at, restApiId), undefined, 2),
    });
  }
}

/**
 * AWS: a missing model stops no import. Seen: developer guide, "Errors and warnings from importing your API"; the sentences in two public
 * reports of 2024 (the first one stands there twice).
 */
export function warnOfMissingModel(name: string, mediaType: string, httpMethod: string, notes: ImportNotes): void {
  notes.warn(`Reference to model '${name}' not found. Ignoring.`);
  notes.warn(`Invalid format for model ${mediaType} for method ${httpMethod}`);
}

/**
 * References become the URLs of models; those that lead out of the document stay, and CreateModel says what it thinks of them.
 * Names of properties are not keywords, so `properties` is one level apart.
 */
function modelSchema(value: DocumentValue, at: DocumentNode, restApiId: string, areNames = false): DocumentValue {
  if (Array.isArray(value)) return value.map((item: DocumentValue) => modelSchema(item, at, restApiId));
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([name, member]): [string, DocumentValue][] => {
    if (areNames) return [[name, modelSchema(member, at, restApiId)]];
    if (dropped.has(name) || name.startsWith('x-')) return [];
    if (name === '$ref' && typeof member === 'string') {
      if (isMissing(member, at)) throw badRequest(`There is no ${member.slice(0, 200)} in this document`);
      const model = nameIn(member);
      return [[name, model === undefined ? member : `https://apigateway.amazonaws.com/restapis/${restApiId}/models/${model}`]];
    }
    // AWS: the names of required properties are sorted. Seen: recorded GetModels, test_import_with_circular_models.
    if (name === 'required' && Array.isArray(member)) return [[name, [...member].sort()]];
    if (numeric.has(name)) return [[name, numberOf(member)]];
    // These hold any values, not schemas.
    if (name === 'enum' || name === 'default') return [[name, member]];
    return [[name, modelSchema(member, at, restApiId, name === 'properties' || name === 'definitions')]];
  });
  return Object.fromEntries(members);
}

/** YAML's `0.0` and `1e3` come as the texts they were (parse-document.ts), which no other text here is. */
function numberOf(value: DocumentValue): DocumentValue {
  const number = typeof value === 'string' && /^[-+]?[\d.]/.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) && String(number) !== value ? number : value;
}

/** The name of the schema that a reference inside the document leads to. */
function nameIn(reference: string): string | undefined {
  const name = named.exec(reference)?.[1];
  return name === undefined ? undefined : decoded(name).replaceAll('~1', '/').replaceAll('~0', '~');
}

function isMissing(reference: string, at: DocumentNode): boolean {
  return reference.startsWith('#') && !at.canResolve(reference);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // Then it stands there as it is.
    return name;
  }
}
