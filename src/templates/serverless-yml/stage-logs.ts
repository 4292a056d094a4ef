// `provider.logs.restApi` and `provider.logs.websocket`: the access log and the execution log of a stage.
// Source: Serverless Framework, guides "REST API" and "Websocket", "Logs".

import type { DesiredExecutionLog } from '../desired-websocket-api.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import { restApiLogProperties, webSocketLogProperties } from './api-property-tables.ts';
import type { PropertyReader } from './property-reader.ts';

export interface StageLogs {
  /** Of the access log; absent when there is none. */
  readonly format?: string;
  /** Of the access log, where it is not the usual one. */
  readonly logGroup?: string;
  readonly executionLog?: DesiredExecutionLog;
}

// AWS: nothing; what Serverless Framework writes when the file does not say.
const DEFAULT_FORMATS = {
  restApi: [
    'requestId: $context.requestId',
    'ip: $context.identity.sourceIp',
    'caller: $context.identity.caller',
    'user: $context.identity.user',
    'requestTime: $context.requestTime',
    'httpMethod: $context.httpMethod',
    'resourcePath: $context.resourcePath',
    'status: $context.status',
    'protocol: $context.protocol',
    'responseLength: $context.responseLength',
  ].join(', '),
  websocket: [
    '$context.identity.sourceIp',
    '$context.identity.caller',
    '$context.identity.user',
    '[$context.requestTime]',
    '"$context.eventType $context.routeKey $context.connectionId"',
    '$context.requestId',
  ].join(' '),
};
const TABLES = { restApi: restApiLogProperties, websocket: webSocketLogProperties };

/** True, or a map whose switches are on unless they are false. */
export function readStageLogs(
  node: TemplateNode | undefined,
  api: 'restApi' | 'websocket',
  reader: PropertyReader,
): StageLogs | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  if (node.kind === 'scalar' && String(node.value) === 'false') return undefined;
  if (node.kind === 'scalar' && String(node.value) === 'true') {
    return { format: DEFAULT_FORMATS[api], executionLog: { level: 'INFO', dataTrace: true } };
  }
  const path = `provider.logs.${api}`;
  const map = reader.map(node, path, 'true');
  if (map === undefined) return undefined;
  const properties = reader.properties(map, TABLES[api], path);
  const isOn = (name: string) => reader.boolean(properties.get(name), `${path}.${name}`) ?? true;
  const format = reader.text(properties.get('format'), `${path}.format`, '$context.requestId $context.status');
  const logGroup = reader.text(properties.get('logGroup'), `${path}.logGroup`, '/orders/access');
  const levelNode = properties.get('level');
  const level = levelNode === undefined ? 'INFO' : reader.text(levelNode, `${path}.level`, 'INFO');
  if (levelNode !== undefined && level !== undefined && level !== 'INFO' && level !== 'ERROR') {
    reader.wrong(levelNode, `${path}.level`, 'INFO or ERROR', 'Use one of these; executionLogging: false turns the log off.');
  }
  const dataTrace = isOn('fullExecutionData');
  return {
    ...(logGroup === undefined ? {} : { logGroup }),
    ...(isOn('accessLogging') ? { format: format ?? DEFAULT_FORMATS[api] } : {}),
    ...(isOn('executionLogging') ? { executionLog: { level: level === 'ERROR' ? 'ERROR' : 'INFO', dataTrace } } : {}),
  };
}
