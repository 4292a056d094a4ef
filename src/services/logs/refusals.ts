// The errors of CloudWatch Logs in AWS's words. Seen: the recorded answers replayed in test/parity, unless a line says otherwise.

import { AwsError } from '../../aws/aws-error.ts';

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function noLogGroup(): AwsError {
  return new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

export function noLogStream(): AwsError {
  return new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
}

export function alreadyExists(noun: 'log group' | 'log stream'): AwsError {
  return new AwsError('ResourceAlreadyExistsException', `The specified ${noun} already exists`);
}

export function invalidToken(): AwsError {
  return invalidParameter('The specified nextToken is invalid.');
}

export function nameTooLong(): AwsError {
  return invalidParameter('Invalid LogGroup or LogStream, both must have length less than or equal to 512.');
}

export function limitExceeded(): AwsError {
  return new AwsError('LimitExceededException', 'Resource limit exceeded.');
}
