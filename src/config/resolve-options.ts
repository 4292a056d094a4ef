// Flags > environment > configuration file > defaults, each value checked against the table of options.

import { parseArgs } from 'node:util';
import { type CommandName, commands } from './commands.ts';
import { nearestName } from './nearest-name.ts';
import {
  defaultOf,
  environmentNameOf,
  flagOf,
  type OptionEntry,
  type OptionKey,
  type OptionValues,
  optionKeys,
  options,
  optionsOf,
} from './options.ts';
import { UserError } from './user-error.ts';

export interface ConfigurationFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface OptionSources {
  readonly command: CommandName;
  /** What follows the command on the command line. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file?: ConfigurationFile;
}

export interface ResolvedOptions {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
  /** Options that a flag, the environment or the file set; the others have their defaults. */
  readonly given: ReadonlySet<OptionKey>;
  readonly help: boolean;
}

type Value = string | number | boolean | ReadonlyMap<string, string> | undefined;

export function resolveOptions(sources: OptionSources): ResolvedOptions {
  const flags = readFlags(sources.command, sources.args);
  const values: Partial<Record<OptionKey, Value>> = {};
  const given = new Set<OptionKey>();
  refuseUnknownNames(sources);
  for (const key of optionKeys) {
    const value = flags.values.get(key) ?? fromEnvironment(key, sources.environment) ?? fromFile(key, sources.file);
    if (value !== undefined) given.add(key);
    values[key] = value ?? (options[key].type === 'pairs' ? new Map<string, string>() : defaultFor(key, sources.command));
  }
  if (!flags.help) checkPositionals(sources.command, flags.positionals);
  // Every value was checked against its entry of the table, from which the type is inferred.
  return { values: values as OptionValues, positionals: flags.positionals, given, help: flags.help };
}

interface Flags {
  readonly values: ReadonlyMap<OptionKey, Value>;
  readonly positionals: readonly string[];
  readonly help: boolean;
}

function readFlags(command: CommandName, args: readonly string[]): Flags {
  const keys = optionsOf(command);
  const byFlag = new Map(keys.map((key) => [flagOf(key), key]));
  const known: Record<string, { type: 'string' | 'boolean'; short?: string }> = { help: { type: 'boolean', short: 'h' } };
  for (const [flag, key] of byFlag) {
    const entry: OptionEntry = options[key];
    known[flag] = {
      type: entry.type === 'switch' ? 'boolean' : 'string',
      ...(entry.short === undefined ? {} : { short: entry.short }),
    };
  }
  const others = args.map((arg) => (isDashedId(command, arg) && !byFlag.has(arg.slice(2, -1)) ? ID_MARK + arg : arg));
  const { tokens } = parseArgs({
    args: others.map((arg, at) => (isBare(arg, others[at + 1], byFlag) ? `${arg}=` : arg)),
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<OptionKey, Value>();
  const positionals: string[] = [];
  let help = false;
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value.startsWith(ID_MARK) ? token.value.slice(1) : token.value);
    if (token.kind !== 'option') continue;
    if (token.name === 'help') {
      help = true;
      continue;
    }
    const off = token.name.startsWith('no-') && !byFlag.has(token.name);
    const key = byFlag.get(off ? token.name.slice(3) : token.name);
    const isSwitch = key !== undefined && options[key].type === 'switch';
    if (key === undefined || (off && !isSwitch)) throw unknownFlag(command, token.rawName, [...byFlag.keys()]);
    const origin = token.rawName;
    if (isSwitch) {
      if (token.value !== undefined && off) throw badValue(key, origin, token.value, 'no value after --no-…');
      values.set(key, token.value === undefined ? !off : readText(key, token.value, origin));
    } else if (token.value === undefined) {
      throw new UserError('SG_BAD_OPTION', `${origin} needs a value.`, { fix: `For example: ${options[key].example}` });
    } else if (options[key].type === 'pairs') {
      const pairs = new Map((values.get(key) as ReadonlyMap<string, string> | undefined) ?? []);
      addPair(pairs, key, token.value, origin);
      values.set(key, pairs);
    } else values.set(key, readText(key, token.value, origin));
  }
  return { values, positionals, help };
}

/** Stands before an id that looks like a flag; no argument of a process can hold it. */
const ID_MARK = '\0';

/** The id of a request or connection that begins with a dash, as one in 64 does. */
function isDashedId(command: CommandName, arg: string): boolean {
  if (command === 'requests') return /^-[\w-]{14}=$/.test(arg);
  return command === 'connections' && /^-[\w-]{22}=$/.test(arg);
}

/** `--inspect` with nothing after it, or with another option. */
function isBare(arg: string, next: string | undefined, byFlag: ReadonlyMap<string, OptionKey>): boolean {
  const key = arg.startsWith('--') ? byFlag.get(arg.slice(2)) : undefined;
  const entry: OptionEntry | undefined = key && options[key];
  return entry?.mayBeBare === true && (next === undefined || next.startsWith('-'));
}

function unknownFlag(command: CommandName, rawName: string, flags: readonly string[]): UserError {
  const near = nearestName(rawName.replace(/^-+(no-)?/, ''), flags);
  const elsewhere = optionKeys.find((key) => `--${flagOf(key)}` === rawName);
  const fix =
    elsewhere !== undefined
      ? `It belongs to: ${options[elsewhere].commands.map((name) => `stagegate ${name}`).join(', ')}.`
      : near === undefined
        ? `stagegate ${command} --help lists the options.`
        : `Did you mean --${near}?`;
  return new UserError('SG_UNKNOWN_OPTION', `stagegate ${command} has no option ${rawName}.`, { fix });
}

