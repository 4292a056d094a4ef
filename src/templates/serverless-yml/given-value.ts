// Values of variables that nobody is asked for, given by name: `--param ssm:/key=value`.

import type { Place } from '../../config/user-error.ts';
import { parseYaml } from '../parse-yaml.ts';
import type { Problems } from '../problem.ts';
import type { TemplateNode } from '../template-node.ts';

/** What was given for `source(parameters):address`, or for all its spellings: `source:address`. */
export function givenValue(
  params: ReadonlyMap<string, string>,
  { source, parameters, address }: { readonly source: string; readonly parameters: string | undefined; readonly address: string },
): string | undefined {
  const exactly = parameters === undefined ? undefined : params.get(`${source}(${parameters}):${address}`);
  return exactly ?? params.get(`${source}:${address}`);
}

/** Secrets may be JSON; the Framework reads them as what they are. */
export function parsedValue(text: string, place: Place, problems: Problems): TemplateNode {
  const json = /^\s*[[{]/.test(text) ? jsonOf(text) : undefined;
  const node = json === undefined ? undefined : parseYaml(json, place.file, problems);
  return node ?? { kind: 'scalar', place, value: text };
}

/** The same JSON, or undefined for what is none. */
function jsonOf(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}
