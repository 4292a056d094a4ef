// The words of the HTTP/1.1 core: what a request, a response, a body and a sink look like to those who use it.
// Everything on the wire is latin1; UTF-8 is the business of JSON layers. No object here outlives its exchange.

import type { HeaderBlock } from './header-block.ts';
import type { ProtocolOwner } from './protocol-switch.ts';

/** The header fields of a received message. Look-ups use lower-case names. */
export interface HeaderView {
  /** The field's value; values of a repeated field are joined with `,`. Undefined when absent. */
  get(lowerCaseName: string): string | undefined;
  /** [name, value, name, value, …] as received, casing kept. */
  readonly raw: readonly string[];
  /** True when this very object belongs to several messages, one after the other: what is made of it may be remembered for the next. */
  readonly repeats?: boolean;
  /** A place for it, where there is one; whoever finds something of another reader there replaces it. */
  reading?: object | undefined;
  /**
   * Appends every field that may be forwarded: not hop-by-hop, not nominated by `Connection`, not framing, not in `drop`
   * (lower-case names). Runs of kept lines are copied as one substring.
   * `titleCase` rewrites names to Title-Case, as HTTP APIs answer over HTTP/1.1. Returns how many fields were left out for
   * being in `drop`.
   */
  forwardTo(block: HeaderBlock, drop: ReadonlySet<string>, titleCase: boolean): number;
}

export type BodyFailure = 'tooLarge' | 'aborted' | 'timeout' | 'malformed';

export interface BodyReceiver {
  /** The bytes are the receiver's own. */
  onBody(body: Buffer): void;
  onBodyFailure(failure: BodyFailure): void;
}

/** Where body bytes go: a response to the client or a request to an upstream. */
export interface BodySink {
  /** Takes the bytes at once (they may live in a shared read buffer). False: wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  end(): void;
  /** The source failed: the sink's connection is cut so that the peer cannot mistake a part for the whole. */
  abort(failure: BodyFailure): void;
  onDrain: (() => void) | null;
  /** The sink's peer went away; the source should stop. */
  onSinkClosed: (() => void) | null;
}

/** A message body, consumed exactly once by one of the four methods. */
export interface MessageBody {
  /** Declared length; 0 for none; undefined when chunked or delimited by close. */
  readonly length: number | undefined;
  /** The whole body as latin1 text when it arrived together with the head (fast path), otherwise undefined and not consumed. */
  takeText(): string | undefined;
  /** Buffers the body, counting bytes as they arrive; more than `limitBytes` is refused before it is held. */
  readAll(limitBytes: number, receiver: BodyReceiver): void;
  /** Streams with backpressure. */
  pipeTo(sink: BodySink): void;
  /** A trailer field of a chunked request body whose end has arrived; only bodies that can have one have the method. */
  trailer?(lowerCaseName: string): string | undefined;
  /** Drops it; a request body that is too long to drop cheaply closes the connection after the response. */
  discard(): void;
}

/** One request on an accepted connection, and the way to answer it. */
export interface ServerRequest {
  readonly method: string;
  /** As received, e.g. `/a%20b?x=1`. */
  readonly target: string;
  /** The target before `?`, undecoded. */
  readonly path: string;
  /** The target after `?`, undecoded, or ''. */
  readonly query: string;
  /** The Host field, checked: exactly one, no userinfo, no list. Port kept. */
  readonly host: string;
  readonly httpMinor: 0 | 1;
  /** A stage of a gateway may put a view with more fields in its place. */
  headers: HeaderView;
  readonly body: MessageBody;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  /** performance.now() when the head was complete, in milliseconds. */
  readonly startedAt: number;
  /** Bytes of request line and header section. */
  readonly headBytes: number;
  /**
   * Answers with a complete body in one write. A string body is latin1 bytes. The core adds Content-Length and
   * Connection, and writes no body for HEAD, 204 and 304. Returns false when the client is already gone.
   */
  respond(status: number, headers: HeaderBlock, body: string | Buffer): boolean;
  /** Starts a streamed answer; without a length it is chunked (HTTP/1.1) or delimited by close (HTTP/1.0). */
  startResponse(status: number, headers: HeaderBlock, contentLength: number | undefined): BodySink;
  /**
   * Answers 101 and leaves the connection to `owner`, at once or any time later; what the client has sent meanwhile is its first
   * input. The core writes Upgrade and Connection. False when the client is already gone; `onAbort` then told so. Throws
   * when the request was answered, or has a body that did not arrive. Absent where a request has no connection of its own.
   */
  switchProtocols?(protocol: string, headers: HeaderBlock, owner: ProtocolOwner): boolean;
  /** True once the response was started or the client has gone. */
  readonly answered: boolean;
  /** Bytes of response body given to the socket so far. */
  readonly bytesOut: number;
  /** Told once if the client goes away before the response is complete. A listener object saves a closure per request. */
  onAbort: AbortListener | (() => void) | null;
}

