// Runs in a process of its own: finds the value that a file of the project's own code has, and writes it as JSON to fd 3.
// A variable that the code asks for and that has not been answered yet ends the run with its name; it is run again with it.
import { readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { file, address, options, answers } = JSON.parse(readFileSync(0, 'utf8'));
/** What the value was made of, as far as it is known. */
let files = [file];
const end = (result) => {
  const bytes = Buffer.from(JSON.stringify({ files, ...result }));
  for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at);
  process.exit(0);
};
const resolveVariable = async (text) => {
  if (!Object.hasOwn(answers, text)) end({ needs: text });
  return answers[text];
};
const context = {
  options,
  resolveVariable,
  resolveConfigurationProperty: (steps) => resolveVariable(`self:${steps.join('.')}`),
};
const called = async (value) => await (typeof value === 'function' ? value(context) : value);

/** TypeScript is bundled first, so that `paths`, imports without an ending and enums work; each file keeps its own __dirname. */
async function bundled() {
  const { build } = await import('esbuild');
  const outfile = path.resolve('.stagegate', 'config', `${path.basename(file)}.cjs`);
  const ownNames = {
    name: 'own-names',
    setup(setup) {
      setup.onLoad({ filter: /\.[cm]?ts$/ }, ({ path: name }) => ({
        contents: `const __filename = ${JSON.stringify(name)}, __dirname = ${JSON.stringify(path.dirname(name))};${readFileSync(name, 'utf8')}`,
        loader: 'ts',
      }));
    },
  };
  const { metafile } = await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: `node${process.versions.node.split('.')[0]}`,
    metafile: true,
    logLevel: 'silent',
    plugins: [ownNames],
  });
  files = Object.keys(metafile.inputs).map((input) => path.resolve(input));
  return outfile;
}

try {
  const module = await import(pathToFileURL(/\.[cm]?ts$/.test(file) ? await bundled() : file).href);
  const exported = 'module.exports' in module ? module['module.exports'] : { ...module };
  const names = Object.keys(exported ?? {}).filter((name) => name !== '__esModule');
  let value = await called(names.join() === 'default' ? exported.default : exported);
  for (const step of address) value = value === undefined || value === null ? undefined : await called(value[step]);
  end({ value: value === undefined ? null : value, isThere: value !== undefined });
} catch (error) {
  end({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
