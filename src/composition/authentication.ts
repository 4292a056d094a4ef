// Who may call what: the administrator's key, users of IAM, and the account itself.

import { timingSafeEqual } from 'node:crypto';
import type { AccessKey, Authentication } from '../aws/authentication.ts';
import type { Caller } from '../aws/operations.ts';
import type { ServiceName } from '../aws/services.ts';
import { type AdministratorKey, createAdministratorKey, ensureAdministratorKey } from '../config/administrator-key.ts';
import type { CallerCredentials, CallerLookup } from '../data-plane/iam/caller-credentials.ts';
import type { FunctionCredentials } from '../lambda/environment-variables.ts';
import type { FunctionVersion } from '../lambda/function-version.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { CallerDirectory } from '../services/iam/caller-directory.ts';
import { assertMayCall, assertMayPassRole } from '../services/iam/control-plane-access.ts';
import { functionSession } from '../services/sts/function-session.ts';

export function administratorKey(dataDirectory: string | undefined): AdministratorKey {
  return dataDirectory === undefined ? createAdministratorKey() : ensureAdministratorKey(dataDirectory);
}

/** Who may sign requests to AWS_IAM routes: users of IAM, sessions, and the administrator's key as the account itself. */
export function signers(accountId: string, key: AdministratorKey, callers: CallerDirectory): CallerLookup {
  const account = accountItself(accountId, key);
  return (accessKeyId, sessionToken) => (accessKeyId === key.accessKeyId ? account : callers.find(accessKeyId, sessionToken));
}

export function accountItself(accountId: string, key: AdministratorKey): CallerCredentials {
  return {
    accessKeyId: key.accessKeyId,
    secretAccessKey: key.secretAccessKey,
    account: accountId,
    arn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
    userName: undefined,
    tags: [],
    policies: undefined,
  };
}

/** The administrator's key may do everything; a user of IAM does what its policies allow. */
export function authentication(
  auth: 'open' | 'required',
  administrator: AdministratorKey,
  callers: CallerDirectory,
): Authentication {
  if (auth === 'open') return { mode: 'open' };
  const itsKey: AccessKey = { secretAccessKey: administrator.secretAccessKey };
  return {
    mode: 'required',
    credentials: (accessKeyId, sessionToken) =>
      accessKeyId === administrator.accessKeyId ? itsKey : callers.find(accessKeyId, sessionToken),
    authorize: (call) => {
      if (call.key !== itsKey) assertMayCall(call, callers);
    },
  };
}

/** Whether a caller may pass a role that a document names. With `--auth open` no key was checked, and nobody's policies are asked about. */
export function passing(service: ServiceName): (caller: Caller, roleArn: string) => void {
  return (caller, roleArn) => assertMayPassRole(caller, service, roleArn);
}

/** What functions sign with: a session of their execution role. One whose role is not here has keys that open nothing, and that is said. */
export function functionCredentials({
  directory,
  secrets,
  onNotice,
}: {
  readonly directory: CallerDirectory;
  readonly secrets: SecretBox;
  readonly onNotice: (notice: string) => void;
}): (version: FunctionVersion) => FunctionCredentials | undefined {
  const said = new Set<string>();
  return ({ functionName, functionArn, scope, roleArn }) => {
    const session = functionSession({ directory, secrets }, { functionName, functionArn, account: scope.account, roleArn });
    if (session === undefined && !said.has(functionArn)) {
      said.add(functionArn);
      onNotice(
        `The function ${functionName} runs as ${roleArn}, which is not here or does not trust lambda.amazonaws.com: its calls to Stagegate are refused.`,
      );
    }
    return session;
  };
}

// The comparison takes the same time whatever is presented, so that it does not tell how much of it was right.
export function sameSecret(presented: string, secret: string): boolean {
  const a = Buffer.from(presented);
  const b = Buffer.from(secret);
  return a.length === b.length && timingSafeEqual(a, b);
}
