// What a service file asks of a bundler: `build` of Serverless Framework 4 and `custom.esbuild` of the plugin. Handlers in
// TypeScript and JSX are bundled; those in JavaScript run as they are, unless a setting puts something into the code or
// takes something out of it, or a plugin bundles them on AWS and they are written as modules.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BundlerSettings } from '../bundle.ts';
import { isVacant, type TemplateNode } from '../template-node.ts';
import type { PropertyReader } from './property-reader.ts';

/** Settings of esbuild that put something into the code or take something out of it: then JavaScript is bundled, too. */
const CHANGING = [
  ...['alias', 'banner', 'define', 'drop', 'dropLabels', 'footer', 'inject', 'loader', 'pure'],
  ...['jsx', 'jsxFactory', 'jsxFragment', 'jsxImportSource'],
];
/** Settings of esbuild that only shape its output. */
const SHAPING = [
  ...['bundle', 'external', 'exclude', 'packages', 'target', 'minify', 'minifyWhitespace', 'minifySyntax', 'keepNames'],
  ...['minifyIdentifiers', 'mainFields', 'conditions', 'resolveExtensions', 'tsconfig', 'tsconfigRaw', 'treeShaking'],
  ...['charset', 'legalComments', 'ignoreAnnotations', 'jsxDev', 'jsxSideEffects', 'supported', 'lineLimit', 'preserveSymlinks'],
];
/** Settings about packaging, or that are given here. */
const ELSEWHERE = [
  ...['buildConcurrency', 'concurrency', 'zipConcurrency', 'watch', 'packager', 'packagePath', 'packagerOptions'],
  ...['installExtraArgs', 'keepOutputDirectory', 'outputWorkFolder', 'outputBuildFolder', 'nativeZip', 'skipBuild'],
  ...['metafile', 'logLevel', 'logLimit', 'logOverride', 'color', 'platform', 'disableIncremental', 'outputFileExtension'],
  ...['format', 'sourcemap', 'sourcesContent', 'sourceRoot', 'splitting', 'outdir', 'outfile', 'outExtension', 'entryNames'],
  ...[
    'chunkNames',
    'assetNames',
    'publicPath',
    'skipBuildExcludeFns',
    'skipRebuild',
    'disposeContext',
    'stripEntryResolveExtensions',
    'nodeExternals',
  ],
];

/** Plugins that bundle JavaScript, too: then `import './other'` need not name a file that Node.js would find. */
const BUNDLERS = ['serverless-esbuild', 'serverless-webpack', 'serverless-bundle'];
/** Those of them that are set up with Babel more often than not. */
const WITH_JSX = ['serverless-webpack', 'serverless-bundle'];

export interface BundlerReading {
  readonly settings: BundlerSettings;
  /** JavaScript handlers are bundled, too. */
  readonly bundlesJavaScript: boolean;
  /** JavaScript handlers with `import` or `export` are bundled, too. */
  readonly bundlesModules: boolean;
  /** `build.esbuild: false`: source is built by somebody else. */
  readonly isOff: boolean;
}

/** `plugins` are the names of the file's. */
export function readBundlerSettings(
  build: TemplateNode | undefined,
  plugins: readonly string[],
  folder: string,
  reader: PropertyReader,
): BundlerReading {
  const own = build?.kind === 'map' ? build.entries.get('esbuild')?.node : undefined;
  const sections: readonly (readonly [path: string, node: TemplateNode | undefined])[] = [
    ['custom.esbuild', reader.variables.section('custom')?.entries.get('esbuild')?.node],
    ['build.esbuild', own],
  ];
  const options: Record<string, unknown> = plugins.some((name) => WITH_JSX.includes(name)) ? { loader: { '.js': 'jsx' } } : {};
  let format: BundlerSettings['format'] = isModulePackage(folder) ? 'esm' : 'cjs';
  let sourceMaps = true;
  let bundlesJavaScript = false;
  let bundlesModules = plugins.some((name) => BUNDLERS.includes(name)) || isEsbuild(build);
  let isOff = build?.kind === 'scalar' && build.value === false;
  for (const [where, raw] of sections) {
    const node = raw === undefined ? undefined : reader.variables.resolve(raw);
    if (node?.kind === 'scalar' && node.value === false && where === 'build.esbuild') isOff = true;
    if (node?.kind !== 'map') continue;
    if (where === 'build.esbuild') bundlesModules = true;
    for (const { key, keyPlace, node: value } of node.entries.values()) {
      if (isVacant(value) && !['bundle', 'sourcemap', 'treeShaking'].includes(key)) continue;
      const name = `${where}.${key}`;
      if (CHANGING.includes(key)) bundlesJavaScript = true;
      if (CHANGING.includes(key) || SHAPING.includes(key)) options[key] = plainValue(value, reader);
      else if (key === 'format') {
        const text = plainValue(value, reader);
        if (text === 'cjs' || text === 'esm') format = text;
        else reader.wrong(value, name, 'cjs or esm', 'Functions of Node.js are CommonJS or ES modules.');
      } else if (key === 'sourcemap') sourceMaps = plainValue(value, reader) !== false;
      else if (key === 'configFile' || key === 'config' || key === 'plugins') {
        reader.problems.unsupported(
          keyPlace,
          `${name}: code of the project is not run to find out how to build, so what it does to the bundle does not happen.`,
          'Let the handlers point to files that your own build makes (its watch mode and Stagegate work together), or run with --lenient when they work without it.',
        );
      } else if (!ELSEWHERE.includes(key)) {
        reader.problems.unknown(
          keyPlace,
          `The property ${name} does not exist.`,
          reader.suggestion(
            key,
            [...CHANGING, ...SHAPING, 'format', 'sourcemap'],
            'Remove it, or run with --lenient to leave it out.',
          ),
        );
      }
    }
  }
  return { settings: { format, sourceMaps, options }, bundlesJavaScript, bundlesModules, isOff };
}

/** `build: esbuild`. */
function isEsbuild(node: TemplateNode | undefined): boolean {
  return node?.kind === 'scalar' && node.value === 'esbuild';
}

// AWS: nothing; Serverless Framework makes ES modules when the package.json beside the service file says so.
function isModulePackage(folder: string): boolean {
  try {
    return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { type?: unknown }).type === 'module';
  } catch {
    return false;
  }
}

/** The node with its variables resolved, as the value it stands for; what cannot be resolved has its problem noted. */
export function plainValue(raw: TemplateNode, reader: PropertyReader): unknown {
  const node = reader.variables.resolve(raw);
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map((item) => plainValue(item, reader));
  return Object.fromEntries([...node.entries.values()].map(({ key, node: value }) => [key, plainValue(value, reader)]));
}
