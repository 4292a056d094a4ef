// As whom the gateway calls an integration, or the function of an authorizer.

/** Whoever signed the request, or a role. */
export type CredentialsPlan = { readonly type: 'caller' } | { readonly type: 'role'; readonly roleArn: string };

/** The role of an integration with an AWS service, and the route or method that its trust policy may ask about (`aws:SourceArn`). */
export interface ServiceRolePlan {
  readonly roleArn: string;
  readonly sourceArn: string;
}

/** `arn:aws:iam::*:user/*`, which is no role: the integration is called with the credentials of whoever signed the request. */
export function isCallerCredentials(credentials: string): boolean {
  return /^arn:aws[a-z-]*:iam::\*:user\/\*$/.test(credentials);
}
