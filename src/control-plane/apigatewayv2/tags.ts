// Tags of APIs, stages, domain names and VPC links: TagResource, UntagResource, GetTags.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/tags-resource-arn.html

import type { Caller } from '../../aws/operations.ts';
import type { DomainName } from '../../model/custom-domain.ts';
import type { Tags, VpcLink } from '../../model/http-api.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import {
  type AnyApi,
  type AnyStage,
  apiKey,
  keyUnderApi,
  loadApi,
  loadStage,
  loadVpcLink,
  stageKind,
  vpcLinkKey,
} from './documents.ts';
import { domainNameKey, loadDomainName } from './domain-documents.ts';
import { badRequest, notFound } from './refusals.ts';
import { type Input, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { mergedTags, withoutTags } from './tag-rules.ts';

export function tagOperations(context: ServiceContext) {
  const { store } = context;
  const change = async (arn: string | undefined, caller: Caller, update: (tags: Tags) => Tags) =>
    store.transact(async (transaction) => {
      const { key, document } = await loadTagged(transaction, caller, arn);
      await transaction.put(key, { ...document, tags: update(document.tags ?? {}) });
      return {};
    });
  return {
    async TagResource(input: Input<'TagResource'>, caller: Caller) {
      return change(input.ResourceArn, caller, (tags) => mergedTags(tags, input.Tags ?? {}, context.quotas));
    },

    async UntagResource(input: Input<'UntagResource'>, caller: Caller) {
      return change(input.ResourceArn, caller, (tags) => withoutTags(tags, input.TagKeys ?? []));
    },

    async GetTags(input: Input<'GetTags'>, caller: Caller) {
      const { document } = await loadTagged(store, caller, input.ResourceArn);
      return { Tags: { ...document.tags } };
    },
  } satisfies V2Operations;
}

// AWS: the account is empty. Seen: aws-cli examples, tag-resource: arn:aws:apigateway:{region}::/apis/{id}[/stages/{name}]
const taggable =
  /^arn:aws[a-z-]*:apigateway:([a-z0-9-]+):(?:\d{12})?:\/(apis|domainnames|vpclinks)\/([^/]+)(?:\/stages\/([^/]+))?$/;

async function loadTagged(
  reader: Reader,
  caller: Caller,
  arn: string | undefined,
): Promise<{ readonly key: DocumentKey; readonly document: AnyApi | AnyStage | DomainName | VpcLink }> {
  const scope = scopeOf(caller);
  if (arn === undefined || !arn.startsWith('arn:')) throw badRequest('Invalid ResourceArn specified');
  const match = taggable.exec(arn);
  if (match === null || match[1] !== scope.region) throw notFound('Resource', `Invalid resource identifier specified ${arn}`);
  // Stages stand under APIs only.
  if (match[2] !== 'apis' && match[4] !== undefined) throw notFound('Resource', `Invalid resource identifier specified ${arn}`);
  if (match[2] === 'vpclinks') {
    const vpcLink = await loadVpcLink(reader, scope, match[3]);
    return { key: vpcLinkKey(scope, vpcLink.vpcLinkId), document: vpcLink };
  }
  if (match[2] === 'domainnames') {
    const domain = await loadDomainName(reader, scope, match[3]);
    return { key: domainNameKey(scope, domain.domainName), document: domain };
  }
  const api = await loadApi(reader, scope, match[3]);
  if (match[4] === undefined) return { key: apiKey(scope, api.apiId), document: api };
  const stage = await loadStage(reader, scope, api.apiId, match[4]);
  return { key: keyUnderApi(scope, stageKind, api.apiId, stage.stageName), document: stage };
}
