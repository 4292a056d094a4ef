// Differential fuzzing of the upstream side against Node's own client: a response that we read as complete is, to Node, the
// same status, the same fields and the same body. And however the bytes are cut, we read them the same.
// One difference is meant: bytes behind a complete response make Node fail the call; we deliver the response and never use
// the connection again. Node is therefore given the bytes up to where our response ends.

import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { BytesTransport } from './bytes-transport.ts';
import type { ConnectReceiver } from './connect-transport.ts';
import { mulberry32, mutate, pick } from './fuzz-mutation.fuzz.ts';
import { HeaderBlock } from './header-block.ts';
import type { Disagreement, FuzzReport } from './request-parser.fuzz.ts';
import { UpstreamPool } from './upstream-pool.ts';

interface Answer {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: string;
}

/** Runs `cases` mutated responses made from `seed`; the same numbers make the same cases. */
export async function fuzzResponseParser(cases: number, seed: number): Promise<FuzzReport> {
  const random = mulberry32(seed);
  const disagreements: Disagreement[] = [];
  let accepted = 0;
  for (let i = 0; i < cases && disagreements.length < 20; i++) {
    const method = random() < 0.1 ? 'HEAD' : 'GET';
    let wire = pick(seeds, random);
    for (let count = Math.floor(random() * 4); count > 0; count--) wire = mutate(wire, seeds, pieces, random);
    const cut = Math.floor(random() * wire.length);
    const mine = await readWithOurs(method, [wire]);
    const split = await readWithOurs(method, [wire.slice(0, cut), wire.slice(cut)]);
    const report = (what: string): unknown => disagreements.push({ case: i, wire: `${method} ${wire}`, what });
    if (JSON.stringify(mine) !== JSON.stringify(split))
      report(`cut at ${cut} it reads differently: ${JSON.stringify({ mine, split })}`);
    if (mine === undefined) continue;
    accepted++;
    const ended = await endOfResponse(method, wire);
    const theirs = await readWithNode(method, wire.slice(0, ended));
    if (JSON.stringify(mine) !== JSON.stringify(theirs)) report(`${JSON.stringify(mine)}, Node has ${JSON.stringify(theirs)}`);
  }
  return { cases, accepted, requests: accepted, disagreements };
}

const origin = { protocol: 'http', host: 'upstream', port: 80 } as const;
const headers = new HeaderBlock();
headers.add('Host', 'upstream');

/** How many bytes our response has: all of them when it is delimited by the upstream's end. */
async function endOfResponse(method: string, wire: string): Promise<number> {
  let fed = 0;
  await readWithOurs(method, [...wire], () => fed++);
  return fed;
}

/** The response as our pool reads it, followed by the upstream's end; undefined when it fails. */
function readWithOurs(method: string, parts: readonly string[], onPart?: () => void): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    let answered = false;
    const settle = (answer: Answer | undefined): void => {
      answered = true;
      resolve(answer);
    };
    const pool = new UpstreamPool({
      connect: (_target, receiver: ConnectReceiver) => {
        const transport = new BytesTransport();
        transport.receiver = receiver;
        queueMicrotask(() => {
          receiver.onConnected();
          for (const part of parts) {
            if (answered) return;
            transport.feed(part);
            onPart?.();
          }
          transport.feedEnd();
        });
        return transport;
      },
    });
    pool.send({
      origin,
      method,
      target: '/',
      headers,
      body: null,
      timeoutMs: 60_000,
      receiver: {
        onFailure: () => settle(undefined),
        onResponse: (response) => {
          const { status } = response;
          const fields = response.headers.raw;
          response.body.readAll(1_000_000, {
            onBody: (body) => settle({ status, fields, body: body.toString('latin1') }),
            onBodyFailure: () => settle(undefined),
          });
        },
      },
    });
  });
}

class FedSocket extends Duplex {
  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }

  setTimeout(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }
}

/** The same with Node's client over a stream that is no socket. */
function readWithNode(method: string, wire: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const socket = new FedSocket();
    socket.on('error', () => {});
    const request: ClientRequest = http.request({ method, path: '/', host: 'upstream', createConnection: () => socket });
    const done = (answer: Answer | undefined): void => {
      resolve(answer);
      request.destroy();
      socket.destroy();
    };
    request.on('error', () => done(undefined));
    request.on('response', (response: IncomingMessage) => {
      const got: Buffer[] = [];
      response.on('data', (chunk: Buffer) => got.push(chunk));
      response.on('error', () => done(undefined));
      response.on('close', () => {
        const { statusCode = 0, rawHeaders, complete } = response;
        done(complete ? { status: statusCode, fields: rawHeaders, body: Buffer.concat(got).toString('latin1') } : undefined);
      });
    });
    request.on('socket', () => {
      setImmediate(() => {
        socket.push(Buffer.from(wire, 'latin1'));
        socket.push(null);
      });
    });
    request.end();
  });
}

const seeds: readonly string[] = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\na\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "x"\r\n\r\n',
  'HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nuntil the end',
  'HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n\r\nuntil the end',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
];

const pieces: readonly string[] = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  '\x0b',
  '\x7f',
  '\x80',
  '\xff',
  ':',
  ',',
  ';',
  '0',
  '1',
  '5',
  'a',
  '_',
  '-',
  '+',
  '\r\n\r\n',
  '\r\n ',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'content-length:5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'chunked',
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'Upgrade: websocket\r\n',
  'X-A: b\r\n',
  'x-a:\r\n',
  '__proto__: 1\r\n',
  'HTTP/1.1 ',
  'HTTP/1.0 ',
  '100 ',
  '101 ',
  '204 ',
  '304 ',
  'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
  ';a=b',
  '00000000',
  'ffffffff',
];
