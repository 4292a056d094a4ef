// Tags of the nouns of API Gateway v1: TagResource, UntagResource, GetTags.
// https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html

import { partitionOf } from '../../aws/arn.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { domainIdentity, domainNameKey } from '../apigatewayv2/domain-documents.ts';
import { mergedTags, withoutTags } from '../apigatewayv2/tag-rules.ts';
import { clientCertificateKey, loadClientCertificate } from './client-certificates.ts';
import { keyUnderApi, loadRestApi, loadStage, restApiKey, stageKind } from './documents.ts';
import { loadAssociation } from './domain-name-access-associations.ts';
import { loadDomainName } from './domain-names.ts';
import { badRequest, notFound } from './refusals.ts';
import { type Input, type ServiceContext, scopeOf, type V1Operations } from './service.ts';

import { apiKeyKey, loadApiKey, loadUsagePlan, usagePlanKey } from './usage-documents.ts';
import { loadVpcLink, vpcLinkKey } from './vpc-links.ts';

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly key: DocumentKey;
  readonly document: { readonly tags?: Tags };
}

/** By the first segment of an ARN's path: how its noun is found by the segments behind it. A noun that has tags is entered here. */
const nouns: Readonly<Record<string, (reader: Reader, scope: Scope, path: readonly string[]) => Promise<Tagged | undefined>>> = {
  async restapis(reader, scope, [restApiId = '', noun, stageName, ...more]) {
    if (noun === undefined) return { key: restApiKey(scope, restApiId), document: await loadRestApi(reader, scope, restApiId) };
    if (noun !== 'stages' || stageName === undefined || more.length > 0) return undefined;
    const document = await loadStage(reader, scope, restApiId, stageName);
    return { key: keyUnderApi(scope, stageKind, restApiId, stageName), document };
  },
  async apikeys(reader, scope, [keyId = '', ...more]) {
    if (more.length > 0) return undefined;
    return { key: apiKeyKey(scope, keyId), document: await loadApiKey(reader, scope, keyId) };
  },
  async usageplans(reader, scope, [planId = '', ...more]) {
    if (more.length > 0) return undefined;
    return { key: usagePlanKey(scope, planId), document: await loadUsagePlan(reader, scope, planId) };
  },
  async clientcertificates(reader, scope, [id = '', ...more]) {
    if (more.length > 0) return undefined;
    return { key: clientCertificateKey(scope, id), document: await loadClientCertificate(reader, scope, id) };
  },
  async domainnames(reader, scope, [name = '', ...more]) {
    if (more.length > 0) return undefined;
    const [domainName, domainNameId] = name.split('+');
    const document = await loadDomainName(reader, scope, { domainName, domainNameId });
    return { key: domainNameKey(scope, domainIdentity(document)), document };
  },
  async domainnameaccessassociations(reader, scope, path) {
    const { account, region } = scope;
    const { key, document } = await loadAssociation(
      reader,
      scope,
      `arn:${partitionOf(region)}:apigateway:${region}:${account}:/domainnameaccessassociations/${path.join('/')}`,
    );
    return { key, document };
  },
  async vpclinks(reader, scope, [vpcLinkId = '', ...more]) {
    if (more.length > 0) return undefined;
    return { key: vpcLinkKey(scope, vpcLinkId), document: await loadVpcLink(reader, scope, vpcLinkId) };
  },
};

export function tagOperations(context: ServiceContext) {
  const { store } = context;
  const change = async (arn: string | undefined, caller: Caller, update: (tags: Tags) => Tags) =>
    store.transact(async (transaction) => {
      const { key, document } = await loadTagged(transaction, caller, arn);
      const { tags: former = {}, ...others } = document;
      const tags = update(former);
      await transaction.put(key, Object.keys(tags).length === 0 ? others : { ...others, tags });
      return {};
    });
  return {
    async TagResource(input: Input<'TagResource'>, caller: Caller) {
      return change(input.resourceArn, caller, (tags) => mergedTags(tags, input.tags ?? {}, context.quotas));
    },

    async UntagResource(input: Input<'UntagResource'>, caller: Caller) {
      return change(input.resourceArn, caller, (tags) => withoutTags(tags, input.tagKeys ?? []));
    },

    async GetTags(input: Input<'GetTags'>, caller: Caller) {
      const { document } = await loadTagged(store, caller, input.resourceArn);
      return { tags: { ...document.tags } };
    },
  } satisfies V1Operations;
}

// AWS: the account is empty: arn:aws:apigateway:{region}::/restapis/{id}. Seen: "ARN format reference for API Gateway".
const taggable = /^arn:aws[a-z-]*:apigateway:([a-z0-9-]+):(?:\d{12})?:\/(.+)$/;

async function loadTagged(reader: Reader, caller: Caller, arn: string | undefined): Promise<Tagged> {
  const scope = scopeOf(caller);
  if (arn === undefined || !arn.startsWith('arn:')) throw badRequest(`Invalid ARN. ARN is not well formed ${arn}`);
  const match = taggable.exec(arn);
  const [noun = '', ...path] = match?.[2]?.split('/') ?? [];
  const load = match?.[1] === scope.region && Object.hasOwn(nouns, noun) ? nouns[noun] : undefined;
  const tagged = await load?.(reader, scope, path);
  if (tagged === undefined) throw notFound(`Invalid resource identifier specified ${arn}`);
  return tagged;
}
