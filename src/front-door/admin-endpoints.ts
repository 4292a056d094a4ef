// Our own endpoints on the control listener: health, what happened to requests, function logs, explain, connections, reset.
// The command line and test suites use them.

import { HeaderBlock } from '../http1/header-block.ts';
import type { BodySink, ServerRequest } from '../http1/message.ts';
import type { ExchangeRecord } from '../model/exchange-record.ts';
import { type ConnectionPorts, serveConnections } from './connection-endpoints.ts';
import { answerJson } from './control-listener.ts';

type Unsubscribe = () => void;

/** What these endpoints show, in the front door's own words. */
export interface AdminPorts {
  health(): Record<string, unknown>;
  /** Newest first. */
  recentExchanges(limit: number): readonly ExchangeRecord[];
  findExchange(requestId: string): ExchangeRecord | undefined;
  onExchange(listener: (record: ExchangeRecord) => void): Unsubscribe;
  /** Oldest first. */
  recentLogs(functionName: string | undefined, limit: number): readonly unknown[];
  onLog(listener: (line: { readonly functionName: string }) => void): Unsubscribe;
  /** In Prometheus' text format. */
  metrics(): Promise<string>;
  explain(method: string, path: string, api: string | undefined): unknown;
  readonly webSockets: ConnectionPorts;
  /** The archive behind a signed download link of GetFunction, or undefined for any other query. */
  downloadCode(query: string): Promise<Uint8Array | undefined>;
  /** Undefined when reset is not allowed here (only `dev` allows it). */
  readonly reset: (() => Promise<void>) | undefined;
  /** The bearer token that everything but health asks for; undefined when any caller is accepted. */
  readonly token: ((presented: string) => boolean) | undefined;
  readonly onError: (error: unknown) => void;
}

const PREFIX = '/_stagegate/';
/** A follower that reads too slowly is cut at this many unsent bytes; it never holds memory for longer. */
const FOLLOW_BUFFER_LIMIT = 1024 * 1024;

/** True when the request was for one of these endpoints and is being answered. */
export function createAdminEndpoints(ports: AdminPorts): (request: ServerRequest) => boolean {
  return (request) => {
    const path = aliased(request.path);
    if (!path.startsWith(PREFIX)) return false;
    const name = path.slice(PREFIX.length);
    const ofConnections = name === 'connections' || name.startsWith('connections/');
    if (ofConnections && isAllowed(request, ports)) {
      serveConnections(request, name.slice('connections'.length), ports.webSockets);
      return true;
    }
    request.body.discard();
    if (name === 'health') {
      if (isRead(request)) answerJson(request, 200, ports.health());
      else refuseMethod(request, 'GET');
      return true;
    }
    if (name === 'lambda/code') {
      serveCode(request, ports);
      return true;
    }
    if (!isAllowed(request, ports)) {
      answerJson(request, 403, {
        message:
          'This endpoint asks for the administrator token: Authorization: Bearer <adminToken of credentials.json in the data folder>.',
      });
      return true;
    }
    serve(request, name, new URLSearchParams(request.query), ports);
    return true;
  };
}

