// What the tags of alarms and dashboards may be.

import { invalidValue } from './refusals.ts';

/** AWS: Seen: API reference, TagResource. */
const TAGS_MAX = 50;

interface WireTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export type Tags = Readonly<Record<string, string>>;

/** `added` over `present`. Throws AwsError. */
export function mergedTags(present: Tags, added: readonly WireTag[]): Tags {
  const reserved = added.find(({ Key = '' }) => /^aws:/i.test(Key));
  if (reserved !== undefined) throw invalidValue(`The tag key ${reserved.Key} is not allowed: the prefix aws: is reserved.`);
  // Object.fromEntries and not assignment: a tag may be called __proto__.
  const tags = Object.fromEntries([
    ...Object.entries(present),
    ...added.map(({ Key = '', Value = '' }) => [Key, Value] as const),
  ]);
  if (Object.keys(tags).length > TAGS_MAX) throw invalidValue(`A resource can have at most ${TAGS_MAX} tags.`);
  return tags;
}
