// The parameters of an AWS service integration: compiled when the deployment is assembled, read when a request comes.

import { type IntegrationSubtype, integrationSubtypes } from '../../model/integration-subtypes.ts';
import type { ParameterValue } from '../../model/parameter-mapping.ts';
import { compileValue, jsonText, type MappingInput, readsBody } from '../http-api/parameter-sources.ts';
import type { Refusal } from '../http-api/refusal.ts';
import type { ParameterKind, ServiceParameters } from './service-operations.ts';

/** The value of a parameter, undefined for none, `unfit` when it is not what the parameter takes. */
type ParameterReader = (input: MappingInput) => unknown;
const unfit = Symbol('unfit');

export class ServiceParameterReader {
  readonly readsBody: boolean;
  readonly #required: readonly string[];
  readonly #readers: readonly { readonly name: string; readonly read: ParameterReader }[];

  constructor(
    subtype: IntegrationSubtype,
    kinds: Readonly<Record<string, ParameterKind>>,
    values: Readonly<Record<string, ParameterValue>>,
  ) {
    this.#required = integrationSubtypes[subtype].required;
    this.readsBody = Object.values(values).some(readsBody);
    this.#readers = Object.entries(values).map(([name, value]) => ({
      name,
      read: compileParameter(kinds[name] ?? 'text', value),
    }));
  }

  /** AWS: a parameter whose source does not fit is an error of the request. Seen: terraform-provider-aws#19443; its status is not known. */
  read(input: MappingInput): ServiceParameters | Refusal {
    const parameters: Record<string, unknown> = {};
    for (const { name, read } of this.#readers) {
      const value = read(input);
      if (value === unfit || (value === undefined && this.#required.includes(name))) {
        return { refused: 'BAD_REQUEST', reason: `Unable to resolve property ${name}: its source has no value that fits.` };
      }
      if (value !== undefined) parameters[name] = value;
    }
    return parameters;
  }
}

export function compileParameter(kind: ParameterKind, value: ParameterValue): ParameterReader {
  if (kind === 'bytes') return compileBytes(value);
  if (kind === 'list' || kind === 'attributes') {
    const read = compileJson(value);
    const fit = kind === 'list' ? toList : toAttributes;
    return (input) => {
      const json = read(input);
      return json === undefined || json === null ? undefined : fit(json);
    };
  }
  const read = compileValue(value);
  if (kind === 'text') return read;
  const fit = kind === 'integer' ? toInteger : toSeconds;
  return (input) => {
    const text = read(input);
    return text === undefined ? undefined : fit(text);
  };
}

/** A body is passed on as it is, byte for byte; text is UTF-8. The protocol carries bytes as base64. */
function compileBytes(value: ParameterValue): ParameterReader {
  const [only] = value;
  if (value.length === 1 && typeof only === 'object' && only.source === 'requestBody' && only.path === undefined) {
    return ({ body }) => body?.toString('base64');
  }
  const read = compileValue(value);
  return (input) => {
    const text = read(input);
    return text === undefined ? undefined : Buffer.from(text, 'utf8').toString('base64');
  };
}

/** The JSON that a source holds: part of a body as it is there, anything else as JSON text or, failing that, plain text. */
function compileJson(value: ParameterValue): ParameterReader {
  const [only] = value;
  if (value.length === 1 && typeof only === 'object' && only.source === 'requestBody') {
    const { path = [] } = only;
    return (input) => input.select(path);
  }
  const read = compileValue(value);
  return (input) => {
    const text = read(input);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
}

function toInteger(text: string): unknown {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : unfit;
}

/** Epoch seconds, from a number or from a date and time. */
function toSeconds(text: string): unknown {
  if (/^\d{1,15}(?:\.\d+)?$/.test(text)) return Number(text);
  const milliseconds = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) ? unfit : milliseconds / 1000;
}

/** A JSON list, or its texts with commas between. */
function toList(json: unknown): unknown {
  if (typeof json === 'string') return json === '' ? [] : json.split(',').map((item) => item.trim());
  return Array.isArray(json) && json.every((item) => typeof item === 'string') ? json : unfit;
}

const attributeMembers: ReadonlySet<string> = new Set(['DataType', 'StringValue', 'BinaryValue']);

/** `{ name: { DataType, StringValue | BinaryValue } }`. */
function toAttributes(json: unknown): unknown {
  if (!isRecord(json)) return unfit;
  const attributes: [string, Record<string, string>][] = [];
  for (const [name, members] of Object.entries(json)) {
    if (!isRecord(members) || !Object.keys(members).every((member) => attributeMembers.has(member))) return unfit;
    const texts = Object.entries(members).map(([member, value]) => [member, jsonText(value) ?? ''] as const);
    attributes.push([name, Object.fromEntries(texts)]);
  }
  return Object.fromEntries(attributes);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
