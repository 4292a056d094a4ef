// Errors that name a place in a long document: its line is looked up when the error is on its way out, in a thread, for 1 MB takes
// seconds to be read.

import { AwsError } from '../../aws/aws-error.ts';
import { linesAside } from './parse-aside.ts';

const MARK = '\0';
const PENDING = /\0([^\0]*)\0/g;

/** Names in a document can be as long as the document; who asks for the line of such a one gets none. */
const PATH_LENGTH_MAX = 2_000;

/** Stands in a message where ` (line 7)` will be. */
export function pendingLine(path: readonly string[]): string {
  const text = JSON.stringify(path);
  return text.length > PATH_LENGTH_MAX ? '' : `${MARK}${text}${MARK}`;
}

/** What `work` throws about the document `text` has its lines. */
export async function withLines<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { message, cause } = error;
    const why = typeof cause === 'string' ? cause : '';
    if (!message.includes(MARK) && !why.includes(MARK)) throw error;
    const lined = await linedTexts(text, [message, why]);
    throw new AwsError(error.code, lined[0] ?? '', {
      fields: error.fields,
      cause: typeof cause === 'string' ? lined[1] : cause,
      ...(error.status === undefined ? {} : { status: error.status }),
    });
  }
}

/** The same texts, all of whose lines are looked up at once. */
async function linedTexts(document: string, texts: readonly string[]): Promise<readonly string[]> {
  const paths = texts.flatMap((text) => [...text.matchAll(PENDING)].map((match) => pathOf(match[1] as string)));
  const lines = await linesAside(document, paths);
  let next = 0;
  return texts.map((text) =>
    text.replace(PENDING, () => {
      const line = lines[next++];
      return line === undefined ? '' : ` (line ${line})`;
    }),
  );
}

/** A document can hold the mark, and an error can repeat it. */
function pathOf(text: string): readonly string[] {
  try {
    const path: unknown = JSON.parse(text);
    return Array.isArray(path) ? path.map(String) : [];
  } catch {
    return [];
  }
}
