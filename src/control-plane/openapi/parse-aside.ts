// Reads documents without holding anybody up: 1 MB of YAML takes 3 to 7 s, so a long text is read in a thread of its own.

import { Worker } from 'node:worker_threads';
import { DocumentFault, DocumentLines, type DocumentValue, isJson, parseOpenApiText } from './parse-document.ts';
import type { ThreadAnswer, ThreadTask } from './parse-thread.ts';

/** Shorter texts are read sooner than a thread starts. */
const ASIDE_LENGTH = 32 * 1024;
/** What the thread may take for the objects of a document; 1 MB of YAML, as dense as can be, needs a third of it. */
const HEAP_MB_MAX = 1024;

/** True for a text whose reading holds nobody up. */
export function isShort(text: string): boolean {
  return text.length < ASIDE_LENGTH;
}

/** As parseOpenApiText. */
export async function parseAside(text: string): Promise<DocumentValue> {
  if (isJson(text) || isShort(text)) return parseOpenApiText(text);
  const answer = await inTurn({ text, linesOf: undefined });
  if (answer.kind === 'fault') throw new DocumentFault(answer.message, answer.line, answer.isLimit);
  if (answer.kind !== 'value') throw new Error('the thread that reads a document has answered something else');
  return answer.value;
}

/** As DocumentLines, for many values; no lines where the text is too long for that. */
export async function linesAside(text: string, paths: readonly (readonly string[])[]): Promise<readonly (number | undefined)[]> {
  if (isShort(text)) {
    const lines = new DocumentLines(text);
    return paths.map((path) => lines.lineOf(path));
  }
  const answer = await inTurn({ text, linesOf: paths });
  return answer.kind === 'lines' ? answer.lines : [];
}

/** The text being read last: one at a time, so that many large ones do not fill the memory. */
let last: Promise<unknown> = Promise.resolve();

function inTurn(task: ThreadTask): Promise<ThreadAnswer> {
  const turn = last.then(() => inThread(task));
  last = turn.catch(() => {});
  return turn;
}

function inThread(task: ThreadTask): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./parse-thread.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    worker.on('message', resolve);
    worker.on('error', (error) => {
      const message = 'The document has too many values.';
      if (isOutOfMemory(error)) resolve({ kind: 'fault', message, line: undefined, isLimit: true });
      else reject(error);
    });
    worker.on('exit', () => reject(new Error('the thread that reads a document has ended without a word')));
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
