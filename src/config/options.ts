// The one table of options: type, default, environment name, one sentence, example. Flags, environment variables, the
// configuration file, `--help` and the reference page all come from it.

import type { CommandName } from './commands.ts';

interface OptionBase {
  /** One sentence. */
  readonly doc: string;
  /** Which commands take it. */
  readonly commands: readonly CommandName[];
  readonly example: string;
  /** When the flag is not the key in kebab-case. */
  readonly flag?: string;
  readonly short?: string;
  /** True: belongs to one call, so it is a flag only, never an environment variable or a key of the configuration file. */
  readonly flagOnly?: true;
  /** True: the flag may stand alone; its value is then ''. */
  readonly mayBeBare?: true;
  /** How the default is told when it is not the value itself. */
  readonly defaultText?: string;
}

/** A default may differ between commands. */
type Default<T> = T | Readonly<Partial<Record<CommandName, T>>>;

export type OptionEntry = OptionBase &
  (
    | { readonly type: 'integer'; readonly min: number; readonly max: number; readonly default?: Default<number> }
    | { readonly type: 'text'; readonly pattern?: RegExp; readonly patternDoc?: string; readonly default?: Default<string> }
    | { readonly type: 'choice'; readonly choices: readonly string[]; readonly default?: Default<string> }
    | { readonly type: 'switch'; readonly default?: Default<boolean> }
    /** A whole number, or the text `none`, which lifts the limit. */
    | { readonly type: 'limit'; readonly min: number; readonly max: number; readonly default?: Default<number | 'none'> }
    /** `--param a=1 --param b=2`; in the configuration file an object, in the environment `a=1,b=2`. */
    | { readonly type: 'pairs'; readonly separator?: ':' }
  );

const SERVERS = ['dev', 'start'] as const;
const RELEASES = ['deployments', 'rollback', 'canary'] as const;
/** They ask our own endpoints, never an AWS operation. */
const SOCKETS = ['ws', 'connections'] as const;
const CLIENTS = ['explain', 'invoke', 'requests', 'metrics', 'logs', 'env', ...RELEASES] as const;

