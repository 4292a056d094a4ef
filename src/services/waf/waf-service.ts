// WAF in this process: its operations, and the web ACLs in front of stages.

import type { MetricsCollector } from '../../data-plane/telemetry/metrics-collector.ts';
import type { WebAcls } from '../../data-plane/web-acls.ts';
import type { Scope } from '../../model/scope.ts';
import type { Change, Store, Transaction } from '../../store/store.ts';
import { forgetStages } from './association.ts';
import { crossSiteScripting } from './injection/cross-site-scripting.ts';
import { sqlInjection } from './injection/sql-injection.ts';
import { bodyWanted } from './inspection/body-wanted.ts';
import { newStatementCompiler } from './inspection/compile-statement.ts';
import { compileRateKey } from './inspection/rate-key.ts';
import { findManagedRuleGroup, STATIC_VERSION } from './managed/catalogue.ts';
import { managedRuleGroupOperations } from './managed/managed-rule-groups.ts';
import { wafOperations } from './operations.ts';
import { rateBasedKeysOperations } from './rate-based-keys.ts';
import { LiveWebAcls, type LiveWebAclsOptions } from './running/live-web-acls.ts';
import { sampledRequestsOperations } from './sampled-requests.ts';
import type { ManagedGroups, WafContext, WafOperations } from './waf-context.ts';

export interface WafServiceOptions extends Pick<WafContext, 'stageExists' | 'logGroupExists'> {
  readonly store: Store;
  readonly metrics: Pick<MetricsCollector, 'counts'>;
  readonly openLog: LiveWebAclsOptions['openLog'];
  readonly now?: () => number;
  readonly onNotice?: (text: string) => void;
  readonly onError?: (error: unknown) => void;
}

export interface WafService extends WebAcls {
  readonly operations: WafOperations;
  /** The ARN of the web ACL of a stage. */
  ofStage(scope: Scope, restApiId: string, stageName: string): string | undefined;
  /** Ends the association of a stage, or of every stage of an API, that is being deleted. */
  forgetStages(transaction: Transaction, scope: Scope, restApiId: string, stageName?: string): Promise<void>;
  apply(changes: readonly Change[]): Promise<void>;
  /** Forgets what was sampled and counted. */
  clear(): void;
}

const managedGroups: ManagedGroups = {
  find(vendorName, name) {
    const group = findManagedRuleGroup(vendorName, name);
    if (group === undefined) return undefined;
    const { capacity, unavailable } = group;
    if (unavailable !== undefined) return { capacity, ruleNames: [], unavailable };
    return { capacity, ruleNames: group.rules.map((rule) => rule.name), versions: [STATIC_VERSION.name] };
  },
};

/** Resolves when the web ACLs of every stage are compiled. Throws StoreError. */
export async function createWafService(options: WafServiceOptions): Promise<WafService> {
  const {
    store,
    metrics,
    openLog,
    stageExists,
    logGroupExists,
    now = Date.now,
    onNotice = () => {},
    onError = () => {},
  } = options;
  const said = new Set<string>();
  const keptOnly = (feature: string): void => {
    if (!said.has(feature)) onNotice(`${feature}: kept and not run yet.`);
    said.add(feature);
  };
  const compileStatement = newStatementCompiler({ sqlInjection, crossSiteScripting });
  const live = new LiveWebAcls({
    ...{ store, metrics, openLog, onError },
    compiler: { compileStatement, compileRateKey },
    wantsBody: ({ Statement }) => Statement !== undefined && bodyWanted(Statement),
  });
  await live.load();
  const context: WafContext = { store, now, keptOnly, managedGroups, stageExists, logGroupExists };
  return {
    operations: wafOperations(context, {
      ...managedRuleGroupOperations(),
      ...sampledRequestsOperations(context, live),
      ...rateBasedKeysOperations(context, live),
    }),
    bind: (stage) => live.bind(stage),
    ofStage: (scope, restApiId, stageName) => live.ofStage(scope, restApiId, stageName),
    forgetStages,
    apply: (changes) => live.apply(changes),
    clear: () => live.clear(),
  };
}
