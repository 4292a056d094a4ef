// The errors of X-Ray's settings.

import { AwsError } from '../../aws/aws-error.ts';

/** AWS: what is wrong with a request, and what is not there, are both told so. Seen: API reference, each operation's errors. */
export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}

/** A name that rules and groups may have, as far as it is not the wire's length that says: what a key of the store can be. */
export function isName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\x00-\x1f\x7f]/.test(name);
}
