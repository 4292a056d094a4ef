// Writes the pages of docs/guides that are made from tables in the source.
//
//   node tools/generate-docs.ts          write
//   node tools/generate-docs.ts --check  fail when what is committed differs

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderErrorsPage } from './docs/errors-page.ts';
import { renderOptionsPage } from './docs/options-page.ts';
import { renderServiceFilePage } from './docs/service-file-page.ts';

const folder = path.resolve(import.meta.dirname, '../docs/guides');

/** What makes each page, by its file name. */
export const pages: Readonly<Record<string, () => string>> = {
  'errors.md': renderErrorsPage,
  'options.md': renderOptionsPage,
  'serverless-yml.md': renderServiceFilePage,
};

/** Names of pages whose file is not what the tables say. */
export function driftedPages(): string[] {
  return Object.entries(pages)
    .filter(([name, render]) => {
      const file = path.join(folder, name);
      return !existsSync(file) || readFileSync(file, 'utf8') !== render();
    })
    .map(([name]) => name);
}

if (import.meta.main) {
  const drifted = driftedPages();
  if (process.argv.includes('--check')) {
    if (drifted.length > 0) {
      process.stderr.write(`docs/guides differs from the tables: ${drifted.join(', ')}. Run \`npm run generate:docs\`.\n`);
      process.exitCode = 1;
    }
  } else {
    mkdirSync(folder, { recursive: true });
    for (const name of drifted) writeFileSync(path.join(folder, name), pages[name]!());
  }
  process.stdout.write(`Generated pages: ${Object.keys(pages).length}, ${drifted.length} differed.\n`);
}
