// Parameter mapping as functions: what a request becomes before its integration sees it, and a response before the client does.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
//
// Values come from clients, so none is trusted: a header value passes HeaderBlock, a path is read once more by the rules of
// request-path.ts, a query value is percent-encoded. What cannot be sent is refused, not repaired.

import type { HeaderBlock } from '../../http1/header-block.ts';
import type { ParameterChange } from '../../model/parameter-mapping.ts';
import { titleCase } from './header-names.ts';
import {
  compileValue,
  isAscii,
  type MappingInput,
  readsBody,
  type SourceEncoding,
  type ValueReader,
} from './parameter-sources.ts';
import { QueryMapping } from './query-mapping.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import { parseRequestPath } from './request-path.ts';

/** AWS: what a request line and header section may have. Seen: HTTP API quotas. No mapped value may be longer. */
const VALUE_LENGTH_MAX = 10_240;

interface FieldValue {
  readonly name: string;
  readonly read: ValueReader;
}

/** The header changes of either direction. */
export class FieldChanges {
  /** Lower-case names of fields that go. An overwritten field goes even if there is no new value: nobody may pass on his own. */
  readonly replaced: ReadonlySet<string>;
  /** Lower-case names of fields that may come. */
  readonly written: ReadonlySet<string>;
  readonly #fields: readonly FieldValue[];

  /** `nameOnWire` is how the new fields are spelled: as configured unless given. */
  constructor(changes: readonly ParameterChange[], nameOnWire: (configured: string) => string = (name) => name) {
    const ofFields = changes.filter((change) => change.location === 'header');
    this.replaced = new Set(ofFields.filter(({ action }) => action !== 'append').map(({ name }) => name.toLowerCase()));
    this.#fields = ofFields
      .filter(({ action }) => action !== 'remove')
      .map(({ name, value }) => ({ name: nameOnWire(name), read: compileValue(value) }));
    this.written = new Set(this.#fields.map(({ name }) => name.toLowerCase()));
  }

  /** Appends the new fields. Why the first that cannot stand in a header cannot, or undefined. */
  addTo(block: HeaderBlock, input: MappingInput): string | undefined {
    for (const { name, read } of this.#fields) {
      const value = read(input);
      if (value === undefined) continue;
      if (value.length > VALUE_LENGTH_MAX) return `Mapped to the header "${name}": the value is longer than a header can be.`;
      if (!block.add(name, toWire(value))) {
        return `Mapped to the header "${name}": the value holds a line break or another control character, which no header can carry.`;
      }
    }
    return undefined;
  }
}

/** Unicode text as the bytes of its UTF-8 form, one character each. */
function toWire(value: string): string {
  return isAscii(value) ? value : Buffer.from(value, 'utf8').toString('latin1');
}

/** The requestParameters of one integration. */
export class RequestMapping {
  readonly readsBody: boolean;
  readonly fields: FieldChanges;
  /** The Host field's new value; a request has exactly one, so it is not among the fields. */
  readonly #host: ValueReader | undefined;
  readonly #path: ValueReader | undefined;
  readonly #query: QueryMapping | undefined;

  constructor(changes: readonly ParameterChange[]) {
    this.readsBody = changes.some(({ value }) => readsBody(value));
    const isHost = (change: ParameterChange) => change.location === 'header' && change.name.toLowerCase() === 'host';
    const host = changes.find(isHost);
    this.#host = host && compileValue(host.value);
    this.fields = new FieldChanges(changes.filter((change) => !isHost(change)));
    const path = changes.find(({ location }) => location === 'path');
    this.#path = path && compileValue(path.value, pathText);
    const ofQuery = changes.filter(({ location }) => location === 'querystring');
    this.#query = ofQuery.length === 0 ? undefined : new QueryMapping(ofQuery);
  }

