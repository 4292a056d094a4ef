// As whom an integration of an HTTP or WebSocket API calls, and the function of an authorizer is called.

import { type CredentialsPlan, isCallerCredentials, type ServiceRolePlan } from '../../model/integration-credentials.ts';
import { putInStageVariables } from './stage-variables.ts';

interface CredentialsContext {
  readonly stageVariables: Readonly<Record<string, string>>;
  /** Whoever calls has signed: the route's authorization is AWS_IAM (on WebSocket APIs that of `$connect`). */
  readonly isSigned: boolean;
}

/** Without a role and without a caller, API Gateway itself calls. A text says why nobody can. */
export function planCredentials(
  credentialsArn: string | undefined,
  { stageVariables, isSigned }: CredentialsContext,
): { readonly credentials?: CredentialsPlan } | string {
  const arn = putInStageVariables(credentialsArn ?? '', stageVariables);
  if ('missing' in arn) return `has credentials with the stage variable "${arn.missing}", which this stage does not set`;
  if (arn.text === '') return {};
  if (!isCallerCredentials(arn.text)) return { credentials: { type: 'role', roleArn: arn.text } };
  if (!isSigned) return "passes its caller's credentials on, and nobody signs its requests: the authorization must be AWS_IAM";
  return { credentials: { type: 'caller' } };
}

/** The members of an AWS service integration's plan that say as whom it calls. */
export function planServiceAccess(
  credentials: CredentialsPlan | undefined,
  sourceArn: string,
): { readonly asCaller?: true; readonly role?: ServiceRolePlan } {
  if (credentials === undefined) return {};
  return credentials.type === 'caller' ? { asCaller: true } : { role: { roleArn: credentials.roleArn, sourceArn } };
}
