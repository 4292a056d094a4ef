// VpcLink: CreateVpcLink, GetVpcLink, GetVpcLinks, UpdateVpcLink, DeleteVpcLink. A link is a name for private integrations here: where
// their listeners and services are reached is said by the operator (--vpc-target), not by subnets.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/vpclinks.html

import type { Caller } from '../../aws/operations.ts';
import type { VpcLink } from '../../model/http-api.ts';
import { loadVpcLink, vpcLinkKey, vpcLinkKind } from './documents.ts';
import { newIdentifier } from './identifiers.ts';
import { assertLength } from './member-rules.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, quotaReached } from './refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';
import { newTags } from './tag-rules.ts';
import { integrationsThrough } from './vpc-link-users.ts';

/** AWS: at most ten subnets, and each link in some. Seen: developer guide, VPC links quotas. */
const SUBNETS_MAX = 10;
const SECURITY_GROUPS_MAX = 5;

export function vpcLinkOperations(context: ServiceContext) {
  const { store } = context;
  return {
    /** AWS: the answer says PENDING; the link is there some time later. Here it is there at once. */
    async CreateVpcLink(input: Input<'CreateVpcLink'>, caller: Caller) {
      const scope = scopeOf(caller);
      const tags = newTags(input.Tags, context.quotas);
      const name = input.Name ?? '';
      assertLength('Name', name, 1, 128);
      const subnetIds = input.SubnetIds ?? [];
      const securityGroupIds = input.SecurityGroupIds ?? [];
      // AWS: these words. Seen: cdk-preflight's deployed cases.
      if (subnetIds.length === 0) throw badRequest('SubnetIds for a vpc link cannot be empty');
      if (subnetIds.length > SUBNETS_MAX) throw badRequest(`A vpc link can have at most ${SUBNETS_MAX} subnets`);
      if (securityGroupIds.length > SECURITY_GROUPS_MAX) {
        throw badRequest(`A vpc link can have at most ${SECURITY_GROUPS_MAX} security groups`);
      }
      return store.transact(async (transaction) => {
        const { vpcLinksPerRegion } = context.quotas;
        const others = await transaction.list(scope, vpcLinkKind, '', { limit: vpcLinksPerRegion });
        if (others.items.length >= vpcLinksPerRegion) throw quotaReached('VpcLinks');
        const vpcLinkId = await newIdentifier(transaction, 'vpcLink', (id) => vpcLinkKey(scope, id));
        const vpcLink: VpcLink = {
          vpcLinkId,
          name,
          securityGroupIds: [...securityGroupIds],
          subnetIds: [...subnetIds],
          createdDate: context.timestamp(),
          tags,
        };
        await transaction.put(vpcLinkKey(scope, vpcLinkId), vpcLink);
        return toVpcLinkOutput(vpcLink, 'PENDING');
      });
    },

    async GetVpcLink(input: Input<'GetVpcLink'>, caller: Caller) {
      return toVpcLinkOutput(await loadVpcLink(store, scopeOf(caller), input.VpcLinkId), 'AVAILABLE');
    },

    async GetVpcLinks(input: Input<'GetVpcLinks'>, caller: Caller) {
      const scope = scopeOf(caller);
      const list = ['GetVpcLinks', scope.account, scope.region];
      const page = await store.list<VpcLink>(scope, vpcLinkKind, '', pageOptions(input, list));
      const items = page.items.map((vpcLink) => toVpcLinkOutput(vpcLink, 'AVAILABLE'));
      return present({ Items: items, NextToken: nextToken(page, list) });
    },

    async UpdateVpcLink(input: Input<'UpdateVpcLink'>, caller: Caller) {
      const scope = scopeOf(caller);
      assertLength('Name', input.Name, 1, 128);
      return store.transact(async (transaction) => {
        const former = await loadVpcLink(transaction, scope, input.VpcLinkId);
        const vpcLink: VpcLink = { ...former, name: input.Name ?? former.name };
        await transaction.put(vpcLinkKey(scope, vpcLink.vpcLinkId), vpcLink);
        return toVpcLinkOutput(vpcLink, 'AVAILABLE');
      });
    },

    async DeleteVpcLink(input: Input<'DeleteVpcLink'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const { vpcLinkId } = await loadVpcLink(transaction, scope, input.VpcLinkId);
        const users = await integrationsThrough(transaction, scope, vpcLinkId);
        if (users.length > 0) {
          // AWS: these words. Seen: klotho#202.
          throw badRequest(
            `Cannot delete vpc link. Vpc link '${vpcLinkId}', is referenced in [${users.join(', ')}] in format of [Method:Resource].`,
          );
        }
        await transaction.delete(vpcLinkKey(scope, vpcLinkId));
        return {};
      });
    },
  } satisfies V2Operations;
}

/** AWS: these messages. Seen: CLI example outputs. */
const statusMessages = {
  PENDING: 'VPC link is provisioning ENIs',
  AVAILABLE: 'VPC link is ready to route traffic',
} as const;

function toVpcLinkOutput(vpcLink: VpcLink, status: keyof typeof statusMessages) {
  return {
    CreatedDate: new Date(vpcLink.createdDate),
    Name: vpcLink.name,
    SecurityGroupIds: [...vpcLink.securityGroupIds],
    SubnetIds: [...vpcLink.subnetIds],
    Tags: { ...vpcLink.tags },
    VpcLinkId: vpcLink.vpcLinkId,
    VpcLinkStatus: status,
    VpcLinkStatusMessage: statusMessages[status],
    VpcLinkVersion: 'V2' as const,
  };
}
