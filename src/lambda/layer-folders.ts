// What a function finds at /opt: its layers, one over the other, in a read-only folder named by what they are.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CodeFolders, removeTree } from './code-folders.ts';

export class LayerFolders {
  readonly #root: string;
  readonly #code: CodeFolders;
  readonly #merging = new Map<string, Promise<string>>();

  private constructor(root: string, code: CodeFolders) {
    this.#root = root;
    this.#code = code;
  }

  /** `root` lies on the same file system as the code: files are linked, not copied. */
  static async open(root: string, code: CodeFolders): Promise<LayerFolders> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(root)) {
      if (name.startsWith('.incoming-')) await removeTree(path.join(root, name));
    }
    return new LayerFolders(root, code);
  }

  /** The folder of unpacked layers when it is there, without waiting; else undefined. */
  known(digests: readonly string[]): string | undefined {
    const folders = digests.map((sha256) => this.#code.known(sha256));
    if (folders.includes(undefined)) return undefined;
    // One layer needs no folder of its own.
    if (folders.length === 1) return folders[0];
    const folder = this.#folder(digests);
    return existsSync(folder) ? folder : undefined;
  }

  /** Makes the folder; every layer has to be unpacked. */
  merge(digests: readonly string[]): Promise<string> {
    const folder = this.#folder(digests);
    const running = this.#merging.get(folder);
    if (running !== undefined) return running;
    const work = this.#merge(digests, folder).finally(() => this.#merging.delete(folder));
    this.#merging.set(folder, work);
    return work;
  }

  /** Removes the folders of layers that no function has together any more. */
  async prune(used: readonly (readonly string[])[]): Promise<void> {
    const keep = new Set(used.map((digests) => path.basename(this.#folder(digests))));
    for (const name of await readdir(this.#root).catch(() => []))
      if (!keep.has(name)) await removeTree(path.join(this.#root, name));
  }

  #folder(digests: readonly string[]): string {
    return path.join(this.#root, createHash('sha256').update(digests.join('\n')).digest('hex'));
  }

  async #merge(digests: readonly string[], folder: string): Promise<string> {
    const known = this.known(digests);
    if (known !== undefined) return known;
    const incoming = path.join(this.#root, `.incoming-${randomBytes(8).toString('hex')}`);
    await mkdir(incoming, { mode: 0o755 });
    try {
      for (const sha256 of digests) {
        const layer = this.#code.known(sha256);
        if (layer === undefined) throw new Error(`the layer ${sha256} is not unpacked`);
        await lay(layer, incoming);
      }
      await close(incoming);
      await rename(incoming, folder);
    } catch (error) {
      await removeTree(incoming).catch(() => {});
      throw error;
    }
    return folder;
  }
}

/** Puts a tree over another. Of two files with one name the new one stays, also when the other is a folder. */
async function lay(from: string, over: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(over, entry.name);
    if (entry.isDirectory()) {
      await mkdir(target, { mode: 0o755 }).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        // Fails on a folder, which stays; whatever else is in the way makes mkdir fail with the reason.
        await rm(target).catch(() => {});
        await mkdir(target, { recursive: true, mode: 0o755 });
      });
      await lay(source, target);
    } else {
      await rm(target, { recursive: true, force: true });
      await link(source, target);
    }
  }
}

/** Makes every folder of a tree read-only, the innermost first. */
async function close(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await close(path.join(folder, entry.name));
  }
  await chmod(folder, 0o555);
}
