// The `layers` section: folders and archives that functions get below /opt.
// Source: Serverless Framework, guide "Layers".

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DesiredLayer } from '../desired-state.ts';
import type { TemplateNode } from '../template-node.ts';
import { readArtifact } from './package-artifact.ts';
import type { PropertyReader } from './property-reader.ts';
import { layerProperties } from './property-tables.ts';

export function readLayers(node: TemplateNode | undefined, folder: string, reader: PropertyReader): readonly DesiredLayer[] {
  const layers: DesiredLayer[] = [];
  const map = reader.map(node, 'layers', '{ common: { path: layer } }');
  for (const { key, keyPlace, node: raw } of map?.entries.values() ?? []) {
    const where = `layers.${key}`;
    const value = reader.map(reader.variables.resolve(raw), where, '{ path: layer }');
    if (value === undefined) continue;
    const properties = reader.properties(value, layerProperties, where, 'layers.*');
    const artifact = readArtifact(properties.get('package'), `${where}.package`, folder, reader);
    const named = reader.text(properties.get('path'), `${where}.path`, 'layer');
    const source = named === undefined ? undefined : path.resolve(folder, named);
    if (artifact === undefined && (source === undefined || !existsSync(source) || !statSync(source).isDirectory())) {
      const what = source === undefined ? `${where} has no path.` : `${where}.path: there is no folder ${named}.`;
      reader.problems.error(
        'SG_BAD_VALUE',
        properties.get('path')?.place ?? keyPlace,
        what,
        'Name the folder that becomes /opt.',
      );
      continue;
    }
    const description = reader.text(properties.get('description'), `${where}.description`, 'Shared code');
    const license = reader.text(properties.get('licenseInfo'), `${where}.licenseInfo`, 'MIT');
    const runtimes = reader.texts(properties.get('compatibleRuntimes'), `${where}.compatibleRuntimes`, '[nodejs22.x]');
    layers.push({
      key,
      name: reader.text(properties.get('name'), `${where}.name`, 'common') ?? key,
      ...(artifact === undefined ? { folder: source ?? folder } : { artifact }),
      ...(description === undefined ? {} : { description }),
      ...(license === undefined ? {} : { licenseInfo: license }),
      ...(runtimes === undefined ? {} : { compatibleRuntimes: runtimes }),
    });
  }
  return layers;
}

/** What a layer of this file is called until it has an ARN. */
export function layerReference(key: string): string {
  return `layer of this file: ${key}`;
}

/** The logical id Serverless Framework gives it. */
export function layerLogicalId(key: string): string {
  const name = key.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}LambdaLayer`;
}
