// Frames over descriptor 3: the fast way, for runtimes whose bootstrap is ours.

import type { Socket } from 'node:net';
import type { FunctionStreamSink } from '../data-plane/ports.ts';
import type { SocketTransport } from '../http1/socket-transport.ts';
import { adoptPipe, type ReadMode } from '../http1/tcp-transport.ts';
import type { TransportReceiver } from '../http1/transport.ts';
import {
  type EnvironmentFrame,
  encodeInvoke,
  FRAME_FAILED,
  FRAME_FATAL,
  FRAME_INIT_FAILED,
  FRAME_INVOKE,
  FRAME_INVOKE_AHEAD,
  FRAME_READY,
  FRAME_RETURNED,
  FRAME_STDERR,
  FRAME_STDOUT,
  FRAME_STREAM_CHUNK,
  FRAME_STREAM_END,
  FRAME_STREAM_START,
  FRAME_WITHDRAWN,
  FrameDecoder,
  withdrawFrame,
} from './frame-codec.ts';
import type { Invocation } from './invocation.ts';
import type { RuntimeChannel, RuntimeListener } from './runtime-channel.ts';
import { readStreamError } from './stream-error.ts';

/**
 * Over the transport that HTTP connections use, which reads into one buffer of the thread and writes past the stream: 4 us less CPU for
 * each invocation than the pipe's own events and writes.
 */
export class FramedChannel implements RuntimeChannel, TransportReceiver {
  readonly usesPipe = true;
  readonly holdsEvent = false;
  readonly #readMode: ReadMode;
  readonly #decoder = new FrameDecoder((frame) => this.#onFrame(frame));
  #listener: RuntimeListener | undefined;
  #pipe: SocketTransport | undefined;
  #sink: FunctionStreamSink | undefined;
  #isOpen = false;

  constructor(readMode: ReadMode) {
    this.#readMode = readMode;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isClear(): boolean {
    return this.#pipe?.readsOn === true && this.#pipe.queuedBytes === 0;
  }

  open(listener: RuntimeListener, pipe: Socket | undefined): void {
    if (pipe === undefined) throw new Error('a framed channel needs its pipe');
    this.#listener = listener;
    this.#isOpen = true;
    this.#pipe = adoptPipe(pipe, this.#readMode);
    this.#pipe.receiver = this;
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    if (!this.#decoder.push(buffer, start, end)) this.#listener?.runtimeBroken();
  }

  onEnd(): void {
    this.onClosed();
  }

  onDrain(): void {}

  onClosed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener?.runtimeClosed();
  }

  invoke(invocation: Invocation, deadlineEpochMs: number): void {
    this.#pipe?.write(frameOf(FRAME_INVOKE, invocation, deadlineEpochMs));
  }

  invokeAhead(now: Invocation | undefined, ahead: readonly Invocation[], deadlineEpochMs: number): void {
    let frames = now === undefined ? '' : frameOf(FRAME_INVOKE, now, deadlineEpochMs);
    for (const invocation of ahead) frames += frameOf(FRAME_INVOKE_AHEAD, invocation, deadlineEpochMs);
    this.#pipe?.write(frames);
  }

  withdraw(): void {
    this.#pipe?.write(withdrawFrame);
  }

  close(): void {
    this.#isOpen = false;
    this.#listener = undefined;
    this.#sink = undefined;
    this.#pipe?.destroy();
  }

  #onFrame(frame: EnvironmentFrame): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    if (frame.type === FRAME_STDOUT || frame.type === FRAME_STDERR) {
      listener.runtimePrinted(frame.type === FRAME_STDOUT ? 'stdout' : 'stderr', frame.bytes as Buffer);
      return;
    }
    if (this.#sink !== undefined) {
      this.#onStreamFrame(listener, this.#sink, frame);
      return;
    }
    switch (frame.type) {
      case FRAME_RETURNED:
        listener.runtimeReturned(frame.peakMemoryKib, frame.handlerUs, frame.text);
        break;
      case FRAME_FAILED:
        listener.runtimeFailed(frame.peakMemoryKib, frame.handlerUs, frame.text);
        break;
      case FRAME_READY:
        listener.runtimeReady(frame.peakMemoryKib, frame.text !== '');
        break;
      case FRAME_INIT_FAILED:
        listener.runtimeInitFailed(frame.text);
        break;
      case FRAME_FATAL:
        listener.runtimeFatal(frame.text);
        break;
      case FRAME_STREAM_START:
        this.#startStream(listener, frame.text);
        break;
      case FRAME_WITHDRAWN:
        listener.runtimeGaveBack(Number(frame.text));
        break;
      default:
        listener.runtimeBroken();
    }
  }

  #startStream(listener: RuntimeListener, contentType: string): void {
    const sink = listener.runtimeStreams(contentType);
    if (sink === undefined) {
      listener.runtimeBroken();
      return;
    }
    this.#sink = sink;
    sink.onDrain = () => this.#pipe?.resume();
  }

  #onStreamFrame(listener: RuntimeListener, sink: FunctionStreamSink, frame: EnvironmentFrame): void {
    if (frame.type === FRAME_STREAM_CHUNK) {
      // A slow reader holds the function back: its pipe fills, and its writes wait.
      if (!sink.write(frame.bytes as Buffer)) this.#pipe?.pause();
    } else if (frame.type === FRAME_STREAM_END) {
      this.#sink = undefined;
      // It may be held back by the last pieces of this answer; nothing will tell when those are taken.
      this.#pipe?.resume();
      sink.end(readStreamError(frame.text));
    } else if (frame.type === FRAME_FATAL) {
      this.#sink = undefined;
      listener.runtimeFatal(frame.text);
    } else {
      listener.runtimeBroken();
    }
  }
}

function frameOf(type: typeof FRAME_INVOKE | typeof FRAME_INVOKE_AHEAD, invocation: Invocation, deadlineEpochMs: number): string {
  const { requestId, traceId, invokedArn, clientContext, event } = invocation;
  return encodeInvoke(type, requestId, deadlineEpochMs, traceId, invokedArn, clientContext, event);
}
