// Roles that API Gateway assumes to call integrations. Kept in memory by whoever implements it.

import type { CallerFacts } from '../../iam-policy/caller-context.ts';
import type { Policy } from '../../iam-policy/policy-document.ts';

/** The session of a role, as far as policies can ask about it. */
export interface AssumedRole extends CallerFacts {
  /** Compiled; of a role that trusts API Gateway. */
  readonly policies: readonly Policy[];
}

/** For what a role is assumed. */
export interface RoleUse {
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

/** Undefined for roles that nobody knows here; `untrusting` for one whose trust policy does not let API Gateway assume it. */
export type RoleLookup = (roleArn: string, use: RoleUse) => AssumedRole | 'untrusting' | undefined;
