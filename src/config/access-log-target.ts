// `--access-log`: a file beside where the command was given, or standard output.

import path from 'node:path';

export function accessLogTarget(value: string, workingDirectory: string): string {
  return value === 'stdout' ? value : path.resolve(workingDirectory, value);
}
