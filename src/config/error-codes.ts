// One table of everything a developer or operator can do wrong. The reference page is made from it.

export interface ErrorCodeEntry {
  /** What it means, one sentence. */
  readonly meaning: string;
  /** The exit code of the process. */
  readonly exitCode: number;
}

export const errorCodes = {
  SG_UNKNOWN_COMMAND: { meaning: 'The first argument names no command.', exitCode: 2 },
  SG_UNKNOWN_OPTION: { meaning: 'An option, environment variable or configuration key does not exist.', exitCode: 2 },
  SG_BAD_OPTION: { meaning: 'An option has a value of the wrong type, out of range, or none at all.', exitCode: 2 },
  SG_BAD_ARGUMENT: { meaning: 'A command got too many arguments, or one it needs is missing.', exitCode: 2 },
  SG_CONFIG_FILE: { meaning: 'stagegate.config.json cannot be read or is not a JSON object.', exitCode: 2 },
  SG_OPEN_AUTH: {
    meaning: 'Open authentication was asked for on an address that other machines can reach.',
    exitCode: 2,
  },
  SG_NO_SERVICE_FILE: { meaning: 'There is no serverless.yml where it was looked for.', exitCode: 1 },
  SG_YAML: { meaning: 'The file is not valid YAML or JSON, or it is beyond a limit.', exitCode: 1 },
  SG_VARIABLE: { meaning: 'A variable of the service file cannot be resolved.', exitCode: 1 },
  SG_UNKNOWN_PROPERTY: { meaning: 'The service file has a property that does not exist.', exitCode: 1 },
  SG_BAD_VALUE: { meaning: 'A property of the service file has a value that AWS would not take.', exitCode: 1 },
  SG_UNSUPPORTED: {
    meaning: 'The service file asks for something Stagegate does not do yet. It is not silently left out.',
    exitCode: 1,
  },
  SG_APPLY: { meaning: 'An AWS operation that the service file leads to was refused.', exitCode: 1 },
  SG_PORT_TAKEN: { meaning: 'Another process listens on the port.', exitCode: 1 },
  SG_LISTEN: { meaning: 'The address cannot be listened on.', exitCode: 1 },
  SG_DATA_FOLDER: { meaning: 'The data folder cannot be read or written.', exitCode: 1 },
  SG_NOT_RUNNING: { meaning: 'No running Stagegate was found for a command that talks to one.', exitCode: 1 },
  SG_NOT_ALLOWED: { meaning: 'The running Stagegate asks for credentials that were not given or are wrong.', exitCode: 1 },
  SG_CONTROL_ANSWER: { meaning: 'The running Stagegate answered with an error.', exitCode: 1 },
  SG_NOT_FOUND: { meaning: 'The request, route or function asked about is not there.', exitCode: 1 },
  SG_EVENT: { meaning: 'The event for a function cannot be read or is not JSON.', exitCode: 2 },
  SG_FUNCTION_ERROR: { meaning: 'The invoked function failed.', exitCode: 1 },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
