// Frames between the gateway and an execution environment: u32 length (little endian, counts what follows), u8 type, body.
// The other half of this file is bootstraps/node/bootstrap.cjs.

/** Gateway to environment: an event to be begun at once; one to be begun when those before it are answered. */
export const FRAME_INVOKE = 1;
export const FRAME_INVOKE_AHEAD = 2;
/** Asks for the events that have not been begun; an environment that takes events ahead always says how many those are. */
export const FRAME_WITHDRAW = 3;
/**
 * Environment to gateway. The body of each begins with the process's peak memory in KiB and the time its handler took in us (u32 each; 0:
 * not known). Ready: any text means that it takes events ahead, and says on this channel what it prints.
 */
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
/** Bytes printed by the event at hand, in pieces of any length. */
export const FRAME_STDOUT = 24;
export const FRAME_STDERR = 25;
/** So many events, the last ones given, were not begun and never will be. */
export const FRAME_WITHDRAWN = 26;

/** A frame from an environment. */
export interface EnvironmentFrame {
  readonly type: number;
  readonly peakMemoryKib: number;
  readonly handlerUs: number;
  /** '' for bytes. */
  readonly text: string;
  /** Of a chunk and of what is printed: their memory is read into again after the call. */
  readonly bytes?: Buffer;
}

/** Largest frame taken from an environment: Lambda's answer limit and an allowance. Errors are far smaller. */
export const FRAME_BYTES_MAX = 6_291_556 + 1024;

const HEAD_BYTES = 4;
const BODY_BYTES_MIN = 9;

/**
 * An event's frame, ready to be written in one call: latin1 text, one character a byte. Empty texts mean "as the environment was started
 * with". Text, because it goes to the kernel with one copy; as a buffer a frame took 1.5 us more.
 */
export function encodeInvoke(
  type: typeof FRAME_INVOKE | typeof FRAME_INVOKE_AHEAD,
  requestId: string,
  deadlineEpochMs: number,
  traceId: string,
  invokedArn: string,
  clientContext: string,
  event: string,
): string {
  let body = `${requestId}\n${deadlineEpochMs}\n${traceId}\n${invokedArn}\n${clientContext}\n${event}`;
  const bytes = Buffer.byteLength(body);
  if (bytes !== body.length) body = Buffer.from(body, 'utf8').toString('latin1');
  const length = bytes + 1;
  return String.fromCharCode(length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff, length >>> 24, type) + body;
}

/** A frame with nothing in it but its type. */
export const withdrawFrame = String.fromCharCode(1, 0, 0, 0, FRAME_WITHDRAW);

/** Takes bytes as they come and gives whole frames. One instance per environment; a fault is final. */
export class FrameDecoder {
  #partial: Buffer | undefined;
  #partialLength = 0;
  readonly #onFrame: (frame: EnvironmentFrame) => void;

  constructor(onFrame: (frame: EnvironmentFrame) => void) {
    this.#onFrame = onFrame;
  }

  /** False when the bytes are not frames: whoever sent them cannot be talked to any more. */
  push(chunk: Buffer, start = 0, stop: number = chunk.length): boolean {
    let at = start;
    while (at < stop) {
      if (this.#partial === undefined && stop - at >= HEAD_BYTES) {
        const length = chunk.readUInt32LE(at);
        if (length < BODY_BYTES_MIN || length > FRAME_BYTES_MAX) return false;
        const end = at + HEAD_BYTES + length;
        if (end <= stop) {
          if (!this.#emit(chunk, at + HEAD_BYTES, end)) return false;
          at = end;
          continue;
        }
      }
      this.#partial ??= Buffer.allocUnsafe(HEAD_BYTES);
      const copied = chunk.copy(this.#partial, this.#partialLength, at, stop);
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
    if (type < FRAME_READY || type > FRAME_WITHDRAWN) return false;
    const peakMemoryKib = bytes.readUInt32LE(start + 1);
    const handlerUs = bytes.readUInt32LE(start + 5);
    if (type === FRAME_STREAM_CHUNK || type === FRAME_STDOUT || type === FRAME_STDERR) {
      this.#onFrame({ type, peakMemoryKib, handlerUs, text: '', bytes: bytes.subarray(start + BODY_BYTES_MIN, end) });
      return true;
    }
    this.#onFrame({ type, peakMemoryKib, handlerUs, text: bytes.toString('utf8', start + BODY_BYTES_MIN, end) });
    return true;
  }
}
