// The page docs/guides/options.md, made from the tables of commands and options.

import { type CommandName, commandNames, commands } from '../../src/config/commands.ts';
import {
  defaultOf,
  environmentNameOf,
  flagOf,
  type OptionEntry,
  type OptionKey,
  optionKeys,
  options,
} from '../../src/config/options.ts';
import { tableRow } from './markdown.ts';

/** The whole page as Markdown. */
export function renderOptionsPage(): string {
  return [
    '# Commands and options',
    '',
    'Made by `npm run generate:docs` from `src/config/commands.ts` and `src/config/options.ts`; edit those.',
    '',
    'An option is taken from the first of these that has it: the flag, the environment variable, `stagegate.config.json` (of',
    'the folder the command runs in, or of the service folder for `dev`), the default. A name that does not exist is an',
    'error in all three places. A switch is turned off by `--no-NAME`.',
    '',
    '## Commands',
    '',
    ...commandNames.flatMap(commandSection),
    '## Options',
    '',
    tableRow(['flag', 'environment variable', 'key in the file', 'default', 'commands']),
    tableRow(['---', '---', '---', '---', '---']),
    ...optionKeys.map(optionRow),
    '',
    ...optionKeys.flatMap(optionSection),
  ].join('\n');
}

function commandSection(name: CommandName): string[] {
  const { usage, summary, examples } = commands[name];
  return [`### \`stagegate ${name}${usage === '' ? '' : ` ${usage}`}\``, '', summary, '', '```sh', ...examples, '```', ''];
}

function optionRow(key: OptionKey): string {
  const entry: OptionEntry = options[key];
  const environment = environmentNameOf(key);
  return tableRow([
    `\`--${flagOf(key)}\`${entry.short === undefined ? '' : ` \`-${entry.short}\``}`,
    environment === undefined ? '' : `\`${environment}\``,
    environment === undefined ? '' : `\`${key}\``,
    defaultText(key),
    entry.commands.join(', '),
  ]);
}

function optionSection(key: OptionKey): string[] {
  const entry: OptionEntry = options[key];
  return [
    `### \`--${flagOf(key)}\` (${entry.commands.join(', ')})`,
    '',
    `${entry.doc} ${valueText(entry)}`,
    '',
    ...example(entry),
  ];
}

function example({ example: text }: OptionEntry): string[] {
  return ['```sh', text, '```', ''];
}

function valueText(entry: OptionEntry): string {
  switch (entry.type) {
    case 'integer':
      return `A whole number from ${entry.min} to ${entry.max}.`;
    case 'limit':
      return `A whole number from ${entry.min} to ${entry.max}, or \`none\`.`;
    case 'choice':
      return `One of ${entry.choices.map((choice) => `\`${choice}\``).join(', ')}.`;
    case 'pairs':
      if (entry.separator === ':') return 'NAME:VALUE.';
      return 'NAME=VALUE; in the file an object, in the environment `a=1,b=2`.';
    case 'switch':
      return 'On or off.';
    case 'text':
      return entry.patternDoc === undefined ? 'A text.' : `Takes ${entry.patternDoc}.`;
  }
}

/** The default in words, e.g. `8080`, `dev: open; start: required`, or ''. */
function defaultText(key: OptionKey): string {
  const entry: OptionEntry = options[key];
  if (entry.defaultText !== undefined) return entry.defaultText;
  if (entry.type === 'pairs' || entry.default === undefined) return '';
  if (typeof entry.default !== 'object') return entry.type === 'switch' ? (entry.default ? 'on' : 'off') : String(entry.default);
  return entry.commands
    .filter((command) => defaultOf(key, command) !== undefined)
    .map((command) => `${command}: ${defaultOf(key, command)}`)
    .join('; ');
}
