// The composition root: options in, running system out. The only file that knows everybody.

import type { ExchangeRecord } from './model/exchange-record.ts';

export interface StagegateOptions {
  /** API traffic. 0 picks a free port. */
  readonly host: string;
  readonly port: number;
  /** AWS APIs, health; 0 picks a free port. */
  readonly controlHost: string;
  readonly controlPort: number;
  /** A folder for state, or undefined to keep nothing. */
  readonly dataDirectory: string | undefined;
  readonly accountId: string;
  readonly defaultRegion: string;
  /** `open` takes any key and serves loopback only; `required` takes signed requests only. */
  readonly auth: 'open' | 'required';
  /** Functions may be folders (`S3Bucket: hot-reload`), captures are level 2, reset is allowed. */
  readonly dev: boolean;
}

/** One line a function wrote, or one of Lambda's START/END/REPORT lines. */
export interface FunctionLogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly stream: 'stdout' | 'stderr' | 'platform';
  readonly text: string;
}

export interface RunningStagegate {
  readonly port: number;
  readonly controlPort: number;
  /** `http://127.0.0.1:8080` */
  readonly apiUrl: string;
  readonly controlUrl: string;
  /**
   * Runs one AWS operation in process, validated like a request from outside: `call('apigatewayv2', 'CreateApi', { Name: … })`.
   * Members have the SDK's spelling. Throws AwsError.
   */
  call(service: string, operation: string, input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** The invoke URL of an API's stage on the traffic listener, ending in `/` only for `$default`. */
  invokeUrl(apiId: string, stageName: string): string;
  onExchange(listener: (record: ExchangeRecord) => void): () => void;
  onFunctionLog(listener: (line: FunctionLogLine) => void): () => void;
  /** Tells the function pool that a function's folder changed: idle environments go, busy ones finish first. */
  functionCodeChanged(functionName: string): void;
  /** Stops accepting, lets requests in flight finish (at most `graceMs`), ends functions, closes the store. */
  close(graceMs?: number): Promise<void>;
}
