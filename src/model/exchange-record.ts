// What is kept of one request so that it can be looked at afterwards (`stagegate requests`, the console).

export type StageName =
  | 'route'
  | 'cors'
  | 'webAcl'
  | 'resourcePolicy'
  | 'throttle'
  | 'authorize'
  | 'meter'
  | 'methodRequest'
  | 'methodCache'
  | 'integrationRequest'
  | 'integration'
  | 'integrationResponse'
  | 'response';

/** What one stage of the request flow did. Times are microseconds. */
export interface StepRecord {
  readonly stage: StageName;
  /** Since the request's first byte was parsed. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly outcome: 'passed' | 'refused' | 'off';
  /** The value the stage returned: plain data. */
  readonly finding: unknown;
}

/** Headers as [name, value] pairs and a body cut at 64 KB, redacted before it is stored. */
export interface CapturedMessage {
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly bodyEncoding?: 'utf8' | 'base64';
  readonly bodyBytes: number;
  readonly truncated?: boolean;
}

/** What a mapping template did. */
export interface TemplateRecord {
  readonly stage: StageName;
  /** Lines that printed or set something, in their order; the first 200. */
  readonly lines: readonly TemplateLineRecord[];
  /** There were more lines. */
  readonly truncated?: boolean;
}

export interface TemplateLineRecord {
  /** From 1. */
  readonly line: number;
  /** The line of the template. */
  readonly source: string;
  /** How often it was run. */
  readonly runs: number;
  /** `$name = value` of what was set there, then what was printed, as a JSON string. */
  readonly value: string;
}

/** What happened on which connection of a WebSocket API. */
export interface ConnectionRecord {
  readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  readonly connectionId: string;
  /** How it ended, of a DISCONNECT: the code of whoever closed it, 1005 for none, 1006 when nobody said Close. */
  readonly closeCode?: number;
  readonly closeReason?: string;
}

export interface ExchangeRecord {
  readonly requestId: string;
  /** The API's id; of a function URL its own. */
  readonly apiId: string;
  readonly apiKind: 'http-api' | 'rest-api' | 'websocket-api' | 'function-url';
  /** The function that a function URL is for; APIs have routes. */
  readonly functionName?: string;
  /** Of WebSocket APIs. */
  readonly connection?: ConnectionRecord;
  readonly stage: string;
  readonly deploymentId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly routeKey: string;
  readonly status: number;
  readonly totalUs: number;
  readonly integrationUs?: number;
  readonly refusedAt?: StageName;
  /** Why the gateway, not the integration, made this answer: one line for the developer. */
  readonly reason?: string;
  readonly sourceIp: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly level: 0 | 1 | 2;
  readonly steps?: readonly StepRecord[];
  /** At level 2. */
  readonly templates?: readonly TemplateRecord[];
  readonly request?: CapturedMessage;
  readonly response?: CapturedMessage;
  /** The event a function received and what it returned, at level 2. */
  readonly integrationRequest?: CapturedMessage;
  readonly integrationResponse?: CapturedMessage;
}
