// Web ACLs in front of stages.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html

import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { associatedWebAcl, associationKey, checkedStageName, liveAssociations, type StageName } from './association.ts';
import { entityByArn } from './entities.ts';
import { checkedEntityName } from './entity-arn.ts';
import { invalidParameter, nonexistentItem, REASONS } from './refusals.ts';
import { type Input, scopeOf, type WafContext, type WafOperations } from './waf-context.ts';
import { type AssociationDocument, type WebAclDocument, webAclKind } from './waf-documents.ts';
import { toWebAcl } from './wire-web-acl.ts';

export function associationOperations(context: WafContext) {
  const { store, stageExists } = context;

  /** The stage of an ARN, which has to be there. */
  async function stageOf(scope: Scope, resourceArn: string): Promise<StageName> {
    const stage = checkedStageName(resourceArn, scope);
    // AWS: Seen: aws-samples/serverless-patterns#2173.
    if (!(await stageExists(scope, stage.restApiId, stage.stageName))) throw nonexistentItem();
    return stage;
  }

  return {
    async AssociateWebACL(input: Input<'AssociateWebACL'>, caller: Caller) {
      const { WebACLArn: webAclArn = '', ResourceArn: resourceArn = '' } = input;
      const scope = scopeOf(caller);
      const { wafScope } = checkedEntityName(webAclArn, scope, [webAclKind]);
      // AWS: what is made for CloudFront is associated there. Seen: API reference, AssociateWebACL.
      if (wafScope === 'CLOUDFRONT') throw invalidParameter(REASONS.scope, 'SCOPE_VALUE', wafScope);
      const stage = await stageOf(scope, resourceArn);
      await store.transact(async (transaction) => {
        await webAclOf(transaction, scope, webAclArn);
        const association: AssociationDocument = { resourceArn, webAclArn, ...stage };
        await transaction.put(associationKey(scope, resourceArn), association);
      });
      return {};
    },

    async DisassociateWebACL({ ResourceArn: resourceArn = '' }: Input<'DisassociateWebACL'>, caller: Caller) {
      const scope = scopeOf(caller);
      await stageOf(scope, resourceArn);
      await store.transact((transaction) => transaction.delete(associationKey(scope, resourceArn)));
      return {};
    },

    async GetWebACLForResource({ ResourceArn: resourceArn = '' }: Input<'GetWebACLForResource'>, caller: Caller) {
      const scope = scopeOf(caller);
      await stageOf(scope, resourceArn);
      const arn = await associatedWebAcl(store, scope, resourceArn);
      const webAcl = arn === undefined ? undefined : await entityByArn<WebAclDocument>(store, scope, webAclKind, arn);
      return webAcl === undefined ? {} : { WebACL: toWebAcl(webAcl) };
    },

    async ListResourcesForWebACL(input: Input<'ListResourcesForWebACL'>, caller: Caller) {
      const { WebACLArn: webAclArn = '', ResourceType: type = 'APPLICATION_LOAD_BALANCER' } = input;
      const scope = scopeOf(caller);
      checkedEntityName(webAclArn, scope, [webAclKind]);
      await webAclOf(store, scope, webAclArn);
      // AWS: load balancers are what is listed when no type is given. Seen: API reference, ListResourcesForWebACL.
      if (type !== 'API_GATEWAY') return { ResourceArns: [] };
      const associations = await liveAssociations(context, store, scope, webAclArn);
      return { ResourceArns: associations.map(({ resourceArn }) => resourceArn) };
    },
  } satisfies WafOperations;
}

/** Throws WAFNonexistentItemException. */
async function webAclOf(reader: Reader, scope: Scope, arn: string): Promise<WebAclDocument> {
  const webAcl = await entityByArn<WebAclDocument>(reader, scope, webAclKind, arn);
  if (webAcl === undefined) throw nonexistentItem();
  return webAcl;
}
