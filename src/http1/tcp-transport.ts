// TCP, unix sockets and outgoing TLS as a Transport. The one place that knows about node:net's internals.
//
// Reading into one buffer shared by all sockets of the thread saves 15-20 % of the CPU of a request. For outgoing sockets
// that is public (`onread`); for accepted ones it is not, so the accepted handle is moved into a socket made with `onread`.
// Where that handle does not look as expected the plain 'data' event is used, which behaves the same and costs more.

import net from 'node:net';
import tls from 'node:tls';
import type { ClientCertificate } from './message.ts';
import type { Transport, TransportReceiver } from './transport.ts';

/** How an accepted socket is read: into the shared buffer, or through 'data' events. */
export type ReadMode = 'shared' | 'data';

const READ_BUFFER_BYTES = 65_536;
/** How long the probe waits for its one byte. */
const PROBE_MS = 1000;
const owner = Symbol('transport');

interface OwnedSocket extends net.Socket {
  [owner]: SocketTransport;
}

/** The part of libuv's stream handle that is relied upon, all of it undocumented. */
interface StreamHandle {
  readStart(): number;
  readStop(): number;
  useUserBuffer(buffer: Uint8Array): void;
}

interface SocketInside {
  _handle: StreamHandle | null;
}

/** What a stream calls to hand its socket what was written; `done` is called at once when the kernel took all of it. */
interface DirectWriter {
  _write?(text: string, encoding: 'latin1', done: (error?: Error | null) => void): void;
}

const shared: net.OnReadOpts = {
  buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
  callback(this: OwnedSocket, bytes: number, buffer: Uint8Array): boolean {
    this[owner].arrived(buffer as Buffer, bytes);
    return true;
  },
};

/** True when the handle offers what the shared read buffer needs; looked at for every accepted socket. */
function canShareReads(handle: StreamHandle | null): handle is StreamHandle {
  return (
    handle !== null &&
    typeof handle.useUserBuffer === 'function' &&
    typeof handle.readStart === 'function' &&
    typeof handle.readStop === 'function'
  );
}

let probed: Promise<ReadMode> | undefined;

/**
 * Tries the shared read buffer once per process with a real connection, and says how accepted sockets can be read here.
 * Never rejects: whatever goes wrong means `data`.
 */
export function probeReadMode(): Promise<ReadMode> {
  probed ??= new Promise((resolve) => {
    let sender: net.Socket | undefined;
    let transport: Transport | undefined;
    const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true });
    const decide = (mode: ReadMode): void => {
      clearTimeout(patience);
      transport?.destroy();
      sender?.destroy();
      server.close();
      resolve(mode);
    };
    const patience = setTimeout(decide, PROBE_MS, 'data');
    server.on('error', () => decide('data'));
    server.on('connection', (socket) => {
      try {
        transport = adoptAcceptedSocket(socket, 'shared');
        transport.receiver = {
          ...nobody,
          onBytes: (buffer, start, end) => decide(buffer.length === READ_BUFFER_BYTES && end - start === 1 ? 'shared' : 'data'),
        };
      } catch {
        decide('data');
      }
    });
    server.listen(0, '127.0.0.1', () => {
      sender = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
      sender.on('error', () => decide('data'));
      sender.write('x');
    });
  });
  return probed;
}

/** Takes over a socket that `net.createServer({ pauseOnConnect: true, allowHalfOpen: true })` accepted. */
export function adoptAcceptedSocket(accepted: net.Socket, mode: ReadMode): Transport {
  const inside = accepted as unknown as SocketInside;
  if (mode === 'shared' && canShareReads(inside._handle)) {
    const handle = inside._handle;
    // The accepted socket loses its handle and is closed, which also takes it off its server's count.
    inside._handle = null;
    accepted.destroy();
    return new SocketTransport(
      new net.Socket({ handle, allowHalfOpen: true, onread: shared } as unknown as net.SocketConstructorOpts),
      true,
    );
  }
  const transport = new SocketTransport(accepted, true);
  accepted.on('data', onData);
  accepted.resume();
  return transport;
}

