// The resource that a call of IAM is about.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html

import type { AuthenticatedCall } from '../../aws/authentication.ts';
import type { Scope } from '../../model/scope.ts';
import { iamArn, iamPartition, iamScope } from './iam-documents.ts';

/** What must be looked up: the ARNs of those that exist (a name does not tell the path), and who calls. */
export interface IamActionNames {
  userArn(scope: Scope, name: string): string | undefined;
  roleArn(scope: Scope, name: string): string | undefined;
  readonly callerArn: string;
}

/** Operations that mean the caller when they name no user. */
const OWN = new Set(['GetUser', 'CreateAccessKey', 'ListAccessKeys', 'UpdateAccessKey', 'DeleteAccessKey']);

export function iamResource(
  call: AuthenticatedCall,
  names: IamActionNames,
): { readonly resource: string; readonly keys?: Readonly<Record<string, string>> } {
  const { operation, input } = call;
  const scope = iamScope(call);
  const { UserName: user, RoleName: role, PolicyArn: policyArn, PolicyName: policyName } = input;
  const path = typeof input['Path'] === 'string' ? input['Path'] : '/';
  const keys = typeof policyArn === 'string' ? { keys: { 'iam:PolicyARN': policyArn } } : {};
  if (typeof user === 'string') {
    return { resource: names.userArn(scope, user) ?? iamArn(scope, 'user', path, user), ...keys };
  }
  if (typeof role === 'string') {
    return { resource: names.roleArn(scope, role) ?? iamArn(scope, 'role', path, role), ...keys };
  }
  if (typeof policyArn === 'string') return { resource: policyArn };
  if (operation === 'CreatePolicy' && typeof policyName === 'string') {
    return { resource: iamArn(scope, 'policy', path, policyName) };
  }
  if (OWN.has(operation)) return { resource: names.callerArn };
  const listed = /^List(User|Role|Polic)(?:s|ies)$/.exec(operation)?.[1];
  if (listed === undefined) return { resource: '*' };
  const prefix = typeof input['PathPrefix'] === 'string' ? input['PathPrefix'] : '/';
  const noun = listed === 'Polic' ? 'policy' : listed.toLowerCase();
  return { resource: `arn:${iamPartition(scope)}:iam::${call.account}:${noun}${prefix}` };
}
