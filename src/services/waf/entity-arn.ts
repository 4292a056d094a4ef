// Names of sets, rule groups and web ACLs: arn:aws:wafv2:{region}:{account}:{regional|global}/{noun}/{name}/{id}.

import { formatArn, parseArn, partitionOf } from '../../aws/arn.ts';
import type { Scope } from '../../model/scope.ts';
import { invalidParameter, REASONS } from './refusals.ts';
import { ipSetKind, regexPatternSetKind, ruleGroupKind, type WafScope, webAclKind } from './waf-documents.ts';

export type EntityKind = typeof ipSetKind | typeof regexPatternSetKind | typeof ruleGroupKind | typeof webAclKind;

export const ENTITY_KINDS: readonly EntityKind[] = [ipSetKind, regexPatternSetKind, ruleGroupKind, webAclKind];

const NOUNS: Readonly<Record<EntityKind, string>> = {
  [ipSetKind]: 'ipset',
  [regexPatternSetKind]: 'regexpatternset',
  [ruleGroupKind]: 'rulegroup',
  [webAclKind]: 'webacl',
};

/** The only region that takes CLOUDFRONT. */
const GLOBAL_REGION = 'us-east-1';

/** The scope that a request names. Throws WAFInvalidParameterException. */
export function checkedWafScope(given: WafScope | undefined, { region }: Scope): WafScope {
  const wafScope = given ?? 'REGIONAL';
  // AWS: Seen: API reference, CreateWebACL, Scope ("use the Region endpoint us-east-1").
  if (wafScope === 'CLOUDFRONT' && region !== GLOBAL_REGION) throw invalidParameter(REASONS.scope, 'SCOPE_VALUE', wafScope);
  return wafScope;
}

export function entityArn(scope: Scope, wafScope: WafScope, kind: EntityKind, name: string, id: string): string {
  const { account, region } = scope;
  const resource = `${wafScope === 'REGIONAL' ? 'regional' : 'global'}/${NOUNS[kind]}/${name}/${id}`;
  return formatArn({ partition: partitionOf(region), service: 'wafv2', region, account, resource });
}

export interface EntityName {
  readonly kind: EntityKind;
  readonly wafScope: WafScope;
  readonly id: string;
}

/** What an ARN of this account and region names; undefined for all others. */
export function entityNameIn(text: string, scope: Scope): EntityName | undefined {
  const arn = parseArn(text);
  if (arn?.service !== 'wafv2' || arn.region !== scope.region || arn.account !== scope.account) return undefined;
  const [where, noun, name, id, ...rest] = arn.resource.split('/');
  const kind = ENTITY_KINDS.find((each) => NOUNS[each] === noun);
  const isPlace = where === 'regional' || where === 'global';
  if (kind === undefined || !isPlace || !name || !id || rest.length > 0) return undefined;
  return { kind, wafScope: where === 'regional' ? 'REGIONAL' : 'CLOUDFRONT', id };
}

/** The same of an ARN that has to name one of `kinds`. Throws WAFInvalidParameterException. */
export function checkedEntityName(text: string, scope: Scope, kinds: readonly EntityKind[]): EntityName {
  const named = entityNameIn(text, scope);
  if (named !== undefined && kinds.includes(named.kind)) return named;
  throw invalidParameter(REASONS.arn, 'RESOURCE_ARN', text);
}
