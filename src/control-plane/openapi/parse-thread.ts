// The thread of parse-aside.ts: reads one document and says what is in it, or why it is none; or on which lines its values stand.

import { parentPort, workerData } from 'node:worker_threads';
import { DocumentFault, DocumentLines, type DocumentValue, parseOpenApiText } from './parse-document.ts';

export interface ThreadTask {
  readonly text: string;
  /** Undefined: what is in it is wanted. */
  readonly linesOf: readonly (readonly string[])[] | undefined;
}

export type ThreadAnswer =
  | { readonly kind: 'value'; readonly value: DocumentValue }
  | { readonly kind: 'lines'; readonly lines: readonly (number | undefined)[] }
  | { readonly kind: 'fault'; readonly message: string; readonly line: number | undefined; readonly isLimit: boolean };

function answer({ text, linesOf }: ThreadTask): ThreadAnswer {
  if (linesOf !== undefined) {
    const lines = new DocumentLines(text);
    return { kind: 'lines', lines: linesOf.map((path) => lines.lineOf(path)) };
  }
  try {
    return { kind: 'value', value: parseOpenApiText(text) };
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    return { kind: 'fault', message: error.message, line: error.line, isLimit: error.isLimit };
  }
}

parentPort?.postMessage(answer(workerData as ThreadTask));
