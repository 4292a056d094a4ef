// The zip archives that tests upload as function code, written as the product writes its own.

import { zipFile as write } from '../../src/control-plane/sdk/zip-file.ts';

/** A zip archive of `files` (path in the archive -> content), deflated, with Unix modes. */
export const zipFile: typeof write = write;
