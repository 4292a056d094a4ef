// Lambda's ARNs and every way to name a function.

import { partitionOf } from '../aws/arn.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Scope } from '../model/scope.ts';

/** `arn:aws:lambda:{region}:{account}:function:{name}`, with `:{qualifier}` when there is one. */
export function functionArn(scope: Scope, name: string, qualifier?: string): string {
  const arn = `arn:${partitionOf(scope.region)}:lambda:${scope.region}:${scope.account}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** A function as an operation means it. */
export interface FunctionReference {
  readonly scope: Scope;
  readonly name: string;
  /** `$LATEST`, a version, an alias, or undefined. */
  readonly qualifier: string | undefined;
}

// AWS: the pattern it prints in its own refusal. Seen: test/parity, test_invalid_invoke.
const NAME_PATTERN_TEXT =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?';
const NAME_PATTERN =
  /^(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:((?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9\-_.]+)(?::(\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9\-_]+))?$/;

/** Reads a name, `account:function:name`, a partial or a full ARN, and the Qualifier parameter beside it. */
export function parseFunctionName(text: string, scope: Scope, qualifier?: string): FunctionReference {
  const match = NAME_PATTERN.exec(text);
  if (match === null) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${NAME_PATTERN_TEXT}`,
      { status: 400 },
    );
  }
  const [, region = scope.region, account = scope.account, name = '', derived] = match;
  if (region !== scope.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${scope.region}')`);
  }
  if (derived !== undefined && qualifier !== undefined && derived !== qualifier) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  }
  return { scope: { account, region }, name, qualifier: qualifier ?? derived };
}

/** Reads a function's ARN as the data plane holds it; undefined when it is none. */
export function parseFunctionArn(arn: string): FunctionReference | undefined {
  const match =
    /^arn:aws[a-zA-Z-]*:lambda:([a-z0-9-]+):(\d{12}):function:([a-zA-Z0-9\-_.]+)(?::(\$LATEST|[a-zA-Z0-9\-_]+))?$/.exec(arn);
  if (match === null) return undefined;
  const [, region = '', account = '', name = '', qualifier] = match;
  return { scope: { account, region }, name, qualifier };
}

/** 404, as AWS words it. */
export function functionNotFound(scope: Scope, name: string, qualifier?: string): AwsError {
  return notFound(`Function not found: ${functionArn(scope, name, qualifier)}`);
}

/** ResourceNotFoundException, 404. */
export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { fields: { Type: 'User' } });
}

/** InvalidParameterValueException, 400. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { fields: { Type: 'User' } });
}

/** ResourceConflictException, 409. */
export function conflict(message: string): AwsError {
  return new AwsError('ResourceConflictException', message, { fields: { Type: 'User' } });
}
