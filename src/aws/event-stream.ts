// application/vnd.amazon.eventstream: the frames of an answer that is a sequence of events. The operation hands over its
// events as a list of unions (`[{ PayloadChunk: … }, { InvokeComplete: … }]`), which are written as one body, or as an async
// iterable, which is written event by event.

import { crc32 } from 'node:zlib';
import { bytesOf, recordOf, unfit, writeJsonStructure } from './json-writer.ts';
import type { StructureShape } from './shapes.ts';
import type { WrittenFormat } from './timestamps.ts';

/** Encodes a list of events, each a union value of `events`. Throws TypeError when one does not fit. */
export function encodeEventStream(events: StructureShape, value: unknown, timestamps: WrittenFormat): Buffer {
  if (value === undefined || value === null) return Buffer.alloc(0);
  if (!Array.isArray(value)) throw unfit(events.name, 'a list of events', value);
  return Buffer.concat(value.map((event) => encodeEvent(events, recordOf(event, events.name), timestamps)));
}

/** The same for events that come one after the other. */
export async function* encodeEvents(
  events: StructureShape,
  values: AsyncIterable<unknown>,
  timestamps: WrittenFormat,
): AsyncGenerator<Buffer> {
  for await (const value of values) yield encodeEvent(events, recordOf(value, events.name), timestamps);
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function encodeEvent(events: StructureShape, event: Readonly<Record<string, unknown>>, timestamps: WrittenFormat): Buffer {
  const member = events.members.find((candidate) => event[candidate.name] !== undefined);
  if (member === undefined || !('members' in member.shape)) throw unfit(events.name, 'a known event', event);
  const value = recordOf(event[member.name], member.name);
  const payload = member.shape.members.find((candidate) => candidate.eventPayload);
  let body: Buffer;
  let type: string;
  if (payload?.shape.type === 'blob') {
    type = 'application/octet-stream';
    body = value[payload.name] === undefined ? Buffer.alloc(0) : bytesOf(value[payload.name], payload.name);
  } else {
    type = 'application/json';
    body = Buffer.from(writeJsonStructure(member.shape, value, timestamps));
  }
  return encodeEventFrame(
    [
      [':message-type', 'event'],
      [':event-type', member.name],
      [':content-type', type],
    ],
    body,
  );
}

/** One frame: prelude, its checksum, headers (all of type string), payload, checksum. */
export function encodeEventFrame(headers: readonly (readonly [string, string])[], payload: Buffer): Buffer {
  const encoded = Buffer.concat(
    headers.map(([name, text]) => {
      const nameBytes = Buffer.from(name);
      const textBytes = Buffer.from(text);
      const header = Buffer.alloc(4 + nameBytes.length + textBytes.length);
      header.writeUInt8(nameBytes.length, 0);
      nameBytes.copy(header, 1);
      header.writeUInt8(7, 1 + nameBytes.length);
      header.writeUInt16BE(textBytes.length, 2 + nameBytes.length);
      textBytes.copy(header, 4 + nameBytes.length);
      return header;
    }),
  );
  const frame = Buffer.alloc(16 + encoded.length + payload.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(encoded.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  encoded.copy(frame, 12);
  payload.copy(frame, 12 + encoded.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame;
}
