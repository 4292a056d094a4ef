// How the methods of a kind of value are written down, and how one is chosen by its arguments.

import { JsonDouble } from '../../json-path/json-value.ts';
import type { Run } from '../run.ts';
import { TemplateStop } from '../template-fault.ts';
import { JavaCharacter, type Value } from '../vtl-value.ts';

// biome-ignore lint/suspicious/noExplicitAny: the signature beside each method has checked the arguments.
type Call<Self> = (self: Self, args: any[], run: Run) => Value;

export interface Method {
  /** Letters of the parameters, the repeated one left out. */
  readonly parameters: string;
  /** The letter of those that may follow, any number of them. */
  readonly rest: string | undefined;
  readonly call: Call<never>;
}

export type MethodTable = ReadonlyMap<string, readonly Method[]>;

/**
 * Keys are `name(parameters)`, one letter each: `s` text, `i` int, `j` long, `d` double, `b` boolean, `c` char, `l` list, `m` map, `o` anything;
 * `*` at the end takes any number of the last.
 */
export function methodTable<Self>(methods: Readonly<Record<string, Call<Self>>>): MethodTable {
  const table = new Map<string, Method[]>();
  for (const [signature, call] of Object.entries(methods)) {
    const open = signature.indexOf('(');
    const name = signature.slice(0, open);
    const written = signature.slice(open + 1, -1);
    const many = written.endsWith('*');
    const method: Method = {
      parameters: many ? written.slice(0, -2) : written,
      rest: many ? written.at(-2) : undefined,
      call: call as Call<never>,
    };
    const overloads = table.get(name);
    if (overloads === undefined) table.set(name, [method]);
    else overloads.push(method);
  }
  return table;
}

/** What stands for "there is no such method"; the reference has no value then. */
export const NO_METHOD = Symbol('no method');

/** One place in a template that calls a method: what was found there last time is mostly what is looked for again. */
export interface CallSite {
  readonly name: string;
  table: MethodTable | undefined;
  overloads: readonly Method[] | undefined;
}

export function callFrom(table: MethodTable, self: Value, site: CallSite, args: Value[], run: Run): Value | typeof NO_METHOD {
  if (site.table !== table) {
    site.table = table;
    site.overloads = table.get(site.name);
  }
  const { overloads } = site;
  if (overloads === undefined) return NO_METHOD;
  for (let index = 0; index < overloads.length; index++) {
    const method = overloads[index] as Method;
    // Most calls: one argument, of any kind.
    if (method.parameters === 'o' && args.length === 1) return method.call(self as never, args, run);
    if (!takes(method, args)) continue;
    if (hasNullWhereItFails(method.parameters, args)) throw failed(`${site.name} does not take null.`);
    return method.call(self as never, args, run);
  }
  return NO_METHOD;
}

function takes(method: Method, args: readonly Value[]): boolean {
  const { parameters, rest } = method;
  if (rest === undefined ? args.length !== parameters.length : args.length < parameters.length) return false;
  for (let index = 0; index < args.length; index++) {
    if (!fits(parameters[index] ?? (rest as string), args[index])) return false;
  }
  return true;
}

function fits(letter: string, value: Value): boolean {
  switch (letter) {
    case 's':
      return value === null || value === undefined || typeof value === 'string';
    case 'i':
      return typeof value === 'number';
    case 'j':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'd':
      return typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonDouble;
    case 'c':
      return value instanceof JavaCharacter;
    case 'b':
      return typeof value === 'boolean';
    case 'l':
      return value === null || value === undefined || Array.isArray(value);
    case 'm':
      return value === null || value === undefined || value instanceof Map;
    default:
      return true;
  }
}

function hasNullWhereItFails(parameters: string, args: readonly Value[]): boolean {
  for (let index = 0; index < parameters.length; index++) {
    if ((args[index] === null || args[index] === undefined) && parameters[index] !== 'o') return true;
  }
  return false;
}

/** A method of Java that threw. */
export function failed(message: string): TemplateStop {
  return new TemplateStop('call', message);
}
