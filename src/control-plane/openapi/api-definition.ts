// What an OpenAPI document asks for, as inputs of the operations that a client would call one by one.

import type { Input } from '../apigatewayv2/service.ts';
import type { DocumentNode } from './document-node.ts';

/** The input of a Create operation without the API that does not exist yet, and the place that asks for it. */
export interface Wanted<Op extends 'CreateAuthorizer' | 'CreateIntegration' | 'CreateRoute'> {
  readonly at: DocumentNode;
  readonly input: Omit<Input<Op>, 'ApiId'>;
}

export interface WantedRoute extends Wanted<'CreateRoute'> {
  /** The pointer of its integration; undefined when the operation names none. */
  readonly integration: string | undefined;
  /** The security scheme whose authorizer guards it. */
  readonly authorizer: string | undefined;
}

export interface ApiDefinition {
  readonly at: DocumentNode;
  readonly api: Omit<Input<'CreateApi'>, 'ProtocolType'>;
  /** By security scheme. */
  readonly authorizers: ReadonlyMap<string, Wanted<'CreateAuthorizer'>>;
  /** By pointer: operations that refer to the same one share it. */
  readonly integrations: ReadonlyMap<string, Wanted<'CreateIntegration'>>;
  readonly routes: readonly WantedRoute[];
  readonly notes: ImportNotes;
}

/** What the caller should read: warnings stop an import with failOnWarnings; information is about what has no meaning for HTTP APIs. */
export class ImportNotes {
  readonly #warnings = new Set<string>();
  readonly #information = new Set<string>();

  warn(text: string): void {
    this.#warnings.add(cut(text));
  }

  inform(text: string): void {
    this.#information.add(cut(text));
  }

  get warnings(): readonly string[] {
    return bounded(this.#warnings);
  }

  get information(): readonly string[] {
    return bounded(this.#information);
  }
}

/** Names in a document can be as long as the document. */
const NOTE_LENGTH_MAX = 1_000;

function cut(text: string): string {
  return text.length <= NOTE_LENGTH_MAX ? text : `${text.slice(0, NOTE_LENGTH_MAX)}…`;
}

/** Of thousands of equal mistakes nobody reads more. */
const NOTES_MAX = 100;

function bounded(notes: ReadonlySet<string>): readonly string[] {
  const all = [...notes];
  return all.length <= NOTES_MAX ? all : [...all.slice(0, NOTES_MAX), `… and ${all.length - NOTES_MAX} more.`];
}
