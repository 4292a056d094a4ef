// The interpreters of this machine that run functions: found on the PATH, asked once who they are.

import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

export interface Interpreter {
  /** The program itself: a wrapper in the PATH would cost its start at every cold start. */
  readonly program: string;
  /** `3.11.7` */
  readonly version: string;
  /** Folders it needs to be able to read. */
  readonly folders: readonly string[];
}

export type Language = 'python' | 'ruby';

const QUESTIONS: Readonly<Record<Language, readonly string[]>> = {
  python: [
    '-S',
    '-c',
    'import sys, os; print(os.path.realpath(sys.executable)); print("%d.%d.%d" % sys.version_info[:3]); print(sys.prefix); print(sys.base_prefix)',
  ],
  ruby: [
    '--disable-gems',
    '-e',
    'require "rbconfig"; puts File.realpath(RbConfig.ruby), RUBY_VERSION, RbConfig::CONFIG["prefix"]',
  ],
};
const ANSWER_TIMEOUT_MS = 10_000;

export class Interpreters {
  readonly #path: string;
  readonly #known = new Map<string, Interpreter>();
  readonly #searches = new Map<string, Promise<Interpreter | undefined>>();

  constructor(searchPath = process.env['PATH'] ?? '') {
    this.#path = searchPath;
  }

  /** Whether a program for this runtime stands in the PATH. */
  has(runtime: string): boolean {
    return this.#candidates(runtime).length > 0;
  }

  /** The interpreter of a runtime, when it has been asked for before and was found. */
  known(runtime: string): Interpreter | undefined {
    return this.#known.get(runtime);
  }

  /** The first that answers: the version asked for, if it is there, else whatever there is. */
  find(runtime: string): Promise<Interpreter | undefined> {
    let search = this.#searches.get(runtime);
    if (search === undefined) {
      search = this.#search(runtime);
      this.#searches.set(runtime, search);
    }
    return search;
  }

  async #search(runtime: string): Promise<Interpreter | undefined> {
    for (const command of this.#candidates(runtime)) {
      const interpreter = await ask(command, languageOf(runtime) ?? 'python');
      if (interpreter === undefined) continue;
      this.#known.set(runtime, interpreter);
      return interpreter;
    }
    return undefined;
  }

  #candidates(runtime: string): readonly string[] {
    const language = languageOf(runtime);
    if (language === undefined) return [];
    const names = [runtime, language === 'python' ? 'python3' : 'ruby'];
    return names.flatMap((name) =>
      this.#path
        .split(path.delimiter)
        .map((folder) => path.join(folder, name))
        .filter(isExecutable),
    );
  }
}

function ask(command: string, language: Language): Promise<Interpreter | undefined> {
  return new Promise((resolve) => {
    execFile(command, QUESTIONS[language], { timeout: ANSWER_TIMEOUT_MS }, (error, stdout) => {
      const [program, version, ...folders] = stdout.trim().split('\n');
      if (error !== null || program === undefined || version === undefined) resolve(undefined);
      else resolve({ program, version, folders });
    });
  });
}

export function languageOf(runtime: string): Language | undefined {
  if (runtime.startsWith('python3')) return 'python';
  return runtime.startsWith('ruby') ? 'ruby' : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return path.isAbsolute(file);
  } catch {
    return false;
  }
}
