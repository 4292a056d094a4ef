// Commands of the user's own for runtimes that do not run here by themselves, from the option `runtimes`.

import { UserError } from './user-error.ts';

/** Runtime name to command line. Throws UserError for a value that is no command. */
export function runtimeCommands(given: ReadonlyMap<string, string>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...given].map(([runtime, text]) => [runtime, wordsOf(runtime, text)]));
}

function wordsOf(runtime: string, text: string): readonly string[] {
  const words = text.trim().startsWith('[') ? parsedList(text) : text.trim().split(/\s+/);
  if (words?.length && words.every((word) => typeof word === 'string' && word !== '' && !word.includes('\0'))) return words;
  throw new UserError('SG_BAD_OPTION', `runtimes: the value of ${runtime} is no command: ${text}`, {
    fix: 'Give words, or a JSON array of texts: ["command", "argument"].',
  });
}

function parsedList(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
