// HTTP/1.1 as bytes on a socket: shows header names, their casing and their order exactly as they came over the wire.

import { connect } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly statusLine: string;
  /** [name, value] as received. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  text(): string;
  json(): unknown;
  /** The first value of a header, whatever its casing. */
  header(name: string): string | undefined;
  /** Every value of a header, whatever its casing. */
  all(name: string): string[];
}

export interface RawRequest {
  readonly method?: string;
  /** Sent as it is: path and query, still encoded. */
  readonly target: string;
  readonly host: string;
  /** Sent as they are, in this order, after Host. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** Leaves Content-Length away although there is a body. */
  readonly noLength?: boolean;
}

const ANSWER_WITHIN_MS = 40_000;

/** One request on a connection of its own. */
export function rawRequest(port: number, request: RawRequest): Promise<RawResponse> {
  const body = request.body === undefined ? Buffer.alloc(0) : Buffer.from(request.body as Uint8Array);
  const lines = [`${request.method ?? 'GET'} ${request.target} HTTP/1.1`, `Host: ${request.host}`];
  for (const [name, value] of request.headers ?? []) lines.push(`${name}: ${value}`);
  if (request.body !== undefined && request.noLength !== true) lines.push(`Content-Length: ${body.length}`);
  lines.push('Connection: close', '', '');
  return rawBytes(port, Buffer.concat([Buffer.from(lines.join('\r\n'), 'utf8'), body]), request.method === 'HEAD');
}

/** Sends bytes and reads one response until the server closes or the response is complete. */
export function rawBytes(port: number, bytes: Buffer, isHead = false): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no complete response within ${ANSWER_WITHIN_MS} ms; got ${JSON.stringify(received.toString('latin1'))}`));
    }, ANSWER_WITHIN_MS);
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const response = parseResponse(received, true, isHead);
      if (response === undefined) reject(new Error(`no response; got ${JSON.stringify(received.toString('latin1'))}`));
      else resolve(response);
    };
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (parseResponse(received, false, isHead) !== undefined) finish();
    });
    socket.on('end', finish);
    socket.on('error', (error) => {
      // A server that refuses a large body answers and closes: what it said before the reset still counts.
      if (parseResponse(received, true, isHead) !== undefined) finish();
      else {
        clearTimeout(timer);
        reject(error);
      }
    });
  });
}

function parseResponse(bytes: Buffer, ended: boolean, isHead: boolean): RawResponse | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const status = Number(statusLine.split(' ')[1]);
  const all = (name: string): string[] =>
    headers.filter(([known]) => known.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  const rest = bytes.subarray(headEnd + 4);
  let body: Buffer | undefined;
  const length = all('content-length')[0];
  if (isHead || status === 204 || status === 304) body = Buffer.alloc(0);
  else if (all('transfer-encoding').length > 0) body = dechunk(rest);
  else if (length !== undefined) body = rest.length >= Number(length) ? rest.subarray(0, Number(length)) : undefined;
  else body = ended ? rest : undefined;
  if (body === undefined) return undefined;
  const complete = body;
  return {
    status,
    statusLine,
    headers,
    body: complete,
    text: () => complete.toString('utf8'),
    json: () => JSON.parse(complete.toString('utf8')),
    header: (name) => all(name)[0],
    all,
  };
}

function dechunk(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2;
    if (size === 0) return bytes.indexOf('\r\n', at) < 0 ? undefined : Buffer.concat(parts);
    if (bytes.length < at + size + 2) return undefined;
    parts.push(bytes.subarray(at, at + size));
    at += size + 2;
  }
}
