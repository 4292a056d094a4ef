// Paths as the one who opens the file reads them.

/**
 * AWS: slashes in a row become one, references to the folder itself go, references to the one above are followed unless they stand at
 * the beginning. Seen: WAF developer guide, NORMALIZE_PATH.
 */
export function normalizePath(text: string): string {
  const isAbsolute = text.startsWith('/');
  const kept: string[] = [];
  const parts = text.split('/');
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1;
    // A slash at the end stays.
    if (part === '' || part === '.') {
      if (isLast && kept.length > 0) kept.push('');
      continue;
    }
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') {
      kept.pop();
      if (isLast && kept.length > 0) kept.push('');
    } else kept.push(part);
  }
  return `${isAbsolute ? '/' : ''}${kept.join('/')}`;
}
