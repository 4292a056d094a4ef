// The roles that a document hands to API Gateway: whoever imports it passes them, as whoever makes its parts one by one.

import { isCallerCredentials } from '../../model/integration-credentials.ts';

const MEMBERS = ['credentials', 'authorizerCredentials', 'CredentialsArn', 'AuthorizerCredentialsArn'] as const;

/** Of the input of an operation of either version. The caller's own credentials are no role. */
export function passedRoles(input: object): readonly string[] {
  const members = input as Readonly<Record<string, unknown>>;
  return MEMBERS.map((member) => members[member]).filter(
    (role): role is string => typeof role === 'string' && role !== '' && !isCallerCredentials(role),
  );
}
