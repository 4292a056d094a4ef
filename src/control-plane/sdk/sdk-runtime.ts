// Sources that every SDK of a type has. They are files of their language in a folder of this one.

import { readdirSync, readFileSync } from 'node:fs';

type Sources = readonly (readonly [file: string, text: string])[];

/** Reads the sources when the first SDK is asked for: most processes make none. */
export function sdkRuntime(folder: URL, extension: string): () => Sources {
  let sources: Sources | undefined;
  return () => {
    sources ??= readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith(extension))
      .sort()
      .map((file) => [file, readFileSync(new URL(file, folder), 'utf8')] as const);
    return sources;
  };
}
