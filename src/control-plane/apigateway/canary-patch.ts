// The canary of a stage: made by its first setting, promoted by copying, ended by removing it.
// AWS: so. Seen: recorded answers, test_create_canary_deployment_by_stage_update, test_update_stage_with_copy_ops.

import type { AwsError } from '../../aws/aws-error.ts';
import type { CanarySettings, RestStage } from '../../model/rest-api.ts';
import { isTrue, withMember } from '../patch/patch-rows.ts';
import type { PatchRow } from '../patch/patch-table.ts';
import { badRequest, notFound } from './refusals.ts';
import { checkedPercentTraffic, checkVariable } from './stage-rules.ts';

export const canaryRows: readonly PatchRow<RestStage>[] = [
  {
    path: '/deploymentId',
    ops: ['replace', 'copy'],
    apply(stage, { op, path, value = '', from }) {
      if (op === 'replace') return { ...stage, deploymentId: value };
      if (from !== '/canarySettings/deploymentId') throw copyRefusal(path, from);
      return { ...stage, deploymentId: promoted(stage).deploymentId };
    },
  },
  {
    path: '/variables',
    ops: ['copy'],
    apply(stage, { path, from }) {
      if (from !== '/canarySettings/stageVariableOverrides') throw copyRefusal(path, from);
      const { stageVariableOverrides } = promoted(stage);
      return stageVariableOverrides === undefined
        ? stage
        : { ...stage, variables: { ...stage.variables, ...stageVariableOverrides } };
    },
  },
  { path: '/canarySettings', ops: ['remove'], apply: (stage) => withMember(stage, 'canarySettings', undefined) },
  {
    path: '/canarySettings/deploymentId',
    ops: ['replace'],
    apply: (stage, { value = '' }) => withCanary(stage, { deploymentId: value }),
  },
  {
    path: '/canarySettings/percentTraffic',
    ops: ['replace'],
    apply: (stage, { value = '' }) =>
      withCanary(stage, {
        percentTraffic: checkedPercentTraffic(/^\d{1,3}(?:\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN),
      }),
  },
  {
    path: '/canarySettings/useStageCache',
    ops: ['replace'],
    apply: (stage, { value }) => withCanary(stage, { useStageCache: isTrue(value) }),
  },
  {
    path: '/canarySettings/stageVariableOverrides/{name}',
    ops: ['replace', 'remove'],
    apply(stage, { op, value = '' }, name) {
      const overrides = new Map(Object.entries(stage.canarySettings?.stageVariableOverrides ?? {}));
      if (op === 'replace') {
        checkVariable(name, value);
        overrides.set(name, value);
      } else if (!overrides.delete(name)) throw notFound('Invalid stage variable name specified');
      const settings = withCanary(stage, {}).canarySettings as CanarySettings;
      const left = overrides.size === 0 ? undefined : Object.fromEntries(overrides);
      return { ...stage, canarySettings: withMember(settings, 'stageVariableOverrides', left) };
    },
  },
];

/** What a canary is when nothing else was said about it. */
function withCanary(stage: RestStage, members: Partial<CanarySettings>): RestStage {
  const former = stage.canarySettings ?? { percentTraffic: 0, deploymentId: stage.deploymentId, useStageCache: false };
  return { ...stage, canarySettings: { ...former, ...members } };
}

function promoted({ canarySettings }: RestStage): CanarySettings {
  if (canarySettings === undefined) throw badRequest('Promotion not available. Canary does not exist.');
  return canarySettings;
}

export function copyRefusal(path: string, from: string | undefined): AwsError {
  return badRequest(
    `Invalid copy operation with path: ${path} and from ${from ?? 'null'}. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]`,
  );
}
