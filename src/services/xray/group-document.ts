// Groups as the store keeps them: the traces that a filter expression chooses, under a name.

import { randomInt } from 'node:crypto';
import { partitionOf } from '../../aws/arn.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { isName } from './refusals.ts';
import type { Tags } from './tag-rules.ts';

export interface GroupDocument {
  readonly groupName: string;
  /** The last part of its ARN: another group of the same name, later, is not the same group. */
  readonly uniqueId: string;
  /** As it was given. */
  readonly filterExpression?: string;
  /** Kept and shown; there are no insights. */
  readonly insightsEnabled: boolean;
  readonly notificationsEnabled: boolean;
  readonly tags: Tags;
}

export const groupKind = 'xray/group';

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ID_CHARACTERS = 26;

export function groupKey(scope: Scope, groupName: string): DocumentKey {
  return { scope, kind: groupKind, parent: '', id: groupName };
}

export function groupArn(scope: Scope, { groupName, uniqueId }: Pick<GroupDocument, 'groupName' | 'uniqueId'>): string {
  return `${groupArnPrefix(scope)}${groupName}/${uniqueId}`;
}

export function newGroupId(): string {
  return Array.from({ length: ID_CHARACTERS }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
}

export async function findGroup(reader: Reader, scope: Scope, groupName: string): Promise<GroupDocument | undefined> {
  return isName(groupName) ? reader.get<GroupDocument>(groupKey(scope, groupName)) : undefined;
}

/** The group of an ARN of this account and region. */
export async function findGroupByArn(reader: Reader, scope: Scope, arn: string): Promise<GroupDocument | undefined> {
  const prefix = groupArnPrefix(scope);
  const slash = arn.lastIndexOf('/');
  if (!arn.startsWith(prefix) || slash < prefix.length) return undefined;
  const group = await findGroup(reader, scope, arn.slice(prefix.length, slash));
  return group?.uniqueId === arn.slice(slash + 1) ? group : undefined;
}

function groupArnPrefix({ account, region }: Scope): string {
  return `arn:${partitionOf(region)}:xray:${region}:${account}:group/`;
}
