// Writing lines to a terminal, a pipe or a file: colour only where it is wanted, many lines in one write.

import type { EventEmitter } from 'node:events';

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'dim' | 'bold';

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export interface Terminal {
  line(text?: string): void;
  paint(colour: Colour, text: string): string;
  /** Writes what is still held back. */
  flush(): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** FORCE_COLOR and NO_COLOR decide, else whether it is a terminal. */
export function wantsColour(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  const force = environment['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (environment['NO_COLOR']) return false;
  return isTerminal && environment['TERM'] !== 'dumb';
}

export function createTerminal(
  stream: NodeJS.WritableStream,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isTerminal = (stream as { isTTY?: boolean }).isTTY === true;
  const colour = wantsColour(isTerminal, environment);
  let held = '';
  let scheduled = false;
  // A reader that went away (`stagegate requests | head`) ends the output, not the process.
  (stream as EventEmitter).on('error', () => {});
  const flush = () => {
    scheduled = false;
    if (held === '') return;
    const text = held;
    held = '';
    stream.write(text);
  };
  return {
    line(text = '') {
      held += `${text}\n`;
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    paint(name, text) {
      if (!colour) return text;
      const [on, off] = CODES[name];
      return `\u001b[${on}m${text}\u001b[${off}m`;
    },
    flush,
    isTerminal,
    get columns() {
      return (stream as { columns?: number }).columns ?? 100;
    },
  };
}

/** Text from outside (paths, log lines, error messages) must not move the cursor or change the terminal. */
export function plainText(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
