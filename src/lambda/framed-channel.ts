// Frames over descriptor 3: the fast way, for runtimes whose bootstrap is ours.

import type { Duplex } from 'node:stream';
import type { FunctionStreamSink } from '../data-plane/ports.ts';
import {
  type EnvironmentFrame,
  encodeInvoke,
  FRAME_FAILED,
  FRAME_FATAL,
  FRAME_INIT_FAILED,
  FRAME_READY,
  FRAME_RETURNED,
  FRAME_STREAM_CHUNK,
  FRAME_STREAM_END,
  FRAME_STREAM_START,
  FrameDecoder,
} from './frame-codec.ts';
import type { Invocation } from './invocation.ts';
import type { RuntimeChannel, RuntimeListener } from './runtime-channel.ts';
import { readStreamError } from './stream-error.ts';

export class FramedChannel implements RuntimeChannel {
  readonly usesPipe = true;
  readonly holdsEvent = false;
  #listener: RuntimeListener | undefined;
  #pipe: Duplex | undefined;
  #sink: FunctionStreamSink | undefined;

  open(listener: RuntimeListener, pipe: Duplex | undefined): void {
    if (pipe === undefined) throw new Error('a framed channel needs its pipe');
    this.#listener = listener;
    this.#pipe = pipe;
    const decoder = new FrameDecoder((frame) => this.#onFrame(listener, frame));
    pipe.on('data', (chunk: Buffer) => {
      if (!decoder.push(chunk)) this.#listener?.runtimeBroken();
    });
    pipe.on('error', () => this.#listener?.runtimeClosed());
    pipe.on('end', () => this.#listener?.runtimeClosed());
  }

  invoke(invocation: Invocation, deadlineEpochMs: number): void {
    this.#pipe?.write(
      encodeInvoke(
        invocation.requestId,
        deadlineEpochMs,
        invocation.traceId,
        invocation.invokedArn,
        invocation.clientContext,
        invocation.event,
      ),
    );
  }

  close(): void {
    this.#listener = undefined;
    this.#sink = undefined;
    this.#pipe?.destroy();
  }

  #onFrame(listener: RuntimeListener, frame: EnvironmentFrame): void {
    if (this.#listener === undefined) return;
    if (this.#sink !== undefined) {
      this.#onStreamFrame(listener, this.#sink, frame);
      return;
    }
    switch (frame.type) {
      case FRAME_RETURNED:
        listener.runtimeReturned(frame.peakMemoryKib, frame.text);
        break;
      case FRAME_FAILED:
        listener.runtimeFailed(frame.peakMemoryKib, frame.text);
        break;
      case FRAME_READY:
        listener.runtimeReady(frame.peakMemoryKib);
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
