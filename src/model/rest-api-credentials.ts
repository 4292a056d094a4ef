// The one value of an integration's `credentials` that is no role.

/** `arn:aws:iam::*:user/*`: the integration is called with the credentials of whoever signed the request. */
export function isCallerCredentials(credentials: string): boolean {
  return /^arn:aws[a-z-]*:iam::\*:user\/\*$/.test(credentials);
}
