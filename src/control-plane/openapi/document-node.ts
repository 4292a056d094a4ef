// A place in an OpenAPI document: its value, its JSON pointer, and the way on, through references inside the document. Whatever is
// wrong there becomes a BadRequestException that names pointer and line.

import { AwsError } from '../../aws/aws-error.ts';
import { duplicateNames } from './duplicate-names.ts';
import { isShort, parseAside } from './parse-aside.ts';
import { DocumentFault, DocumentLines, type DocumentValue, isJson, parseOpenApiText } from './parse-document.ts';
import { pendingLine } from './pending-lines.ts';

/** What `${AWS::Region}` and its like stand for. AWS: put in on import. Seen: developer guide, OpenAPI extensions. */
export interface AwsVariables {
  readonly AccountId: string;
  readonly Partition: string;
  readonly Region: string;
}

export const INVALID_INPUT = 'Invalid OpenAPI input.';

/** References that may follow one another. */
const REFERENCES_MAX = 50;

/** The root of a document. Throws AwsError when the text is none. Holds everybody up for seconds with each MB of YAML. */
export function readDocument(text: string, variables: AwsVariables): DocumentNode {
  try {
    return rootOf(text, parseOpenApiText(text), variables);
  } catch (error) {
    throw asAwsError(error);
  }
}

/** The same, and holds nobody up. */
export async function openDocument(text: string, variables: AwsVariables): Promise<DocumentNode> {
  try {
    return rootOf(text, await parseAside(text), variables);
  } catch (error) {
    throw asAwsError(error);
  }
}

function rootOf(text: string, value: DocumentValue, variables: AwsVariables): DocumentNode {
  return new DocumentNode({ text, value, variables, lines: new DocumentLines(text) }, value, []);
}

function asAwsError(error: unknown): unknown {
  if (!(error instanceof DocumentFault)) return error;
  // AWS would take more; its sentence does not say what is the matter.
  if (error.isLimit) return new AwsError('BadRequestException', error.message);
  return invalidInput(`${error.message}${error.line === undefined ? '' : ` (line ${error.line})`}`);
}

interface Document {
  readonly text: string;
  readonly value: DocumentValue;
  readonly variables: AwsVariables;
  readonly lines: DocumentLines;
}

export class DocumentNode {
  readonly #document: Document;
  readonly value: DocumentValue;
  readonly #path: readonly string[];

  constructor(document: Document, value: DocumentValue, path: readonly string[]) {
    this.#document = document;
    this.value = value;
    this.#path = path;
  }

