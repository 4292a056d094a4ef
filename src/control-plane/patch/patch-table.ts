// What can be patched on a noun: one row per path, and AWS's words for everything else. There are two manners of refusing; which
// of them a noun has is seen from recorded answers, not from any rule.

import { AwsError } from '../../aws/aws-error.ts';
import { type PatchOp, type PatchOperation, parsePatch, type SentPatchOperation } from './patch-operation.ts';

export interface PatchRow<State> {
  /** `/description`, `/requestModels/{name}`, `/{method+}/metrics/enabled`: braces stand for any one segment, with a plus for several. */
  readonly path: string;
  readonly ops: readonly PatchOp[];
  /** The state after the operation. `name` is what stands for the braces. Throws AwsError for a value that cannot be. */
  apply(state: State, operation: PatchOperation, name: string): State;
  /** Said for an op that the row does not have, where AWS has words for this path alone. */
  readonly wrongOp?: string;
}

/**
 * `listing` names the paths that can be replaced, `plain` repeats the path that cannot be patched, `paths` does so for a wrong op, too.
 */
export type RefusalManner = 'listing' | 'plain' | 'paths';

export interface PatchTable<State> {
  /** One of the manners, or a noun's own: the refusal of an operation that no row takes, or not with this op. */
  readonly manner: RefusalManner | ((operation: PatchOperation, row: PatchRow<State> | undefined) => AwsError);
  readonly rows: readonly PatchRow<State>[];
}

/** The state after all operations, in their order; an operation sees what those before it did. */
export function applyPatch<State>(
  { manner, rows }: PatchTable<State>,
  state: State,
  sent: readonly SentPatchOperation[] | undefined,
): State {
  let patched = state;
  for (const operation of parsePatch(sent)) {
    const row = rows.find(({ path }) => fits(path, operation.segments));
    if (row === undefined) throw typeof manner === 'function' ? manner(operation, row) : refusedPath(manner, operation, rows);
    if (!row.ops.includes(operation.op)) {
      throw typeof manner === 'function' ? manner(operation, row) : refusedOp(manner, operation, row);
    }
    patched = row.apply(patched, operation, operation.segments.at(-1) ?? '');
  }
  return patched;
}

function fits(path: string, segments: readonly string[]): boolean {
  const pattern = path.slice(1).split('/');
  const [first = ''] = pattern;
  // Only the first segment of a pattern may stand for several.
  const several = first.endsWith('+}') ? Math.max(segments.length - pattern.length + 1, 1) : 1;
  const rest = segments.slice(several);
  if (rest.length !== pattern.length - 1) return false;
  const one = (wanted: string, segment: string | undefined) => (wanted.startsWith('{') ? !!segment : wanted === segment);
  return one(first, segments[0]) && rest.every((segment, i) => one(pattern[i + 1] ?? '', segment));
}

function refusedPath<State>(manner: RefusalManner, { op, path }: PatchOperation, rows: readonly PatchRow<State>[]): AwsError {
  if (manner !== 'listing') return badRequest(`Invalid patch path ${path}`);
  // AWS: two spaces, and the list for `replace` only. Seen: recorded answers of resources, models, validators, documentation parts.
  if (op !== 'replace') return unsupported(op, path);
  return badRequest(
    `Invalid patch path  '${path}' specified for op 'replace'. Must be one of: [${rows.map((row) => row.path).join(', ')}]`,
  );
}

function refusedOp<State>(manner: RefusalManner, { op, path }: PatchOperation, row: PatchRow<State>): AwsError {
  if (row.wrongOp !== undefined) return badRequest(row.wrongOp);
  if (manner === 'listing') return unsupported(op, path);
  if (manner === 'paths') return badRequest(`Invalid patch path ${path}`);
  return badRequest(`Invalid patch operation specified. Must be one of: [${row.ops.join(', ')}]`);
}

function unsupported(op: PatchOp, path: string): AwsError {
  return badRequest(`Invalid patch path  '${path}' specified for op '${op}'. Please choose supported operations`);
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
