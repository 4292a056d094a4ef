// The way out of a WebSocket: what was written and has not left is counted, for the client and for all of its endpoint, and a
// client that reads too slowly or not at all is cut off before it costs memory.

import { performance } from 'node:perf_hooks';
import type { SwitchHost } from '../http1/protocol-switch.ts';
import { TimerNode } from '../http1/timer-wheel.ts';
import type { Transport } from '../http1/transport.ts';
import { closeCode } from './close-code.ts';
import type { MessageFrame } from './frame.ts';
import type { WebSocketEndpoint } from './websocket-endpoint.ts';

/** How a connection ends, as the handler will hear it. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

const TOO_SLOW: Ending = { code: closeCode.abnormal, reason: 'The client reads too slowly' };
const READS_NOTHING: Ending = { code: closeCode.abnormal, reason: 'The client reads nothing' };
const NEVER = Number.POSITIVE_INFINITY;

/** Whole milliseconds of performance.now(): small numbers, which need no memory of their own where they are kept. */
export function nowMs(): number {
  return Math.floor(performance.now());
}

/** A part of the connection, not an object beside it: there are many connections. */
export abstract class OutgoingSide<T> extends TimerNode {
  protected readonly endpoint: WebSocketEndpoint<T>;
  protected transport: Transport | null = null;
  protected host: SwitchHost | null = null;
  /** The transport holds something back; it says when that has left. */
  protected congested = false;
  private stalledSinceMs = 0;
  /** What waits for this client, as the endpoint has counted it. */
  private countedBytes = 0;

  constructor(endpoint: WebSocketEndpoint<T>) {
    super();
    this.endpoint = endpoint;
  }

  /** Bytes that wait for the client. */
  get queuedBytes(): number {
    return this.transport?.queuedBytes ?? 0;
  }

  /** Ends the connection without another word. */
  protected abstract cutOff(ending: Ending): void;

  /** A deadline has come nearer. */
  protected abstract schedule(): void;

  protected write(data: string | Buffer): void {
    if (this.transport !== null && !this.transport.write(data)) this.onCongested();
  }

  onCongested(): void {
    if (this.transport === null || this.congested) return;
    this.congested = true;
    this.stalledSinceMs = nowMs();
    this.count(this.transport.queuedBytes);
    this.schedule();
  }

  /** Writes a frame with one call to the kernel; long payloads are not copied. */
  protected writeFrame(frame: MessageFrame): void {
    if (frame.payload === undefined) {
      this.write(frame.wire);
      return;
    }
    this.transport?.cork();
    this.write(frame.wire);
    this.write(frame.payload);
    this.transport?.uncork();
  }

  /** False, and the connection is cut off, when what waits for this client or for all would become too much. */
  protected hasRoomFor(bytes: number): boolean {
    if (!this.congested) return true;
    const { limits } = this.endpoint;
    this.hasMoved();
    this.count(this.queuedBytes + bytes);
    if (this.countedBytes <= limits.queueBytes && this.endpoint.queuedBytes <= limits.queueBytesInAll) return true;
    this.cutOff(TOO_SLOW);
    return false;
  }

  /** Nothing waits any more: it has left, or the connection is gone. */
  protected nothingWaits(): void {
    this.congested = false;
    this.count(0);
  }

  /** When a client that takes nothing is cut off, in performance.now() milliseconds. */
  protected get stallDueMs(): number {
    return this.congested ? this.stalledSinceMs + this.endpoint.limits.writeStallMs : NEVER;
  }

  /** At `stallDueMs`: true when the client has taken nothing since it was looked at last, and is now cut off. */
  protected endStalled(): boolean {
    if (this.hasMoved()) return false;
    this.cutOff(READS_NOTHING);
    return true;
  }

  private hasMoved(): boolean {
    const queued = this.queuedBytes;
    if (queued >= this.countedBytes) return false;
    this.count(queued);
    this.stalledSinceMs = nowMs();
    return true;
  }

  private count(bytes: number): void {
    this.endpoint.queuedBytes += bytes - this.countedBytes;
    this.countedBytes = bytes;
  }
}
