// WAF beside the others: the stages its web ACLs stand in front of, the log groups they log into, what they count with.

import { find, stageKind } from '../control-plane/apigateway/documents.ts';
import { logGroupKey } from '../services/logs/log-group-document.ts';
import type { LogsService } from '../services/logs/logs-service.ts';
import { createWafService, type WafService, type WafServiceOptions } from '../services/waf/waf-service.ts';
import type { Store } from '../store/store.ts';

export interface WebAclsOptions extends Pick<WafServiceOptions, 'metrics' | 'onNotice' | 'onError'> {
  readonly store: Store;
  readonly logs: LogsService;
}

/** Throws StoreError. */
export function openWebAcls({ store, logs, ...options }: WebAclsOptions): Promise<WafService> {
  return createWafService({
    ...options,
    store,
    openLog(scope, logGroupName, logStreamName) {
      const stream = { scope, logGroupName, logStreamName };
      return { write: (line, at) => logs.append(stream, at, line) };
    },
    stageExists: async (scope, restApiId, stageName) => (await find(store, scope, stageKind, restApiId, stageName)) !== undefined,
    logGroupExists: async (scope, logGroupName) => (await store.get(logGroupKey(scope, logGroupName))) !== undefined,
  });
}
