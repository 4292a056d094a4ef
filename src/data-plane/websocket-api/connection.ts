// One connection that is open: what is known of it, and the client at its other end.

import { randomFillSync } from 'node:crypto';
import type { ConnectionFacts } from '../../model/connection-facts.ts';
import type { MessageFrame } from '../../websocket/frame.ts';
import type { Subscription } from './channels/subscription.ts';
import type { ConnectedStage } from './connections.ts';

/** The client's end of a connection; the WebSocket codec's connection is one. */
export interface ClientSocket {
  readonly isOpen: boolean;
  /** Milliseconds since the epoch: when the last message went in either direction. */
  readonly lastActiveAt: number;
  /** Bytes that were sent and that the client has not taken yet. */
  readonly queuedBytes: number;
  /** Undefined when the message is on its way. `slowConsumer`: too much waits for the client, and the connection is being ended. */
  sendText(text: string): 'closed' | 'slowConsumer' | undefined;
  /** As text, when the bytes are known to be UTF-8. Long ones must not change afterwards. */
  sendBytes(bytes: Buffer, isText: boolean): 'closed' | 'slowConsumer' | undefined;
  /** A message that was framed before, once for many clients. */
  send(frame: MessageFrame): 'closed' | 'slowConsumer' | undefined;
  /** Says Close and waits a while for the client to say it, too. False when the connection is closing already. */
  close(code: number, reason?: string): boolean;
  /** Holds the client back: no message is told until `resume`. */
  pause(): void;
  resume(): void;
}

/** What of a signed handshake is kept in memory alone, so that later events can be passed on as its signer's. */
export interface HandshakeSigning {
  /** Of temporary credentials. */
  readonly sessionToken: string | undefined;
  readonly secureTransport: boolean;
}

/** Messages of one connection that are at work at the same time; the client is held back beyond. */
const MESSAGES_AT_WORK_MAX = 64;

export class Connection {
  readonly facts: ConnectionFacts;
  /** Undefined when nobody signed, and of connections of a process that ended. */
  readonly signing: HandshakeSigning | undefined;
  /** The client, from the handshake's answer on. */
  socket: ClientSocket | undefined = undefined;
  /** While it is in the table of connections. */
  stage: ConnectedStage | undefined = undefined;
  /** By the channel's name; undefined for none. Only channels/ writes it. */
  subscriptions: Map<string, Subscription> | undefined = undefined;
  #messagesAtWork = 0;

  constructor(facts: ConnectionFacts, signing?: HandshakeSigning) {
    this.facts = facts;
    this.signing = signing;
  }

  get id(): string {
    return this.facts.connectionId;
  }

  messageStarted(): void {
    if (++this.#messagesAtWork === MESSAGES_AT_WORK_MAX) this.socket?.pause();
  }

  messageEnded(): void {
    if (this.#messagesAtWork-- === MESSAGES_AT_WORK_MAX) this.socket?.resume();
  }
}

const ID_BYTES = 17;
const BATCH = 64;
const random = Buffer.allocUnsafeSlow(BATCH * ID_BYTES);
let used = BATCH;

/** AWS: url-safe base64 that ends in `=`, like `R1kmxc2VNjMCFIA=`. Ours have 136 random bits: nobody guesses one. */
export function newConnectionId(): string {
  if (used === BATCH) {
    randomFillSync(random);
    used = 0;
  }
  const id = random.toString('base64url', used * ID_BYTES, (used + 1) * ID_BYTES);
  used++;
  return `${id}=`;
}
