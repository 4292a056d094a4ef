// How IAM says no. AWS: codes and texts. Seen: test/parity (recorded IAM answers) unless marked otherwise.

import { AwsError } from '../../aws/aws-error.ts';

export function userNotFound(name: string): AwsError {
  return noSuchEntity(`The user with name ${name} cannot be found.`);
}

export function roleNotFound(name: string): AwsError {
  return noSuchEntity(`The role with name ${name} cannot be found.`);
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntityException', message);
}

/** Texts from public reports of AWS users, not recorded. */
export function alreadyExists(message: string): AwsError {
  return new AwsError('EntityAlreadyExistsException', message);
}

export function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflictException', message);
}

export function limitExceeded(quota: string, limit: number): AwsError {
  return new AwsError('LimitExceededException', `Cannot exceed quota for ${quota}: ${limit}`);
}

export function malformedPolicy(message: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', message);
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, { status: 400 });
}

export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}
