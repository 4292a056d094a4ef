// Watches a service folder (and files it includes from elsewhere) and tells of changes a moment after the last of them.

import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

export interface ServiceWatch {
  /** Files outside the folder that are watched too, absolute. */
  setFurtherFiles(files: readonly string[]): void;
  close(): void;
}

/** Editors write a file in several steps; all that comes within this time is one change. */
const QUIET_MS = 50;
/** A build that never pauses is still told of. */
const LONGEST_WAIT_MS = 250;

const IGNORED_FOLDERS = new Set([
  'node_modules',
  '.git',
  '.stagegate',
  '.serverless',
  '.hg',
  '.svn',
  '.idea',
  '.vscode',
  'coverage',
]);
const IGNORED_FILES =
  /(~|\.sw[a-z]|\.tmp|\.log|\.sqlite3?(-\w+)?|\.db(-\w+)?|\.pid|\.lock|\.zip)$|^\.#|^#.*#$|^4913$|^\.DS_Store$/;

/** True when nothing about this path (relative to the service folder) makes a reload worthwhile. */
export function isIgnoredPath(relative: string): boolean {
  const parts = relative.split(/[\\/]/);
  return parts.some((part) => IGNORED_FOLDERS.has(part)) || IGNORED_FILES.test(parts.at(-1) ?? '');
}

/** `onChange` gets absolute paths. `onError` is told once when watching stops working. */
export function watchService(
  folder: string,
  onChange: (files: ReadonlySet<string>) => void,
  onError: (error: Error) => void,
): ServiceWatch {
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let firstAt = 0;
  const tell = () => {
    timer = undefined;
    const files = changed;
    changed = new Set();
    onChange(files);
  };
  const note = (file: string) => {
    const now = performance.now();
    if (timer === undefined) firstAt = now;
    else clearTimeout(timer);
    changed.add(file);
    timer = setTimeout(tell, Math.max(0, Math.min(QUIET_MS, firstAt + LONGEST_WAIT_MS - now)));
  };
  const watchers: FSWatcher[] = [];
  const add = (target: string, recursive: boolean, wanted: (file: string) => boolean): FSWatcher => {
    // Ignored folders are left out of the walk: a big node_modules would cost seconds and thousands of handles.
    const options = recursive ? { recursive, ignore: isIgnoredPath } : {};
    const watcher = watch(target, options, (_event, name) => {
      const file = path.join(target, name ?? '');
      if (wanted(file)) note(file);
    });
    watcher.on('error', onError);
    watchers.push(watcher);
    return watcher;
  };
  try {
    add(folder, true, (file) => !isIgnoredPath(path.relative(folder, file)));
  } catch (error) {
    onError(error as Error);
  }
  const further = new Map<string, FSWatcher>();
  let wanted: ReadonlySet<string> = new Set();
  return {
    setFurtherFiles(files) {
      wanted = new Set(files);
      for (const file of files) {
        const parent = path.dirname(file);
        // A file of the definition is watched wherever it is: an archive, the output of a build.
        if (further.has(parent) || (isInside(folder, file) && !isIgnoredPath(path.relative(folder, file)))) continue;
        try {
          further.set(
            parent,
            add(parent, false, (other) => wanted.has(other)),
          );
        } catch {
          // Its folder is not there; the reading has already said so.
        }
      }
    },
    close() {
      if (timer !== undefined) clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}
