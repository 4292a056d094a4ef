// What plugins put into the environment of all functions: serverless-offline a sign of itself, serverless-dotenv-plugin
// what stands in .env files.
// Source: the README of each.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { isVacant, type MapNode, type TemplateNode } from '../template-node.ts';
import { readDotenvFile } from './dotenv-file.ts';
import type { PropertyReader } from './property-reader.ts';

export interface PluginEnvironment {
  /** What provider.environment may say otherwise. */
  readonly below: ReadonlyMap<string, string>;
  /** What wins over provider.environment, not over a function's own. */
  readonly above: ReadonlyMap<string, string>;
}

/** Of Lambda: a function cannot have them, and .env files of developers hold some. */
const OF_LAMBDA = /^(?:AWS_|_|LAMBDA_)/;

const dotenvProperties = ['path', 'basePath', 'include', 'exclude', 'logging', 'required', 'variableExpansion'];

/** `folder` is the service's, absolute; `mode` chooses among .env files: NODE_ENV, else the stage that was asked for. */
export function readPluginEnvironment(
  plugins: readonly string[],
  folder: string,
  mode: string,
  reader: PropertyReader,
): PluginEnvironment {
  const offline = plugins.includes('serverless-offline') || reader.variables.at('custom.serverless-offline') !== undefined;
  return {
    // Code that looks for a local table or queue asks for this.
    below: new Map(offline ? [['IS_OFFLINE', 'true']] : []),
    above: plugins.includes('serverless-dotenv-plugin') ? readDotenv(folder, mode, reader) : new Map(),
  };
}

function readDotenv(folder: string, mode: string, reader: PropertyReader): ReadonlyMap<string, string> {
  const where = 'custom.dotenv';
  const node = reader.variables.at(where);
  const map = node === undefined || isVacant(node) ? undefined : reader.map(node, where, '{ path: ./.env }');
  const values = new Map<string, string>();
  for (const file of dotenvFiles(map, folder, mode, reader)) {
    // One that is not there yet may come.
    reader.variables.filesRead.add(file);
    if (!existsSync(file)) continue;
    try {
      const { environment } = reader.variables;
      for (const [name, value] of Object.entries(readDotenvFile(file, environment))) {
        if (!values.has(name)) values.set(name, environment[name] ?? value ?? '');
      }
    } catch (error) {
      const what = `${path.relative(folder, file)} cannot be read: ${(error as Error).message}`;
      reader.problems.error('SG_VARIABLE', node?.place ?? { file }, what, 'Make it a readable file.');
    }
  }
  const chosen = chosenNames(map, [...values.keys()], reader);
  checkRequired(map, values, reader);
  return new Map([...values].filter(([name]) => chosen.has(name)));
}

/** Absolute, the first that has a name counting. */
function dotenvFiles(map: MapNode | undefined, folder: string, mode: string, reader: PropertyReader): readonly string[] {
  const where = 'custom.dotenv';
  for (const { key, keyPlace } of map?.entries.values() ?? []) {
    if (dotenvProperties.includes(key)) continue;
    if (key === 'dotenvParser') {
      const what = `${where}.dotenvParser: code of the project is not run to read .env files.`;
      reader.problems.unsupported(keyPlace, what, 'Remove it for local runs, or run with --lenient to read them without it.');
    } else if (key !== 'v4BreakingChanges') {
      const fix = reader.suggestion(key, dotenvProperties, 'Remove it.');
      reader.problems.unknown(keyPlace, `The property ${where}.${key} does not exist.`, fix);
    }
  }
  const named = reader.texts(settingOf(map, 'path', reader), `${where}.path`, './.env');
  if (named !== undefined) return named.map((name) => path.resolve(folder, name));
  const base = reader.text(settingOf(map, 'basePath', reader), `${where}.basePath`, './config/') ?? '';
  const names = [`.env.${mode}.local`, `.env.${mode}`, ...(mode === 'test' ? [] : ['.env.local']), '.env'];
  return names.map((name) => path.resolve(folder, base + name));
}

function chosenNames(map: MapNode | undefined, names: readonly string[], reader: PropertyReader): ReadonlySet<string> {
  const include = reader.texts(settingOf(map, 'include', reader), 'custom.dotenv.include', '[TABLE]') ?? ['*'];
  const exclude = reader.texts(settingOf(map, 'exclude', reader), 'custom.dotenv.exclude', '[SECRET]') ?? [];
  const chosen = include.includes('*')
    ? names.filter((name) => !exclude.includes(name) && !exclude.includes('*'))
    : names.filter((name) => include.includes(name));
  const ofLambda = chosen.filter((name) => OF_LAMBDA.test(name));
  for (const name of ofLambda) reader.ignore(`.env: ${name}`, 'Lambda sets it itself, and takes no function that does');
  return new Set(chosen.filter((name) => !ofLambda.includes(name)));
}

function checkRequired(map: MapNode | undefined, values: ReadonlyMap<string, string>, reader: PropertyReader): void {
  const required = settingOf(map, 'required', reader);
  const list = required?.kind === 'map' ? settingOf(required, 'env', reader) : undefined;
  for (const name of reader.texts(list, 'custom.dotenv.required.env', '[TABLE]') ?? []) {
    if ((values.get(name) ?? reader.variables.environment[name] ?? '') !== '') continue;
    const what = `custom.dotenv.required.env asks for ${name}, which no .env file has.`;
    reader.problems.error('SG_VARIABLE', list!.place, what, `Add ${name}=... to .env.`);
  }
}

function settingOf(map: MapNode | undefined, name: string, reader: PropertyReader): TemplateNode | undefined {
  const entry = map?.entries.get(name);
  const value = entry && reader.variables.resolve(entry.node);
  return value === undefined || isVacant(value) ? undefined : value;
}
