// What the tags of sets, rule groups and web ACLs may be.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_TagResource.html

import { AwsError } from '../../aws/aws-error.ts';
import { limitsExceeded } from './refusals.ts';

/** AWS: Seen: API reference, TagResource. */
const TAGS_MAX = 50;

export interface WireTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export type Tags = Readonly<Record<string, string>>;

/** The tags of what is created. Throws WAFLimitsExceededException or WAFTagOperationException. */
export function newTags(tags: readonly WireTag[] | undefined): Tags {
  return mergedTags({}, tags ?? []);
}

/** `added` over `present`. */
export function mergedTags(present: Tags, added: readonly WireTag[]): Tags {
  const reserved = added.find(({ Key = '' }) => /^aws:/i.test(Key));
  if (reserved !== undefined) {
    throw new AwsError('WAFTagOperationException', `The tag key ${reserved.Key} is not allowed: the prefix aws: is reserved.`);
  }
  // Object.fromEntries and not assignment: a tag may be called __proto__.
  const merged = Object.fromEntries([
    ...Object.entries(present),
    ...added.map(({ Key = '', Value = '' }) => [Key, Value] as const),
  ]);
  if (Object.keys(merged).length > TAGS_MAX) throw limitsExceeded(`A resource can have at most ${TAGS_MAX} tags.`);
  return merged;
}

export function toWireTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
