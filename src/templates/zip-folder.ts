// A folder as a zip archive; the same files make the same bytes, so that an unchanged folder is not published again.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

/** AWS: what a layer holds unpacked, at most. Source: Lambda quotas. */
const BYTES_MAX = 262_144_000;
const FILES_MAX = 65_000;
/** 1980-01-01, the first day zip knows. */
const DATE = 0x21;
const UTF8 = 0x0800;

/** Throws an Error that names the folder when it is larger than Lambda takes. */
export function zipFolder(folder: string): Buffer {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .map((name) => name.split(path.sep).join('/'))
    .sort();
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  let bytes = 0;
  for (const name of names) {
    const file = path.join(folder, name);
    const data = readFileSync(file);
    bytes += data.length;
    if (bytes > BYTES_MAX || names.length > FILES_MAX) throw new Error(`${folder} holds more than the 250 MB that Lambda takes`);
    const deflated = deflateRawSync(data);
    const isExecutable = (statSync(file).mode & 0o111) !== 0;
    const head = header(name, data, deflated);
    const local = Buffer.concat([u32(0x04034b50), head, u16(0), Buffer.from(name)]);
    directory.push(
      u32(0x02014b50),
      u16(0x031e),
      head,
      u16(0),
      u16(0),
      u16(0),
      u16(0),
      u32(((isExecutable ? 0o100755 : 0o100644) << 16) >>> 0),
      u32(at),
      Buffer.from(name),
    );
    chunks.push(local, deflated);
    at += local.length + deflated.length;
  }
  const central = Buffer.concat(directory);
  const end = [u32(0x06054b50), u16(0), u16(0), u16(names.length), u16(names.length), u32(central.length), u32(at), u16(0)];
  return Buffer.concat([...chunks, central, ...end]);
}

/** What the local and the central header have in common, up to the length of the name. */
function header(name: string, data: Buffer, deflated: Buffer): Buffer {
  const parts = [u16(20), u16(UTF8), u16(8), u16(0), u16(DATE), u32(crc32(data)), u32(deflated.length), u32(data.length)];
  return Buffer.concat([...parts, u16(Buffer.byteLength(name))]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
