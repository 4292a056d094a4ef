// What a service file asks for of its WebSocket API, as plain data.

import type { DesiredAccessLog } from './desired-state.ts';

/** A Lambda authorizer of `$connect`. */
export interface DesiredWebSocketAuthorizer {
  readonly name: string;
  readonly functionArn: string;
  /** `route.request.header.Auth` and the like; all of them must be in the handshake. */
  readonly identitySource: readonly string[];
}

export interface DesiredWebSocketRoute {
  /** `$connect`, `$disconnect`, `$default`, or what messages select. */
  readonly routeKey: string;
  /** On AWS; each function has one integration. */
  readonly functionName: string;
  /** What the function returns goes to the client. */
  readonly returnsResponse: boolean;
  /** Of `$connect` alone: a DesiredWebSocketAuthorizer's name. Absent lets everybody in. */
  readonly authorizer?: string;
}

export interface DesiredExecutionLog {
  readonly level: 'INFO' | 'ERROR';
  /** Messages and events, too. */
  readonly dataTrace: boolean;
}

export interface DesiredWebSocketApi {
  readonly name: string;
  /** Of the API and of its stage. */
  readonly description: string;
  readonly routeSelectionExpression: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly stageName: string;
  readonly accessLog?: DesiredAccessLog;
  readonly executionLog?: DesiredExecutionLog;
  readonly authorizers: readonly DesiredWebSocketAuthorizer[];
  readonly routes: readonly DesiredWebSocketRoute[];
}
