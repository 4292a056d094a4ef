// libuv's stream handles, which node:net hides: what of them is relied upon, all of it undocumented and looked at before it is used.
// Here, in socket-transport.ts and in tcp-transport.ts alone they are known.

import { getSystemErrorName } from 'node:util';

/** A handle that reads into a buffer of ours. */
export interface ReadableHandle {
  readStart(): number;
  readStop(): number;
  useUserBuffer(buffer: Uint8Array): void;
  /** Called with what was read; a result that is not undefined is taken for the next buffer. */
  onread(arrayBuffer: unknown): unknown;
}

/** A handle that takes text. */
export interface WritableHandle {
  /** 0, or libuv's error number. `request` is libuv's until it is done when not everything was taken at once. */
  writeLatin1String(request: WriteRequest, text: string): number;
}

/** What libuv is given with a write. One that was done at once can be given again. */
export interface WriteRequest {
  handle: unknown;
  oncomplete: ((this: WriteRequest, status: number) => void) | undefined;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  /** What the last call left behind, by the positions below. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

const binding = readBinding();

function readBinding(): StreamBinding | undefined {
  // Not a function under Node's permission model, and gone one day: streams of node:net then do what they always do.
  const { binding } = process as unknown as { readonly binding?: (name: string) => Partial<StreamBinding> };
  try {
    const { WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = binding?.('stream_wrap') ?? {};
    if (typeof WriteWrap !== 'function' || !(streamBaseState instanceof Int32Array)) return undefined;
    if (typeof kReadBytesOrError !== 'number' || typeof kLastWriteWasAsync !== 'number') return undefined;
    return { WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync };
  } catch {
    return undefined;
  }
}

function nothingKnown(): Omit<StreamBinding, 'WriteWrap'> {
  return { streamBaseState: new Int32Array(1), kReadBytesOrError: 0, kLastWriteWasAsync: 0 };
}

/** True when the handle offers what a read buffer of ours needs; looked at for every accepted socket. */
export function canShareReads(handle: Partial<ReadableHandle> | null): handle is ReadableHandle {
  return (
    handle !== null &&
    typeof handle.useUserBuffer === 'function' &&
    typeof handle.readStart === 'function' &&
    typeof handle.readStop === 'function'
  );
}

/** True when text can be given to the handle past its stream. */
export function canWriteDirectly(handle: Partial<WritableHandle> | null): handle is WritableHandle {
  return binding !== undefined && handle !== null && typeof handle.writeLatin1String === 'function';
}

/** True when a handle's `onread` can be ours: how much was read is known. */
export const canReadDirectly = binding !== undefined;

const { streamBaseState: state, kReadBytesOrError: atBytes, kLastWriteWasAsync: atUnderWay } = binding ?? nothingKnown();

/** How many bytes were read, in a handle's `onread`; nothing above 0 at the end and for errors. */
export function bytesRead(): number {
  return state[atBytes] as number;
}

let spare: WriteRequest | undefined;

/**
 * Gives the handle the text. Undefined when the kernel took all of it. Otherwise the request that is under way: its `oncomplete` is
 * to be set. Or the error.
 */
export function writeText(handle: WritableHandle, text: string): WriteRequest | Error | undefined {
  // Made once and used again: what was taken at once needs no request, and making one costs 0.15 us.
  spare ??= new (binding as StreamBinding).WriteWrap();
  const status = handle.writeLatin1String(spare, text);
  if (status !== 0) return writeError(status);
  if (state[atUnderWay] === 0) return undefined;
  const underWay = spare;
  underWay.handle = handle;
  spare = undefined;
  return underWay;
}

/** As node:net's streams report it. */
export function writeError(status: number): Error {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`write ${code}`), { errno: status, code, syscall: 'write' });
}
