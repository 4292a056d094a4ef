// One immutable state of a function's code and configuration, as execution environments run it.

import type { Scope } from '../model/scope.ts';

export interface FunctionVersion {
  readonly scope: Scope;
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: string;
  /** Names what runs among all that runs: unqualified for `$LATEST`, with its number for a published version. */
  readonly versionArn: string;
  /** `$LATEST` or the number of a published version. */
  readonly version: string;
  /** The execution role. */
  readonly roleArn: string;
  readonly runtime: string;
  readonly runtimeVersionArn: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly ephemeralStorageMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFormat: 'Text' | 'JSON';
  readonly applicationLogLevel: string | undefined;
  readonly systemLogLevel: string | undefined;
  readonly logGroup: string;
  /** Where the code lies: the task root. */
  readonly codeFolder: string;
  /** What it finds at /opt: a read-only folder with all its layers in it; empty without layers. */
  readonly layerFolders: readonly string[];
  /** A folder's code may change under the same key. */
  readonly codeKind: 'zip' | 'folder';
  /** Names the code among all code; compile caches are kept by it. */
  readonly codeKey: string;
}
