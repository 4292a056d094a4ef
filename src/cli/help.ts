// `stagegate --help` and `stagegate COMMAND --help`, from the tables of commands and options.

import { type CommandName, commandNames, commands } from '../config/commands.ts';
import { defaultOf, environmentNameOf, flagOf, type OptionEntry, type OptionKey, options, optionsOf } from '../config/options.ts';
import { alignColumns } from './table.ts';
import type { Terminal } from './terminal.ts';

export function renderHelp(terminal: Terminal, command?: CommandName): string {
  return command === undefined ? overview(terminal) : commandHelp(terminal, command);
}

function overview(terminal: Terminal): string {
  return [
    'Stagegate: Amazon API Gateway as software that anyone can run.',
    '',
    terminal.paint('bold', 'Usage'),
    '  stagegate COMMAND [OPTIONS]',
    '',
    terminal.paint('bold', 'Commands'),
    ...alignColumns(commandNames.map((name) => [`  ${name}`, commands[name].summary])),
    '',
    terminal.paint('bold', 'First steps'),
    '  stagegate dev                   in a folder with a serverless.yml',
    '  stagegate COMMAND --help        options and examples of a command',
    '  stagegate --version',
  ].join('\n');
}

function commandHelp(terminal: Terminal, command: CommandName): string {
  const { summary, usage, examples } = commands[command];
  const keys = optionsOf(command);
  return [
    summary,
    '',
    terminal.paint('bold', 'Usage'),
    `  stagegate ${command}${usage === '' ? '' : ` ${usage}`}${keys.length === 0 ? '' : ' [OPTIONS]'}`,
    '',
    terminal.paint('bold', 'Options'),
    ...alignColumns([...keys.map((key) => optionRow(key, command)), ['  --help, -h', 'Shows this.']]),
    '',
    terminal.paint('bold', 'Examples'),
    ...examples.map((example) => `  ${example}`),
    '',
    'Options can also stand in stagegate.config.json or, in capitals, in the environment: --control-port is',
    `controlPort and ${environmentNameOf('controlPort')}. Flags win over the environment, the environment over the file.`,
  ].join('\n');
}

function optionRow(key: OptionKey, command: CommandName): string[] {
  const entry: OptionEntry = options[key];
  const value = defaultOf(key, command);
  const flag = entry.type === 'switch' && value === true ? `--[no-]${flagOf(key)}` : `--${flagOf(key)}`;
  const pair = ` NAME${(entry.type === 'pairs' && entry.separator) || '='}VALUE`;
  const words = { integer: ' N', limit: ' N|none', text: ' TEXT', choice: '', switch: '', pairs: pair }[entry.type];
  const choices = entry.type === 'choice' ? ` ${entry.choices.join('|')}` : '';
  const byDefault = entry.defaultText ?? (value === undefined || entry.type === 'switch' ? undefined : String(value));
  return [
    `  ${flag}${entry.short === undefined ? '' : `, -${entry.short}`}${words}${choices}`,
    `${entry.doc}${byDefault === undefined ? '' : ` Default: ${byDefault}.`}`,
  ];
}
