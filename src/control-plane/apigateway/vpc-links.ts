// VpcLink of REST APIs: CreateVpcLink, GetVpcLink, GetVpcLinks, UpdateVpcLink, DeleteVpcLink. A link is a name for private integrations
// here: where they lead is said by the operator (--vpc-target), not by a network load balancer.
// https://docs.aws.amazon.com/apigateway/latest/api/API_VpcLink.html

import type { Caller } from '../../aws/operations.ts';
import type { RestMethod } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import { newTags } from '../apigatewayv2/tag-rules.ts';
import { integrationsThrough } from '../apigatewayv2/vpc-link-users.ts';
import { textRow } from '../patch/patch-rows.ts';
import { applyPatch, type PatchTable } from '../patch/patch-table.ts';
import { methodKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { pageOf } from './paging.ts';
import { badRequest, notFound, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from './service.ts';
import { isId } from './usage-documents.ts';

const vpcLinkKind = 'apigateway/vpc-link';
/** Source: "Amazon API Gateway quotas". */
const LINKS_PER_REGION = 20;

/** A link as it is kept. */
export interface RestVpcLink {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly targetArns: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

export function vpcLinkOperations(context: ServiceContext) {
  const { store } = context;
  return {
    /** AWS: the answer says PENDING; the link is there some minutes later. Here it is there at once. */
    async CreateVpcLink(input: Input<'CreateVpcLink'>, caller: Caller) {
      const scope = scopeOf(caller);
      const name = checkedName(input.name ?? '');
      const targetArns = checkedTargets(input.targetArns ?? []);
      const tags = newTags(input.tags, context.quotas);
      return store.transact(async (transaction) => {
        const others = await transaction.list(scope, vpcLinkKind, '', { limit: LINKS_PER_REGION });
        if (others.items.length >= LINKS_PER_REGION) throw quotaReached('VPC links');
        const id = await newIdentifier(transaction, 6, (linkId) => vpcLinkKey(scope, linkId));
        const link: RestVpcLink = present({
          id,
          name,
          description: input.description === '' ? undefined : input.description,
          targetArns,
          tags: Object.keys(tags).length === 0 ? undefined : tags,
        });
        await transaction.put(vpcLinkKey(scope, id), link);
        return { ...toVpcLinkOutput(link), status: 'PENDING' as const };
      });
    },

    async GetVpcLink(input: Input<'GetVpcLink'>, caller: Caller) {
      return withTags(await loadVpcLink(store, scopeOf(caller), input.vpcLinkId));
    },

    async GetVpcLinks(input: Input<'GetVpcLinks'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { items } = await store.list<RestVpcLink>(scope, vpcLinkKind, '');
      const page = pageOf(items, (link) => link.id, input, ['GetVpcLinks', scope.account, scope.region]);
      return present({ items: page.items.map((link) => available(link)), position: page.position });
    },

    async UpdateVpcLink(input: Input<'UpdateVpcLink'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const former = await loadVpcLink(transaction, scope, input.vpcLinkId);
        const link = applyPatch(vpcLinkPatch, former, input.patchOperations);
        await transaction.put(vpcLinkKey(scope, link.id), { ...link, name: checkedName(link.name ?? '') });
        return withTags(link);
      });
    },

    async DeleteVpcLink(input: Input<'DeleteVpcLink'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { id } = await loadVpcLink(transaction, scope, input.vpcLinkId);
        const users = (await transaction.scan<RestMethod>(methodKind))
          .filter(({ key }) => key.scope.account === scope.account && key.scope.region === scope.region)
          .filter(({ document }) => document.methodIntegration?.connectionId === id)
          .map(({ document }) => `${document.httpMethod}:${document.resourceId}`);
        users.push(...(await integrationsThrough(transaction, scope, id)));
        if (users.length > 0) {
          // AWS: these words. Seen: klotho#202.
          throw badRequest(
            `Cannot delete vpc link. Vpc link '${id}', is referenced in [${users.join(', ')}] in format of [Method:Resource].`,
          );
        }
        await transaction.delete(vpcLinkKey(scope, id));
        return {};
      });
    },
  } satisfies V1Operations;
}

const vpcLinkPatch: PatchTable<RestVpcLink> = { manner: 'listing', rows: [textRow('name'), textRow('description')] };

export async function loadVpcLink(reader: Reader, scope: Scope, id: string | undefined): Promise<RestVpcLink> {
  const link = isId(id) ? await reader.get<RestVpcLink>(vpcLinkKey(scope, id)) : undefined;
  if (link === undefined) throw notFound('Invalid Vpc Link identifier specified');
  return link;
}

export function vpcLinkKey(scope: Scope, id: string): DocumentKey {
  return { scope, kind: vpcLinkKind, parent: '', id };
}

// AWS: these words. Seen: LocalStack's recorded refusals.
function checkedName(name: string): string {
  if (name === '') throw badRequest('Name cannot be empty');
  return name;
}

const balancerArn = /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/net\/[^/]+\/[^/]+$/;

/** AWS: one network load balancer. Seen: API reference, CreateVpcLink. */
function checkedTargets(targetArns: readonly string[]): readonly string[] {
  const [arn, ...more] = targetArns;
  if (arn === undefined) throw badRequest('A vpc link must have exactly one target');
  // AWS: these words. Seen: cdk-preflight's deployed cases, vpc-link-single-target.
  if (more.length > 0) throw badRequest('More than one target arn specified for vpc link.');
  if (!balancerArn.test(arn)) throw badRequest(`Invalid ARN. ARN is not well formed ${arn}`);
  return [arn];
}

function toVpcLinkOutput({ id, name, description, targetArns, tags }: RestVpcLink) {
  return present({ id, name, description, targetArns: [...targetArns], tags: tags === undefined ? undefined : { ...tags } });
}

/** AWS: this status message. Seen: recorded answer, test_vpc_link_lifecycle. */
function available(link: RestVpcLink) {
  return { ...toVpcLinkOutput(link), status: 'AVAILABLE' as const, statusMessage: 'Your vpc link is ready for use' };
}

function withTags(link: RestVpcLink) {
  return { ...available(link), tags: { ...link.tags } };
}