export const options = {
  port: {
    type: 'integer',
    min: 0,
    max: 65535,
    default: 8080,
    commands: [...SERVERS, 'doctor'],
    doc: 'Port of the API traffic listener; 0 picks a free one.',
    example: '--port 3000',
  },
  host: {
    type: 'text',
    default: { dev: '127.0.0.1', start: '0.0.0.0' },
    commands: SERVERS,
    doc: 'Address of the API traffic listener.',
    example: '--host 0.0.0.0',
  },
  controlPort: {
    type: 'integer',
    min: 0,
    max: 65535,
    default: 4566,
    commands: [...SERVERS, 'doctor'],
    doc: 'Port of the control listener (AWS APIs, health); 0 picks a free one.',
    example: '--control-port 0',
  },
  controlHost: {
    type: 'text',
    default: '127.0.0.1',
    commands: SERVERS,
    doc: 'Address of the control listener.',
    example: '--control-host 127.0.0.1',
  },
  accountId: {
    type: 'text',
    pattern: /^\d{12}$/,
    patternDoc: 'twelve digits',
    default: '000000000000',
    commands: SERVERS,
    doc: 'The AWS account id that ARNs carry.',
    example: '--account-id 123456789012',
  },
  region: {
    type: 'text',
    pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
    patternDoc: 'an AWS region such as eu-central-1',
    defaultText: "dev: the service file's region; otherwise us-east-1",
    commands: [...SERVERS, ...CLIENTS],
    doc: 'The region of requests that do not name one; `opt:region` in a service file.',
    example: '--region eu-central-1',
  },
  auth: {
    type: 'choice',
    choices: ['open', 'required'],
    default: { dev: 'open', start: 'required' },
    commands: SERVERS,
    doc: '`open` takes any access key and serves this machine only; `required` takes signed requests only.',
    example: '--auth required',
  },
  data: {
    type: 'text',
    default: { start: './stagegate-data' },
    defaultText: 'dev: .stagegate in the service folder; start: ./stagegate-data',
    // `invoke --data` is the event; there STAGEGATE_DATA or the configuration file names the data folder.
    commands: [...SERVERS, 'explain', 'requests', 'logs', 'env', 'doctor', ...SOCKETS, ...RELEASES],
    doc: 'Folder that keeps the state; for the other commands, where the access key is read from.',
    example: '--data /var/lib/stagegate',
  },
  memory: {
    type: 'switch',
    default: false,
    commands: SERVERS,
    doc: 'Keeps nothing: state lives in memory and ends with the process.',
    example: '--memory',
  },
  lenient: {
    type: 'switch',
    default: false,
    commands: ['dev'],
    doc: 'Warns about parts of the service file that are not supported instead of stopping.',
    example: '--lenient',
  },
  stage: {
    type: 'text',
    pattern: /^[A-Za-z0-9_-]{1,128}$/,
    patternDoc: 'letters, digits, - and _',
    defaultText: "the service file's provider.stage, else dev",
    commands: ['dev'],
    doc: 'The stage to run: `sls:stage` and `opt:stage` in the service file.',
    example: '--stage prod',
    short: 's',
  },
  param: {
    type: 'pairs',
    commands: ['dev'],
    doc: 'A parameter, `param:NAME` in the service file; may be given several times. NAME can also be what is kept elsewhere: a variable (`ssm:/key`, `cf:stack.output`), a resource or its attribute (`Table`, `Table.Arn`), an import.',
    example: '--param domain=example.com',
  },
  watch: {
    type: 'switch',
    default: true,
    commands: ['dev'],
    doc: 'Reloads when a handler or the service file changes; on unless --no-watch is given.',
    example: '--no-watch',
  },
  envFile: {
    type: 'text',
    commands: ['dev'],
    doc: 'A file of NAME=VALUE lines that is read as if the names stood in the environment, where they are not set there; read before `.env` files, watched.',
    example: '--env-file .env.local',
  },
  inspect: {
    type: 'text',
    pattern: /^[A-Za-z0-9_-]*(?:=\d{1,5})?$/,
    patternDoc: 'the name of a function, =PORT after it, or nothing for all functions',
    commands: ['dev'],
    doc: 'Lets a debugger attach: to one function (`FUNCTION`, `FUNCTION=PORT`), or to all on ports from 9229 on; it runs in one environment at a time, and no timeout ends it.',
    example: '--inspect hello=9230',
    mayBeBare: true,
    flagOnly: true,
  },
  apiEndpoint: {
    type: 'choice',
    choices: ['aws', 'local'],
    default: 'aws',
    commands: SERVERS,
    doc: "What `apiEndpoint` in answers shows: AWS's form, or this gateway's own address, for clients that call what CreateApi returned.",
    example: '--api-endpoint local',
  },
  throttleRateLimit: {
    type: 'limit',
    min: 0,
    max: 1_000_000_000,
    default: 10_000,
    commands: SERVERS,
    doc: "Requests a second that all APIs of an account and region share, AWS's quota unless set; `none` lifts it.",
    example: '--throttle-rate-limit none',
  },
  throttleBurstLimit: {
    type: 'limit',
    min: 0,
    max: 1_000_000_000,
    default: 5_000,
    commands: SERVERS,
    doc: 'Requests that all APIs of an account and region may take at once beyond that rate; `none` lifts the limit.',
    example: '--throttle-burst-limit 20000',
  },
  awsEndpoint: {
    type: 'text',
    defaultText: "AWS's own end points",
    commands: SERVERS,
    doc: 'Base URL that AWS service integrations call instead of AWS, e.g. a local emulator.',
    example: '--aws-endpoint http://localhost:4577',
  },
  awsEndpointAppconfig: {
    type: 'text',
    defaultText: 'what --aws-endpoint says',
    commands: SERVERS,
    doc: 'The same for AppConfig alone.',
    example: '--aws-endpoint-appconfig http://localhost:2772',
  },
  awsEndpointEvents: {
    type: 'text',
    defaultText: 'what --aws-endpoint says',
    commands: SERVERS,
    doc: 'The same for EventBridge alone.',
    example: '--aws-endpoint-events http://localhost:4010',
  },
  awsEndpointKinesis: {
    type: 'text',
    defaultText: 'what --aws-endpoint says',
    commands: SERVERS,
    doc: 'The same for Kinesis alone.',
    example: '--aws-endpoint-kinesis http://localhost:4567',
  },
  awsEndpointSns: {
    type: 'text',
    defaultText: 'what --aws-endpoint says',
    commands: SERVERS,
    doc: 'The same for SNS alone: results of asynchronous invocations go there.',
    example: '--aws-endpoint-sns http://localhost:4100',
  },
  awsEndpointSqs: {
    type: 'text',
    defaultText: 'what --aws-endpoint says',
    commands: SERVERS,
    doc: 'The same for SQS alone.',
    example: '--aws-endpoint-sqs http://localhost:9324',
  },
  awsEndpointStates: {
    type: 'text',
    defaultText: 'what --aws-endpoint says',
    commands: SERVERS,
    doc: 'The same for Step Functions alone.',
    example: '--aws-endpoint-states http://localhost:8083',
  },
  cognitoIssuer: {
    type: 'text',
    defaultText: "AWS's",
    commands: SERVERS,
    doc: 'The issuer of user pools that REST APIs authorize with; `{region}` and `{poolId}` are filled in.',
    example: '--cognito-issuer http://localhost:9229/{poolId}',
  },
  vpcTarget: {
    type: 'pairs',
    commands: SERVERS,
    doc: "Where a private integration's load balancer listener or Cloud Map service is: its ARN and HOST:PORT; may be given several times.",
    example: '--vpc-target arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/a/1/2=127.0.0.1:3000',
  },
  vpcEndpoint: {
    type: 'pairs',
    commands: SERVERS,
    doc: 'Whose requests come through a VPC endpoint, for private REST APIs and private domain names: its id, its VPC if policies ask for it, and the networks of the clients; may be given several times. With `--auth open` clients on this machine come through every other endpoint they name.',
    example: '--vpc-endpoint vpce-0a1b2c3d=vpc-0e4f,10.0.0.0/16',
  },
  webSocketLimit: {
    type: 'pairs',
    flag: 'websocket-limit',
    commands: SERVERS,
    doc: "Changes a limit of WebSocket connections, which is AWS's otherwise: `frame-kb` (32), `message-kb` (128), `idle-seconds` (600), `life-seconds` (7200); the last two may be `none`.",
    example: '--websocket-limit idle-seconds=3600 --websocket-limit life-seconds=none',
  },
  webSocketOrigin: {
    type: 'text',
    flag: 'websocket-origin',
    commands: SERVERS,
    doc: 'Origins of the web pages that may open WebSockets, separated by commas; without it any may, as on AWS. Clients that send no Origin are not browsers and pass.',
    example: '--websocket-origin https://chat.example.com',
  },
  isolation: {
    type: 'choice',
    choices: ['auto', 'bwrap', 'namespace', 'process'],
    default: 'auto',
    commands: SERVERS,
    doc: "How functions are kept apart: a file system of their own (`bwrap`), a process table of their own (`namespace`) or just a process; `auto` takes the highest that works, and leaves a developer's folders in `namespace`.",
    example: '--isolation bwrap',
  },
  runtimes: {
    type: 'pairs',
    flag: 'runtime',
    commands: SERVERS,
    doc: 'A command that speaks the Lambda Runtime API, for a runtime that does not run here by itself: words, or a JSON array of them.',
    example: '--runtime java21=/srv/java21/bootstrap',
  },
  accessLog: {
    type: 'text',
    commands: SERVERS,
    doc: 'Writes a line for every request of every API to this file, or to `stdout`; a file that was moved away is opened anew.',
    example: '--access-log /var/log/stagegate/access.log',
  },
  accessLogFormat: {
    type: 'text',
    pattern: /^(json|clf|[^\r\n]*\$context\.[^\r\n]*)$/,
    patternDoc: 'json, clf, or a line with $context variables',
    default: 'json',
    commands: SERVERS,
    doc: 'What stands in a line of `--access-log`: `json`, `clf`, or a format as AWS takes it, with `$context` variables.',
    example: '--access-log-format clf',
  },
  logStorageMb: {
    type: 'integer',
    min: 16,
    max: 1_048_576,
    default: 1024,
    commands: SERVERS,
    doc: 'Megabytes that the events of CloudWatch Logs may take (function logs, access logs, PutLogEvents); then the oldest go. With --memory at most 64.',
    example: '--log-storage-mb 4096',
  },
  logFormat: {
    type: 'choice',
    choices: ['text', 'json'],
    default: 'text',
    commands: SERVERS,
    doc: 'How requests and function logs are printed: lines to read, or one JSON object a line.',
    example: '--log-format json',
  },
  verbose: {
    type: 'switch',
    default: false,
    commands: [...SERVERS, 'logs'],
    doc: 'Prints more. dev: why properties are ignored and every AWS operation; start: every request and all that functions write; all: START, END and REPORT of functions.',
    example: '--verbose',
    short: 'v',
  },
  controlUrl: {
    type: 'text',
    pattern: /^https?:\/\/[^\s]+$/,
    patternDoc: 'a URL such as http://127.0.0.1:4566',
    defaultText: 'the running Stagegate of this folder, else http://127.0.0.1:4566',
    commands: [...CLIENTS, ...SOCKETS],
    doc: 'The control listener of the running Stagegate.',
    example: '--control-url http://127.0.0.1:4566',
  },
  json: {
    type: 'switch',
    default: false,
    commands: ['explain', 'requests', 'metrics', 'logs', 'env', 'doctor', 'deployments', ...SOCKETS],
    doc: 'Prints JSON.',
    example: '--json',
    flagOnly: true,
  },
  follow: {
    type: 'switch',
    default: false,
    commands: ['requests', 'logs'],
    doc: 'Keeps printing what comes in.',
    example: '--follow',
    short: 'f',
    flagOnly: true,
  },
  limit: {
    type: 'integer',
    min: 1,
    max: 2000,
    default: 20,
    commands: ['requests', 'logs'],
    doc: 'How many to print.',
    example: '--limit 100',
    short: 'n',
    flagOnly: true,
  },
  api: {
    type: 'text',
    commands: ['explain', 'connections'],
    doc: 'The id or name of the API, when there are several.',
    example: '--api 1a2b3c4d5e',
    flagOnly: true,
  },
  protocol: {
    type: 'text',
    pattern: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:, ?[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/,
    patternDoc: 'a subprotocol, or several with commas',
    commands: ['ws'],
    doc: 'The subprotocol to offer; several with commas.',
    example: '--protocol chat',
    flagOnly: true,
  },
  header: {
    type: 'pairs',
    separator: ':',
    commands: ['ws'],
    doc: 'A header of the handshake; may be given several times.',
    example: '--header Auth:secret',
    short: 'H',
    flagOnly: true,
  },
  message: {
    type: 'text',
    commands: ['ws'],
    doc: 'Sends this, prints the first message that comes, and ends: 0 when one came within `--wait`, else 1.',
    example: `--message '{"action":"echo"}'`,
    short: 'm',
    flagOnly: true,
  },
  wait: {
    type: 'integer',
    min: 0,
    max: 3600,
    default: 5,
    commands: ['ws'],
    doc: 'Seconds to wait for an answer to `--message` or, when lines are piped in, until nothing comes any more; 0 does not wait.',
    example: '--wait 30',
    flagOnly: true,
  },
  percent: {
    type: 'text',
    pattern: /^\d{1,3}(?:\.\d{1,4})?$/,
    patternDoc: 'a number from 0 to 100',
    commands: ['canary'],
    doc: 'How many of a hundred requests the canary gets; without a canary, one is made of the definition as it is now.',
    example: '--percent 10',
    flagOnly: true,
  },
  deployment: {
    type: 'text',
    commands: ['canary'],
    doc: 'The deployment that the canary is; `stagegate deployments` lists them.',
    example: '--deployment a1b2c3',
    flagOnly: true,
  },
  eventData: {
    type: 'text',
    flag: 'data',
    short: 'd',
    commands: ['invoke'],
    doc: 'The event as JSON text.',
    example: `--data '{"a":1}'`,
    flagOnly: true,
  },
  path: {
    type: 'text',
    short: 'p',
    commands: ['invoke'],
    doc: 'A file that holds the event.',
    example: '--path event.json',
    flagOnly: true,
  },
  templateEvent: {
    type: 'text',
    flag: 'event',
    commands: ['vtl'],
    doc: 'A JSON file with the request that the template maps: `body`, `headers`, `pathParameters`, `queryStringParameters`, `context`, `stageVariables`.',
    example: '--event event.json',
    flagOnly: true,
  },
  trace: {
    type: 'switch',
    default: false,
    commands: ['vtl'],
    doc: 'Prints each line of the template with what it set and printed, and how often it ran, on stderr.',
    example: '--trace',
    flagOnly: true,
  },
  event: {
    type: 'text',
    commands: ['invoke'],
    doc: 'A file that holds the event; `-` (or `stdin`) reads it from standard input.',
    example: '--event event.json',
    flagOnly: true,
  },
  sample: {
    type: 'text',
    commands: ['invoke'],
    doc: 'A generated event: http-api-v2, http-api-v1, authorizer-v2, authorizer-v1, sqs, sns, s3 or schedule; after a colon the request it is of. `--data` is then its body or message.',
    example: '--sample http-api-v2',
    flagOnly: true,
  },
  since: {
    type: 'text',
    pattern: /^\d{1,7}(?:ms|s|m|h|d)?$/,
    patternDoc: 'a time span such as 30s, 5m or 2h',
    commands: ['logs', 'metrics'],
    doc: 'Tells what was written, or was counted, within this time; metrics of the last hour when it is left out.',
    example: '--since 5m',
    flagOnly: true,
  },
  filter: {
    type: 'text',
    commands: ['logs'],
    doc: 'Prints lines that hold this text, in any case.',
    example: '--filter error',
    flagOnly: true,
  },
  log: {
    type: 'switch',
    default: false,
    short: 'l',
    commands: ['invoke'],
    doc: "Prints the function's log lines too, on stderr.",
    example: '--log',
    flagOnly: true,
  },
  shell: {
    type: 'choice',
    choices: ['bash', 'fish', 'powershell'],
    default: 'bash',
    commands: ['env'],
    doc: 'The shell to write for.',
    example: '--shell fish',
    flagOnly: true,
  },
} as const satisfies Record<string, OptionEntry>;

export type OptionKey = keyof typeof options;

export const optionKeys = Object.keys(options) as readonly OptionKey[];

type ValueOf<E> = E extends { type: 'integer' }
  ? number
  : E extends { type: 'limit' }
    ? number | 'none'
    : E extends { type: 'switch' }
      ? boolean
      : E extends { type: 'pairs' }
        ? ReadonlyMap<string, string>
        : E extends { type: 'choice'; choices: readonly (infer C)[] }
          ? C
          : string;

/** True when no command that reads the option can find it without a value. */
type HasDefault<E> = E extends { default: infer D }
  ? D extends string | number | boolean | { readonly dev: unknown; readonly start: unknown }
    ? true
    : false
  : false;

/** The options of a run. An option without a value and without a default is undefined; pairs are an empty map. */
export type OptionValues = {
  readonly [K in OptionKey]: (typeof options)[K] extends { type: 'pairs' }
    ? ReadonlyMap<string, string>
    : HasDefault<(typeof options)[K]> extends true
      ? ValueOf<(typeof options)[K]>
      : ValueOf<(typeof options)[K]> | undefined;
};

/** `controlPort` is `--control-port`. */
export function flagOf(key: OptionKey): string {
  const entry: OptionEntry = options[key];
  return entry.flag ?? kebab(key);
}

/** `controlPort` is `STAGEGATE_CONTROL_PORT`; undefined for options that are flags only. */
export function environmentNameOf(key: OptionKey): string | undefined {
  const entry: OptionEntry = options[key];
  return entry.flagOnly ? undefined : `STAGEGATE_${kebab(key).replaceAll('-', '_').toUpperCase()}`;
}

/** The options a command takes as flags, in the order of the table. */
export function optionsOf(command: CommandName): readonly OptionKey[] {
  return optionKeys.filter((key) => (options[key].commands as readonly CommandName[]).includes(command));
}

/** The default of an option for one command, or undefined. */
export function defaultOf(key: OptionKey, command: CommandName): string | number | boolean | undefined {
  const entry: OptionEntry = options[key];
  if (entry.type === 'pairs') return undefined;
  const given = entry.default;
  return typeof given === 'object' ? given[command] : given;
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
