// The golden pairs of OpenAPI documents: testdata/<case>.yml or .json and testdata/<case>.definition.txt, what an import would make of
// it. A name that ends in `-prepend` or `-split` is read with that base path mode. `npm run golden` rewrites the definitions, the test
// compares them, and whoever reviews a change reads their diff.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiDefinition } from './api-definition.ts';
import { readDocument } from './document-node.ts';
import type { BasepathMode } from './read-api.ts';
import { readDefinition } from './read-definition.ts';

export const testdata = path.join(import.meta.dirname, 'testdata');

export const variables = { AccountId: '000000000000', Partition: 'aws', Region: 'us-east-1' };

export interface GoldenCase {
  readonly name: string;
  readonly definitionFile: string;
  /** What is read now, as text. */
  readonly definition: string;
}

export function goldenCases(): GoldenCase[] {
  return readdirSync(testdata)
    .filter((file) => /\.(yml|json)$/.test(file))
    .sort()
    .map((file) => {
      const name = file.replace(/\.\w+$/, '');
      const basepath = (/-(prepend|split)$/.exec(name)?.[1] ?? 'ignore') as BasepathMode;
      const definition = readDefinition(readDocument(readFileSync(path.join(testdata, file), 'utf8'), variables), { basepath });
      return { name, definitionFile: path.join(testdata, `${name}.definition.txt`), definition: describe(definition) };
    });
}

function describe({ api, authorizers, integrations, routes, notes }: ApiDefinition): string {
  const members = {
    api,
    authorizers: [...authorizers.values()].map(({ input }) => input),
    integrations: Object.fromEntries([...integrations].map(([pointer, { input }]) => [pointer, input])),
    routes: routes.map(({ input, integration, authorizer }) => ({ ...input, integration, authorizer })),
    warnings: notes.warnings,
    information: notes.information,
  };
  return `${JSON.stringify(members, null, 2)}\n`;
}
