// Ctrl-C and SIGTERM as one AbortSignal: the first asks for an orderly end, a later one ends at once.

import type { Terminal } from './terminal.ts';

export interface StopSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/** A terminal sends Ctrl-C to the whole group and a wrapper passes it on: both within this time are one. */
const SAME_MS = 500;

export function stopSignal(err: Terminal): StopSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now();
    if (!controller.signal.aborted) {
      firstAt = now;
      controller.abort(name);
    } else if (now - firstAt > SAME_MS) {
      err.line('Ended at once; requests in flight were cut.');
      err.flush();
      process.exit(130);
    }
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

/** Resolves when the signal is aborted. */
export function whenStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
