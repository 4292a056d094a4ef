// Runtime names of Lambda, and which of them run here.

import type { TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';

/** Used when neither the function nor the provider names one. */
export const DEFAULT_RUNTIME = 'nodejs22.x';

const NODE_RUNTIMES = ['nodejs24.x', 'nodejs22.x', 'nodejs20.x', 'nodejs18.x', 'nodejs16.x'];
// AWS: CreateFunction refuses them. Seen: Lambda guide, "Runtimes"; src/lambda/runtimes.ts.
const GIVEN_UP = ['nodejs14.x', 'nodejs12.x', 'nodejs10.x', 'nodejs8.10', 'nodejs6.10', 'nodejs4.3', 'nodejs'];

const OTHER_RUNTIMES = /^(python|java|dotnet|dotnetcore|go|ruby|provided)[\w.-]*$/;

/** True for the runtimes of Lambda that are not Node.js. */
export function isOtherRuntime(name: string): boolean {
  return OTHER_RUNTIMES.test(name);
}

/** A runtime name, or undefined when it is absent or is none (then a problem was noted). One that is not run here is noted, too. */
export function readRuntime(node: TemplateNode | undefined, path: string, reader: PropertyReader): string | undefined {
  if (node === undefined) return undefined;
  const name = reader.text(node, path, DEFAULT_RUNTIME);
  if (name === undefined || NODE_RUNTIMES.includes(name)) return name;
  if (GIVEN_UP.includes(name)) {
    const what = `${path}: Lambda no longer takes functions for ${name}.`;
    reader.problems.error('SG_BAD_VALUE', node.place, what, `Set it to ${DEFAULT_RUNTIME}.`);
    return undefined;
  }
  if (isOtherRuntime(name)) {
    reader.problems.unsupported(
      node.place,
      `${path}: the runtime ${name} does not run here yet; Node.js functions do.`,
      'Keep functions of other runtimes in a file of their own for now, or run with --lenient to leave them out.',
      'Functions with it are left out, and their routes with them, because of --lenient.',
    );
    return name;
  }
  reader.problems.error(
    'SG_BAD_VALUE',
    node.place,
    `${path}: Lambda has no runtime ${name}.`,
    reader.suggestion(name, NODE_RUNTIMES, `Use ${DEFAULT_RUNTIME}.`),
  );
  return undefined;
}
