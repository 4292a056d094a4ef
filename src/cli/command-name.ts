// How the reader of our output would call us: by name when installed, through npm in a checkout.

/** The words before the command's own: `stagegate`, or the npm script that a checkout has. */
export function commandName(environment: Readonly<Record<string, string | undefined>>): string {
  const script = environment.npm_lifecycle_event;
  return script === 'start' || script === 'stagegate' ? 'npm run -s stagegate --' : 'stagegate';
}