  /** A JSON pointer as a URI fragment shows it: `/paths/~1pets/get`. The same for everybody who got here through a reference. */
  get pointer(): string {
    return this.#path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  }

  get path(): readonly string[] {
    return this.#path;
  }

  /** The member with this name, references followed; undefined when it is absent or null. */
  member(name: string): DocumentNode | undefined {
    const child = this.child(name);
    return child === undefined ? undefined : child.#resolved();
  }

  /** The member with this name as it stands there, references not followed. */
  child(name: string): DocumentNode | undefined {
    const { value } = this;
    const child = isObject(value) && Object.hasOwn(value, name) ? (value[name] as DocumentValue) : null;
    return child === null ? undefined : new DocumentNode(this.#document, child, [...this.#path, name]);
  }

  /** What this refers to instead of being it. */
  get reference(): string | undefined {
    const reference = isObject(this.value) && Object.hasOwn(this.value, '$ref') ? this.value['$ref'] : undefined;
    return typeof reference === 'string' ? reference : undefined;
  }

  /** The names of an object's members, also of those that are null. Throws when it is none. */
  names(): string[] {
    if (!isObject(this.value)) throw this.fault('An object must stand here.');
    return Object.keys(this.value);
  }

  /** The members of an object in their order, without those that are null. Throws when it is none. */
  entries(): [name: string, node: DocumentNode][] {
    return this.names().flatMap((name) => {
      const node = this.member(name);
      return node === undefined ? [] : [[name, node] as [string, DocumentNode]];
    });
  }

  /** The items of a list. Throws when it is none. */
  items(): DocumentNode[] {
    if (!Array.isArray(this.value)) throw this.fault('A list must stand here.');
    return this.value.map((each: DocumentValue, i) =>
      new DocumentNode(this.#document, each, [...this.#path, String(i)]).#resolved(),
    );
  }

  /** The text, AWS variables put in; numbers and booleans as they would be written. Throws when it is none. */
  text(): string {
    const { value } = this;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'string') throw this.fault('A text must stand here.');
    return this.#filledIn(value);
  }

  /** What stands here as JSON text, AWS variables put in; for members that the operations take as text. */
  json(): string {
    return this.#filledIn(JSON.stringify(this.value));
  }

  /** Their values are made of letters, digits and hyphens: they need no escaping in JSON. */
  #filledIn(text: string): string {
    const { variables } = this.#document;
    return text.replace(/\$\{AWS::(AccountId|Partition|Region)\}/g, (_, name: keyof AwsVariables) => variables[name]);
  }

  number(): number {
    const value = typeof this.value === 'string' && /^-?\d+(\.\d+)?$/.test(this.value) ? Number(this.value) : this.value;
    if (typeof value !== 'number') throw this.fault('A number must stand here.');
    return value;
  }

  boolean(): boolean {
    if (this.value === true || this.value === 'true') return true;
    if (this.value === false || this.value === 'false') return false;
    throw this.fault('true or false must stand here.');
  }

  texts(): string[] {
    return this.items().map((item) => item.text());
  }

  /** An object of texts, e.g. parameter mappings. */
  textMap(): Record<string, string> {
    return Object.fromEntries(this.entries().map(([name, node]) => [name, node.text()]));
  }

  /** What is wrong here. */
  fault(sentence: string): AwsError {
    return invalidInput(`${cut(sentence)}${this.place()}`);
  }

  /** An error that an operation threw about what stands here, with the place. */
  placed(error: unknown): unknown {
    if (!(error instanceof AwsError)) return error;
    return new AwsError(error.code, `${error.message.replace(/[^.!?)\]]$/, '$&.')}${this.place()}`, {
      fields: error.fields,
      cause: error.cause,
      ...(error.status === undefined ? {} : { status: error.status }),
    });
  }

  /** ` At /paths/~1pets (line 7).`; in a long document with a mark for the line, which withLines() puts in. */
  place(): string {
    return ` At ${cut(this.pointer) || 'the root'}${this.#line()}.`;
  }

  #line(): string {
    const { text, lines } = this.#document;
    if (!isShort(text)) return pendingLine(this.#path);
    const line = lines.lineOf(this.#path);
    return line === undefined ? '' : ` (line ${line})`;
  }

  /** Pointers of names that a JSON document has twice; the last one is taken. */
  duplicates(): readonly string[] {
    return isJson(this.#document.text) ? duplicateNames(this.#document.text) : [];
  }

  /** True when `reference` leads to something in this document. */
  canResolve(reference: string): boolean {
    return find(this.#document.value, toPath(reference)) !== undefined;
  }

  #resolved(): DocumentNode {
    let node: DocumentNode = this;
    for (let followed = 0; ; followed++) {
      const { reference } = node;
      if (reference === undefined) return node;
      if (followed === REFERENCES_MAX) throw this.fault(`The reference ${reference} leads in a circle.`);
      if (!reference.startsWith('#')) {
        throw node.fault(`The reference "${reference.slice(0, 200)}" leads out of the document; bundle it into one file.`);
      }
      const path = toPath(reference);
      const target = find(this.#document.value, path);
      if (target === undefined) throw node.fault(`There is no ${reference.slice(0, 200)} in this document.`);
      node = new DocumentNode(this.#document, target, path);
    }
  }
}

/** Names in a document can be as long as the document; an answer is not. */
function cut(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
}

function toPath(reference: string): string[] {
  let fragment = reference.slice(reference.indexOf('#') + 1);
  try {
    fragment = decodeURIComponent(fragment);
  } catch {
    // Then it stands there as it is.
  }
  if (fragment === '') return [];
  return fragment
    .replace(/^\//, '')
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function find(value: DocumentValue, path: readonly string[]): DocumentValue | undefined {
  let found: DocumentValue | undefined = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, DocumentValue>>)[name];
  }
  return found;
}

export function isObject(value: DocumentValue | undefined): value is { readonly [name: string]: DocumentValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What HTTP APIs answer; of REST APIs see aws-refusal.ts. */
export function invalidInput(detail: string): AwsError {
  return new AwsError('BadRequestException', `${INVALID_INPUT} ${detail}`);
}
