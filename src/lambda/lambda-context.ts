// What Lambda's operations work with.

import type { Scope } from '../model/scope.ts';
import type { Store } from '../store/store.ts';
import type { CodeFolders } from './code-folders.ts';
import type { CodeLocations } from './code-location.ts';
import type { EventQueue } from './event-queue.ts';
import type { FunctionTable } from './function-table.ts';
import type { LambdaLimits } from './limits.ts';
import type { Pool } from './pool.ts';
import type { Provisioning } from './provisioning.ts';
import type { ResultTargets } from './result-targets.ts';
import type { RuntimeCommands } from './runtimes.ts';

export interface LambdaContext {
  readonly store: Store;
  readonly code: CodeFolders;
  readonly codeLocations: CodeLocations;
  readonly table: FunctionTable;
  readonly pool: Pool;
  readonly events: EventQueue;
  readonly provisioning: Provisioning;
  /** Queues, topics and buses that results go to. */
  readonly results: ResultTargets;
  readonly limits: LambdaLimits;
  /** What runs here besides Node.js. */
  readonly commands: RuntimeCommands;
  /** Folders may be functions: `Code: { S3Bucket: 'hot-reload', S3Key: '/absolute/path' }`. */
  readonly allowFolders: boolean;
  /** The address of a function URL, as operations show it. */
  readonly functionUrl: (scope: Scope, urlId: string) => string;
  /** Something a user should know; each text is reported once. */
  readonly notice: (text: string) => void;
  /** Keeps work that goes on after an answer, so that closing waits for it. */
  readonly background: (work: Promise<unknown>) => void;
}