function serve(request: ServerRequest, name: string, query: URLSearchParams, ports: AdminPorts): void {
  if (name === 'reset') {
    if (request.method !== 'POST') refuseMethod(request, 'POST');
    else if (ports.reset === undefined) answerJson(request, 403, { message: 'Reset is only there in stagegate dev.' });
    else
      ports.reset().then(
        () => answerJson(request, 200, { status: 'ok' }),
        (error: unknown) => {
          ports.onError(error);
          answerJson(request, 500, { message: 'The reset failed; see the log.' });
        },
      );
    return;
  }
  if (!isRead(request)) {
    refuseMethod(request, 'GET');
  } else if (name === 'requests') {
    if (query.get('follow') === '1') follow(request, (send) => ports.onExchange(send));
    else answerJson(request, 200, { requests: ports.recentExchanges(limitOf(query, 100, 2000)) });
  } else if (name.startsWith('requests/')) {
    const record = ports.findExchange(decodeSegment(name.slice('requests/'.length)));
    if (record === undefined) answerJson(request, 404, { message: 'No such request is kept (the last 2,000 are).' });
    else answerJson(request, 200, record);
  } else if (name === 'logs') {
    const functionName = query.get('function') ?? undefined;
    if (query.get('follow') === '1') {
      follow(request, (send) =>
        ports.onLog((line) => {
          if (functionName === undefined || line.functionName === functionName) send(line);
        }),
      );
    } else answerJson(request, 200, { lines: ports.recentLogs(functionName, limitOf(query, 1000, 10000)) });
  } else if (name === 'metrics') {
    serveMetrics(request, ports);
  } else if (name === 'explain') {
    answerJson(
      request,
      200,
      ports.explain((query.get('method') ?? 'GET').toUpperCase(), query.get('path') ?? '/', query.get('api') ?? undefined),
    );
  } else answerJson(request, 404, { message: `Stagegate has no endpoint ${PREFIX}${name}.` });
}

function serveMetrics(request: ServerRequest, ports: AdminPorts): void {
  ports.metrics().then(
    (text) => {
      const headers = new HeaderBlock();
      headers.add('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
      request.respond(200, headers, Buffer.from(text, 'utf8'));
    },
    (error: unknown) => {
      ports.onError(error);
      answerJson(request, 500, { message: 'The metrics could not be read; see the log.' });
    },
  );
}

/** The link is its own credential. */
function serveCode(request: ServerRequest, ports: AdminPorts): void {
  ports.downloadCode(request.query).then(
    (archive) => {
      if (archive === undefined)
        return answerJson(request, 403, { message: 'This download link is not valid any more. Call GetFunction again.' });
      const headers = new HeaderBlock();
      headers.add('Content-Type', 'application/zip');
      request.respond(200, headers, Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength));
    },
    (error: unknown) => {
      ports.onError(error);
      answerJson(request, 500, { message: 'The code could not be read; see the log.' });
    },
  );
}

/** AWS-shaped test suites know these two names. */
function aliased(path: string): string {
  if (path === '/_localstack/health') return '/_stagegate/health';
  if (path === '/moto-api/reset') return '/_stagegate/reset';
  return path;
}

function isAllowed(request: ServerRequest, ports: AdminPorts): boolean {
  if (ports.token === undefined) return true;
  const authorization = request.headers.get('authorization') ?? '';
  return authorization.startsWith('Bearer ') && ports.token(authorization.slice('Bearer '.length));
}

function isRead(request: ServerRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

function refuseMethod(request: ServerRequest, allowed: string): void {
  answerJson(request, 405, { message: `Use ${allowed}.` });
}

function limitOf(query: URLSearchParams, byDefault: number, most: number): number {
  const given = Number(query.get('limit') ?? byDefault);
  return Number.isInteger(given) && given > 0 ? Math.min(given, most) : byDefault;
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Streams every value as one line of JSON until the client goes away or falls too far behind. */
function follow(request: ServerRequest, subscribe: (send: (value: unknown) => void) => Unsubscribe): void {
  const headers = ndjsonHeaders();
  const sink: BodySink = request.startResponse(200, headers, undefined);
  let unsentBytes = 0;
  let unsubscribe: Unsubscribe | undefined;
  const stop = () => {
    unsubscribe?.();
    unsubscribe = undefined;
  };
  sink.onDrain = () => {
    unsentBytes = 0;
  };
  sink.onSinkClosed = stop;
  request.onAbort = stop;
  unsubscribe = subscribe((value) => {
    const line = Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
    if (!sink.write(line)) unsentBytes += line.length;
    if (unsentBytes > FOLLOW_BUFFER_LIMIT) {
      stop();
      sink.abort('tooLarge');
    }
  });
}

function ndjsonHeaders(): HeaderBlock {
  const headers = new HeaderBlock();
  headers.add('Content-Type', 'application/x-ndjson');
  headers.add('Cache-Control', 'no-store');
  return headers;
}
