// One handler file, bundled with esbuild: the first build, further ones when something it is made of changed, and what
// went wrong. The last good output stays where it is until a better one takes its place.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildContext, BuildFailure, Message, OutputFile } from 'esbuild';
import type { Place } from '../config/user-error.ts';
import type { BundlerSettings, DesiredBundle } from '../templates/bundle.ts';
import { mirrorFolder } from './code-mirror.ts';

export interface BuildProblem {
  readonly place: Place | undefined;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export interface BuildOutcome {
  /** The function runs other code than before. */
  readonly changed: boolean;
  readonly problems: readonly BuildProblem[];
}

/** Packages that Lambda's Node.js runtimes hold; they are not bundled unless the file says so. Seen: Serverless Framework. */
const IN_RUNTIME = ['@aws-sdk/*'];
const CONFIGURATION = /(?:^|[\\/])(?:tsconfig[^\\/]*|jsconfig|package)\.json$/;
/** tsconfig files that extend each other. */
const EXTENDS_MAX = 20;

export class HandlerBuild {
  /** Absolute: the function's task root. */
  readonly codeFolder: string;
  readonly #serviceFolder: string;
  readonly #bundle: DesiredBundle;
  readonly #settings: BundlerSettings;
  #context: BuildContext | undefined;
  #inputs: ReadonlySet<string> = new Set();
  #configuration: readonly string[] = [];
  #last: string | undefined;
  #failure: readonly BuildProblem[] = [];

  constructor(serviceFolder: string, codeFolder: string, bundle: DesiredBundle, settings: BundlerSettings) {
    this.#serviceFolder = serviceFolder;
    this.codeFolder = codeFolder;
    this.#bundle = bundle;
    this.#settings = settings;
  }

  /** What the last good build was made of, absolute. */
  get inputs(): ReadonlySet<string> {
    return this.#inputs;
  }

  /** Files that say how it is built, absolute. */
  get configuration(): readonly string[] {
    return this.#configuration;
  }

  /** Errors of the last build; empty when it was good. */
  get failure(): readonly BuildProblem[] {
    return this.#failure;
  }

