// Differential fuzzing of the request side against Node's own parser: whatever we accept, Node must accept, and read as
// the same method, target, fields and body. The other direction is not asked: we refuse more, on purpose.

import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { Duplex } from 'node:stream';
import { BytesTransport } from './bytes-transport.ts';
import { mulberry32, mutate, pick } from './fuzz-mutation.fuzz.ts';
import { HeaderBlock } from './header-block.ts';
import { createHttp1Server, type Http1Server } from './server.ts';

/** What one run found. */
export interface FuzzReport {
  readonly cases: number;
  /** Cases in which we accepted at least one request; each was compared. */
  readonly accepted: number;
  /** Requests accepted and compared, all cases together. */
  readonly requests: number;
  readonly disagreements: readonly Disagreement[];
}

export interface Disagreement {
  readonly case: number;
  readonly wire: string;
  readonly what: string;
}

interface Message {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly string[];
  readonly body: string;
}

/** Runs `cases` mutated requests made from `seed`; the same numbers make the same cases. */
export async function fuzzRequestParser(cases: number, seed: number): Promise<FuzzReport> {
  const random = mulberry32(seed);
  const ours = new OurReader();
  const nodes = new NodeReader();
  const disagreements: Disagreement[] = [];
  let accepted = 0;
  let requests = 0;
  for (let i = 0; i < cases && disagreements.length < 20; i++) {
    // Closed connections are let go in the pauses.
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    const wire = mutatedRequest(random);
    const mine = ours.read([wire]);
    const cut = Math.floor(random() * wire.length);
    const split = ours.read([wire.slice(0, cut), wire.slice(cut)]);
    const report = (what: string): unknown => disagreements.push({ case: i, wire, what });
    if (JSON.stringify(split) !== JSON.stringify(mine))
      report(`cut at ${cut} it reads differently: ${JSON.stringify({ mine, split })}`);
    if (mine.length === 0) continue;
    accepted++;
    requests += mine.length;
    const theirs = nodes.read(wire);
    const last = mine.findIndex(meantDifferences.offersUpgrade);
    mine.slice(0, last < 0 ? mine.length : last + 1).forEach((message, index) => {
      const difference = compare(message, theirs[index]);
      if (difference !== undefined) report(`request ${index}: ${difference}`);
    });
  }
  return { cases, accepted, requests, disagreements };
}

/**
 * Differences that are meant, by name.
 * `absoluteForm`: we hand on the path of `http://host/path`, which equals the Host field; Node hands on the whole.
 * `offersUpgrade`: we ignore an offered upgrade and read on, as RFC 9110 section 7.8 allows; Node ignores it too, but
 * stops reading on that connection, so what follows cannot be compared.
 */
const meantDifferences = {
  absoluteForm: (ours: string, theirs: string): boolean => {
    const path = theirs.replace(/^https?:\/\/[^/?]*/i, '');
    return theirs !== path && ours === (path.startsWith('/') ? path : `/${path}`);
  },
  offersUpgrade: (message: Message): boolean => {
    const names = message.fields.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    return names.includes('upgrade') && names.includes('connection');
  },
} as const;

function compare(mine: Message, theirs: Message | undefined): string | undefined {
  if (theirs === undefined) return `we accept ${mine.method} ${mine.target}, Node does not`;
  if (mine.method !== theirs.method) return `method ${mine.method}, Node has ${theirs.method}`;
  if (mine.target !== theirs.target && !meantDifferences.absoluteForm(mine.target, theirs.target)) {
    return `target ${mine.target}, Node has ${theirs.target}`;
  }
  if (mine.body !== theirs.body) return `body ${JSON.stringify(mine.body)}, Node has ${JSON.stringify(theirs.body)}`;
  const fields = JSON.stringify(mine.fields);
  return fields === JSON.stringify(theirs.fields) ? undefined : `fields ${fields}, Node has ${JSON.stringify(theirs.fields)}`;
}

