// A function as the store keeps it, and as AWS's operations show it.

import { createHash } from 'node:crypto';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { partitionOf } from '../aws/arn.ts';
import type { Scope } from '../model/scope.ts';
import type { DocumentKey } from '../store/store.ts';
import { functionArn } from './function-arn.ts';
import type { FunctionLayer } from './layer-document.ts';

/** Document kinds in the store that hang under '' and are named by the function. */
export const FUNCTION_KIND = 'lambda/function';
export const POLICY_KIND = 'lambda/policy';
/** Document kinds that hang under their function's name and go with it. */
export const VERSION_KIND = 'lambda/version';
export const QUALIFIED_POLICY_KIND = 'lambda/qualified-policy';

const VERSION_DIGITS = 10;

/** Where a function's code is: an archive among the store's blobs, or a folder of the developer's. */
export type FunctionCode =
  | { readonly kind: 'zip'; readonly sha256: string; readonly bytes: number; readonly unzippedBytes?: number }
  | { readonly kind: 'folder'; readonly path: string };

export interface FunctionLogging {
  readonly logFormat: 'Text' | 'JSON';
  readonly logGroup: string;
  /** Only with JSON. */
  readonly applicationLogLevel?: string;
  readonly systemLogLevel?: string;
}

/** A function's or version's choice of runtime updates. */
export interface RuntimeManagement {
  readonly updateOn: 'Auto' | 'FunctionUpdate' | 'Manual';
  /** Of the runtime version it stays with; only for Manual. */
  readonly arn?: string;
}

export interface FunctionDocument {
  readonly functionName: string;
  readonly runtime: string;
  readonly role: string;
  readonly handler: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Absent when the function was made without; AWS then shows no Environment. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly architecture: 'x86_64' | 'arm64';
  readonly ephemeralStorageMb: number;
  readonly tracingMode: 'Active' | 'PassThrough';
  readonly kmsKeyArn?: string;
  /** The queue or topic that gets asynchronous events that were given up. */
  readonly deadLetterArn?: string;
  readonly logging: FunctionLogging;
  /** In their order; a later one covers an earlier one. */
  readonly layers?: readonly FunctionLayer[];
  readonly code: FunctionCode;
  readonly tags: Readonly<Record<string, string>>;
  /** Invocations at one time kept for this function and its upper bound; 0 stops it. */
  readonly reservedConcurrency?: number;
  /** Results that lead back to it are sent on for ever; otherwise such a chain is stopped. */
  readonly allowsLoops?: boolean;
  /** When its runtime is to be updated; absent: whenever there is a new one. */
  readonly runtimeManagement?: RuntimeManagement;
  /** `2026-11-23T17:00:00.000+0000` */
  readonly lastModified: string;
  readonly revisionId: string;
  readonly state: 'Pending' | 'Active';
  /** Absent until the function is Active for the first time. */
  readonly lastUpdateStatus?: 'InProgress' | 'Successful';
  /** The number of a published version; absent in the function itself, which is `$LATEST`. */
  readonly version?: string;
  /** Of `$LATEST`: the number that was given last. Numbers are never given twice. */
  readonly lastVersion?: number;
  /** Of a version: what `$LATEST` was when it was published, so that the same is not published twice. */
  readonly publishedDigest?: string;
}

