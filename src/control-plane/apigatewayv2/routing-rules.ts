// RoutingRule: CreateRoutingRule, GetRoutingRule, ListRoutingRules, PutRoutingRule, DeleteRoutingRule. v2 alone has them, also for domain
// names that v1 made; they lead to REST APIs.
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname-routingrules.html

import { partitionOf } from '../../aws/arn.ts';
import type { Caller } from '../../aws/operations.ts';
import type { DomainName, RoutingCondition, RoutingRule, RoutingTarget } from '../../model/custom-domain.ts';
import type { RestStage } from '../../model/rest-api.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { find, findRestApi, stageKind as restStageKind } from '../apigateway/documents.ts';
import { domainIdentity, isId, loadDomainName, loadRoutingRules, routingRuleKey } from './domain-documents.ts';
import { assertRuleStaysInside } from './domain-targets.ts';
import { newIdentifier } from './identifiers.ts';
import { nextToken, pageOptions } from './paging.ts';
import { badRequest, conflict, notFound, quotaReached } from './refusals.ts';
import { checkedAction, checkedConditions, checkedPriority } from './routing-conditions.ts';
import { type Input, present, type ServiceContext, scopeOf, type V2Operations } from './service.ts';

export function routingRuleOperations(context: ServiceContext) {
  const { store } = context;
  return {
    async CreateRoutingRule(input: Input<'CreateRoutingRule'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const domain = await loadDomainName(transaction, scope, input.DomainName, input.DomainNameId);
        // AWS: in this mode there are none to be created. Seen: developer guide, "Set the routing mode".
        if (domain.routingMode === 'API_MAPPING_ONLY') {
          throw badRequest(
            'Routing rules cannot be created for a domain name with the routing mode API_MAPPING_ONLY. Set its routing mode to ROUTING_RULE_ONLY or ROUTING_RULE_THEN_API_MAPPING first.',
          );
        }
        const rule = await checkedRule(transaction, scope, domain, input);
        const others = await loadRoutingRules(transaction, scope, domainIdentity(domain));
        assertPriorityIsFree(others, rule.priority);
        if (others.length >= context.quotas.routingRulesPerDomain) throw quotaReached('RoutingRules');
        const keyOf = (id: string) => routingRuleKey(scope, domainIdentity(domain), id);
        const routingRuleId = await newIdentifier(transaction, 'routingRule', keyOf);
        const made: RoutingRule = { routingRuleId, ...rule };
        await transaction.put(keyOf(routingRuleId), made);
        return toRoutingRuleOutput(scope, domain, made);
      });
    },

    async GetRoutingRule(input: Input<'GetRoutingRule'>, caller: Caller) {
      const scope = scopeOf(caller);
      const domain = await loadDomainName(store, scope, input.DomainName, input.DomainNameId);
      return toRoutingRuleOutput(scope, domain, await loadRoutingRule(store, scope, domain, input.RoutingRuleId));
    },

    /** In the order in which they are asked. */
    async ListRoutingRules(input: Input<'ListRoutingRules'>, caller: Caller) {
      const scope = scopeOf(caller);
      const domain = await loadDomainName(store, scope, input.DomainName, input.DomainNameId);
      const list = ['ListRoutingRules', scope.account, scope.region, domainIdentity(domain)];
      const { limit, after = '' } = pageOptions({ MaxResults: input.MaxResults?.toString(), NextToken: input.NextToken }, list);
      const rules = (await loadRoutingRules(store, scope, domainIdentity(domain)))
        .map((rule) => ({ rule, place: String(rule.priority).padStart(7, '0') }))
        .filter(({ place }) => place > after)
        .sort((left, right) => left.rule.priority - right.rule.priority);
      const items = rules.slice(0, limit);
      const next = items.length < rules.length ? items.at(-1)?.place : undefined;
      return present({
        RoutingRules: items.map(({ rule }) => toRoutingRuleOutput(scope, domain, rule)),
        NextToken: nextToken(next === undefined ? { items } : { items, next }, list),
      });
    },

    /** Everything but the id is replaced. */
    async PutRoutingRule(input: Input<'PutRoutingRule'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const domain = await loadDomainName(transaction, scope, input.DomainName, input.DomainNameId);
        const { routingRuleId } = await loadRoutingRule(transaction, scope, domain, input.RoutingRuleId);
        const rule: RoutingRule = { routingRuleId, ...(await checkedRule(transaction, scope, domain, input)) };
        const all = await loadRoutingRules(transaction, scope, domainIdentity(domain));
        assertPriorityIsFree(
          all.filter((each) => each.routingRuleId !== routingRuleId),
          rule.priority,
        );
        await transaction.put(routingRuleKey(scope, domainIdentity(domain), routingRuleId), rule);
        return toRoutingRuleOutput(scope, domain, rule);
      });
    },

    async DeleteRoutingRule(input: Input<'DeleteRoutingRule'>, caller: Caller) {
      const scope = scopeOf(caller);
      return store.transact(async (transaction) => {
        const domain = await loadDomainName(transaction, scope, input.DomainName, input.DomainNameId);
        const { routingRuleId } = await loadRoutingRule(transaction, scope, domain, input.RoutingRuleId);
        await transaction.delete(routingRuleKey(scope, domainIdentity(domain), routingRuleId));
        return {};
      });
    },
  } satisfies V2Operations;
}