  /** The backend's path; `unmapped` when no entry writes it or its source has no value. */
  path(unmapped: string, input: MappingInput): string | Refusal {
    const text = this.#path?.(input);
    if (text === undefined) return unmapped;
    const path = text.startsWith('/') ? text : `/${text}`;
    if (path.length > VALUE_LENGTH_MAX) return { refused: 'BAD_REQUEST', reason: 'Mapped to the path: it is too long.' };
    // Whatever a stage variable holds stands in the path unencoded.
    if (!/^[\x21-\x7e]+$/.test(path) || /[?#]/.test(path)) {
      return { refused: 'BAD_REQUEST', reason: `Mapped to the path: "${path.slice(0, 200)}" holds a character no path can.` };
    }
    const parsed = parseRequestPath(path);
    return isRefusal(parsed) ? { refused: 'BAD_REQUEST', reason: `Mapped to the path: ${parsed.reason}` } : path;
  }

  /** `query` with the changes, both without `?`. */
  query(query: string, input: MappingInput): string | Refusal {
    if (this.#query === undefined) return query;
    const mapped = this.#query.apply(query, input);
    if (mapped.length <= query.length + VALUE_LENGTH_MAX) return mapped;
    return { refused: 'BAD_REQUEST', reason: 'Mapped to the query string: it is too long.' };
  }

  /** The Host line, or undefined to keep the integration's own. */
  hostLine(input: MappingInput): string | Refusal | undefined {
    const host = this.#host?.(input);
    if (host === undefined) return undefined;
    // One name or address and perhaps a port: a Host field that reads differently for two servers misleads one of them.
    if (/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(host)) return `Host: ${host}\r\n`;
    return { refused: 'BAD_REQUEST', reason: `Mapped to the Host header: "${host.slice(0, 253)}" is no host name.` };
  }

  /** Appends the new fields to a request's header section. */
  addFields(block: HeaderBlock, input: MappingInput): Refusal | undefined {
    const reason = this.fields.addTo(block, input);
    return reason === undefined ? undefined : { refused: 'BAD_REQUEST', reason };
  }
}

/** Path text of the request stands in a path as it was received; everything else is encoded, slashes excepted. */
const pathText: SourceEncoding = (text, source, input) => {
  if (source.source === 'requestPath') return text;
  if (source.source === 'pathVariable') {
    return input.exchange.pathParameters.find(({ name }) => name === source.name)?.raw ?? '';
  }
  return encodeURIComponent(text.toWellFormed()).replaceAll('%2F', '/');
};

/** The responseParameters of one integration for one status code. */
export class ResponseMapping {
  readonly readsBody: boolean;
  readonly #fields: FieldChanges;
  readonly #status: ValueReader | undefined;

  constructor(changes: readonly ParameterChange[]) {
    this.readsBody = changes.some(({ value }) => readsBody(value));
    // Like every other field of an HTTP API's response over HTTP/1.1.
    this.#fields = new FieldChanges(changes, (name) => titleCase(name.toLowerCase()));
    const status = changes.find(({ location }) => location === 'statuscode');
    this.#status = status && compileValue(status.value);
  }

  /** Changes the header section of a response; returns the status code to answer with. */
  apply(block: HeaderBlock, input: MappingInput): number | Refusal {
    removeFields(block, this.#fields.replaced);
    const reason = this.#fields.addTo(block, input);
    if (reason !== undefined) return { refused: 'INTERNAL_ERROR', reason };
    const text = this.#status?.(input);
    if (text === undefined) return input.responseStatus as number;
    if (/^[2-5]\d\d$/.test(text)) return Number(text);
    return {
      refused: 'INTERNAL_ERROR',
      reason: `Mapped to the status code: "${text.slice(0, 40)}" is no number from 200 to 599.`,
    };
  }
}

/** The responseParameters of one integration by status code; undefined when it has none. */
export function responseMappings(
  byStatus: Readonly<Record<string, readonly ParameterChange[]>> | undefined,
): ReadonlyMap<number, ResponseMapping> | undefined {
  if (byStatus === undefined) return undefined;
  return new Map(Object.entries(byStatus).map(([status, changes]) => [Number(status), new ResponseMapping(changes)]));
}

/** Takes the lines of these fields (lower-case names) out of a block whose lines were checked when they were added. */
export function removeFields(block: HeaderBlock, names: ReadonlySet<string>): void {
  if (names.size === 0) return;
  let kept = '';
  for (const line of block.text.split('\r\n')) {
    if (line !== '' && !names.has(line.slice(0, line.indexOf(':')).toLowerCase())) kept += `${line}\r\n`;
  }
  block.text = kept;
}
