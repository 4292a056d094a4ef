import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driftedPages, pages } from '../../tools/generate-docs.ts';
import { commandNames } from '../config/commands.ts';
import { errorCodes } from '../config/error-codes.ts';
import { environmentNameOf, flagOf, optionKeys } from '../config/options.ts';
import { httpApiEventProperties, providerProperties } from '../templates/serverless-yml/property-tables.ts';

test('the generated pages of docs/guides say what the tables say', () => {
  assert.deepEqual(driftedPages(), [], 'run npm run generate:docs');
});

test('they have every command, option, error and property', () => {
  const text = (name: string) => pages[name]?.() ?? '';
  for (const key of optionKeys) {
    assert.ok(text('options.md').includes(`### \`--${flagOf(key)}\``), key);
    assert.ok(text('options.md').includes(`\`${environmentNameOf(key) ?? `--${flagOf(key)}`}\``), key);
  }
  for (const command of commandNames) assert.ok(text('options.md').includes(`### \`stagegate ${command}`), command);
  for (const code of Object.keys(errorCodes)) assert.ok(text('errors.md').includes(`## ${code}\n`), code);
  for (const [name, { kind }] of Object.entries(providerProperties)) {
    const row = kind === 'refused' || kind === 'ignored' ? `| \`provider.${name}\` |` : `\`${name}\``;
    assert.ok(text('serverless-yml.md').includes(row), name);
  }
  for (const [name, one] of Object.entries(httpApiEventProperties)) {
    if (one.kind === 'refused') assert.ok(text('serverless-yml.md').includes(one.what), name);
  }
});
