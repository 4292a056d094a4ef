// The environment of a function's process: what AWS sets, what the function's configuration sets, and nothing of ours.

import path from 'node:path';
import type { FunctionVersion } from './function-version.ts';

/** Keys for the SDK inside functions. */
export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since the epoch; left out when they are good for ever. An environment is not used until then. */
  readonly expiresAt?: number;
}

/** Names a configuration may not set. AWS: Seen: Lambda guide, "Defined runtime environment variables". */
export const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

/** Why an environment is started. AWS: the values functions find. Seen: Lambda guide, "Environment variables". */
export type InitializationType = 'on-demand' | 'provisioned-concurrency';

export interface EnvironmentVariablesInput {
  readonly version: FunctionVersion;
  readonly logStreamName: string;
  readonly initializationType: InitializationType;
  /** The environment's own folder for temporary files. */
  readonly temporaryFolder: string;
  readonly nodeBinary: string;
  /** Where the SDK finds AWS; undefined leaves it to the SDK. */
  readonly endpointUrl: string | undefined;
  readonly credentials: FunctionCredentials;
  /** Where X-Ray's SDK sends segments. */
  readonly daemonAddress?: string | undefined;
}

/** Everything the process gets to see. Nothing is inherited from the gateway. */
export function environmentVariables(input: EnvironmentVariablesInput): Record<string, string> {
  const { version } = input;
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: `${path.dirname(input.nodeBinary)}:/usr/local/bin:/usr/bin:/bin:/opt/bin`,
    ...layerVariables(version, path.dirname(input.nodeBinary)),
    ...(input.endpointUrl !== undefined && { AWS_ENDPOINT_URL: input.endpointUrl }),
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    ...(input.daemonAddress !== undefined && {
      AWS_XRAY_DAEMON_ADDRESS: input.daemonAddress,
      ...xrayAddress(input.daemonAddress),
    }),
    TMPDIR: input.temporaryFolder,
    PWD: version.codeFolder,
    ...version.environment,
    _HANDLER: version.handler,
    AWS_REGION: version.scope.region,
    AWS_DEFAULT_REGION: version.scope.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${version.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: version.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: input.initializationType,
    AWS_LAMBDA_LOG_GROUP_NAME: version.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: input.logStreamName,
    AWS_LAMBDA_LOG_FORMAT: version.logFormat,
    ...(version.applicationLogLevel !== undefined && { AWS_LAMBDA_LOG_LEVEL: version.applicationLogLevel }),
    AWS_ACCESS_KEY_ID: input.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: input.credentials.secretAccessKey,
    ...(input.credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: input.credentials.sessionToken }),
    LAMBDA_TASK_ROOT: version.codeFolder,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
  };
}

/** Where runtimes look for what layers bring. AWS: these folders of /opt. Seen: Lambda guide, "Packaging your layer content". */
function layerVariables({ layerFolders, runtime, codeFolder }: FunctionVersion, nodeFolder: string): Record<string, string> {
  if (layerFolders.length === 0) return {};
  const at = (...folders: readonly string[]): string =>
    layerFolders.flatMap((layer) => folders.map((folder) => `${layer}/${folder}`)).join(':');
  const major = /^nodejs(\d+)/.exec(runtime)?.[1];
  const python = /^python(\d+\.\d+)/.exec(runtime)?.[1];
  const ruby = /^ruby(\d+\.\d+)/.exec(runtime)?.[1];
  return {
    PATH: `${nodeFolder}:/usr/local/bin:/usr/bin:/bin:${at('bin')}`,
    LD_LIBRARY_PATH: `${codeFolder}:${codeFolder}/lib:${at('lib')}`,
    ...(major !== undefined && { NODE_PATH: at(`nodejs/node${major}/node_modules`, 'nodejs/node_modules') }),
    ...(python !== undefined && { PYTHONPATH: at(`python/lib/python${python}/site-packages`, 'python') }),
    ...(ruby !== undefined && { GEM_PATH: at(`ruby/gems/${ruby}.0`), RUBYLIB: at('ruby/lib') }),
  };
}

/** AWS: the address in two parts, too. Seen: Lambda developer guide, defined runtime environment variables. */
function xrayAddress(address: string): Record<string, string> {
  const [host = '', port = ''] = address.split(':');
  return { _AWS_XRAY_DAEMON_ADDRESS: host, _AWS_XRAY_DAEMON_PORT: port };
}