async function loadRoutingRule(reader: Reader, scope: Scope, domain: DomainName, id: string | undefined): Promise<RoutingRule> {
  const rule =
    id !== undefined && isId(id) ? await reader.get<RoutingRule>(routingRuleKey(scope, domainIdentity(domain), id)) : undefined;
  if (rule === undefined) throw notFound('RoutingRule', `Invalid RoutingRule identifier specified ${id}`);
  return rule;
}

async function checkedRule(
  reader: Reader,
  scope: Scope,
  domain: DomainName,
  input: Pick<Input<'CreateRoutingRule'>, 'Priority' | 'Conditions' | 'Actions'>,
): Promise<Omit<RoutingRule, 'routingRuleId'>> {
  const priority = checkedPriority(input.Priority);
  const conditions = checkedConditions(input.Conditions);
  return { priority, conditions, target: await checkedTarget(reader, scope, domain, checkedAction(input.Actions)) };
}

/** The words are those of API mappings. */
async function checkedTarget(reader: Reader, scope: Scope, domain: DomainName, target: RoutingTarget): Promise<RoutingTarget> {
  // AWS: WebSocket and HTTP APIs are no targets. Seen: developer guide, considerations for routing rules.
  const restApi = await findRestApi(reader, scope, target.apiId);
  if (restApi === undefined) {
    throw badRequest('Invalid API identifier specified. Only REST APIs are supported as targets of routing rules.');
  }
  const stage = await find<RestStage>(reader, scope, restStageKind, restApi.id, target.stage);
  if (stage === undefined) throw badRequest('Invalid stage identifier specified');
  assertRuleStaysInside(domain, restApi);
  return target;
}

/** AWS: a ConflictException. Seen: AWS's guidance for custom domains and routing; the sentence is ours. */
function assertPriorityIsFree(others: readonly RoutingRule[], priority: number): void {
  const holder = others.find((each) => each.priority === priority);
  if (holder === undefined) return;
  throw conflict(`Routing rule ${holder.routingRuleId} of this domain name already has the priority ${priority}`);
}

/** AWS: stripBasePath is filled in, and this ARN has the account. Seen: aws-cli examples. */
function toRoutingRuleOutput(scope: Scope, domain: DomainName, rule: RoutingRule) {
  const { apiId, stage, stripBasePath } = rule.target;
  return {
    Actions: [{ InvokeApi: { ApiId: apiId, Stage: stage, StripBasePath: stripBasePath } }],
    Conditions: rule.conditions.map(toConditionOutput),
    Priority: rule.priority,
    RoutingRuleArn: `arn:${partitionOf(scope.region)}:apigateway:${scope.region}:${scope.account}:/domainnames/${domainIdentity(domain)}/routingrules/${rule.routingRuleId}`,
    RoutingRuleId: rule.routingRuleId,
  };
}

function toConditionOutput({ matchHeaders, matchBasePath }: RoutingCondition) {
  return present({
    MatchBasePaths: matchBasePath === undefined ? undefined : { AnyOf: [matchBasePath] },
    MatchHeaders: matchHeaders && { AnyOf: [{ Header: matchHeaders.header, ValueGlob: matchHeaders.valueGlob }] },
  });
}
