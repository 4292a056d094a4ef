// X-Ray, for functions.

import type { FunctionVersion } from './function-version.ts';
import type { Invocation } from './invocation.ts';

export interface FunctionTracing {
  /** Where a function's SDK sends its segments (`127.0.0.1:2000`); undefined before that is known. */
  readonly daemonAddress: string | undefined;
  /** Whether an invocation of a function that traces by itself is sampled, about which its caller did not decide. */
  takes(functionArn: string): boolean;
  /** A sampled invocation has ended. */
  ended(version: FunctionVersion, invocation: Invocation): void;
}
