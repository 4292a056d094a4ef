// What is logged: `provider.logs`. How functions write their log: `provider.logs.lambda` for all, `logs` of a function for one.

import type { DesiredLogging } from '../desired-state.ts';
import type { TemplateNode } from '../template-node.ts';
import { type AccessLogSettings, readAccessLog } from './access-logs.ts';
import type { PropertyReader } from './property-reader.ts';
import { functionLogProperties, providerLogProperties } from './property-tables.ts';
import { readStageLogs, type StageLogs } from './stage-logs.ts';

const FORMATS = ['JSON', 'Text'] as const;
const APPLICATION_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
const SYSTEM_LEVELS = ['DEBUG', 'INFO', 'WARN'] as const;

export interface ProviderLogs {
  readonly functions?: DesiredLogging;
  readonly httpApi?: AccessLogSettings;
  readonly restApi?: StageLogs;
  readonly webSocket?: StageLogs;
}

/** `provider.logs`. */
export function readProviderLogs(node: TemplateNode | undefined, reader: PropertyReader): ProviderLogs {
  const map = reader.map(node, 'provider.logs', '{ lambda: { logFormat: JSON } }');
  if (map === undefined) return {};
  const properties = reader.properties(map, providerLogProperties, 'provider.logs');
  const functions = readFunctionLogs(properties.get('lambda'), 'provider.logs.lambda', reader);
  const httpApi = readAccessLog(properties.get('httpApi'), reader);
  const restApi = readStageLogs(properties.get('restApi'), 'restApi', reader);
  const webSocket = readStageLogs(properties.get('websocket'), 'websocket', reader);
  return {
    ...(functions === undefined ? {} : { functions }),
    ...(httpApi === undefined ? {} : { httpApi }),
    ...(restApi === undefined ? {} : { restApi }),
    ...(webSocket === undefined ? {} : { webSocket }),
  };
}

export function readFunctionLogs(
  node: TemplateNode | undefined,
  path: string,
  reader: PropertyReader,
): DesiredLogging | undefined {
  const map = reader.map(node, path, '{ logFormat: JSON }');
  if (map === undefined) return undefined;
  const properties = reader.properties(map, functionLogProperties, path);
  const chosen = <T extends string>(name: string, values: readonly T[]): T | undefined => {
    const value = properties.get(name);
    if (value === undefined) return undefined;
    const found = values.find((one) => value.kind === 'scalar' && String(value.value) === one);
    return found ?? reader.wrong(value, `${path}.${name}`, values.join(', '), `Write one of these, e.g. ${values[0]}.`);
  };
  const logFormat = chosen('logFormat', FORMATS);
  const applicationLogLevel = chosen('applicationLogLevel', APPLICATION_LEVELS);
  const systemLogLevel = chosen('systemLogLevel', SYSTEM_LEVELS);
  const logGroup = reader.text(properties.get('logGroup'), `${path}.logGroup`, '/aws/lambda/shared');
  const level = properties.get('applicationLogLevel') ?? properties.get('systemLogLevel');
  if (level !== undefined && logFormat !== 'JSON') {
    const what = `${path}: Lambda takes log levels with the format JSON only.`;
    reader.problems.error('SG_BAD_VALUE', level.place, what, 'Add logFormat: JSON, or remove the level.');
    return undefined;
  }
  return {
    logFormat: logFormat ?? 'Text',
    ...(applicationLogLevel === undefined ? {} : { applicationLogLevel }),
    ...(systemLogLevel === undefined ? {} : { systemLogLevel }),
    ...(logGroup === undefined ? {} : { logGroup }),
  };
}
