// Which web ACL is in front of a stage.
//
// A stage that is deleted takes its association along: see forgetStages. Until that has happened, an association of a stage that
// is not there counts as none.

import { parseArn } from '../../aws/arn.ts';
import type { Scope } from '../../model/scope.ts';
import type { DocumentKey, Reader, Transaction } from '../../store/store.ts';
import { associatedItem, invalidParameter, REASONS } from './refusals.ts';
import type { WafContext } from './waf-context.ts';
import { type AssociationDocument, associationKind } from './waf-documents.ts';

export interface StageName {
  readonly restApiId: string;
  readonly stageName: string;
}

/** AWS: without an account. Seen: developer guide, API reference, AssociateWebACL, ResourceArn. */
export function stageArn(partition: string, { region }: Scope, { restApiId, stageName }: StageName): string {
  return `arn:${partition}:apigateway:${region}::/restapis/${restApiId}/stages/${stageName}`;
}

/** The stage that an ARN of this region names. Throws WAFInvalidParameterException. */
export function checkedStageName(text: string, { region }: Scope): StageName {
  const arn = parseArn(text);
  if (arn === undefined) throw invalidParameter(REASONS.arn, 'RESOURCE_ARN', text);
  const [, restApiId, stageName] = /^\/restapis\/([\w-]+)\/stages\/([\w-]+)$/.exec(arn.resource) ?? [];
  const isHere = arn.service === 'apigateway' && arn.region === region && arn.account === '';
  if (isHere && restApiId !== undefined && stageName !== undefined) return { restApiId, stageName };
  // AWS: HTTP and WebSocket APIs are none of the resources that WAF protects. Seen: API reference, AssociateWebACL.
  if (arn.service === 'apigateway') throw invalidParameter(REASONS.arn, 'RESOURCE_ARN', text);
  throw invalidParameter('Web ACLs protect stages of REST APIs here, and nothing else.', 'RESOURCE_ARN', text);
}

export function associationKey(scope: Scope, resourceArn: string): DocumentKey {
  return { scope, kind: associationKind, parent: '', id: resourceArn };
}

/** The ARN of the web ACL in front of a stage that is there: what GetStage shows as `webAclArn`. */
export async function associatedWebAcl(reader: Reader, scope: Scope, resourceArn: string): Promise<string | undefined> {
  return (await reader.get<AssociationDocument>(associationKey(scope, resourceArn)))?.webAclArn;
}

/** Ends the association of a stage, or of every stage of an API, that is deleted: another of its name begins without one. */
export async function forgetStages(transaction: Transaction, scope: Scope, restApiId: string, stageName?: string): Promise<void> {
  const { items } = await transaction.list<AssociationDocument>(scope, associationKind, '');
  for (const association of items) {
    const isIt = association.restApiId === restApiId && (stageName === undefined || association.stageName === stageName);
    if (isIt) await transaction.delete(associationKey(scope, association.resourceArn));
  }
}

/** The associations of a web ACL with stages that are there. */
export async function liveAssociations(
  { stageExists }: WafContext,
  reader: Reader,
  scope: Scope,
  webAclArn: string,
): Promise<AssociationDocument[]> {
  const { items } = await reader.list<AssociationDocument>(scope, associationKind, '');
  const live: AssociationDocument[] = [];
  for (const association of items) {
    const { restApiId, stageName } = association;
    if (association.webAclArn !== webAclArn || !(await stageExists(scope, restApiId, stageName))) continue;
    live.push(association);
  }
  return live;
}

/** Throws WAFAssociatedItemException when the web ACL is in front of a stage. */
export async function assertNotAssociated(
  context: WafContext,
  transaction: Transaction,
  scope: Scope,
  webAclArn: string,
): Promise<void> {
  if ((await liveAssociations(context, transaction, scope, webAclArn)).length > 0) throw associatedItem();
  const { items } = await transaction.list<AssociationDocument>(scope, associationKind, '');
  for (const { resourceArn, webAclArn: arn } of items) {
    if (arn === webAclArn) await transaction.delete(associationKey(scope, resourceArn));
  }
}
