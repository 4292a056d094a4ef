// `stagegate canary API STAGE --percent N | promote | remove`: part of a stage's requests for another deployment.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/canary-release.html

import { UserError } from '../config/user-error.ts';
import type { Command, CommandContext } from './command.ts';
import { type NamedRestApi, RestApiClient, type Stage, type StagePatch } from './rest-api-client.ts';
import { deploymentNamed } from './rollback.ts';
import { plainText } from './terminal.ts';

export const canary: Command = async (context) => {
  const { values, positionals } = context;
  const [named = '', stageName = '', action] = positionals;
  if (action !== undefined && action !== 'promote' && action !== 'remove') {
    throw new UserError('SG_BAD_ARGUMENT', `${action} is nothing that can be done with a canary.`, {
      fix: `Use promote or remove, or --percent N: stagegate canary ${named} ${stageName} --percent 10`,
    });
  }
  if ((action === undefined) === (values.percent === undefined && values.deployment === undefined)) {
    throw new UserError('SG_BAD_ARGUMENT', 'Say one thing to do with the canary: --percent N, promote or remove.', {
      fix: `For example: stagegate canary ${named} ${stageName} --percent 10`,
    });
  }
  const client = new RestApiClient(context);
  const api = await client.find(named);
  const stage = await client.stage(api, stageName);
  if (action === undefined) return set(context, client, api, stage);
  const { canarySettings: former } = stage;
  if (former === undefined) {
    throw new UserError('SG_NOT_FOUND', `${stageName} of ${api.name} has no canary.`, {
      fix: `Make one: stagegate canary ${named} ${stageName} --percent 10`,
    });
  }
  const end: StagePatch = { op: 'remove', path: '/canarySettings' };
  const promote: readonly StagePatch[] = [
    { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
    { op: 'copy', from: '/canarySettings/stageVariableOverrides', path: '/variables' },
  ];
  await client.patchStage(api.id, stageName, action === 'promote' ? [...promote, end] : [end]);
  const live = action === 'promote' ? former.deploymentId : stage.deploymentId;
  context.out.line(`${stageName} of ${plainText(api.name)} is at ${live}, without a canary.`);
  return 0;
};

/** Changes the canary that is there, or makes one: of a deployment that is named, or of the definition as it is now. */
async function set(
  { out, values }: CommandContext,
  client: RestApiClient,
  api: NamedRestApi,
  { stageName, canarySettings: former }: Stage,
): Promise<number> {
  const percent = values.percent === undefined ? (former?.percentTraffic ?? 0) : Number(values.percent);
  if (percent > 100) {
    throw new UserError('SG_BAD_OPTION', `--percent is ${percent}, which is more than all requests.`, { fix: 'Use 0 to 100.' });
  }
  if (values.deployment !== undefined) deploymentNamed(values.deployment, await client.deployments(api.id), api);
  let deploymentId = values.deployment ?? former?.deploymentId;
  if (deploymentId === undefined) {
    deploymentId = (await client.deployCanary(api.id, stageName, percent)).id;
  } else {
    await client.patchStage(api.id, stageName, [
      { op: 'replace', path: '/canarySettings/deploymentId', value: deploymentId },
      { op: 'replace', path: '/canarySettings/percentTraffic', value: String(percent) },
    ]);
  }
  out.line(`${percent} % of ${stageName} of ${plainText(api.name)} go to ${deploymentId}.`);
  return 0;
}
