// Temporary credentials: what all of STS's ways to get them have in common.

import { partitionOf } from '../../aws/arn.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { CallerCredentials } from '../../data-plane/iam/caller-credentials.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { CallerDirectory } from '../iam/caller-directory.ts';
import { newIdentifier, newSecretAccessKey } from '../iam/identifiers.ts';
import { makeSessionToken, openSessionToken, type Session } from '../iam/session-token.ts';

export interface StsContext {
  readonly directory: CallerDirectory;
  readonly secrets: SecretBox;
  /** Who signed; undefined for keys that nobody has (the administrator's, and any with `--auth open`). */
  readonly callerOf: (caller: Caller) => CallerCredentials | undefined;
  readonly sessionOf: (caller: Caller) => Session | undefined;
}

export function stsContext(directory: CallerDirectory, secrets: SecretBox): StsContext {
  return {
    directory,
    secrets,
    callerOf: (wire) => {
      const found = directory.callerOf(wire);
      // With `--auth open` nobody has asked the clock before.
      return found?.expiresAt !== undefined && Date.now() >= found.expiresAt ? undefined : found;
    },
    sessionOf: ({ accessKeyId, sessionToken }) =>
      accessKeyId === undefined || sessionToken === undefined ? undefined : openSessionToken(secrets, accessKeyId, sessionToken),
  };
}

/** A caller whose key is nobody's acts as the account itself, as a root access key does on AWS. */
export function accountItself({ account, region, accessKeyId = '' }: Caller): CallerCredentials {
  return {
    accessKeyId,
    secretAccessKey: '',
    account,
    arn: `arn:${partitionOf(region)}:iam::${account}:root`,
    userId: account,
    userName: undefined,
    tags: [],
    policies: undefined,
  };
}

export function issueSession(
  { secrets }: Pick<StsContext, 'secrets'>,
  seconds: number,
  about: Omit<Session, 'secretAccessKey' | 'issuedAt' | 'expiresAt'>,
) {
  // AWS: temporary credentials' ids begin with ASIA.
  const accessKeyId = newIdentifier('session');
  const secretAccessKey = newSecretAccessKey();
  const issuedAt = Math.floor(Date.now() / 1000) * 1000;
  const expiresAt = issuedAt + seconds * 1000;
  const token = makeSessionToken(secrets, accessKeyId, { ...about, secretAccessKey, issuedAt, expiresAt });
  return {
    token,
    credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: token,
      Expiration: new Date(expiresAt),
    },
  };
}

/** What is not enforced is not accepted. */
export function refuseMembers<I extends object>(operation: string, input: I, members: readonly (keyof I & string)[]): void {
  const given = members.find((member) => input[member] !== undefined);
  if (given === undefined) return;
  throw new AwsError('InvalidParameterValue', `Stagegate does not support ${given} of ${operation} yet; leave it out.`, {
    status: 400,
  });
}
