// The layers of a desired state as Lambda operations. A layer whose content is the published one is not published again.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApplySession } from './apply-desired-state.ts';
import type { DesiredLayer, DesiredState } from './desired-state.ts';
import { inParallel } from './in-parallel.ts';
import { layerReference } from './serverless-yml/layers.ts';
import { zipFolder } from './zip-folder.ts';

/** ARNs of layer versions by what functions of the state call them. */
export async function applyLayers(session: ApplySession, desired: DesiredState): Promise<ReadonlyMap<string, string>> {
  const arns = new Map<string, string>();
  await inParallel(desired.layers, async (layer) => {
    arns.set(layerReference(layer.key), await publish(session, layer));
  });
  return arns;
}

async function publish(session: ApplySession, layer: DesiredLayer): Promise<string> {
  const archive = layer.artifact === undefined ? zipFolder(layer.folder ?? '') : readFileSync(layer.artifact.file);
  const sha256 = createHash('sha256').update(archive).digest('base64');
  const LayerName = layer.name;
  const listed = await session.call('lambda', 'ListLayerVersions', { LayerName, MaxItems: 1 });
  const [latest] = (listed['LayerVersions'] ?? []) as { Version: number; LayerVersionArn: string }[];
  if (latest !== undefined) {
    const found = await session.find('lambda', 'GetLayerVersion', { LayerName, VersionNumber: latest.Version });
    const content = found?.['Content'] as { CodeSha256?: string } | undefined;
    if (content?.CodeSha256 === sha256 && (found?.['Description'] ?? '') === (layer.description ?? ''))
      return latest.LayerVersionArn;
  }
  const published = await session.call('lambda', 'PublishLayerVersion', {
    LayerName,
    Content: { ZipFile: archive },
    ...(layer.description === undefined ? {} : { Description: layer.description }),
    ...(layer.licenseInfo === undefined ? {} : { LicenseInfo: layer.licenseInfo }),
    ...(layer.compatibleRuntimes === undefined ? {} : { CompatibleRuntimes: layer.compatibleRuntimes }),
  });
  session.changed(latest === undefined ? 'created' : 'updated', 'layer', layer.key);
  return String(published['LayerVersionArn']);
}
