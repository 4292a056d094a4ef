// The session that a function runs with: Lambda assumes its execution role before it starts an environment.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html

import type { SecretBox } from '../../secrets/secret-box.ts';
import type { CallerDirectory } from '../iam/caller-directory.ts';
import { issueSession } from './sessions.ts';

/** AWS: so long are a function's credentials good. Seen: public reports; its environments do not live that long. */
const SESSION_SECONDS = 43_200;

/** Who runs, and as whom. */
export interface RunningFunction {
  readonly functionName: string;
  readonly functionArn: string;
  /** The account that the function belongs to. */
  readonly account: string;
  readonly roleArn: string;
}

export interface FunctionSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Credentials of the function's role; undefined when no such role is here, or it does not trust Lambda. */
export function functionSession(
  { directory, secrets }: { readonly directory: CallerDirectory; readonly secrets: SecretBox },
  { functionName, functionArn, account, roleArn }: RunningFunction,
): FunctionSession | undefined {
  const use = { service: 'lambda.amazonaws.com', sourceArn: functionArn, sourceAccount: account } as const;
  const found = directory.roleTrusting(roleArn, use);
  if (found === undefined) return undefined;
  const { credentials } = issueSession({ secrets }, SESSION_SECONDS, {
    kind: 'role',
    scope: found.scope,
    name: found.role.name,
    id: found.role.id,
    // AWS: `assumed-role/{role}/{function}`. Seen: public CloudTrail records of functions.
    sessionName: functionName,
    policies: [],
    tags: [],
    transitiveTagKeys: [],
  });
  return {
    accessKeyId: credentials.AccessKeyId,
    secretAccessKey: credentials.SecretAccessKey,
    sessionToken: credentials.SessionToken,
    expiresAt: credentials.Expiration.getTime(),
  };
}
