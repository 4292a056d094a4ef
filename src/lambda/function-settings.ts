// What CreateFunction and UpdateFunctionConfiguration may set: defaults, checks and merging.

import type { CreateFunctionCommandInput, UpdateFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda';
import { AwsError } from '../aws/aws-error.ts';
import { RESERVED_VARIABLES } from './environment-variables.ts';
import { invalidParameter } from './function-arn.ts';
import type { FunctionDocument, FunctionLogging } from './function-document.ts';
import { checkRuntime, type RuntimeCommands } from './runtimes.ts';
import { refuseUnsupportedSettings } from './unsupported-settings.ts';

/** The part of a function that its configuration sets. */
export type FunctionSettings = Pick<
  FunctionDocument,
  | 'runtime'
  | 'role'
  | 'handler'
  | 'description'
  | 'timeoutSeconds'
  | 'memoryMb'
  | 'variables'
  | 'ephemeralStorageMb'
  | 'tracingMode'
  | 'kmsKeyArn'
  | 'deadLetterArn'
  | 'logging'
>;

const VARIABLES_BYTES_MAX = 4096;
const NAME_LENGTH_MAX = 64;
/** AWS: 15 minutes, 10,240 MB. Seen: Lambda quotas; the service model does not bound the timeout, and memory by more. */
const TIMEOUT_SECONDS_MAX = 900;
const MEMORY_MB_MAX = 10_240;

/** The settings of a new function. */
export function newFunctionSettings(
  name: string,
  input: CreateFunctionCommandInput,
  commands: RuntimeCommands,
): FunctionSettings {
  refuseUnsupportedSettings(input);
  if (name.length > NAME_LENGTH_MAX) {
    throw validation(
      `Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${NAME_LENGTH_MAX}`,
    );
  }
  if (input.Runtime === undefined || input.Handler === undefined) {
    throw invalidParameter('Runtime and Handler are mandatory parameters for functions created with deployment packages.');
  }
  checkRuntime(input.Runtime, commands);
  const defaults: FunctionSettings = {
    runtime: input.Runtime,
    role: input.Role ?? '',
    handler: input.Handler,
    description: '',
    timeoutSeconds: 3,
    memoryMb: 128,
    ephemeralStorageMb: 512,
    tracingMode: 'PassThrough',
    logging: { logFormat: 'Text', logGroup: `/aws/lambda/${name}` },
  };
  return changedSettings(name, defaults, input);
}

/** The settings after an update; what the input leaves out stays. */
export function updatedFunctionSettings(
  name: string,
  settings: FunctionSettings,
  input: UpdateFunctionConfigurationCommandInput,
  commands: RuntimeCommands,
): FunctionSettings {
  refuseUnsupportedSettings(input);
  if (input.Runtime !== undefined) checkRuntime(input.Runtime, commands);
  return changedSettings(name, settings, input);
}

/** What a user should know about settings that are kept but change nothing here. */
export function settingsNotices(name: string, settings: FunctionSettings, architecture: string): readonly string[] {
  const notices: string[] = [];
  const here = process.arch === 'x64' ? 'x86_64' : process.arch;
  if (settings.kmsKeyArn !== undefined)
    notices.push(`Function ${name}: KMSKeyArn is kept, but its variables are not encrypted with it.`);
  if (architecture !== here) notices.push(`Function ${name} is made for ${architecture}; here it runs on ${here}.`);
  return notices;
}

function changedSettings(
  name: string,
  settings: FunctionSettings,
  input: Omit<UpdateFunctionConfigurationCommandInput, 'FunctionName'>,
): FunctionSettings {
  assertAtMost('timeout', input.Timeout, TIMEOUT_SECONDS_MAX);
  assertAtMost('memorySize', input.MemorySize, MEMORY_MB_MAX);
  const variables = input.Environment === undefined ? settings.variables : checkVariables(input.Environment.Variables ?? {});
  const deadLetterArn =
    input.DeadLetterConfig === undefined ? settings.deadLetterArn : input.DeadLetterConfig.TargetArn || undefined;
  const kmsKeyArn = input.KMSKeyArn === undefined ? settings.kmsKeyArn : input.KMSKeyArn || undefined;
  return {
    runtime: input.Runtime ?? settings.runtime,
    role: input.Role ?? settings.role,
    handler: input.Handler ?? settings.handler,
    description: input.Description ?? settings.description,
    timeoutSeconds: input.Timeout ?? settings.timeoutSeconds,
    memoryMb: input.MemorySize ?? settings.memoryMb,
    ephemeralStorageMb: input.EphemeralStorage?.Size ?? settings.ephemeralStorageMb,
    tracingMode: input.TracingConfig?.Mode ?? settings.tracingMode,
    logging: input.LoggingConfig === undefined ? settings.logging : changedLogging(name, settings.logging, input.LoggingConfig),
    ...(variables !== undefined && { variables }),
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  };
}

// AWS: JSON logs have levels (INFO unless said), text logs have none. Seen: test/parity, TestLoggingConfig.
function changedLogging(
  name: string,
  logging: FunctionLogging,
  input: NonNullable<UpdateFunctionConfigurationCommandInput['LoggingConfig']>,
): FunctionLogging {
  const logFormat = input.LogFormat ?? logging.logFormat;
  const logGroup = input.LogGroup ?? logging.logGroup ?? `/aws/lambda/${name}`;
  if (logFormat === 'Text') {
    if (input.ApplicationLogLevel !== undefined || input.SystemLogLevel !== undefined) {
      throw invalidParameter('To use ApplicationLogLevel or SystemLogLevel, you must set LogFormat to JSON.');
    }
    return { logFormat, logGroup };
  }
  return {
    logFormat,
    logGroup,
    applicationLogLevel: input.ApplicationLogLevel ?? logging.applicationLogLevel ?? 'INFO',
    systemLogLevel: input.SystemLogLevel ?? logging.systemLogLevel ?? 'INFO',
  };
}

function checkVariables(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  for (const name of names) {
    if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name)) {
      throw validation(
        `Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]`,
      );
    }
    // A process cannot be given such a value at all.
    if (variables[name]?.includes('\0')) throw invalidParameter(`The environment variable ${name} holds a NUL character.`);
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > VARIABLES_BYTES_MAX) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    );
  }
  return { ...variables };
}

function assertAtMost(member: string, value: number | undefined, max: number): void {
  if (value === undefined || value <= max) return;
  throw validation(
    `Value '${value}' at '${member}' failed to satisfy constraint: Member must have value less than or equal to ${max}`,
  );
}

function validation(text: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${text}`, { status: 400 });
}
