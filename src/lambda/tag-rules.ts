// What the tags of a function may be.

import { invalidParameter } from './function-arn.ts';

/** AWS: 50 tags. Seen: Lambda guide, "Tags". */
const TAGS_MAX = 50;

/** `added` over `present`; refuses what no function may have. Their lengths and characters were checked with the input. */
export function mergedTags(
  present: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const reserved = Object.keys(added ?? {}).find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) throw invalidParameter(`The tag key ${reserved} is not allowed: the prefix aws: is reserved.`);
  const tags = { ...present, ...added };
  if (Object.keys(tags).length > TAGS_MAX) {
    throw invalidParameter(`Number of tags exceeds resource tag limit of ${TAGS_MAX}.`);
  }
  return tags;
}
