// `provider.logs.httpApi`: the access log of the HTTP API's stage.
// Source: Serverless Framework, guide "HTTP API", access logs.

import type { DesiredAccessLog } from '../desired-state.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';
import { accessLogProperties } from './property-tables.ts';

// AWS: nothing; what Serverless Framework writes when the file does not say.
const DEFAULT_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  requestTime: '$context.requestTime',
  httpMethod: '$context.httpMethod',
  routeKey: '$context.routeKey',
  status: '$context.status',
  protocol: '$context.protocol',
  responseLength: '$context.responseLength',
});

/** Without the group's name when the file does not say: it is made of the stack's. */
export type AccessLogSettings = Partial<DesiredAccessLog> & { readonly format: string };

export function readAccessLog(node: TemplateNode | undefined, reader: PropertyReader): AccessLogSettings | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  if (node.kind === 'scalar' && String(node.value) === 'true') return { format: DEFAULT_FORMAT };
  const path = 'provider.logs.httpApi';
  const map = reader.map(node, path, 'true');
  if (map === undefined) return undefined;
  const properties = reader.properties(map, accessLogProperties, path);
  const logGroup = reader.text(properties.get('logGroup'), `${path}.logGroup`, '/aws/http-api/orders');
  const format = reader.text(properties.get('format'), `${path}.format`, '$context.requestId $context.status');
  return { format: format ?? DEFAULT_FORMAT, ...(logGroup === undefined ? {} : { logGroup }) };
}
