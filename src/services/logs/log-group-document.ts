// A log group as the store keeps it, and the ways callers name one.

import { randomBytes } from 'node:crypto';
import { parseArn, partitionOf } from '../../aws/arn.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { invalidParameter, noLogGroup, validation } from './refusals.ts';

export type LogGroupClass = 'STANDARD' | 'INFREQUENT_ACCESS' | 'DELIVERY' | 'ESSENTIALS';

export interface LogGroupDocument {
  readonly logGroupName: string;
  /** Names the group's events; a group that is made again under the same name has another. */
  readonly groupId: string;
  /** Milliseconds since the epoch. */
  readonly creationTime: number;
  readonly logGroupClass: LogGroupClass;
  readonly retentionInDays?: number;
  readonly kmsKeyId?: string;
  readonly deletionProtectionEnabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export const logGroupKind = 'logs/log-group';

export function logGroupKey(scope: Scope, name: string): DocumentKey {
  return { scope, kind: logGroupKind, parent: '', id: name };
}

export function newLogGroup(logGroupName: string, creationTime: number): LogGroupDocument {
  return {
    logGroupName,
    groupId: randomBytes(12).toString('hex'),
    creationTime,
    logGroupClass: 'STANDARD',
    deletionProtectionEnabled: false,
    tags: {},
  };
}

/** Without `:*`. */
export function logGroupArn({ account, region }: Scope, name: string): string {
  return `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${name}`;
}

/** The group, or ResourceNotFoundException. */
export async function loadLogGroup(reader: Reader, scope: Scope, name: string | undefined): Promise<LogGroupDocument> {
  const found = name === undefined || name === '' ? undefined : await reader.get<LogGroupDocument>(logGroupKey(scope, name));
  if (found === undefined) throw noLogGroup();
  return found;
}

interface NamedGroup {
  readonly logGroupName?: string | undefined;
  /** A name or an ARN. */
  readonly logGroupIdentifier?: string | undefined;
}

/** The name that a call means, by either member. */
export function namedGroup({ logGroupName, logGroupIdentifier }: NamedGroup, scope: Scope): string {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    // AWS: these words. Seen: test/parity, test_describe_log_streams_with_log_group_identifier.
    throw validation('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  if (logGroupName !== undefined) return logGroupName;
  if (logGroupIdentifier === undefined) throw invalidParameter('Either logGroupName or logGroupIdentifier must be given.');
  return logGroupIdentifier.startsWith('arn:') ? nameInArn(logGroupIdentifier, scope) : logGroupIdentifier;
}

/** The name in a group's ARN; a group of another account or region is none that the caller can see. */
export function nameInArn(text: string, scope: Scope): string {
  const arn = parseArn(text);
  const name = /^log-group:([^:*]+)$/.exec(arn?.resource ?? '')?.[1];
  if (arn?.service !== 'logs' || name === undefined) throw invalidParameter(`Invalid log group ARN: ${text}`);
  if (arn.region !== scope.region || arn.account !== scope.account) throw noLogGroup();
  return name;
}

/** The time before which a group's events are gone. */
export function retainedSince({ retentionInDays }: LogGroupDocument, now: number): number {
  return retentionInDays === undefined ? 0 : now - retentionInDays * 86_400_000;
}
