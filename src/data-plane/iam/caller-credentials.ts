// What the data plane needs to know of those who sign their requests, in its own words. Kept in memory by whoever implements it: a
// request asks with one look-up, without a promise and without the database.

import type { AccessKey } from '../../aws/authentication.ts';
import type { CallerFacts } from '../../iam-policy/caller-context.ts';
import type { Policy } from '../../iam-policy/policy-document.ts';

/** The owner of an active access key: the secret, who it is, and what its identity policies say. */
export interface CallerCredentials extends AccessKey, CallerFacts {
  readonly accessKeyId: string;
  /** Twelve digits. */
  readonly account: string;
  /** Inline and attached policies, compiled. Undefined for the account itself, which no identity policy binds. */
  readonly policies: readonly Policy[] | undefined;
  /** Further sets of policies, each of which must allow, too: the policies of a session. (Permissions boundaries will be one more.) */
  readonly limits?: readonly (readonly Policy[])[];
}

/** Undefined for keys that nobody has, that are inactive or were deleted. What is acknowledged is in effect. */
export type CallerLookup = (accessKeyId: string, sessionToken: string | undefined) => CallerCredentials | undefined;
