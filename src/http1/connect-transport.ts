// Outgoing connections as Transports: TCP, unix sockets and TLS, and whom TLS trusts.

import net from 'node:net';
import tls from 'node:tls';
import type { ClientCertificate } from './message.ts';
import { SocketTransport, shared } from './socket-transport.ts';
import type { Transport, TransportReceiver } from './transport.ts';

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
  socket.once(target.tls === undefined ? 'connect' : 'secureConnect', () => {
    // A certificate that was refused here: the socket is closing.
    if (socket.destroyed) return;
    transport.opened(true);
    (transport.receiver as ConnectReceiver).onConnected();
  });
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
export const issuerProblems: ReadonlySet<string> = new Set([
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
