// append, overwrite and remove on a query string. Parameters that no entry names stay as they were received, byte for byte.

import type { ParameterChange } from '../../model/parameter-mapping.ts';
import { compileValue, type MappingInput, type ValueReader } from './parameter-sources.ts';

export class QueryMapping {
  readonly #replaced: ReadonlySet<string>;
  readonly #added: readonly { readonly encodedName: string; readonly read: ValueReader }[];

  constructor(changes: readonly ParameterChange[]) {
    this.#replaced = new Set(changes.filter(({ action }) => action !== 'append').map(({ name }) => name));
    this.#added = changes
      .filter(({ action }) => action !== 'remove')
      .map(({ name, value }) => ({ encodedName: encode(name), read: compileValue(value) }));
  }

  apply(query: string, input: MappingInput): string {
    const pairs = query === '' ? [] : query.split('&').filter((pair) => !this.#replaced.has(nameOf(pair)));
    for (const { encodedName, read } of this.#added) {
      const value = read(input);
      if (value !== undefined) pairs.push(`${encodedName}=${encode(value)}`);
    }
    return pairs.join('&');
  }
}

/** AWS: names are case-sensitive. Seen: developer guide, parameter mapping. */
function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  const name = (equals < 0 ? pair : pair.slice(0, equals)).replaceAll('+', ' ');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
