// Where mapped values come from. A value is compiled once, when its deployment is assembled, into a function that reads it from a
// request or a response. Inside, values are Unicode text; headers are UTF-8 on the wire.

import type { HeaderView } from '../../http1/message.ts';
import type { JsonPathStep, ParameterValue, ValueSource } from '../../model/parameter-mapping.ts';
import { selectJson } from '../../parameter-mapping/json-path.ts';
import { contextVariable } from '../context-variables/context-variables.ts';
import type { Exchange } from './exchange.ts';
import { parseQuery } from './request-parameters.ts';

/** AWS: a body is cut here before a JSON path is applied to it. Seen: developer guide, parameter mapping. */
const JSON_PATH_BODY_BYTES = 100 * 1024;

/** What a mapping reads from, made for each request that is mapped. Parsed forms are kept so that two entries parse once. */
export class MappingInput {
  readonly exchange: Exchange;
  /** The request's body on the way in, the response's on the way out; undefined when no entry reads one. */
  readonly body: Buffer | undefined;
  /** Of the integration's response; undefined on the way in. */
  readonly responseHeaders: HeaderView | undefined;
  readonly responseStatus: number | undefined;
  #json: unknown = unparsed;
  #exactJson: unknown = unparsed;
  #query: Map<string, string[]> | undefined;

  constructor(
    exchange: Exchange,
    body: Buffer | undefined,
    response?: { readonly headers: HeaderView; readonly status: number },
  ) {
    this.exchange = exchange;
    this.body = body;
    this.responseHeaders = response?.headers;
    this.responseStatus = response?.status;
  }

  /** The value of the body's JSON under a path; numbers keep the digits they were written with. Undefined for none. */
  select(path: readonly JsonPathStep[]): unknown {
    if (this.#json === unparsed) this.#json = parseJson(this.body, undefined);
    const value = selectJson(this.#json, path);
    // Keeping digits costs many times what parsing costs, so it is done for those who can see them only.
    if (typeof value !== 'number' && (typeof value !== 'object' || value === null)) return value;
    if (this.#exactJson === unparsed) this.#exactJson = parseJson(this.body, exactNumbers);
    return selectJson(this.#exactJson, path);
  }

  get query(): ReadonlyMap<string, readonly string[]> {
    this.#query ??= parseQuery(this.exchange.request.query);
    return this.#query;
  }
}

const unparsed = Symbol('unparsed');

/** A mapped value, or undefined when its source has none. */
export type ValueReader = (input: MappingInput) => string | undefined;

/** The form in which a source's text goes into a value; text that stands in the definition is never encoded. */
export type SourceEncoding = (text: string, source: ValueSource, input: MappingInput) => string;

/** A value that is nothing but one source is missing when the source is; between text a missing source is the empty text. */
export function compileValue(value: ParameterValue, encode?: SourceEncoding): ValueReader {
  const readers = value.map((piece) => (typeof piece === 'string' ? () => piece : encoded(piece, encode)));
  const [only] = readers;
  if (readers.length === 1 && only !== undefined) return only;
  return (input) => {
    let text = '';
    for (const read of readers) text += read(input) ?? '';
    return text;
  };
}

function encoded(source: ValueSource, encode: SourceEncoding | undefined): ValueReader {
  const read = compileSource(source);
  if (encode === undefined) return read;
  return (input) => {
    const text = read(input);
    return text === undefined ? undefined : encode(text, source, input);
  };
}

/** True when reading the value needs the body of the message it comes from. */
export function readsBody(value: ParameterValue): boolean {
  return value.some((piece) => typeof piece !== 'string' && (piece.source === 'requestBody' || piece.source === 'responseBody'));
}

export function compileSource(source: ValueSource): ValueReader {
  switch (source.source) {
    case 'requestHeader': {
      const name = source.name.toLowerCase();
      return ({ exchange }) => fromWire(exchange.request.headers.get(name));
    }
    case 'responseHeader': {
      const name = source.name.toLowerCase();
      return ({ responseHeaders }) => fromWire(responseHeaders?.get(name));
    }
    case 'requestQuery': {
      const { name } = source;
      // AWS: several values are joined with commas. Seen: developer guide, parameter mapping.
      return ({ query }) => query.get(name)?.join(',');
    }
    case 'requestPath':
      return ({ exchange }) => exchange.address.path;
    case 'pathVariable': {
      const { name } = source;
      return ({ exchange }) => exchange.pathParameters.find((parameter) => parameter.name === name)?.value;
    }
    case 'requestBody':
    case 'responseBody': {
      const { path } = source;
      if (path === undefined) return ({ body }) => body?.toString('utf8');
      return (input) => jsonText(input.select(path));
    }
    case 'context':
      return compileContextVariable(source.name);
    case 'stageVariable':
      // The plan puts in what the stage sets; this one it does not set.
      return () => undefined;
  }
}

/** Text as it is, everything else as JSON; null has no text. */
export function jsonText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the stack.
    return undefined;
  }
}

/** Undefined for what is no JSON. */
function parseJson(body: Buffer | undefined, reviver: typeof exactNumbers | undefined): unknown {
  if (body === undefined) return undefined;
  try {
    return JSON.parse(body.subarray(0, JSON_PATH_BODY_BYTES).toString('utf8'), reviver);
  } catch {
    return undefined;
  }
}

function exactNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' && source !== undefined && String(value) !== source ? rawJson(source) : value;
}

// Part of the language since ES2026, not yet of TypeScript's libraries.
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** Header text as received is latin1; clients that send more than ASCII send UTF-8. */
function fromWire(value: string | undefined): string | undefined {
  if (value === undefined || isAscii(value)) return value;
  try {
    return strictUtf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

/** `$context` as far as it is known while a request is mapped; a variable without a value then has none. */
export function compileContextVariable(name: string): ValueReader {
  const known = responseReaders.get(name);
  if (known !== undefined) return known;
  const variable = contextVariable(name);
  if (variable === undefined) return () => undefined;
  const { kind, of } = variable;
  if (kind === 'constant') return ({ exchange }) => of(exchange.pipeline.plan);
  return kind === 'wire' ? ({ exchange }) => fromWire(of(exchange)) : ({ exchange }) => of(exchange);
}

const responseStatusOf: ValueReader = ({ responseStatus }) => responseStatus?.toString();
const latencyOf: ValueReader = ({ exchange }) =>
  exchange.integrationEndedAt === 0 ? undefined : String(Math.round(exchange.integrationEndedAt - exchange.integrationStartedAt));
const endpointRequestIdOf: ValueReader = ({ exchange, responseHeaders }) =>
  exchange.functionRequestId ?? fromWire(responseHeaders?.get('x-amz-request-id') ?? responseHeaders?.get('x-amzn-requestid'));

/** What the response at hand says; the exchange knows it only when the client has its answer. */
const responseReaders: ReadonlyMap<string, ValueReader> = new Map<string, ValueReader>([
  ['awsEndpointRequestId', endpointRequestIdOf],
  ['awsEndpointRequestId2', ({ responseHeaders }) => fromWire(responseHeaders?.get('x-amz-id-2'))],
  ['integration.integrationStatus', responseStatusOf],
  ['integration.latency', latencyOf],
  ['integration.requestId', endpointRequestIdOf],
  ['integration.status', responseStatusOf],
  ['integrationLatency', latencyOf],
  ['integrationStatus', responseStatusOf],
  ['status', responseStatusOf],
]);
