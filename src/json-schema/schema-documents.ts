// The documents that a schema consists of: the model itself and the models it refers to, each read and checked once.

import { checkSchema } from './check-schema.ts';
import { parseJsonInstance } from './json-instance.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { foreignReferenceFault, type SchemaFault, syntaxFault } from './schema-fault.ts';

/** AWS: the size of a model. Seen: quotas, `Model size 400 KB`. */
export const SCHEMA_BYTES_MAX = 400 * 1024;
/** Nesting and size of a schema text. */
export const SCHEMA_LIMITS = { depthMax: 100, tokensMax: 100_000 };
const DOCUMENTS_MAX = 300;
export const TOTAL_BYTES_MAX = 4 * 1024 * 1024;

/** The schema text of a model of the same API, or undefined when there is no such model. */
export type ResolveModel = (modelName: string) => string | undefined;

export interface SchemaDocument {
  /** The model's name; empty for the schema that is compiled. */
  readonly name: string;
  readonly root: JsonObject;
}

/** A place in a document. */
export interface SchemaPlace {
  readonly document: SchemaDocument;
  readonly schema: JsonObject;
  readonly pointer: string;
}

export class SchemaDocuments {
  readonly faults: SchemaFault[] = [];
  readonly #resolveModel: ResolveModel;
  readonly #unknownKeywords: 'refuse' | 'ignore';
  readonly #documents = new Map<string, SchemaDocument | undefined>();
  readonly #checked = new WeakSet<object>();
  #bytes = 0;

  constructor(resolveModel: ResolveModel, unknownKeywords: 'refuse' | 'ignore') {
    this.#resolveModel = resolveModel;
    this.#unknownKeywords = unknownKeywords;
  }

  /** Reads a schema text; undefined when it is none, with the reason among the faults. `at`: what refers to it. */
  read(name: string, text: string, at: string): SchemaDocument | undefined {
    const bytes = Buffer.byteLength(text);
    this.#bytes += bytes;
    let fault: string | undefined;
    if (bytes > SCHEMA_BYTES_MAX) fault = `the schema is larger than ${SCHEMA_BYTES_MAX} bytes`;
    else if (this.#bytes > TOTAL_BYTES_MAX) fault = 'the schema and those it refers to are too large together';
    else if (this.#documents.size >= DOCUMENTS_MAX) fault = 'the schema refers to too many models';
    if (fault !== undefined) return this.#refuse(at, fault);
    const parsed = parseJsonInstance(text, SCHEMA_LIMITS);
    if (parsed.fault !== undefined) return this.#refuse(at, `the schema ${parsed.fault}`);
    if (!isJsonObject(parsed.value)) return this.#refuse(at, 'a schema is not an object');
    const faults = checkSchema(parsed.value, this.#unknownKeywords, '', this.#checked);
    if (faults.length > 0) {
      this.faults.push(
        ...faults.map((found) => (name === '' ? found : { ...found, pointer: `${at} (${name}${found.pointer})` })),
      );
      return undefined;
    }
    return { name, root: parsed.value };
  }

  /** Where a reference leads. `at`: where it stands. */
  resolve(from: SchemaDocument, reference: string, at: string): SchemaPlace | undefined {
    const hash = reference.indexOf('#');
    const address = hash === -1 ? reference : reference.slice(0, hash);
    const fragment = hash === -1 ? '' : reference.slice(hash + 1);
    const document = this.#document(from, address, at);
    if (document === undefined) return undefined;
    const pointer = decodedPointer(fragment);
    const schema = pointer === undefined ? undefined : valueAt(document.root, pointer);
    if (!isJsonObject(schema)) {
      this.#refuse(at, `the reference ${reference.slice(0, 200)} leads to no schema`);
      return undefined;
    }
    // A reference may lead to where no keyword leads, `#/default`.
    if (!this.#checked.has(schema)) {
      this.faults.push(...checkSchema(schema, this.#unknownKeywords, pointer as string, this.#checked));
    }
    return { document, schema, pointer: pointer as string };
  }

  #document(from: SchemaDocument, address: string, at: string): SchemaDocument | undefined {
    if (address === '' || address === String(from.root['id'] ?? '').replace(/#$/, '')) return from;
    const name = modelNameOf(address);
    if (name === undefined) {
      this.faults.push(foreignReferenceFault(at, `the reference ${address.slice(0, 200)} is not a model of this API`));
      return undefined;
    }
    if (this.#documents.has(name)) return this.#documents.get(name);
    const text = this.#resolveModel(name);
    // A model with faults is read once, and its faults are said once.
    const document =
      text === undefined ? this.#refuse(at, `the model ${name.slice(0, 200)} does not exist`) : this.read(name, text, at);
    this.#documents.set(name, document);
    return document;
  }

  #refuse(at: string, what: string): undefined {
    this.faults.push(syntaxFault(at, what));
    return undefined;
  }
}

/**
 * `https://apigateway.amazonaws.com/restapis/{id}/models/{name}` to the name. AWS: the API's id is not compared, so that a
 * definition can be copied. Seen: recorded imports, where `${api_id}` and a literal id both work.
 */
export function modelNameOf(address: string): string | undefined {
  return /^https:\/\/apigateway\.[a-z0-9.-]+\/(?:restapis|apis)\/[^/]+\/models\/([^/?#]+)$/.exec(address)?.[1];
}

function decodedPointer(fragment: string): string | undefined {
  if (fragment !== '' && !fragment.startsWith('/')) return undefined;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

function valueAt(root: JsonObject, pointer: string): unknown {
  let value: unknown = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d{0,5})$/.test(name) ? value[Number(name)] : undefined;
    else if (isJsonObject(value) && Object.hasOwn(value, name)) value = value[name];
    else return undefined;
  }
  return value;
}
