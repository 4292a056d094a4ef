// How a connection changes hands after `101 Switching Protocols` (RFC 9110 section 7.8): from then on the transport reports to
// the new protocol's owner, and nothing of the HTTP/1.1 connection is kept.

import type { HeldBytes } from './held-bytes.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { Transport, TransportReceiver } from './transport.ts';

/** What the owner of a switched connection may use of the server that accepted it. */
export interface SwitchHost {
  readonly wheel: TimerWheel;
  /** Reports what code of ours threw. */
  fault(error: unknown): void;
  /** The connection is closed and its place free. The owner says so once, when its transport is closed. */
  left(owner: ProtocolOwner): void;
}

/** Whoever speaks on a connection after the switch. */
export interface ProtocolOwner extends TransportReceiver {
  readonly remoteAddress: string;
  /** The 101 was written and the transport is the owner's; what arrives is reported later than this call. */
  onSwitched(transport: Transport, host: SwitchHost): void;
  /** The server winds down: end in the protocol's orderly way, soon. */
  onServerDrain(): void;
  /** Ends the connection now. */
  destroy(): void;
}

/**
 * Writes the 101 and hands the transport over. `held`: bytes that arrived behind the head, or will be put there before this turn of
 * the loop is over; null when there are none and none can come. They, and an end of the input, are told in the next tick.
 */
export function switchOver(
  transport: Transport,
  head: string,
  owner: ProtocolOwner,
  host: SwitchHost,
  held: HeldBytes | null,
  inputEnded: boolean,
): void {
  transport.write(head);
  if (held === null) {
    transport.receiver = owner;
  } else {
    const interim = new Interim(transport, owner, held, inputEnded);
    transport.receiver = interim;
    process.nextTick(startOwner, interim);
  }
  owner.onSwitched(transport, host);
}

/** Receives until the owner has heard what came before it, so that nothing is told out of order. */
class Interim implements TransportReceiver {
  private readonly transport: Transport;
  private readonly owner: ProtocolOwner;
  private readonly held: HeldBytes;
  private inputEnded: boolean;
  private closed = false;

  constructor(transport: Transport, owner: ProtocolOwner, held: HeldBytes, inputEnded: boolean) {
    this.transport = transport;
    this.owner = owner;
    this.held = held;
    this.inputEnded = inputEnded;
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    this.held.append(buffer, start, end);
  }

  onEnd(): void {
    this.inputEnded = true;
  }

  onDrain(): void {
    this.owner.onDrain();
  }

  onClosed(error: Error | undefined): void {
    this.closed = true;
    this.owner.onClosed(error);
  }

  start(): void {
    if (this.closed) return;
    this.transport.receiver = this.owner;
    const bytes = this.held.take();
    this.held.clear();
    // It may have been held back while it waited to be let in. The owner can hold it back again, so this comes first.
    this.transport.resume();
    if (bytes.length > 0) this.owner.onBytes(bytes, 0, bytes.length);
    if (this.inputEnded) this.owner.onEnd();
  }
}

function startOwner(interim: Interim): void {
  interim.start();
}
