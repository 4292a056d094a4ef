// The code folder of a bundled function: the service folder as the function would find it in its package, made of links,
// with the built files in the places where they belong. So a function finds its templates, data files and node_modules.

import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Not part of anybody's package. */
const LEFT_OUT = new Set(['.stagegate', '.serverless', '.git', '.hg', '.svn']);

/** Makes `target` mirror `source`; `outputs` (relative) are for built files and stay as they are. */
export function mirrorFolder(source: string, target: string, outputs: readonly string[]): void {
  mkdirSync(target, { recursive: true });
  const own = new Set(outputs.map((output) => output.split('/')[0] ?? ''));
  const wanted = new Set(existsSync(source) ? readdirSync(source).filter((name) => !LEFT_OUT.has(name)) : []);
  for (const name of readdirSync(target)) {
    if (!wanted.has(name) && !own.has(name)) rmSync(path.join(target, name), { recursive: true, force: true });
  }
  for (const name of new Set([...wanted, ...own])) {
    const from = path.join(source, name);
    const to = path.join(target, name);
    const below = outputs.filter((output) => output.startsWith(`${name}/`)).map((output) => output.slice(name.length + 1));
    if (below.length > 0) {
      // A link in its place would lead the built files into the service folder.
      if (isLink(to)) rmSync(to);
      mirrorFolder(from, to, below);
    } else if (outputs.includes(name)) {
      if (isLink(to)) rmSync(to);
    } else if (!leadsTo(to, from)) {
      rmSync(to, { recursive: true, force: true });
      symlinkSync(from, to, 'junction');
    }
  }
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function leadsTo(link: string, target: string): boolean {
  return isLink(link) && readlinkSync(link) === target;
}
