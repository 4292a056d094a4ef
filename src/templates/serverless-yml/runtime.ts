// Runtime names of Lambda, and which of them run here.

import type { TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';

/** Used when neither the function nor the provider names one. */
export const DEFAULT_RUNTIME = 'nodejs22.x';

const NODE_RUNTIMES = [
  ...[
    'nodejs26.x',
    'nodejs24.x',
    'nodejs22.x',
    'nodejs20.x',
    'nodejs18.x',
    'nodejs16.x',
    'nodejs14.x',
    'nodejs12.x',
    'nodejs10.x',
  ],
  ...['nodejs8.10', 'nodejs6.10', 'nodejs4.3', 'nodejs'],
];

const OTHER_RUNTIMES = /^(python|java|dotnet|dotnetcore|go|ruby|provided)[\w.-]*$/;

/** A runtime name, or undefined when it is absent or cannot be used (then a problem was noted). */
export function readRuntime(node: TemplateNode | undefined, path: string, reader: PropertyReader): string | undefined {
  if (node === undefined) return undefined;
  const name = reader.text(node, path, DEFAULT_RUNTIME);
  if (name === undefined || NODE_RUNTIMES.includes(name)) return name;
  if (OTHER_RUNTIMES.test(name)) {
    reader.problems.error(
      'SG_UNSUPPORTED',
      node.place,
      `${path}: the runtime ${name} does not run here yet; Node.js functions do.`,
      'Keep functions of other runtimes in a file of their own for now.',
    );
    return undefined;
  }
  reader.problems.error(
    'SG_BAD_VALUE',
    node.place,
    `${path}: Lambda has no runtime ${name}.`,
    reader.suggestion(name, NODE_RUNTIMES, `Use ${DEFAULT_RUNTIME}.`),
  );
  return undefined;
}
