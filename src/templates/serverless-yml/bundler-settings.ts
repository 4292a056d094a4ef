// What a service file asks of a bundler. Handlers run unbundled; most settings only shape the package, some change the code.

import { isVacant, type TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';

/** Settings of esbuild that put something into the code, take something out of it, or run code of the project's own. */
const CHANGING = [
  ...['alias', 'banner', 'configFile', 'define', 'drop', 'dropLabels', 'footer', 'inject', 'loader', 'plugins', 'pure'],
  ...['jsx', 'jsxFactory', 'jsxFragment', 'jsxImportSource'],
];

/** `build` of version 4 and `custom.esbuild` of the plugin. */
export function checkBundlerSettings(build: TemplateNode | undefined, reader: PropertyReader): void {
  if (build !== undefined) reader.ignore('build', 'handlers run as they are in the folder, unbundled');
  const settings: readonly (readonly [path: string, node: TemplateNode | undefined])[] = [
    ['build.esbuild', build?.kind === 'map' ? build.entries.get('esbuild')?.node : undefined],
    ['custom.esbuild', reader.variables.section('custom')?.entries.get('esbuild')?.node],
  ];
  for (const [path, node] of settings) {
    if (node?.kind !== 'map') continue;
    for (const { key, keyPlace, node: value } of node.entries.values()) {
      if (!CHANGING.includes(key) || isVacant(value)) continue;
      reader.problems.unsupported(
        keyPlace,
        `${path}.${key}: handlers run unbundled, so what it does to the code does not happen.`,
        'Let the handlers point to bundled files for local runs, or run with --lenient when they work without it.',
      );
    }
  }
}
