// `stagegate deployments API [STAGE]`: the deployments of a REST API, the latest first, and where each is live.

import type { Command } from './command.ts';
import { type Deployment, RestApiClient, type Stage } from './rest-api-client.ts';
import { alignColumns } from './table.ts';
import { plainText } from './terminal.ts';

export const deployments: Command = async (context) => {
  const { out, values, positionals } = context;
  const [named = '', stageName] = positionals;
  const client = new RestApiClient(context);
  const api = await client.find(named);
  const stages = stageName === undefined ? await client.stages(api.id) : [await client.stage(api, stageName)];
  const all = await client.deployments(api.id);
  if (values.json) {
    out.line(JSON.stringify({ api: { id: api.id, name: api.name }, stages, deployments: all }, undefined, 2));
    return 0;
  }
  out.line(`${out.paint('bold', plainText(api.name))}  ${api.id}`);
  out.line();
  if (all.length === 0) {
    out.line('  No deployment yet: CreateDeployment makes one.');
    return 0;
  }
  const rows = all.map((one) => [
    `  ${one.id}`,
    new Date(one.createdDate * 1000).toISOString().replace('T', ' ').slice(0, 19),
    out.paint('green', useOf(one, stages)),
    plainText(one.description ?? ''),
  ]);
  for (const line of alignColumns([['  deployment', 'made (UTC)', 'live at', 'description'], ...rows])) out.line(line);
  return 0;
};

/** `prod, canary of test (10 %)` */
function useOf({ id }: Deployment, stages: readonly Stage[]): string {
  return stages
    .flatMap(({ stageName, deploymentId, canarySettings: canary }) => [
      ...(deploymentId === id ? [stageName] : []),
      ...(canary?.deploymentId === id ? [`canary of ${stageName} (${canary.percentTraffic ?? 0} %)`] : []),
    ])
    .join(', ');
}