/** Takes over a two-way pipe to a child process, in the tick in which it was made: nothing has been read from it yet. */
export function adoptPipe(pipe: net.Socket, mode: ReadMode): Transport {
  const inside = pipe as unknown as { readonly _handle: (StreamHandle & { reading: boolean }) | null };
  const handle = inside._handle;
  if (mode === 'shared' && canShareReads(handle)) {
    // It is being read already, unlike a socket that was accepted paused.
    handle.reading = false;
    handle.readStop();
  }
  return adoptAcceptedSocket(pipe, mode);
}

/** Where an outgoing connection goes. */
export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | undefined;
  /** TLS, verified against `ca` (or everything this machine trusts) unless `rejectUnauthorized` is false. */
  readonly tls:
    | {
        readonly ca: string | readonly string[] | undefined;
        readonly rejectUnauthorized: boolean;
        /** Instead of `host`. */
        readonly serverName?: string | undefined;
        /** Verified but for who signed it. */
        readonly anyIssuer?: boolean;
        /** Shown when the server asks for one. */
        readonly clientCertificate?: ClientCertificate | undefined;
      }
    | undefined;
  readonly lookup: net.LookupFunction | undefined;
}

/** Opens a connection. `onConnected` of the receiver is called when bytes can flow, onClosed when it failed. */
export function connectTransport(target: ConnectTarget, receiver: ConnectReceiver): Transport {
  const socket = target.tls === undefined ? connectPlain(target) : connectTls(target, target.tls);
  const transport = new SocketTransport(socket, false);
  transport.receiver = receiver;
  socket.once(target.tls === undefined ? 'connect' : 'secureConnect', onConnect);
  return transport;
}

/** A receiver that also hears when its outgoing connection is ready. */
export interface ConnectReceiver extends TransportReceiver {
  onConnected(): void;
}

function connectPlain(target: ConnectTarget): net.Socket {
  const options = { onread: shared, allowHalfOpen: true };
  if (target.socketPath !== undefined) return net.connect({ ...options, path: target.socketPath });
  const lookup = target.lookup === undefined ? undefined : { lookup: target.lookup };
  return net.connect({ ...options, ...lookup, host: target.host, port: target.port, noDelay: true });
}

function connectTls(target: ConnectTarget, options: NonNullable<ConnectTarget['tls']>): tls.TLSSocket {
  const serverName = options.serverName ?? target.host;
  const settings = {
    host: target.host,
    port: target.port,
    ...(target.socketPath === undefined ? undefined : { path: target.socketPath }),
    ...(target.lookup === undefined ? undefined : { lookup: target.lookup }),
    // An address is no server name (RFC 6066); the certificate is then checked against the address.
    ...(net.isIP(serverName) === 0 ? { servername: serverName } : undefined),
    ALPNProtocols: ['http/1.1'],
    secureContext: secureContextOf(options),
    rejectUnauthorized: options.rejectUnauthorized && options.anyIssuer !== true,
    // One read buffer serves every socket of the thread, decrypted bytes included.
    onread: shared,
  };
  // `onread` is an option of node:net that the types of node:tls leave out.
  const socket = tls.connect(settings as tls.ConnectionOptions);
  if (options.anyIssuer === true && options.rejectUnauthorized) {
    socket.once('secureConnect', () => {
      const problem = certificateProblem(socket, serverName);
      if (problem !== undefined) socket.destroy(problem);
    });
  }
  return socket;
}

/** What OpenSSL says of a chain that ends in nobody's trust. Anything else is wrong with the certificate itself. */
const issuerProblems: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** Why a peer's certificate is refused, whoever signed it. */
function certificateProblem(socket: tls.TLSSocket, serverName: string): Error | undefined {
  if (socket.authorized) return undefined;
  // An error object or its code, as Node's versions have it.
  const error = socket.authorizationError as unknown as Error & { readonly code?: string };
  const code = error?.code ?? String(error);
  if (!issuerProblems.has(code)) return error instanceof Error ? error : new Error(`certificate refused: ${code}`);
  // OpenSSL names the first thing that is wrong, so the others are looked at here.
  const certificate = socket.getPeerCertificate();
  const now = Date.now();
  if (!(Date.parse(certificate.valid_from) <= now)) return new Error('certificate is not yet valid');
  if (!(now <= Date.parse(certificate.valid_to))) return new Error('certificate has expired');
  return tls.checkServerIdentity(serverName, certificate);
}