/** The function's resource policy, as AddPermission built it. */
export interface PolicyDocument {
  readonly revisionId: string;
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function functionKey(scope: Scope, name: string): DocumentKey {
  return { scope: { account: scope.account, region: scope.region }, kind: FUNCTION_KIND, parent: '', id: name };
}

/** Versions sort by number. */
export function versionKey(scope: Scope, name: string, version: string): DocumentKey {
  return {
    scope: { account: scope.account, region: scope.region },
    kind: VERSION_KIND,
    parent: name,
    id: version.padStart(VERSION_DIGITS, '0'),
  };
}

/** The policy of a function, or of one of its versions and aliases. */
export function policyKey(scope: Scope, name: string, qualifier?: string): DocumentKey {
  const { account, region } = scope;
  return qualifier === undefined
    ? { scope: { account, region }, kind: POLICY_KIND, parent: '', id: name }
    : { scope: { account, region }, kind: QUALIFIED_POLICY_KIND, parent: name, id: qualifier };
}

/** What GetFunctionConfiguration and its like answer. */
export function toFunctionConfiguration(scope: Scope, document: FunctionDocument, qualifier?: string): FunctionConfiguration {
  return {
    ...toListedConfiguration(scope, document, qualifier),
    State: document.state,
    ...(document.state === 'Pending' && { StateReason: 'The function is being created.', StateReasonCode: 'Creating' as const }),
    ...(document.lastUpdateStatus !== undefined && { LastUpdateStatus: document.lastUpdateStatus }),
    // AWS: an update says that it is being created. Seen: test/parity, test_function_lifecycle.
    ...(document.lastUpdateStatus === 'InProgress' && {
      LastUpdateStatusReason: 'The function is being created.',
      // The SDK's type is older than AWS's answer.
      LastUpdateStatusReasonCode: 'Creating' as unknown as FunctionConfiguration['LastUpdateStatusReasonCode'],
    }),
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(scope, document.runtime) },
  };
}

/** The same in a list. AWS: lists leave out the states and the runtime's version. Seen: test/parity, test_list_functions. */
export function toListedConfiguration(scope: Scope, document: FunctionDocument, qualifier?: string): FunctionConfiguration {
  const { logging } = document;
  return {
    FunctionName: document.functionName,
    FunctionArn: functionArn(scope, document.functionName, qualifier),
    Runtime: document.runtime as FunctionConfiguration['Runtime'],
    Role: document.role,
    Handler: document.handler,
    CodeSize: document.code.kind === 'zip' ? document.code.bytes : 0,
    Description: document.description,
    Timeout: document.timeoutSeconds,
    MemorySize: document.memoryMb,
    LastModified: document.lastModified,
    CodeSha256: codeSha256(document.code),
    Version: document.version ?? '$LATEST',
    ...(document.variables !== undefined && { Environment: { Variables: { ...document.variables } } }),
    ...(document.layers !== undefined &&
      document.layers.length > 0 && { Layers: document.layers.map(({ arn, bytes }) => ({ Arn: arn, CodeSize: bytes })) }),
    ...(document.kmsKeyArn !== undefined && { KMSKeyArn: document.kmsKeyArn }),
    ...(document.deadLetterArn !== undefined && { DeadLetterConfig: { TargetArn: document.deadLetterArn } }),
    TracingConfig: { Mode: document.tracingMode },
    RevisionId: document.revisionId,
    PackageType: 'Zip',
    Architectures: [document.architecture],
    EphemeralStorage: { Size: document.ephemeralStorageMb },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: {
      LogFormat: logging.logFormat,
      LogGroup: logging.logGroup,
      ...(logging.applicationLogLevel !== undefined && {
        ApplicationLogLevel: logging.applicationLogLevel as 'INFO',
      }),
      ...(logging.systemLogLevel !== undefined && { SystemLogLevel: logging.systemLogLevel as 'INFO' }),
    },
  };
}

/** A resource policy as text. */
export function policyText(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}

/** The archive's digest. A folder has no archive: its path is digested, so that the value is stable and not empty. */
export function codeSha256(code: FunctionCode): string {
  return code.kind === 'zip' ? code.sha256 : createHash('sha256').update(code.path).digest('base64');
}

/** The digest as a folder's name. */
export function codeKey(code: FunctionCode): string {
  return Buffer.from(codeSha256(code), 'base64').toString('hex');
}

/** AWS names the exact build of a runtime; ours is the Node that runs it. */
export function runtimeVersionArn(scope: Scope, runtime: string): string {
  const build = createHash('sha256').update(`${runtime} ${process.version}`).digest('hex');
  return `arn:${partitionOf(scope.region)}:lambda:${scope.region}::runtime:${build}`;
}

/** `2026-11-23T17:00:00.000+0000` */
export function toLastModified(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '+0000');
}
