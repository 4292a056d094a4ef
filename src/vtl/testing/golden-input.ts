// The request of testdata/velocity.json, and inputs for tests from plain objects.

import { readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '../../json-path/json-value.ts';
import { parseJson } from '../../json-path/parse-json.ts';
import type { RequestContext } from '../request-context.ts';
import { type TemplateInput, templateContext } from '../template-input.ts';

const goldenText = readFileSync(new URL('../testdata/velocity.json', import.meta.url), 'utf8');

export interface GoldenCase {
  readonly name: string;
  readonly template: string;
  readonly output?: string;
  readonly error?: true;
}

export const goldenCases = casesOf(goldenText);
/** For the same request: what values print and which methods they have. */
export const methodCases = casesOf(readFileSync(new URL('../testdata/velocity-methods.json', import.meta.url), 'utf8'));

function casesOf(text: string): readonly GoldenCase[] {
  return (JSON.parse(text) as { readonly cases: readonly GoldenCase[] }).cases;
}

/** `plain`: `$context` is a map like any other, as in the Velocity that the golden file was made with. */
export function goldenInput(kind: 'plain' | 'api-gateway'): TemplateInput {
  const golden = documentOf(goldenText) as JsonObject;
  const parameters = golden.get('params') as JsonObject;
  const context = golden.get('context') as JsonObject;
  const stageVariables = golden.get('stageVariables') as JsonObject;
  return {
    body: golden.get('body') as string,
    parameters: {
      path: parameters.get('path') as JsonObject,
      querystring: parameters.get('querystring') as JsonObject,
      header: parameters.get('header') as JsonObject,
    },
    context: kind === 'plain' ? plainContext(context) : templateContext(context),
    stageVariables: sorted(stageVariables),
  };
}

/** Prints as any map. */
function plainContext(context: JsonObject): RequestContext {
  return Object.setPrototypeOf(Object.assign(context, { overrides: [] }), Map.prototype) as RequestContext;
}

/** The file was made with stage variables in a HashMap, whose order for these two is that of the alphabet. */
function sorted(map: JsonObject): JsonObject {
  return new Map([...map].sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)));
}

export function inputOf(input: {
  readonly body?: string;
  readonly path?: object;
  readonly querystring?: object;
  readonly header?: object;
  readonly context?: object;
  readonly stageVariables?: object;
}): TemplateInput {
  const map = (value: object = {}) => documentOf(JSON.stringify(value)) as JsonObject;
  return {
    body: input.body ?? '',
    parameters: { path: map(input.path), querystring: map(input.querystring), header: map(input.header) },
    context: templateContext(map(input.context)),
    stageVariables: map(input.stageVariables),
  };
}

function documentOf(text: string): JsonValue {
  const parsed = parseJson(text);
  if (parsed.fault !== undefined) throw new Error(parsed.fault.message);
  return parsed.value;
}
