// How stages are answered.

import type { RestMethodSetting, RestStage } from '../../model/rest-api.ts';
import { present } from './service.ts';

/** `webAclArn`: of the web ACL that is associated with it. */
export function toStageOutput(stage: RestStage, webAclArn?: string) {
  const { canarySettings: canary } = stage;
  return present({
    deploymentId: stage.deploymentId,
    clientCertificateId: stage.clientCertificateId,
    stageName: stage.stageName,
    description: stage.description,
    cacheClusterEnabled: stage.cacheClusterEnabled,
    cacheClusterSize: stage.cacheClusterSize as '0.5' | undefined,
    cacheClusterStatus: stage.cacheClusterStatus as 'AVAILABLE',
    methodSettings: Object.fromEntries(
      Object.entries(stage.methodSettings).map(([method, setting]) => [method, toMethodSettingOutput(setting)]),
    ),
    variables: stage.variables && { ...stage.variables },
    documentationVersion: stage.documentationVersion,
    accessLogSettings: stage.accessLogSettings && { ...stage.accessLogSettings },
    canarySettings:
      canary &&
      present({
        percentTraffic: canary.percentTraffic,
        deploymentId: canary.deploymentId,
        stageVariableOverrides: canary.stageVariableOverrides && { ...canary.stageVariableOverrides },
        useStageCache: canary.useStageCache,
      }),
    tracingEnabled: stage.tracingEnabled,
    webAclArn,
    tags: stage.tags && { ...stage.tags },
    createdDate: new Date(stage.createdDate),
    lastUpdatedDate: new Date(stage.lastUpdatedDate),
  });
}

/** AWS: a log level shows only where one was set. Seen: recorded answers, test_create_update_stages. */
function toMethodSettingOutput({ loggingLevelChosen, ...setting }: RestMethodSetting) {
  const { loggingLevel, ...others } = setting;
  return loggingLevelChosen === true ? { ...others, loggingLevel } : others;
}
