// Tags of users, roles and policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html

import type { IamTag } from './iam-documents.ts';
import { invalidInput, limitExceeded } from './iam-refusals.ts';

const TAGS_MAX = 50;

interface GivenTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** The tags with those given added; a key that differs only in case takes the place of the old one. Throws AwsError. */
export function withTags(tags: readonly IamTag[], given: readonly GivenTag[] | undefined): readonly IamTag[] {
  const byKey = new Map(tags.map((tag) => [tag.Key.toLowerCase(), tag]));
  const seen = new Set<string>();
  for (const { Key = '', Value = '' } of given ?? []) {
    const key = Key.toLowerCase();
    // AWS: this sentence. Seen: test/parity of STS; IAM's own is taken to be the same.
    if (seen.has(key)) throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    seen.add(key);
    byKey.set(key, { Key, Value });
  }
  if (byKey.size > TAGS_MAX) throw limitExceeded('TagsPerResource', TAGS_MAX);
  return [...byKey.values()];
}

/** Both, without a limit; where a key is in both, whatever its case, the second has it. */
export function mergedTags(first: readonly IamTag[], second: readonly IamTag[]): readonly IamTag[] {
  return [...new Map([...first, ...second].map((tag) => [tag.Key.toLowerCase(), tag])).values()];
}

export function withoutTags(tags: readonly IamTag[], keys: readonly string[] | undefined): readonly IamTag[] {
  const gone = new Set((keys ?? []).map((key) => key.toLowerCase()));
  return tags.filter(({ Key }) => !gone.has(Key.toLowerCase()));
}
