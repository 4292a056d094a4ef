// When the gateway dies without a word (SIGKILL), the functions' processes must not live on: a small shell holds a pipe to
// the gateway, knows the process groups, and ends them when the pipe does.

import { type ChildProcess, spawn } from 'node:child_process';

const SCRIPT = `
groups=""
while read -r change group; do
  if [ "$change" = + ]; then groups="$groups $group"; else
    rest=""
    for each in $groups; do [ "$each" = "$group" ] || rest="$rest $each"; done
    groups="$rest"
  fi
done
for each in $groups; do kill -s KILL -- "-$each" 2>/dev/null; done
chmod -R u+w -- "$1" 2>/dev/null
rm -rf -- "$1"
`;

export class ParentDeathWatch {
  readonly #folder: string;
  #shell: ChildProcess | undefined;

  /** `folder` is removed with the groups: the runtime folder of this gateway. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  add(group: number): void {
    this.#shell ??= this.#start();
    this.#shell?.stdin?.write(`+ ${group}\n`);
  }

  remove(group: number): void {
    this.#shell?.stdin?.write(`- ${group}\n`);
  }

  /** The shell ends the groups still known and goes. */
  close(): void {
    this.#shell?.stdin?.end();
    this.#shell = undefined;
  }

  #start(): ChildProcess | undefined {
    if (process.platform === 'win32') return undefined;
    // Its own session: a Ctrl-C in the terminal is for the gateway, which then closes the pipe.
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'stagegate-functions', this.#folder], {
      detached: true,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    shell.on('error', () => {});
    shell.stdin.on('error', () => {});
    shell.unref();
    (shell.stdin as unknown as { unref(): void }).unref();
    return shell;
  }
}
