// What the tags of sampling rules and groups may be.
// https://docs.aws.amazon.com/xray/latest/api/API_TagResource.html

import { AwsError } from '../../aws/aws-error.ts';
import { invalidRequest } from './refusals.ts';

/** AWS: Seen: API reference, TagResource. */
const TAGS_MAX = 50;

interface WireTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export type Tags = Readonly<Record<string, string>>;

/** The tags of what is created. Throws InvalidRequestException. */
export function newTags(tags: readonly WireTag[] | undefined): Tags {
  const merged = merge({}, tags ?? []);
  if (isTooMany(merged)) throw invalidRequest(`A resource can have at most ${TAGS_MAX} tags.`);
  return merged;
}

/** `added` over `present`, for the resource of that ARN. Throws TooManyTagsException or InvalidRequestException. */
export function mergedTags(present: Tags, added: readonly WireTag[], arn: string): Tags {
  const merged = merge(present, added);
  if (!isTooMany(merged)) return merged;
  throw new AwsError('TooManyTagsException', `A resource can have at most ${TAGS_MAX} tags.`, { fields: { ResourceName: arn } });
}

function merge(present: Tags, added: readonly WireTag[]): Tags {
  const reserved = added.find(({ Key = '' }) => /^aws:/i.test(Key));
  if (reserved !== undefined) {
    throw invalidRequest(`The tag key ${reserved.Key} is not allowed: the prefix aws: is reserved.`);
  }
  // Object.fromEntries and not assignment: a tag may be called __proto__.
  return Object.fromEntries([...Object.entries(present), ...added.map(({ Key = '', Value = '' }) => [Key, Value] as const)]);
}

function isTooMany(tags: Tags): boolean {
  return Object.keys(tags).length > TAGS_MAX;
}