  /** True when these files may make another output: one that could not be built may be mended by any file. */
  isTouchedBy(files: Iterable<string>): boolean {
    for (const file of files) {
      if (this.#failure.length > 0 || this.#inputs.has(file) || this.#configuration.includes(file)) return true;
      if (CONFIGURATION.test(file) && isInside(this.#serviceFolder, file)) return true;
    }
    return false;
  }

  /** Data may be read by any name; code that the bundle names may be started as a process or a thread. */
  mayRead(file: string): boolean {
    if (CONFIGURATION.test(file) || /\.(?:[cm]?tsx?|jsx|map)$/.test(file)) return false;
    if (!/\.[cm]?js$/.test(file)) return true;
    const output = read(path.join(this.codeFolder, this.#bundle.output)) ?? '';
    return output.includes(path.basename(file).replace(/\.[cm]?js$/, ''));
  }

  async build(): Promise<BuildOutcome> {
    mirrorFolder(this.#serviceFolder, this.codeFolder, [this.#bundle.output, `${this.#bundle.output}.map`]);
    this.#configuration = tsconfigFiles(path.join(this.#serviceFolder, this.#bundle.entry));
    try {
      this.#context ??= await this.#open();
      const result = await this.#context.rebuild();
      this.#inputs = new Set(Object.keys(result.metafile?.inputs ?? {}).map((input) => path.resolve(this.#serviceFolder, input)));
      this.#failure = [];
      const changed = this.#write(result.outputFiles ?? []);
      return { changed, problems: result.warnings.map((one) => this.#problem(one, 'warning')) };
    } catch (error) {
      this.#failure = this.#problemsOf(error);
      // Without a good build the function answers with what is wrong.
      const changed = this.#last === undefined || this.#last.startsWith(STUB) ? this.#writeStub() : false;
      return { changed, problems: this.#failure };
    }
  }

  async close(): Promise<void> {
    await this.#context?.dispose();
    this.#context = undefined;
  }

  async #open(): Promise<BuildContext> {
    const { context } = await import('esbuild');
    const { exclude, external, ...options } = this.#settings.options as { exclude?: string[]; external?: string[] };
    const isBundled = (options as { bundle?: boolean }).bundle !== false;
    return context({
      bundle: true,
      target: this.#bundle.target,
      ...(isBundled ? { external: [...(exclude ?? IN_RUNTIME), ...(external ?? [])] } : {}),
      ...options,
      format: this.#settings.format,
      platform: 'node',
      ...(this.#settings.sourceMaps ? { sourcemap: 'linked' as const, sourcesContent: false } : {}),
      absWorkingDir: this.#serviceFolder,
      entryPoints: [path.join(this.#serviceFolder, this.#bundle.entry)],
      outfile: path.join(this.codeFolder, this.#bundle.output),
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
  }

  /** True when it differs from what was there. Each file is there whole or not at all. */
  #write(files: readonly OutputFile[]): boolean {
    const text = files.map((file) => `${file.path}\n${file.hash}`).join('\n');
    if (text === this.#last) return false;
    for (const file of files) place(file.path, file.contents);
    this.#last = text;
    return true;
  }

  #writeStub(): boolean {
    const [first] = this.#failure;
    const message = `The build failed: ${first === undefined ? '' : describeBuildProblem(first, this.#serviceFolder)}`;
    const text = `${STUB}\nthrow Object.assign(new Error(${JSON.stringify(message)}), { name: 'BuildFailed', stack: 'BuildFailed: ' + ${JSON.stringify(message)} });\n`;
    if (text === this.#last) return false;
    place(path.join(this.codeFolder, this.#bundle.output), text);
    this.#last = text;
    return true;
  }

  #problemsOf(error: unknown): BuildProblem[] {
    const { errors } = error as Partial<BuildFailure>;
    // A setting that esbuild does not take is told without a place; anything else is a bug of ours.
    if (errors === undefined || errors.length === 0) {
      return [{ place: undefined, message: error instanceof Error ? error.message : String(error), severity: 'error' }];
    }
    return errors.map((one) => this.#problem(one, 'error'));
  }

  #problem(message: Message, severity: 'error' | 'warning'): BuildProblem {
    const { location, notes } = message;
    const hints = notes.map((note) => note.text).filter((text) => text !== '');
    if (/Top-level await is currently not supported/.test(message.text)) {
      hints.push('Set "type": "module" in package.json, or build.esbuild.format: esm.');
    }
    return {
      place:
        location === null
          ? undefined
          : {
              file: path.resolve(this.#serviceFolder, location.file),
              line: location.line,
              // Bytes in esbuild's answer, characters for people.
              column: Buffer.from(location.lineText).subarray(0, location.column).toString().length + 1,
            },
      message: [message.text, ...hints].join(' '),
      severity,
    };
  }
}

const STUB = '// No build succeeded yet.';

/** `src/orders.ts:3:9 Expected ";" but found "x"`. */
export function describeBuildProblem({ place: where, message }: BuildProblem, folder: string): string {
  if (where === undefined) return message;
  return `${path.relative(folder, where.file)}:${where.line}:${where.column} ${message}`;
}

function place(file: string, contents: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const incoming = `${file}.incoming-${process.pid}`;
  writeFileSync(incoming, contents);
  renameSync(incoming, file);
}

/** The tsconfig.json that counts for a file, and those it extends; esbuild does not tell which it read. */
function tsconfigFiles(entry: string): string[] {
  const found: string[] = [];
  for (let folder = path.dirname(entry); ; folder = path.dirname(folder)) {
    const text = read(path.join(folder, 'tsconfig.json'));
    if (text !== undefined) {
      follow(path.join(folder, 'tsconfig.json'), text, found);
      return found;
    }
    if (folder === path.dirname(folder)) return found;
  }
}

function follow(file: string, text: string, found: string[]): void {
  found.push(file);
  for (const [, list] of text.matchAll(/"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/g)) {
    for (const [, name = ''] of (list ?? '').matchAll(/"([^"]*)"/g)) {
      // Those of packages do not change while one works.
      if (!/^\.{0,2}\//.test(name) || found.length >= EXTENDS_MAX) continue;
      const other = path.resolve(path.dirname(file), name.endsWith('.json') ? name : `${name}.json`);
      const further = read(other);
      if (further !== undefined && !found.includes(other)) follow(other, further, found);
    }
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}
