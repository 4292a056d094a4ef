// Which files an unbundled JavaScript handler is made of, as far as its text tells. Whoever asks whether a change concerns
// a function gets "yes" whenever it is not certain that it does not.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const JAVASCRIPT = /\.[cm]?js$/;
const LOADED =
  /\b(?:require|import)\s*\(\s*(['"`])((?:(?!\1)[^\\$])*)\1|\bfrom\s*(['"])([^'"\n]*)\3|\bimport\s*(['"])([^'"\n]*)\5/g;
/** What loads a file whose name is not written out, or hands the loader on. */
const OPEN = /\b(?:require|import)\s*\(\s*(?:[^'"`\s)]|`[^`]*\$\{)|\brequire\b(?!\s*[(.])|\bcreateRequire\b/;
const FILES_MAX = 2000;
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.json', '/index.js', '/index.mjs', '/index.cjs'];

export interface ImportGraph {
  /** Absolute. */
  readonly files: ReadonlySet<string>;
  /** False when it may load files that are not named. */
  readonly isComplete: boolean;
  readonly texts: readonly string[];
}

/** Follows relative imports from a file; packages are not looked into. */
export function importGraph(entry: string): ImportGraph {
  const files = new Set<string>();
  const texts: string[] = [];
  let isComplete = true;
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!JAVASCRIPT.test(file)) continue;
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      isComplete = false;
      continue;
    }
    texts.push(text);
    if (OPEN.test(text) || files.size > FILES_MAX) isComplete = false;
    for (const match of text.matchAll(LOADED)) {
      const name = match[2] ?? match[4] ?? match[6] ?? '';
      // A package may be a link to a folder that is watched (a workspace).
      if (/^#/.test(name)) isComplete = false;
      if (!/^\.{0,2}\/|^\.{1,2}$/.test(name)) continue;
      const base = path.resolve(path.dirname(file), name);
      const found = ENDINGS.map((ending) => base + ending).find(isFile);
      // One that is not there yet may be made.
      if (found === undefined) isComplete = false;
      else queue.push(found);
    }
  }
  return { files, isComplete, texts };
}

/** Whether a change of `file` can change what the functions of this graph do. */
export function mayConcern(graph: ImportGraph, file: string): boolean {
  if (!graph.isComplete || graph.files.has(file)) return true;
  // Data may be read by any name; code that is named anywhere may be started as a process or a thread.
  if (!JAVASCRIPT.test(file)) return !/\.(?:[cm]?tsx?|jsx|map|py|rb|java|go|rs)$/.test(file) || graph.files.has(file);
  const name = path.basename(file).replace(JAVASCRIPT, '');
  return graph.texts.some((text) => text.includes(name));
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
