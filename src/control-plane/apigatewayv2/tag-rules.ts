// What tags may look like. Source: AWS Tagging, "Tag naming limits and requirements".

import type { Tags } from '../../model/http-api.ts';
import { badRequest } from './refusals.ts';
import type { Quotas as AllQuotas } from './service.ts';

type Quotas = Pick<AllQuotas, 'tagsPerResource'>;

/** The tags of a create call, checked. */
export function newTags(sent: Readonly<Record<string, string>> | undefined, quotas: Quotas): Tags {
  return mergedTags({}, sent ?? {}, quotas);
}

/** `added` over `present`. */
export function mergedTags(presentTags: Tags, added: Readonly<Record<string, string>>, quotas: Quotas): Tags {
  for (const [key, value] of Object.entries(added)) {
    if (key.length < 1 || key.length > 128) throw badRequest('Invalid tag key: it must have 1 to 128 characters');
    if (value.length > 256) throw badRequest(`Invalid value of tag ${key}: it must have at most 256 characters`);
    if (/^aws:/i.test(key)) throw badRequest(`Invalid tag key ${key}: the prefix aws: is reserved`);
  }
  // Object.fromEntries and not assignment: a tag may be called __proto__.
  const tags: Tags = Object.fromEntries([...Object.entries(presentTags), ...Object.entries(added)]);
  const count = Object.keys(tags).length;
  if (count > quotas.tagsPerResource) {
    throw badRequest(`Too many tags: a resource can have ${quotas.tagsPerResource} and this one would have ${count}`);
  }
  return tags;
}

export function withoutTags(presentTags: Tags, removed: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(presentTags).filter(([key]) => !removed.includes(key)));
}