/** Reads bytes with a complete connection of ours. */
class OurReader {
  private messages: Message[] = [];
  private readonly server: Http1Server = createHttp1Server({
    onRequest: (request): void => {
      request.body.readAll(1_000_000, {
        onBody: (body): void => {
          const { method, target, headers } = request;
          this.messages.push({ method, target, fields: headers.raw, body: body.toString('latin1') });
          request.respond(200, answer, '');
        },
        onBodyFailure(): void {},
      });
    },
  });

  read(pieces: readonly string[]): Message[] {
    this.messages = [];
    const transport = new BytesTransport();
    this.server.accept(transport);
    if (transport.destroyed) throw new Error('the server takes no more connections');
    for (const piece of pieces) transport.feed(piece);
    transport.destroy();
    return this.messages;
  }
}

const answer = new HeaderBlock();

/** Reads bytes with Node's HTTP server in process, over a stream that is no socket. */
class NodeReader {
  private messages: IncomingMessage[] = [];
  // An offered upgrade is ignored on both sides.
  private readonly server: Server = createServer({ shouldUpgradeCallback: () => false } as ServerOptions, (request) => {
    this.messages.push(request);
  });

  constructor() {
    this.server.on('clientError', () => {});
    // Without these Node would end the connection of a request that is only unusual.
    this.server.on('checkExpectation', (request: IncomingMessage) => this.messages.push(request));
    this.server.on('checkContinue', (request: IncomingMessage) => this.messages.push(request));
  }

  read(wire: string): Message[] {
    this.messages = [];
    const socket = new SilentSocket();
    socket.on('error', () => {});
    this.server.emit('connection', socket);
    socket.emit('data', Buffer.from(wire, 'latin1'));
    const read = this.messages.filter((message) => message.complete).map(toMessage);
    socket.destroy();
    return read;
  }
}

class SilentSocket extends Duplex {
  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }

  setTimeout(): this {
    return this;
  }
}

function toMessage(message: IncomingMessage): Message {
  const pieces: Buffer[] = [];
  for (let piece = message.read() as Buffer | null; piece !== null; piece = message.read() as Buffer | null) pieces.push(piece);
  return {
    method: message.method ?? '',
    target: message.url ?? '',
    fields: message.rawHeaders,
    body: Buffer.concat(pieces).toString('latin1'),
  };
}

// --- cases ---

const seeds: readonly string[] = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /a/b?x=1&y=%20 HTTP/1.1\r\nHost: api.example:8080\r\nAccept: */*\r\nCookie: a=b; c=d\r\nX-Empty:\r\n\r\n',
  'POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world',
  'PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
  'POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\na\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n',
  'DELETE /x HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET http://a/x?y HTTP/1.1\r\nHost: a\r\n\r\n',
  'HEAD /x HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close, x-a\r\nX-A: 1\r\n\r\n',
  'PATCH /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc',
  'GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
  'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nabGET /3 HTTP/1.1\r\nHost: a\r\n\r\n',
];

const pieces: readonly string[] = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  '\x0b',
  '\x0c',
  '\x7f',
  '\x80',
  '\xa0',
  '\xff',
  ':',
  ',',
  ';',
  '0',
  '1',
  '5',
  'a',
  'A',
  '_',
  '-',
  '+',
  '"',
  '#',
  '\\',
  '?',
  '/',
  '//',
  '*',
  '@',
  '[',
  ']',
  '%',
  '\r\n\r\n',
  '\r\n ',
  ' \r\n',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Content-Length: ',
  'content-length:5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'transfer-encoding:\tChunked\r\n',
  'chunked',
  'Host: b\r\n',
  'Host:',
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: websocket\r\n',
  'X-A: b\r\n',
  'x-a:\r\n',
  '__proto__: 1\r\n',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  'GET ',
  'POST ',
  'CONNECT ',
  'PRI ',
  'http://a',
  'http://b/',
  ';a=b',
  ';a="b\r\n"',
  '00000000',
  'ffffffff',
];

function mutatedRequest(random: () => number): string {
  let wire = pick(seeds, random);
  if (random() < 0.2) wire += pick(seeds, random);
  for (let count = Math.floor(random() * 4); count > 0; count--) wire = mutate(wire, seeds, pieces, random);
  return wire;
}
