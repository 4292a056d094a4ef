// The settings of a REST API's stage that no deployment freezes: metrics, traces, the access log, the execution log.

import type { ApplySession } from './apply-desired-state.ts';
import { ensureLogGroup } from './apply-log-groups.ts';
import type { DesiredRestApi } from './desired-rest-api.ts';
import { type DesiredState, REST_API_SUBJECT } from './desired-state.ts';
import { withoutStar } from './http-api-input.ts';
import type { Answer } from './rest-api-input.ts';

interface Patch {
  readonly op: 'replace' | 'remove';
  readonly path: string;
  readonly value?: string;
}

/** `stage` is the stage as it was before, or undefined when it is new. */
export async function applyRestStage(
  session: ApplySession,
  desired: DesiredState,
  api: DesiredRestApi,
  stage: Answer | undefined,
): Promise<void> {
  const patchOperations = [...methodSettings(api, stage), ...tracing(api, stage), ...accessLog(desired, api, stage)];
  if (patchOperations.length === 0) return;
  if (api.accessLog !== undefined) await ensureLogGroup(session, api.accessLog.logGroup, REST_API_SUBJECT);
  const input = { restApiId: desired.restApiId, stageName: api.stageName, patchOperations };
  await session.call('apigateway', 'UpdateStage', input, REST_API_SUBJECT);
  if (stage !== undefined) session.changed('updated', 'stage', api.stageName);
}

/** Those of all methods. */
function methodSettings(api: DesiredRestApi, stage: Answer | undefined): readonly Patch[] {
  const settings = (stage?.['methodSettings'] ?? {}) as Record<string, Answer>;
  const found = settings['*/*'] ?? {};
  const rows = [
    ['metrics/enabled', String(api.detailedMetricsEnabled), String(found['metricsEnabled'] ?? false)],
    ['logging/loglevel', api.executionLog?.level ?? 'OFF', String(found['loggingLevel'] ?? 'OFF')],
    ['logging/dataTrace', String(api.executionLog?.dataTrace ?? false), String(found['dataTraceEnabled'] ?? false)],
  ] as const;
  return rows
    .filter(([, wanted, current]) => wanted !== current)
    .map(([name, value]) => ({ op: 'replace', path: `/*/*/${name}`, value }));
}

function tracing(api: DesiredRestApi, stage: Answer | undefined): readonly Patch[] {
  if (api.tracingEnabled === (stage?.['tracingEnabled'] ?? false)) return [];
  return [{ op: 'replace', path: '/tracingEnabled', value: String(api.tracingEnabled) }];
}

function accessLog({ region, account }: DesiredState, api: DesiredRestApi, stage: Answer | undefined): readonly Patch[] {
  const found = stage?.['accessLogSettings'] as { destinationArn?: string; format?: string } | undefined;
  if (api.accessLog === undefined) {
    return found?.destinationArn === undefined ? [] : [{ op: 'remove', path: '/accessLogSettings' }];
  }
  const { logGroup, format } = api.accessLog;
  const destinationArn = `arn:aws:logs:${region}:${account}:log-group:${logGroup}`;
  if (withoutStar(found?.destinationArn) === destinationArn && found?.format === format) return [];
  return [
    { op: 'replace', path: '/accessLogSettings/destinationArn', value: destinationArn },
    { op: 'replace', path: '/accessLogSettings/format', value: format },
  ];
}
