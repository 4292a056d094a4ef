// NORMALIZE_PATH and NORMALIZE_PATH_WIN.

/** One slash for several, no `.`, and no `..` but at the beginning of a path that has no root. */
export function normalizePath(text: string): string {
  const rooted = text.startsWith('/');
  const kept: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!rooted) kept.push(segment);
  }
  const path = kept.join('/');
  return `${rooted ? '/' : ''}${path}${text.endsWith('/') && path !== '' ? '/' : ''}`;
}

/** Backslashes are slashes. */
export function normalizePathWindows(text: string): string {
  return normalizePath(text.replaceAll('\\', '/'));
}
