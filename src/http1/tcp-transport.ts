// Accepted sockets as Transports.
//
// Reading into one buffer shared by all sockets of the thread saves 15-20 % of the CPU of a request. For outgoing sockets
// that is public (`onread`); for accepted ones it is not, so the accepted handle is moved into a socket made with `onread`.
// Where that handle does not look as expected the plain 'data' event is used, which behaves the same and costs more.

import net from 'node:net';
import { nobody, onData, READ_BUFFER_BYTES, SocketTransport, shared } from './socket-transport.ts';
import { canShareReads, type ReadableHandle } from './stream-handle.ts';
import type { Transport } from './transport.ts';

/** How an accepted socket is read: into the shared buffer, or through 'data' events. */
export type ReadMode = 'shared' | 'data';

/** How long the probe waits for its one byte. */
const PROBE_MS = 1000;

interface SocketInside {
  _handle: ReadableHandle | null;
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
export function adoptAcceptedSocket(accepted: net.Socket, mode: ReadMode): SocketTransport {
  const inside = accepted as unknown as SocketInside;
  if (mode === 'shared' && canShareReads(inside._handle)) {
    const handle = inside._handle;
    // The accepted socket loses its handle and is closed, which also takes it off its server's count.
    inside._handle = null;
    accepted.destroy();
    const socket = new net.Socket({ handle, allowHalfOpen: true, onread: shared } as unknown as net.SocketConstructorOpts);
    const transport = new SocketTransport(socket, true);
    transport.opened(true);
    return transport;
  }
  const transport = new SocketTransport(accepted, true);
  transport.opened(false);
  accepted.on('data', onData);
  accepted.resume();
  return transport;
}

/**
 * Takes over a two-way pipe to a child process, in the tick in which it was made: nothing has been read from it yet. What the process wrote
 * before it ended is read, also when something was written to it meanwhile (where `readsOn` is true); the end of it all is `onEnd`.
 */
export function adoptPipe(pipe: net.Socket, mode: ReadMode): SocketTransport {
  const inside = pipe as unknown as { readonly _handle: (ReadableHandle & { reading: boolean }) | null };
  const handle = inside._handle;
  if (mode === 'shared' && canShareReads(handle)) {
    // It is being read already, unlike a socket that was accepted paused.
    handle.reading = false;
    handle.readStop();
  }
  const transport = adoptAcceptedSocket(pipe, mode);
  transport.readOn();
  return transport;
}
