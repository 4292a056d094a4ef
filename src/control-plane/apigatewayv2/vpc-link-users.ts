// Which integrations of HTTP and WebSocket APIs go through a VPC link: it stays as long as there is one.

import type { Scope } from '../../model/scope.ts';
import type { Reader } from '../../store/store.ts';
import { type AnyIntegration, integrationKind } from './documents.ts';

/** `{method}:{integrationId}` of each, as AWS lists them. */
export async function integrationsThrough(reader: Reader, scope: Scope, vpcLinkId: string): Promise<readonly string[]> {
  const users: string[] = [];
  for (const { key, document } of await reader.scan<AnyIntegration>(integrationKind)) {
    if (key.scope.account !== scope.account || key.scope.region !== scope.region) continue;
    if (document.connectionId !== vpcLinkId) continue;
    const method = 'integrationMethod' in document ? document.integrationMethod : undefined;
    users.push(`${method ?? 'ANY'}:${document.integrationId}`);
  }
  return users;
}
