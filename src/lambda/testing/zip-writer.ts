// Writes zip archives for tests, good ones and, where asked, bad ones.

import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive; the second group makes it lie. */
export interface ZipFile {
  readonly name: string;
  readonly data: string | Buffer;
  readonly stored?: boolean;
  /** Unix mode with its file type, e.g. 0o100644. */
  readonly mode?: number;

  readonly localName?: string;
  readonly claimedBytes?: number;
  readonly claimedCompressedBytes?: number;
  readonly claimedCrc32?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Points the directory at the local header of another file (its index). */
  readonly sharesDataOf?: number;
}

export interface ZipOptions {
  readonly comment?: string;
  readonly prefix?: Buffer;
  readonly claimedCount?: number;
}

/** An archive of the files, in their order. */
export function writeZip(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const chunks: Buffer[] = [];
  const central: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  const push = (chunk: Buffer): void => {
    chunks.push(chunk);
    at += chunk.length;
  };
  if (options.prefix !== undefined) push(options.prefix);
  const start = at;
  for (const file of files) {
    const data = Buffer.from(file.data);
    const isFolder = file.name.endsWith('/');
    const packed = file.stored === true || isFolder ? data : deflateRawSync(data);
    const method = file.method ?? (packed === data ? 0 : 8);
    const name = Buffer.from(file.name);
    const localName = Buffer.from(file.localName ?? file.name);
    const figures = Buffer.alloc(12);
    figures.writeUInt32LE(file.claimedCrc32 ?? crc32(data), 0);
    figures.writeUInt32LE(file.claimedCompressedBytes ?? packed.length, 4);
    figures.writeUInt32LE(file.claimedBytes ?? data.length, 8);
    offsets.push(at - start);
    if (file.sharesDataOf === undefined) {
      const local = Buffer.alloc(30);
      local.writeUInt32LE(0x04034b50, 0);
      local.writeUInt16LE(20, 4);
      local.writeUInt16LE(file.flags ?? 0, 6);
      local.writeUInt16LE(method, 8);
      figures.copy(local, 14);
      local.writeUInt16LE(localName.length, 26);
      push(Buffer.concat([local, localName, packed]));
    }
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE((3 << 8) | 20, 4);
    record.writeUInt16LE(20, 6);
    record.writeUInt16LE(file.flags ?? 0, 8);
    record.writeUInt16LE(method, 10);
    figures.copy(record, 16);
    record.writeUInt16LE(name.length, 28);
    record.writeUInt32LE((file.mode ?? (isFolder ? 0o040755 : 0o100644)) * 65_536, 38);
    record.writeUInt32LE(offsets[file.sharesDataOf ?? offsets.length - 1] as number, 42);
    central.push(Buffer.concat([record, name]));
  }
  const directory = Buffer.concat(central);
  const directoryAt = at - start;
  push(directory);
  const end = Buffer.alloc(22);
  const comment = Buffer.from(options.comment ?? '');
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.claimedCount ?? files.length, 8);
  end.writeUInt16LE(options.claimedCount ?? files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(directoryAt, 16);
  end.writeUInt16LE(comment.length, 20);
  push(Buffer.concat([end, comment]));
  return Buffer.concat(chunks);
}
