// A function URL as the store keeps it.

import type { Scope } from '../model/scope.ts';
import type { DocumentKey } from '../store/store.ts';

/** Hangs under its function's name; its id is the alias, `$LATEST` for the function itself. */
export const FUNCTION_URL_KIND = 'lambda/function-url';

export interface FunctionUrlDocument {
  /** The first label of the URL's host. */
  readonly urlId: string;
  /** Undefined for the function itself. */
  readonly alias?: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  /** Absent when it was never said. */
  readonly invokeMode?: 'BUFFERED' | 'RESPONSE_STREAM';
  readonly cors?: FunctionUrlCors;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface FunctionUrlCors {
  readonly allowCredentials?: boolean;
  readonly allowHeaders?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAge?: number;
}

export function functionUrlKey({ account, region }: Scope, functionName: string, alias: string | undefined): DocumentKey {
  return { scope: { account, region }, kind: FUNCTION_URL_KIND, parent: functionName, id: alias ?? '$LATEST' };
}
