// The patch operations of API Gateway v1: JSON Patch (RFC 6902) in form, with paths and rules of AWS's own. Parsed here once.

import { AwsError } from '../../aws/aws-error.ts';

export type PatchOp = 'add' | 'remove' | 'replace' | 'copy' | 'move' | 'test';

/** As it stands in an input. */
export interface SentPatchOperation {
  readonly op?: PatchOp | undefined;
  readonly path?: string | undefined;
  readonly value?: string | undefined;
  readonly from?: string | undefined;
}

export interface PatchOperation {
  readonly op: PatchOp;
  /** As it was sent; refusals repeat it. */
  readonly path: string;
  /** The path's segments with `~1` and `~0` undone. */
  readonly segments: readonly string[];
  readonly value: string | undefined;
  readonly from: string | undefined;
}

/** Ours: enough for any client, and a limit on what one call may do. */
const OPERATIONS_MAX = 1_000;

/** Throws BadRequestException for an operation without a path or a kind. */
export function parsePatch(sent: readonly SentPatchOperation[] | undefined): readonly PatchOperation[] {
  if (sent === undefined) return [];
  if (sent.length > OPERATIONS_MAX) {
    throw new AwsError('BadRequestException', `A call can have at most ${OPERATIONS_MAX} patch operations`);
  }
  return sent.map(({ op, path, value, from }) => {
    // AWS: these words for a missing path. Seen: recorded answer, test_update_gateway_response.
    if (path === undefined) throw new AwsError('BadRequestException', 'Invalid patch path null');
    if (op === undefined)
      throw new AwsError('BadRequestException', 'Invalid patch operation specified. Must be one of: [replace]');
    return { op, path, segments: segmentsOf(path), value, from };
  });
}

/** `/requestModels/application~1json` -> `['requestModels', 'application/json']`. A path without a leading slash has no segments. */
function segmentsOf(path: string): readonly string[] {
  if (!path.startsWith('/')) return [];
  return path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