/** A misspelt environment variable or key would silently change nothing, so it stops. */
function refuseUnknownNames(sources: OptionSources): void {
  const names = new Map(optionKeys.map((key) => [environmentNameOf(key), key]));
  names.delete(undefined);
  for (const name of Object.keys(sources.environment)) {
    if (!name.startsWith('STAGEGATE_') || names.has(name)) continue;
    const near = nearestName(
      name,
      [...names.keys()].filter((known) => known !== undefined),
    );
    throw new UserError('SG_UNKNOWN_OPTION', `The environment variable ${name} does not exist.`, {
      fix: near === undefined ? 'Unset it; stagegate --help lists the options.' : `Did you mean ${near}? Otherwise unset it.`,
    });
  }
  for (const name of Object.keys(sources.file?.values ?? {})) {
    if (name === '$schema') continue;
    const isKnown = optionKeys.some((key) => key === name && environmentNameOf(key) !== undefined);
    if (isKnown) continue;
    const near = nearestName(
      name,
      optionKeys.filter((key) => environmentNameOf(key) !== undefined),
    );
    throw new UserError('SG_UNKNOWN_OPTION', `The key "${name}" does not exist.`, {
      place: { file: sources.file!.path },
      fix: near === undefined ? 'Remove it.' : `Did you mean "${near}"?`,
    });
  }
}

function fromEnvironment(key: OptionKey, environment: OptionSources['environment']): Value {
  const name = environmentNameOf(key);
  const text = name === undefined ? undefined : environment[name];
  if (name === undefined || text === undefined || text === '') return undefined;
  if (options[key].type !== 'pairs') return readText(key, text, name);
  const pairs = new Map<string, string>();
  for (const part of text.split(',')) addPair(pairs, key, part, name);
  return pairs;
}

function fromFile(key: OptionKey, file: ConfigurationFile | undefined): Value {
  const value = file?.values[key];
  if (file === undefined || value === undefined) return undefined;
  const origin = `"${key}" in ${file.path}`;
  if (options[key].type === 'pairs') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badValue(key, origin, value, 'an object');
    return new Map(
      Object.entries(value).map(([name, text]) => [name, Array.isArray(text) ? JSON.stringify(text) : String(text)]),
    );
  }
  if (options[key].type === 'switch' && typeof value !== 'boolean') throw badValue(key, origin, value, 'true or false');
  if (options[key].type === 'integer' && typeof value !== 'number') throw badValue(key, origin, value, 'a number');
  if (options[key].type === 'limit' && typeof value !== 'number' && value !== 'none') {
    throw badValue(key, origin, value, 'a number or "none"');
  }
  if (typeof value === 'object') throw badValue(key, origin, value, 'a text');
  return readText(key, String(value), origin);
}

function defaultFor(key: OptionKey, command: CommandName): Value {
  return defaultOf(key, command);
}

function readText(key: OptionKey, text: string, origin: string): Value {
  const entry: OptionEntry = options[key];
  if (entry.type === 'limit' && text === 'none') return text;
  if (entry.type === 'integer' || entry.type === 'limit') {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < entry.min || number > entry.max) {
      const orNone = entry.type === 'limit' ? ', or none' : '';
      throw badValue(key, origin, text, `a whole number from ${entry.min} to ${entry.max}${orNone}`);
    }
    return number;
  }
  if (entry.type === 'switch') {
    if (/^(true|1|yes|on)$/i.test(text)) return true;
    if (/^(false|0|no|off)$/i.test(text)) return false;
    throw badValue(key, origin, text, 'true or false');
  }
  if (entry.type === 'choice' && !entry.choices.includes(text)) {
    const near = nearestName(text, entry.choices);
    throw badValue(key, origin, text, `one of ${entry.choices.join(', ')}`, near);
  }
  if (entry.type === 'text' && (text === '' || entry.pattern?.test(text) === false)) {
    throw badValue(key, origin, text, entry.patternDoc ?? 'a text that is not empty');
  }
  return text;
}

function addPair(pairs: Map<string, string>, key: OptionKey, text: string, origin: string): void {
  const entry: OptionEntry = options[key];
  const separator = (entry.type === 'pairs' && entry.separator) || '=';
  const at = text.indexOf(separator);
  if (at < 1) throw badValue(key, origin, text, `NAME${separator}VALUE`);
  const value = text.slice(at + 1);
  pairs.set(text.slice(0, at), separator === ':' ? value.trim() : value);
}

function badValue(key: OptionKey, origin: string, value: unknown, wanted: string, near?: string): UserError {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return new UserError('SG_BAD_OPTION', `${origin} is ${shown === '' ? 'empty' : shown}, but it must be ${wanted}.`, {
    fix: near === undefined ? `For example: ${options[key].example}` : `Did you mean ${near}?`,
  });
}

function checkPositionals(command: CommandName, positionals: readonly string[]): void {
  const { positionals: range, usage, examples } = commands[command];
  const [least, most] = range;
  if (positionals.length > most) {
    throw new UserError('SG_BAD_ARGUMENT', `stagegate ${command} does not take the argument "${positionals[most]}".`, {
      fix: `Usage: stagegate ${command} ${usage}`.trimEnd(),
    });
  }
  if (positionals.length < least) {
    throw new UserError('SG_BAD_ARGUMENT', `stagegate ${command} needs ${usage}.`, { fix: `For example: ${examples[0]}` });
  }
}
