// STS: who one is, and temporary credentials.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html

import type * as Sts from '@aws-sdk/client-sts';
import { AwsError } from '../../aws/aws-error.ts';
import type { PartialOperations } from '../../aws/operations.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import type { CallerDirectory } from '../iam/caller-directory.ts';
import { iamScope } from '../iam/iam-documents.ts';
import { assumeRole } from './assume-role.ts';
import { accountItself, issueSession, refuseMembers, stsContext } from './sessions.ts';

export type StsOperations = PartialOperations<typeof Sts>;

/** AWS: 12 hours when nothing is said, 1 hour at most for the account itself. */
const SESSION_SECONDS = 43_200;
const ACCOUNT_SESSION_SECONDS_MAX = 3600;

/** AWS: without MFA a session token does not open IAM. Seen: STS's API reference, GetSessionToken. iam:PassRole is no call of IAM. */
const WITHOUT_IAM = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
    { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' },
  ],
});

/**
 * A key that is nobody's (the administrator's, and any with `--auth open`) is answered as the root of its account, as a root access
 * key is on AWS: the ARN ends in `:root` and the user id is the account id.
 */
export function stsOperations(parts: { readonly directory: CallerDirectory; readonly secrets: SecretBox }): StsOperations {
  const context = stsContext(parts.directory, parts.secrets);
  return {
    async GetCallerIdentity(_input, wire) {
      const { account, arn, userId } = context.callerOf(wire) ?? accountItself(wire);
      return { Account: account, Arn: arn, UserId: userId };
    },

    AssumeRole: (input, wire) => assumeRole(context, input, wire),

    async GetSessionToken(input, wire) {
      refuseMembers('GetSessionToken', input, ['SerialNumber', 'TokenCode']);
      if (context.sessionOf(wire) !== undefined) {
        throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', { status: 403 });
      }
      const caller = context.callerOf(wire);
      const seconds = input.DurationSeconds ?? SESSION_SECONDS;
      const isUser = caller?.userName !== undefined;
      const { credentials } = issueSession(context, isUser ? seconds : Math.min(seconds, ACCOUNT_SESSION_SECONDS_MAX), {
        kind: isUser ? 'user' : 'account',
        scope: iamScope({ account: caller?.account ?? wire.account, region: wire.region }),
        name: caller?.userName ?? '',
        id: isUser ? caller.userId : '',
        sessionName: '',
        policies: [WITHOUT_IAM],
        tags: [],
        transitiveTagKeys: [],
      });
      return { Credentials: credentials };
    },
  };
}
