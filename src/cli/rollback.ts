// `stagegate rollback API STAGE [DEPLOYMENT]`: points a stage at an earlier deployment. One write; requests in flight finish where
// they began.

import { UserError } from '../config/user-error.ts';
import type { Command } from './command.ts';
import { type Deployment, type NamedRestApi, RestApiClient } from './rest-api-client.ts';
import { plainText } from './terminal.ts';

export const rollback: Command = async (context) => {
  const { out, positionals } = context;
  const [named = '', stageName = '', wanted] = positionals;
  const client = new RestApiClient(context);
  const api = await client.find(named);
  const stage = await client.stage(api, stageName);
  const all = await client.deployments(api.id);
  const chosen = wanted === undefined ? deploymentBefore(stage.deploymentId, all, api) : deploymentNamed(wanted, all, api);
  if (chosen.id === stage.deploymentId) {
    out.line(`${stageName} of ${plainText(api.name)} is at ${chosen.id} already.`);
    return 0;
  }
  await client.patchStage(api.id, stageName, [{ op: 'replace', path: '/deploymentId', value: chosen.id }]);
  out.line(`${stageName} of ${plainText(api.name)} is at ${chosen.id} now; it was at ${stage.deploymentId}.`);
  const { canarySettings: canary } = stage;
  if (canary !== undefined) {
    out.line(
      `Its canary ${canary.deploymentId} still gets ${canary.percentTraffic ?? 0} %; stagegate canary ${named} ${stageName} remove ends it.`,
    );
  }
  return 0;
};

/** Throws UserError when the API has none with this id. */
export function deploymentNamed(id: string, all: readonly Deployment[], api: NamedRestApi): Deployment {
  const found = all.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new UserError('SG_NOT_FOUND', `${api.name} has no deployment ${id}.`, {
    fix: `stagegate deployments ${api.id} lists them.`,
  });
}

/** The one before. AWS tells when a deployment was made to the second, so two of one second have no order. */
export function deploymentBefore(liveId: string, all: readonly Deployment[], api: NamedRestApi): Deployment {
  const live = all.find(({ id }) => id === liveId);
  const before = all.filter(({ id, createdDate }) => id !== liveId && createdDate <= (live?.createdDate ?? Infinity));
  const [first, second] = before;
  if (first === undefined) {
    throw new UserError('SG_NOT_FOUND', `${api.name} has no deployment before ${liveId}.`, {
      fix: `stagegate deployments ${api.id} lists all of them.`,
    });
  }
  if (first.createdDate === live?.createdDate || first.createdDate === second?.createdDate) {
    throw new UserError(
      'SG_BAD_ARGUMENT',
      'Several deployments were made within one second, so which came before is not known.',
      {
        fix: `Name one: stagegate deployments ${api.id} lists them.`,
      },
    );
  }
  return first;
}
