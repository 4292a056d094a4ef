// What can be patched on a stage.
// AWS: all words of refusal here, typing errors included. Seen: recorded answers, test_update_stage_canary_deployment_validation,
// test_stage_access_log_settings_validation, test_create_update_stages.

import type { AwsError } from '../../aws/aws-error.ts';
import type { RestStage } from '../../model/rest-api.ts';
import type { PatchOperation } from '../patch/patch-operation.ts';
import { entryRow, flagRow, isTrue, textRow, withMember } from '../patch/patch-rows.ts';
import type { PatchRow, PatchTable } from '../patch/patch-table.ts';
import { canaryRows, copyRefusal } from './canary-patch.ts';
import { methodSettingRemoval, methodSettingRows } from './method-settings-patch.ts';
import { badRequest } from './refusals.ts';
import { cacheClusterOf, checkVariable } from './stage-rules.ts';

export const stagePatch: PatchTable<RestStage> = {
  manner: refusal,
  rows: [
    textRow('description'),
    flagRow('tracingEnabled'),
    textRow('clientCertificateId'),
    textRow('documentationVersion'),
    {
      path: '/cacheClusterEnabled',
      ops: ['replace'],
      apply: (stage, { value }) => ({ ...stage, ...cacheClusterOf(isTrue(value), stage.cacheClusterSize) }),
    },
    {
      path: '/cacheClusterSize',
      ops: ['replace'],
      apply: (stage, { value }) => ({ ...stage, ...cacheClusterOf(stage.cacheClusterEnabled, value) }),
    },
    { path: '/accessLogSettings', ops: ['remove'], apply: (stage) => withMember(stage, 'accessLogSettings', undefined) },
    accessLogRow('destinationArn'),
    accessLogRow('format'),
    // AWS: replace makes a variable, too. Seen: recorded answer; Terraform sends nothing else.
    entryRow('variables', {
      replaceMakes: true,
      read: (value, name) => {
        checkVariable(name, value);
        return value;
      },
    }),
    ...canaryRows,
    ...methodSettingRows(noSuchSetting),
    methodSettingRemoval,
  ],
};

function accessLogRow(member: 'destinationArn' | 'format'): PatchRow<RestStage> {
  return {
    path: `/accessLogSettings/${member}`,
    ops: ['add', 'replace'],
    apply(stage, { value }) {
      if (!value) throw badRequest('Access Log value must not be empty');
      return { ...stage, accessLogSettings: { ...stage.accessLogSettings, [member]: value } };
    },
  };
}

function refusal({ op, path, from }: PatchOperation, row: PatchRow<RestStage> | undefined): AwsError {
  if (op === 'copy') return copyRefusal(path, from);
  if (op === 'remove') {
    return badRequest(`Cannot remove method setting ${path.slice(1)} because there is no method setting for this method `);
  }
  if (path === '/accessLogSettings' || path.startsWith('/accessLogSettings/')) {
    return badRequest(
      'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
    );
  }
  if (op === 'add' && row !== undefined && row !== methodSettingRemoval)
    return badRequest(`Invalid add operation with path: ${path}`);
  return noSuchSetting(path);
}

function noSuchSetting(path: string): AwsError {
  return badRequest(`Invalid method setting path: ${path}. Must be one of: [${listedPaths}]`);
}

const ofMethods = (prefix: string, breaks: readonly [string, string]): string =>
  [
    `${prefix}/metrics/enabled, `,
    `${prefix}/logging/dataTrace, `,
    `${prefix}/logging/loglevel, `,
    `${prefix}/throttling/burstLimit${breaks[0]}`,
    `${prefix}/throttling/rateLimit${breaks[1]}`,
    `${prefix}/caching/ttlInSeconds, `,
    `${prefix}/caching/enabled, `,
    `${prefix}/caching/dataEncrypted, `,
    `${prefix}/caching/requireAuthorizationForCacheControl, `,
    `${prefix}/caching/unauthorizedCacheControlHeaderStrategy, `,
  ].join('');

/** AWS: the commas that are missing are missing there. */
const listedPaths = [
  '/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, ',
  '/accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, ',
  ofMethods('/{resourcePath}/{httpMethod}', ['', '']),
  ofMethods('/*/*', [' ', ' ']),
  '/variables/{variable_name}, /tracingEnabled',
].join('');
