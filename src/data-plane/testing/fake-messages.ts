// In-memory stand-ins for the HTTP/1.1 core, for tests and benchmarks of the stages: requests that remember how they were answered.

import type { HeaderBlock } from '../../http1/header-block.ts';
import type {
  AbortListener,
  BodyFailure,
  BodyReceiver,
  BodySink,
  HeaderView,
  MessageBody,
  ServerRequest,
} from '../../http1/message.ts';

const hopByHop = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'content-length']);

export class FakeHeaders implements HeaderView {
  readonly raw: readonly string[];

  constructor(fields: readonly (readonly [string, string])[]) {
    this.raw = fields.flat();
  }

  get(lowerCaseName: string): string | undefined {
    const values: string[] = [];
    for (let i = 0; i < this.raw.length; i += 2) {
      if ((this.raw[i] as string).toLowerCase() === lowerCaseName) values.push(this.raw[i + 1] as string);
    }
    return values.length === 0 ? undefined : values.join(',');
  }

  forwardTo(block: HeaderBlock, drop: ReadonlySet<string>, titleCase: boolean): number {
    let dropped = 0;
    for (let i = 0; i < this.raw.length; i += 2) {
      const name = this.raw[i] as string;
      const lower = name.toLowerCase();
      if (drop.has(lower)) dropped++;
      if (hopByHop.has(lower) || drop.has(lower)) continue;
      block.add(
        titleCase ? lower.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase()) : name,
        this.raw[i + 1] as string,
      );
    }
    return dropped;
  }
}

/** A body that is there at once (`text` taken in one piece) or comes in chunks. */
export class FakeBody implements MessageBody {
  readonly #bytes: Buffer;
  readonly #chunked: boolean;
  readonly #failure: BodyFailure | undefined;
  discarded = false;

  constructor(content: string | Buffer, options: { readonly chunked?: boolean; readonly failure?: BodyFailure } = {}) {
    this.#bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    this.#chunked = options.chunked ?? false;
    this.#failure = options.failure;
  }

  get length(): number | undefined {
    return this.#chunked ? undefined : this.#bytes.length;
  }

  takeText(): string | undefined {
    return this.#chunked || this.#failure !== undefined || this.#bytes.length > 65_536
      ? undefined
      : this.#bytes.toString('latin1');
  }

  readAll(limitBytes: number, receiver: BodyReceiver): void {
    if (this.#failure !== undefined) receiver.onBodyFailure(this.#failure);
    else if (this.#bytes.length > limitBytes) receiver.onBodyFailure('tooLarge');
    else receiver.onBody(this.#bytes);
  }

  pipeTo(sink: BodySink): void {
    for (let at = 0; at < this.#bytes.length; at += 65_536) sink.write(this.#bytes.subarray(at, at + 65_536));
    if (this.#failure === undefined) sink.end();
    else sink.abort(this.#failure);
  }

  discard(): void {
    this.discarded = true;
  }
}

export interface FakeRequestOptions {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: MessageBody;
  readonly host?: string;
  readonly sourceIp?: string;
  readonly headBytes?: number;
}

export class FakeRequest implements ServerRequest {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly httpMinor = 1;
  headers: HeaderView;
  readonly body: MessageBody;
  readonly remoteAddress: string;
  readonly remotePort = 50_000;
  readonly localPort = 8080;
  readonly startedAt = performance.now();
  readonly headBytes: number;
  onAbort: AbortListener | (() => void) | null = null;

  answers = 0;
  status = 0;
  headerText = '';
  responseBody: Buffer = Buffer.alloc(0);
  contentLength: number | undefined = undefined;
  aborted: BodyFailure | undefined = undefined;

  constructor(options: FakeRequestOptions = {}) {
    this.method = options.method ?? 'GET';
    this.target = options.target ?? '/';
    const mark = this.target.indexOf('?');
    this.path = mark < 0 ? this.target : this.target.slice(0, mark);
    this.query = mark < 0 ? '' : this.target.slice(mark + 1);
    this.host = options.host ?? 'a1b2c3.execute-api.us-east-1.amazonaws.com';
    this.headers = new FakeHeaders([['Host', this.host], ...(options.headers ?? [])]);
    this.body = options.body ?? new FakeBody('');
    this.headBytes = options.headBytes ?? 100;
    this.remoteAddress = options.sourceIp ?? '203.0.113.9';
  }

  get answered(): boolean {
    return this.answers > 0;
  }

  get bytesOut(): number {
    return this.responseBody.length;
  }

  respond(status: number, headers: HeaderBlock, body: string | Buffer): boolean {
    this.answers++;
    this.status = status;
    this.headerText = headers.text;
    this.responseBody = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    return true;
  }

  startResponse(status: number, headers: HeaderBlock, contentLength: number | undefined): BodySink {
    this.answers++;
    this.status = status;
    this.headerText = headers.text;
    this.contentLength = contentLength;
    return new MemorySink((bytes, failure) => {
      this.responseBody = bytes;
      this.aborted = failure;
    });
  }

  /** The client goes away. */
  leave(): void {
    if (typeof this.onAbort === 'function') this.onAbort();
    else this.onAbort?.onClientGone();
  }

  /** [name, value] lines of the answer. */
  get responseHeaders(): [string, string][] {
    return this.headerText
      .split('\r\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);
  }

  responseHeader(name: string): string | undefined {
    return this.responseHeaders.find(([found]) => found.toLowerCase() === name.toLowerCase())?.[1];
  }

  get responseText(): string {
    return this.responseBody.toString('utf8');
  }
}

/** Collects what is written and reports it at the end. */
export class MemorySink implements BodySink {
  readonly #chunks: Buffer[] = [];
  readonly #done: (bytes: Buffer, failure: BodyFailure | undefined) => void;
  onDrain: (() => void) | null = null;
  onSinkClosed: (() => void) | null = null;

  constructor(done: (bytes: Buffer, failure: BodyFailure | undefined) => void) {
    this.#done = done;
  }

  write(chunk: Buffer): boolean {
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  end(): void {
    this.#done(Buffer.concat(this.#chunks), undefined);
  }

  abort(failure: BodyFailure): void {
    this.#done(Buffer.concat(this.#chunks), failure);
  }
}

/** Header lines as [name, value] pairs. */
export function linesOf(block: HeaderBlock): [string, string][] {
  return block.text
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);
}
