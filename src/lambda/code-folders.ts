// Functions' code on disk: each archive unpacked once, into a folder named by its SHA-256, read-only.

import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { isZipFault, readZipEntries, type ZipEntry, type ZipFault } from './zip-archive.ts';

/** AWS: seen in test/parity, test_oversized_lambda. */
export const UNZIPPED_BYTES_MAX = 262_144_000;
/** AWS: seen in test/parity, test_oversized_zipped_create_lambda. */
export const ZIPPED_BYTES_MAX = 52_428_800;

const ENTRIES_MAX = 100_000;
/** Files up to this size are inflated in one call; larger ones piece by piece, so that nobody waits for them. */
const INFLATE_AT_ONCE_BYTES_MAX = 1_048_576;

export class CodeFolders {
  readonly #root: string;
  readonly #checked = new Set<string>();
  readonly #unpacking = new Map<string, Promise<string | ZipFault>>();

  private constructor(root: string) {
    this.#root = root;
  }

  /** `root` is made when it is not there; archives unpacked earlier are used again. */
  static async open(root: string): Promise<CodeFolders> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    // Without it, a package.json further up (a project around the data folder) would decide what a `.js` file is.
    await writeFile(path.join(root, 'package.json'), '{}\n');
    for (const name of await readdir(root)) {
      if (name.startsWith('.incoming-')) await removeTree(path.join(root, name));
    }
    return new CodeFolders(root);
  }

  /** The folder of an archive that is there and whole, without looking at the disk; else undefined. */
  known(sha256: string): string | undefined {
    return this.#checked.has(sha256) ? this.#folder(sha256) : undefined;
  }

  /** Checks and unpacks an archive; the same one only once. The folder, or why the archive is refused. */
  unpack(archive: Buffer, sha256: string): Promise<string | ZipFault> {
    const running = this.#unpacking.get(sha256);
    if (running !== undefined) return running;
    const work = this.#unpack(archive, sha256).finally(() => this.#unpacking.delete(sha256));
    this.#unpacking.set(sha256, work);
    return work;
  }

  /** Removes the folders of archives that no function uses any more. */
  async prune(used: ReadonlySet<string>): Promise<void> {
    const keep = new Set([...used].map(folderName));
    for (const entry of await readdir(this.#root, { withFileTypes: true })) {
      if (entry.isDirectory() && !keep.has(entry.name)) await removeTree(path.join(this.#root, entry.name));
    }
  }

  /** Removes everything, for a store that keeps nothing. */
  async remove(): Promise<void> {
    await removeTree(this.#root);
  }

  #folder(sha256: string): string {
    return path.join(this.#root, folderName(sha256));
  }

  async #unpack(archive: Buffer, sha256: string): Promise<string | ZipFault> {
    const folder = this.#folder(sha256);
    if (this.#checked.has(sha256) && existsSync(folder)) return folder;
    const entries = readZipEntries(archive, { entriesMax: ENTRIES_MAX, bytesMax: UNZIPPED_BYTES_MAX });
    if (isZipFault(entries)) return entries;
    if (existsSync(folder)) {
      // Left by an earlier process, which may have been stopped before the disk had it all.
      if (await isWhole(folder, entries)) {
        this.#checked.add(sha256);
        return folder;
      }
      await removeTree(folder);
    }
    const incoming = path.join(this.#root, `.incoming-${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(incoming, { mode: 0o700 });
      const fault = await writeEntries(archive, entries, incoming);
      if (fault !== undefined) {
        await removeTree(incoming);
        return fault;
      }
      await rename(incoming, folder);
    } catch (error) {
      await removeTree(incoming).catch(() => {});
      throw error;
    }
    this.#checked.add(sha256);
    return folder;
  }
}

/** What the files of an archive take when they are unpacked, as it says itself. */
export function unzippedBytes(archive: Buffer): number {
  const entries = readZipEntries(archive, { entriesMax: ENTRIES_MAX, bytesMax: UNZIPPED_BYTES_MAX });
  return isZipFault(entries) ? 0 : entries.reduce((sum, entry) => sum + entry.bytes, 0);
}

async function writeEntries(archive: Buffer, entries: readonly ZipEntry[], root: string): Promise<ZipFault | undefined> {
  const folders = new Set<string>(['']);
  const makeFolder = async (name: string): Promise<void> => {
    if (folders.has(name)) return;
    const slash = name.lastIndexOf('/');
    await makeFolder(slash === -1 ? '' : name.slice(0, slash));
    await mkdir(path.join(root, name), { mode: 0o755 });
    folders.add(name);
  };
  for (const entry of entries) {
    const slash = entry.name.lastIndexOf('/');
    await makeFolder(entry.isFolder ? entry.name : slash === -1 ? '' : entry.name.slice(0, slash));
    if (entry.isFolder) continue;
    const fault = await writeEntry(archive, entry, path.join(root, entry.name));
    if (fault !== undefined) return fault;
  }
  for (const name of [...folders].reverse()) await chmod(path.join(root, name), 0o555);
  return undefined;
}

async function writeEntry(archive: Buffer, entry: ZipEntry, file: string): Promise<ZipFault | undefined> {
  const data = archive.subarray(entry.offset, entry.offset + entry.compressedBytes);
  const mode = entry.isExecutable ? 0o555 : 0o444;
  if (entry.method === 8 && entry.bytes > INFLATE_AT_ONCE_BYTES_MAX) return inflateTo(data, entry, file, mode);
  let bytes = data;
  if (entry.method === 8) {
    try {
      bytes = inflateRawSync(data, { maxOutputLength: Math.max(1, entry.bytes) });
    } catch {
      return damaged(entry);
    }
  }
  if (bytes.length !== entry.bytes || crc32(bytes) !== entry.crc32) return damaged(entry);
  await writeFile(file, bytes, { mode, flag: 'wx' });
  return undefined;
}

/** Counts as the bytes come out: a file that is larger than it says is refused before it is written. */
async function inflateTo(data: Buffer, entry: ZipEntry, file: string, mode: number): Promise<ZipFault | undefined> {
  const handle = await open(file, 'wx', mode);
  try {
    const inflate = createInflateRaw();
    inflate.end(data);
    let bytes = 0;
    let sum = 0;
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > entry.bytes) return damaged(entry);
      sum = crc32(chunk, sum);
      await handle.write(chunk);
    }
    return bytes === entry.bytes && sum === entry.crc32 ? undefined : damaged(entry);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) return damaged(entry);
    throw error;
  } finally {
    await handle.close();
  }
}

async function isWhole(folder: string, entries: readonly ZipEntry[]): Promise<boolean> {
  for (const entry of entries) {
    if (entry.isFolder) continue;
    const file = path.join(folder, entry.name);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined || !found.isFile() || found.size !== entry.bytes) return false;
    let sum = 0;
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) sum = crc32(chunk, sum);
    if (sum !== entry.crc32) return false;
  }
  return true;
}

function damaged(entry: ZipEntry): ZipFault {
  return {
    fault: `the data of ${JSON.stringify(entry.name.slice(0, 200))} is damaged or not of the size it says`,
    tooLarge: false,
  };
}

// The digest is base64; a folder's name may hold no slash.
function folderName(sha256: string): string {
  return Buffer.from(sha256, 'base64').toString('hex');
}

/** Removes a tree whose folders are read-only. */
export async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  await chmod(folder, 0o700).catch(() => {});
  for (const entry of entries) if (entry.isDirectory()) await removeTree(path.join(folder, entry.name));
  await rm(folder, { recursive: true, force: true });
}
