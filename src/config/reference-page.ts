// The reference page of the command line, made from the tables of commands, options and error codes.

import { commandNames, commands } from './commands.ts';
import { errorCodes } from './error-codes.ts';
import { defaultOf, environmentNameOf, flagOf, type OptionEntry, type OptionKey, optionKeys, options } from './options.ts';

/** The whole page as Markdown. */
export function renderReferencePage(): string {
  return [
    '# The command line',
    '',
    'Written by `src/config/reference-page.ts` from the tables of commands, options and errors. Do not edit it by hand.',
    '',
    'An option is taken from, in this order: the flag, the environment variable, `stagegate.config.json` (of the folder',
    'the command runs in, or of the service folder for `dev`), the default.',
    '',
    '## Commands',
    '',
    ...commandNames.flatMap((name) => {
      const { usage, summary, examples } = commands[name];
      return [`### \`stagegate ${name}${usage === '' ? '' : ` ${usage}`}\``, '', summary, '', '```sh', ...examples, '```', ''];
    }),
    '## Options',
    '',
    '| flag | environment | key in the file | default | commands | what it does |',
    '|---|---|---|---|---|---|',
    ...optionKeys.map(optionRow),
    '',
    '## Errors',
    '',
    '| code | meaning | exit code |',
    '|---|---|---|',
    ...Object.entries(errorCodes).map(([code, entry]) => `| \`${code}\` | ${entry.meaning} | ${entry.exitCode} |`),
    '',
  ].join('\n');
}

function optionRow(key: OptionKey): string {
  const entry: OptionEntry = options[key];
  const environment = environmentNameOf(key);
  return `| ${[
    `\`--${flagOf(key)}\`${entry.short === undefined ? '' : ` \`-${entry.short}\``}`,
    environment === undefined ? '' : `\`${environment}\``,
    environment === undefined ? '' : `\`${key}\``,
    defaultText(key),
    entry.commands.join(', '),
    `${entry.doc} Example: \`${entry.example}\``,
  ].join(' | ')} |`;
}

/** The default in words, e.g. `8080`, `dev: open; start: required`, or ''. */
export function defaultText(key: OptionKey): string {
  const entry: OptionEntry = options[key];
  if (entry.defaultText !== undefined) return entry.defaultText;
  if (entry.type === 'pairs' || entry.default === undefined) return '';
  if (typeof entry.default !== 'object') return entry.type === 'switch' ? (entry.default ? 'on' : 'off') : String(entry.default);
  return entry.commands
    .filter((command) => defaultOf(key, command) !== undefined)
    .map((command) => `${command}: ${defaultOf(key, command)}`)
    .join('; ');
}