let machineContext: tls.SecureContext | undefined;

/**
 * The authorities that Node brings, those of NODE_EXTRA_CA_CERTS and those of the operating system: a company's own are known there.
 * Read at the first https call and kept: parsing some hundred certificates for every connection would be felt.
 */
function trustedByThisMachine(): tls.SecureContext {
  machineContext ??= tls.createSecureContext({ ca: trustedAuthorities() });
  return machineContext;
}

function trustedAuthorities(): string[] {
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
}

/** By certificate: reading a key and every authority takes milliseconds. */
const clientContexts = new WeakMap<ClientCertificate, tls.SecureContext>();

function secureContextOf({ ca, clientCertificate }: NonNullable<ConnectTarget['tls']>): tls.SecureContext {
  const authorities = (): string[] => (ca === undefined ? trustedAuthorities() : typeof ca === 'string' ? [ca] : [...ca]);
  if (clientCertificate === undefined) {
    return ca === undefined ? trustedByThisMachine() : tls.createSecureContext({ ca: authorities() });
  }
  let context = clientContexts.get(clientCertificate);
  if (context === undefined) {
    const { certificatePem, privateKeyPem } = clientCertificate;
    context = tls.createSecureContext({ ca: authorities(), cert: certificatePem, key: privateKeyPem });
    clientContexts.set(clientCertificate, context);
  }
  return context;
}

// Answers that are made while their request is being read are held until the sockets that have something have been read, and then
// leave together: what belongs to one connection in one write, and a peer on this machine that waits for many is woken once. Measured
// with bench/ and 64 connections: 6.8 instead of 7.3 us of CPU for an echo of a WebSocket API, 5.2 instead of 5.8 us of the kernel's
// for a REST API's MOCK. Few are held, so that none waits for long.
const HELD_TRANSPORTS_MAX = 64;
const HELD_CHARACTERS_MAX = 16_384;
const holding: SocketTransport[] = [];
let willFlush = false;

function flushAtEndOfTurn(): void {
  willFlush = false;
  flushAll();
}

function flushAll(): void {
  for (let i = 0; i < holding.length; i++) (holding[i] as SocketTransport).flush();
  holding.length = 0;
}

class SocketTransport implements Transport {
  receiver: TransportReceiver = nobody;
  /** Writes past the stream; undefined where that is not possible. */
  private readonly direct: Required<DirectWriter> | undefined;
  private readonly directDone = (error?: Error | null): void => this.onDirectDone(error ?? undefined);
  /** A direct write is under way, and whether its call has not returned yet. */
  private directPending = false;
  private directCalling = false;
  private directBytes = 0;
  private corks = 0;
  /** The stream was given something and may hold it still. */
  private streamUsed = false;
  /** Accepted connections hold what is written while they are read. */
  private readonly holds: boolean;
  private reading = false;
  private held = '';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  private readonly socket: net.Socket;
  private failure: Error | undefined = undefined;

  constructor(socket: net.Socket, isAccepted: boolean) {
    this.socket = socket;
    this.holds = isAccepted;
    const writer = socket as unknown as DirectWriter;
    this.direct =
      socket instanceof tls.TLSSocket || typeof writer._write !== 'function' ? undefined : (writer as Required<DirectWriter>);
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '');
    this.remotePort = socket.remotePort ?? 0;
    this.localPort = socket.localPort ?? 0;
    (socket as OwnedSocket)[owner] = this;
    // Set once, so that it is not looked up for every write.
    socket.setDefaultEncoding('latin1');
    socket.on('drain', onDrain);
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  arrived(buffer: Buffer, bytes: number): void {
    this.reading = this.holds;
    this.receiver.onBytes(buffer, 0, bytes);
    this.reading = false;
  }

