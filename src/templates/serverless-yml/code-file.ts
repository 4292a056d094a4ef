// `file(./x.js)` and serverless.ts: values that the project's own code computes. The code runs in a process of its own, as the Serverless
// Framework runs it: with the user's rights, a time limit, and nothing of this process in reach.

import { spawnSync } from 'node:child_process';
import path from 'node:path';

const SCRIPT = path.join(import.meta.dirname, 'run-code-file.mjs');
const TIMEOUT_MS = 10_000;
const OUTPUT_BYTES_MAX = 6_291_456;
/** Variables that code may ask for; each is another run. */
const QUESTIONS_MAX = 50;

export interface CodeFileOptions {
  /** Absolute. */
  readonly file: string;
  readonly address: readonly string[];
  readonly serviceFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What `options` of the function holds: `--stage` and `--region`. */
  readonly options: Readonly<Record<string, string>>;
  /** The value of a variable such as `self:custom.name`; undefined when it has none. */
  readonly resolve: (variable: string) => { readonly value: unknown } | undefined;
}

/**
 * The value as JSON text, `absent` when the code has none there, `unanswered` when it asks for a variable without a value (which
 * was told), or what went wrong.
 */
export type CodeFileOutcome =
  | { readonly json: string; readonly files: readonly string[] }
  | 'absent'
  | 'unanswered'
  | { readonly failure: string };

export function readCodeFile({ file, address, serviceFolder, environment, options, resolve }: CodeFileOptions): CodeFileOutcome {
  const answers: Record<string, unknown> = {};
  for (let run = 0; run <= QUESTIONS_MAX; run++) {
    const child = spawnSync(process.execPath, [SCRIPT], {
      cwd: serviceFolder,
      env: environment,
      input: JSON.stringify({ file, address, options, answers }),
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    if (child.error !== undefined) {
      const { code } = child.error as NodeJS.ErrnoException;
      return { failure: code === 'ETIMEDOUT' ? `it did not end within ${TIMEOUT_MS / 1000} seconds` : child.error.message };
    }
    const text = String(child.output[3] ?? '');
    if (text === '') return { failure: firstLine(String(child.stderr)) || `it ended with ${child.status ?? child.signal}` };
    const result = JSON.parse(text) as {
      files: readonly string[];
      value?: unknown;
      isThere?: boolean;
      error?: string;
      needs?: string;
    };
    if (result.error !== undefined) return { failure: firstLine(result.error) };
    if (result.needs === undefined)
      return result.isThere === true ? { json: JSON.stringify(result.value), files: result.files } : 'absent';
    const answer = resolve(result.needs);
    if (answer === undefined) return 'unanswered';
    answers[result.needs] = answer.value;
  }
  return { failure: `it asks for more than ${QUESTIONS_MAX} variables` };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
