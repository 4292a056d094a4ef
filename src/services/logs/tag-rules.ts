// What the tags of a log group may be.

import { AwsError } from '../../aws/aws-error.ts';
import { invalidParameter } from './refusals.ts';

/** AWS: 50 tags. Seen: API reference, TagResource. */
const TAGS_MAX = 50;

/** `added` over `present`; refuses what no group may have. Lengths and characters were checked with the input. */
export function mergedTags(
  present: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
  resourceName: string,
): Record<string, string> {
  const reserved = Object.keys(added).find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) throw invalidParameter(`The tag key ${reserved} is not allowed: the prefix aws: is reserved.`);
  // Object.fromEntries and not assignment: a tag may be called __proto__.
  const tags = Object.fromEntries([...Object.entries(present), ...Object.entries(added)]);
  if (Object.keys(tags).length > TAGS_MAX) {
    const message = `A resource can have ${TAGS_MAX} tags.`;
    throw new AwsError('TooManyTagsException', message, { fields: { resourceName } });
  }
  return tags;
}

export function withoutTags(
  present: Readonly<Record<string, string>>,
  removed: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(present).filter(([key]) => !removed.includes(key)));
}