  write(data: string | Buffer): boolean {
    if (this.reading && typeof data === 'string' && data.length <= HELD_CHARACTERS_MAX && this.isFree()) {
      this.hold(data);
      return true;
    }
    this.flush();
    return this.send(data);
  }

  private hold(data: string): void {
    if (this.held.length + data.length > HELD_CHARACTERS_MAX) this.flush();
    const isFirst = this.held === '';
    this.held += data;
    if (!isFirst) return;
    if (holding.length === HELD_TRANSPORTS_MAX) flushAll();
    holding.push(this);
    if (willFlush) return;
    willFlush = true;
    setImmediate(flushAtEndOfTurn);
  }

  /** Its receiver was told that the text had left, and hears it when that is not so. */
  flush(): void {
    const { held } = this;
    if (held === '') return;
    this.held = '';
    if (!this.socket.destroyed && !this.send(held)) this.receiver.onCongested?.();
  }

  private send(data: string | Buffer): boolean {
    const { direct } = this;
    if (direct !== undefined && typeof data === 'string' && this.isFree()) return this.writeDirect(direct, data);
    this.streamUsed = true;
    return this.socket.write(data);
  }

  /**
   * Text goes straight to the kernel while nothing is queued, past the stream's bookkeeping and the tick it asks for after every
   * write. Measured with bench/: 17.3 instead of 17.7 us CPU for a proxied GET. What the kernel does not take at once is waited for.
   */
  private writeDirect(direct: Required<DirectWriter>, data: string): boolean {
    this.directPending = true;
    this.directCalling = true;
    direct._write(data, 'latin1', this.directDone);
    this.directCalling = false;
    if (!this.directPending) return true;
    this.directBytes = data.length;
    return false;
  }

  get queuedBytes(): number {
    return this.held.length + this.socket.writableLength + (this.directPending ? this.directBytes : 0);
  }

  /** Nothing is queued, and nothing gathered. */
  private isFree(): boolean {
    if (this.corks > 0) return false;
    if (this.streamUsed && this.socket.writableLength === 0) this.streamUsed = false;
    return !this.streamUsed && !this.directPending;
  }

  private onDirectDone(error: Error | undefined): void {
    this.directPending = false;
    if (error !== undefined) this.socket.destroy(error);
    else if (!this.directCalling && !this.socket.destroyed && !this.socket.writableNeedDrain) this.receiver.onDrain();
  }

  cork(): void {
    this.corks++;
    this.socket.cork();
  }

  uncork(): void {
    this.corks--;
    this.socket.uncork();
  }

  end(): void {
    this.flush();
    this.socket.end();
  }

  destroy(): void {
    this.flush();
    this.socket.destroy();
  }

  reset(): void {
    this.flush();
    // Only TCP sockets can be reset; others are closed.
    if (this.remotePort !== 0 && !(this.socket instanceof tls.TLSSocket)) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  failed(error: Error): void {
    this.failure = error;
  }

  closed(): void {
    this.receiver.onClosed(this.failure);
  }
}

const nobody: TransportReceiver = {
  onBytes(): void {},
  onEnd(): void {},
  onDrain(): void {},
  onClosed(): void {},
};

// Listeners are plain functions with the socket as `this`: one set serves every connection.

function onData(this: net.Socket, chunk: Buffer): void {
  (this as OwnedSocket)[owner].arrived(chunk, chunk.length);
}

function onConnect(this: net.Socket): void {
  // A certificate that was refused here: the socket is closing.
  if (this.destroyed) return;
  ((this as OwnedSocket)[owner].receiver as ConnectReceiver).onConnected();
}

function onDrain(this: net.Socket): void {
  (this as OwnedSocket)[owner].receiver.onDrain();
}

function onEnd(this: net.Socket): void {
  (this as OwnedSocket)[owner].receiver.onEnd();
}

function onError(this: net.Socket, error: Error): void {
  (this as OwnedSocket)[owner].failed(error);
}

function onClose(this: net.Socket): void {
  (this as OwnedSocket)[owner].closed();
}

/** An IPv4 address that a dual-stack listener shows as IPv6 is shown as IPv4. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
