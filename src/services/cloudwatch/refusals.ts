// The errors of CloudWatch in AWS's words. Seen: recorded answers of PutMetricData, GetMetricData and GetMetricStatistics, unless a
// line says otherwise.

import { AwsError } from '../../aws/aws-error.ts';

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombinationException', message);
}

export function missing(parameter: string): AwsError {
  return new AwsError('MissingRequiredParameterException', `The parameter ${parameter} is required.`);
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The next token is not valid.');
}

/** What a query asks for makes no sense. AWS: the words after `Error in expression` are ours. */
export function expressionError(id: string, message: string): AwsError {
  return new AwsError('ValidationError', `Error in expression '${id}': ${message}`);
}