export interface AbortListener {
  onClientGone(): void;
}

/** What a request was for whose head was read whole. */
export interface RequestAddress {
  readonly host: string;
  /** Without the query. */
  readonly path: string;
}

/** Body and header fields of an answer the core makes itself: a malformed, oversized or late request, or a fault. */
export interface CoreAnswer {
  readonly headers: HeaderBlock;
  /** latin1 text. */
  readonly body: string;
}

/** What a client proves itself with. */
export interface ClientCertificate {
  /** Tells certificates apart: connections that showed one are not used for another. */
  readonly name: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface UpstreamOrigin {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** The name that a TLS server is asked for and has to prove, when it is not `host`. */
  readonly serverName?: string;
  /** TLS: the certificate may be signed by anybody; its name and its dates are checked all the same. */
  readonly anyIssuer?: boolean;
  /** TLS: shown to a server that asks for a certificate. */
  readonly clientCertificate?: ClientCertificate;
  /** A unix socket to connect to instead; `host` and `port` then only name the origin. */
  readonly socketPath?: string;
}

export interface UpstreamCall {
  readonly origin: UpstreamOrigin;
  readonly method: string;
  readonly target: string;
  /** Includes Host; never framing fields, the pool writes those. */
  readonly headers: HeaderBlock;
  /** Latin1 text, bytes, a body to stream, or null for none. */
  readonly body: string | Buffer | MessageBody | null;
  /** Milliseconds for the whole exchange until the response is complete. */
  readonly timeoutMs: number;
  /** performance.now() when the call is made, if the caller has just read it. */
  readonly startedAt?: number;
  /** A longer response body is a failure of kind `tooLarge`. The pool's own limit when left out. */
  readonly maxResponseBytes?: number;
  readonly receiver: UpstreamReceiver;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: HeaderView;
  readonly body: MessageBody;
  /** The Content-Length field, also of an answer to HEAD, where `body.length` is 0. Undefined when there was none. */
  readonly declaredLength: number | undefined;
}

/** A call under way. */
export interface UpstreamTicket {
  /** Gives the call up: its connection is closed and the receiver hears nothing more. Harmless when it is over. */
  cancel(): void;
}

/** `lookup`: the host's name is not known; `connect`: nobody answers there. */
export type UpstreamFailureKind =
  | 'lookup'
  | 'connect'
  | 'timeout'
  | 'reset'
  | 'malformed'
  | 'tooLarge'
  | 'refused'
  | 'requestBody';

export interface UpstreamFailure {
  readonly kind: UpstreamFailureKind;
  /** For the log and `stagegate requests`, never for the client. */
  readonly message: string;
  /** When the request body itself failed (kind `requestBody`). */
  readonly bodyFailure?: BodyFailure;
}

/** Exactly one of the two is called, once. After onResponse, body failures surface through the body. */
export interface UpstreamReceiver {
  onResponse(response: UpstreamResponse): void;
  onFailure(failure: UpstreamFailure): void;
}
