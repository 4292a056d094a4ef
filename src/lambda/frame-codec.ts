// Frames between the gateway and an execution environment: u32 length (little endian, counts what follows), u8 type, body.
// The other half of this file is bootstraps/node/bootstrap.cjs.

/** Gateway to environment: an event. */
export const FRAME_INVOKE = 1;
/** Environment to gateway. The body of each begins with the process's peak memory in KiB (u32). */
export const FRAME_READY = 16;
export const FRAME_RETURNED = 17;
export const FRAME_FAILED = 18;
export const FRAME_INIT_FAILED = 19;
/** The error is the answer and the process ends. */
export const FRAME_FATAL = 20;
/** An answer in pieces: its content type; bytes; its end, with the error object when it broke off. */
export const FRAME_STREAM_START = 21;
export const FRAME_STREAM_CHUNK = 22;
export const FRAME_STREAM_END = 23;

/** A frame from an environment. */
export interface EnvironmentFrame {
  readonly type: number;
  readonly peakMemoryKib: number;
  /** '' for a chunk. */
  readonly text: string;
  /** Of a chunk: its memory is read into again after the call. */
  readonly bytes?: Buffer;
}

/** Largest frame taken from an environment: Lambda's answer limit and an allowance. Errors are far smaller. */
export const FRAME_BYTES_MAX = 6_291_556 + 1024;

const HEAD_BYTES = 4;
const BODY_BYTES_MIN = 5;

/** An INVOKE frame, ready to be written in one call. Empty texts mean "as the environment was started with". */
export function encodeInvoke(
  requestId: string,
  deadlineEpochMs: number,
  traceId: string,
  invokedArn: string,
  clientContext: string,
  event: string,
): Buffer {
  const head = `${requestId}\n${deadlineEpochMs}\n${traceId}\n${invokedArn}\n${clientContext}\n`;
  const headBytes = Buffer.byteLength(head);
  const eventBytes = Buffer.byteLength(event);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + 1 + headBytes + eventBytes);
  frame.writeUInt32LE(1 + headBytes + eventBytes, 0);
  frame[HEAD_BYTES] = FRAME_INVOKE;
  frame.write(head, HEAD_BYTES + 1, 'utf8');
  frame.write(event, HEAD_BYTES + 1 + headBytes, 'utf8');
  return frame;
}

/** Takes bytes as they come and gives whole frames. One instance per environment; a fault is final. */
export class FrameDecoder {
  #partial: Buffer | undefined;
  #partialLength = 0;
  readonly #onFrame: (frame: EnvironmentFrame) => void;

  constructor(onFrame: (frame: EnvironmentFrame) => void) {
    this.#onFrame = onFrame;
  }

  /** False when the bytes are not frames: whoever sent them cannot be talked to any more. */
  push(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#partial === undefined && chunk.length - at >= HEAD_BYTES) {
        const length = chunk.readUInt32LE(at);
        if (length < BODY_BYTES_MIN || length > FRAME_BYTES_MAX) return false;
        const end = at + HEAD_BYTES + length;
        if (end <= chunk.length) {
          if (!this.#emit(chunk, at + HEAD_BYTES, end)) return false;
          at = end;
          continue;
        }
      }
      this.#partial ??= Buffer.allocUnsafe(HEAD_BYTES);
      const copied = chunk.copy(this.#partial, this.#partialLength, at);
      at += copied;
      this.#partialLength += copied;
      if (this.#partialLength < this.#partial.length) continue;
      if (this.#partial.length === HEAD_BYTES) {
        const length = this.#partial.readUInt32LE(0);
        if (length < BODY_BYTES_MIN || length > FRAME_BYTES_MAX) return false;
        const whole = Buffer.allocUnsafe(HEAD_BYTES + length);
        this.#partial.copy(whole);
        this.#partial = whole;
      } else {
        const whole = this.#partial;
        this.#partial = undefined;
        this.#partialLength = 0;
        if (!this.#emit(whole, HEAD_BYTES, whole.length)) return false;
      }
    }
    return true;
  }

  #emit(bytes: Buffer, start: number, end: number): boolean {
    const type = bytes[start] as number;
    if (type < FRAME_READY || type > FRAME_STREAM_END) return false;
    if (type === FRAME_STREAM_CHUNK) {
      const chunk = bytes.subarray(start + BODY_BYTES_MIN, end);
      this.#onFrame({ type, peakMemoryKib: bytes.readUInt32LE(start + 1), text: '', bytes: chunk });
      return true;
    }
    this.#onFrame({
      type,
      peakMemoryKib: bytes.readUInt32LE(start + 1),
      text: bytes.toString('utf8', start + BODY_BYTES_MIN, end),
    });
    return true;
  }
}
