// One table of everything a developer or operator can do wrong. The reference page is made from it.

export interface ErrorCodeEntry {
  /** What it means, one sentence. */
  readonly meaning: string;
  /** What to do in general; the error itself says it for the case at hand. */
  readonly remedy: string;
  /** The exit code of the process. */
  readonly exitCode: number;
}

export const errorCodes = {
  SG_UNKNOWN_COMMAND: { meaning: 'The first argument names no command.', remedy: 'Look at `stagegate --help`.', exitCode: 2 },
  SG_UNKNOWN_OPTION: {
    meaning: 'An option, environment variable or configuration key does not exist.',
    remedy: 'Look at `stagegate COMMAND --help`; names that begin with `STAGEGATE_` are options, too.',
    exitCode: 2,
  },
  SG_BAD_OPTION: {
    meaning: 'An option has a value of the wrong type, out of range, or none at all.',
    remedy: 'Give it a value of the kind that the page on options names.',
    exitCode: 2,
  },
  SG_BAD_ARGUMENT: {
    meaning: 'A command got too many arguments, or one it needs is missing.',
    remedy: 'Look at the usage line of `stagegate COMMAND --help`.',
    exitCode: 2,
  },
  SG_CONFIG_FILE: {
    meaning: 'stagegate.config.json cannot be read or is not a JSON object.',
    remedy: 'Correct the JSON at the place that is named, or remove the file.',
    exitCode: 2,
  },
  SG_OPEN_AUTH: {
    meaning: 'Open authentication was asked for on an address that other machines can reach.',
    remedy: 'Use `--auth required`, or listen on 127.0.0.1.',
    exitCode: 2,
  },
  SG_NO_SERVICE_FILE: {
    meaning: 'There is no serverless.yml where it was looked for.',
    remedy: 'Name the file or its folder: `stagegate dev FOLDER`.',
    exitCode: 1,
  },
  SG_YAML: {
    meaning: 'The file is not valid YAML or JSON, or it is beyond a limit.',
    remedy: 'Correct it at the place that is named; indent with spaces, and quote texts that hold `: ` or `#`.',
    exitCode: 1,
  },
  SG_VARIABLE: {
    meaning: 'A variable of the service file cannot be resolved.',
    remedy: 'Give the value (`--param`, the environment, `params`), add a fallback after a comma, or correct the name.',
    exitCode: 1,
  },
  SG_UNKNOWN_PROPERTY: {
    meaning: 'The service file has a property that does not exist.',
    remedy: 'Correct the name, remove the property, or leave it out with `--lenient`.',
    exitCode: 1,
  },
  SG_BAD_VALUE: {
    meaning: 'A property of the service file has a value that AWS would not take.',
    remedy: 'Set it to what the error names.',
    exitCode: 1,
  },
  SG_UNSUPPORTED: {
    meaning: 'The service file asks for something Stagegate does not do yet. It is not silently left out.',
    remedy: 'Take the way out that the error names; the page on `serverless.yml` lists them all.',
    exitCode: 1,
  },
  SG_APPLY: {
    meaning: 'An AWS operation that the service file leads to was refused.',
    remedy: 'Change the service file so that AWS would take it; the code and message are those of AWS.',
    exitCode: 1,
  },
  SG_PORT_TAKEN: {
    meaning: 'Another process listens on the port.',
    remedy: 'End that process, or take another port with `--port` or `--control-port`; 0 takes a free one.',
    exitCode: 1,
  },
  SG_LISTEN: {
    meaning: 'The address cannot be listened on.',
    remedy: 'Use an address of this machine and a port above 1023.',
    exitCode: 1,
  },
  SG_DATA_FOLDER: {
    meaning: 'The data folder cannot be read or written.',
    remedy: 'Make it writable for this user, name another with `--data`, or keep nothing with `--memory`.',
    exitCode: 1,
  },
  SG_ACCESS_LOG: {
    meaning: 'The file of `--access-log` cannot be opened.',
    remedy: 'Make its folder, make it writable for this user, or name another file.',
    exitCode: 1,
  },
  SG_NOT_RUNNING: {
    meaning: 'No running Stagegate was found for a command that talks to one.',
    remedy: 'Start one, run the command in the folder it was started in, or name it with `--control-url`.',
    exitCode: 1,
  },
  SG_NOT_ALLOWED: {
    meaning: 'The running Stagegate asks for credentials that were not given or are wrong.',
    remedy: 'Name the data folder with `--data`; it holds `credentials.json`.',
    exitCode: 1,
  },
  SG_CONTROL_ANSWER: {
    meaning: 'The running Stagegate answered with an error.',
    remedy: 'Look at the terminal of the running Stagegate.',
    exitCode: 1,
  },
  SG_NOT_FOUND: {
    meaning: 'The request, route or function asked about is not there.',
    remedy: 'Check the spelling; `stagegate requests` and `stagegate explain` show what is there.',
    exitCode: 1,
  },
  SG_WEBSOCKET: {
    meaning: 'A WebSocket could not be opened: nobody answered, or the server did not let the client in.',
    remedy: 'Look at what the server says; `stagegate requests` shows why a handshake was refused.',
    exitCode: 3,
  },
  SG_TEMPLATE: {
    meaning: 'A mapping template cannot be read, is not valid, or cannot be rendered with the event.',
    remedy: 'Correct it at the place that is named; the guide on mapping templates says what is there.',
    exitCode: 1,
  },
  SG_EVENT: {
    meaning: 'The event for a function cannot be read or is not JSON.',
    remedy: 'Give one event, as JSON of at most 6 MB.',
    exitCode: 2,
  },
  SG_FUNCTION_ERROR: {
    meaning: 'The invoked function failed.',
    remedy: 'Look at what it printed: `stagegate invoke FUNCTION --log`.',
    exitCode: 1,
  },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
