// Who counts what functions do.

import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';

export interface FunctionMetrics {
  /** An invocation begins or waits for an environment; so many of its function are at work then. */
  began(version: FunctionVersion, executing: number): void;
  /** It has answered, and its time is known. */
  ended(version: FunctionVersion, invocation: Invocation): void;
  /** It was not let in. */
  throttled(version: FunctionVersion): void;
}
