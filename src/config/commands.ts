// The commands in words: what each is for, what it takes, examples. Help and the reference page are made from this table.

export interface CommandEntry {
  /** One sentence. */
  readonly summary: string;
  /** The arguments as the usage line shows them. */
  readonly usage: string;
  /** The least and most positional arguments. */
  readonly positionals: readonly [number, number];
  readonly examples: readonly string[];
}

export const commands = {
  dev: {
    summary: 'Runs the service of a serverless.yml on this machine and reloads it when a file changes.',
    usage: '[FILE or FOLDER]',
    positionals: [0, 1],
    examples: ['stagegate dev', 'stagegate dev examples/orders', 'stagegate dev --stage prod --param domain=example.com'],
  },
  start: {
    summary: 'Runs the gateway with a data folder and signed requests only; the AWS CLI, SDKs and Terraform deploy to it.',
    usage: '',
    positionals: [0, 0],
    examples: ['stagegate start', 'stagegate start --data /var/lib/stagegate --host 0.0.0.0'],
  },
  explain: {
    summary: 'Says which route answers a request or, of a WebSocket API, an event, and why.',
    usage: 'METHOD PATH | CONNECT | MESSAGE TEXT | DISCONNECT',
    positionals: [1, 2],
    examples: [
      'stagegate explain GET /orders/17',
      'stagegate explain /orders/17 --api 1a2b3c4d5e',
      `stagegate explain MESSAGE '{"action":"send"}'`,
    ],
  },
  invoke: {
    summary: 'Invokes a function with an event and prints what it returned.',
    usage: 'FUNCTION',
    positionals: [1, 1],
    examples: [
      `stagegate invoke hello --data '{"a":1}'`,
      'stagegate invoke hello --path event.json --log',
      'cat event.json | stagegate invoke hello --event -',
      `stagegate invoke hello --sample 'http-api-v2:POST /orders' --data '{"a":1}'`,
    ],
  },
  deployments: {
    summary: 'Lists the deployments of a REST API and where each is live.',
    usage: 'API [STAGE]',
    positionals: [1, 2],
    examples: ['stagegate deployments pets', 'stagegate deployments 1a2b3c4d5e prod --json'],
  },
  rollback: {
    summary: 'Points a stage of a REST API at the deployment before, or at one that is named.',
    usage: 'API STAGE [DEPLOYMENT]',
    positionals: [2, 3],
    examples: ['stagegate rollback pets prod', 'stagegate rollback pets prod a1b2c3'],
  },
  canary: {
    summary: 'Sends part of the requests of a REST API to another deployment, makes that the only one, or ends it.',
    usage: 'API STAGE [promote | remove]',
    positionals: [2, 3],
    examples: [
      'stagegate canary pets prod --percent 10',
      'stagegate canary pets prod --percent 5 --deployment a1b2c3',
      'stagegate canary pets prod promote',
      'stagegate canary pets prod remove',
    ],
  },
  requests: {
    summary: 'Lists the last requests, or shows one of them stage by stage.',
    usage: '[ID]',
    positionals: [0, 1],
    examples: ['stagegate requests', 'stagegate requests -f', 'stagegate requests JKJaXmPLvHcESHA='],
  },
  metrics: {
    summary: 'Shows what APIs and functions did: requests, errors and times, and how they went up and down.',
    usage: '[API or FUNCTION]',
    positionals: [0, 1],
    examples: ['stagegate metrics', 'stagegate metrics pets --since 6h', 'stagegate metrics --json'],
  },
  logs: {
    summary: 'Prints what functions wrote.',
    usage: '[FUNCTION]',
    positionals: [0, 1],
    examples: ['stagegate logs', 'stagegate logs orders-dev-list -f', 'stagegate logs list -f --since 5m --filter error'],
  },
  ws: {
    summary: 'Talks to a WebSocket API: prints the messages that come, sends the lines that are typed or piped in.',
    usage: '[URL | API | STAGE | API/STAGE]',
    positionals: [0, 1],
    examples: [
      'stagegate ws',
      'stagegate ws dev',
      'stagegate ws ws://127.0.0.1:8080/_aws/execute-api/1a2b3c4d5e/dev --header Auth:secret --protocol chat',
      `stagegate ws chat --message '{"action":"echo"}'`,
      `echo '{"action":"echo"}' | stagegate ws chat --wait 5`,
    ],
  },
  connections: {
    summary: 'Lists the connections of WebSocket APIs, sends to one, or closes it.',
    usage: '[send ID TEXT | close ID]',
    positionals: [0, 3],
    examples: [
      'stagegate connections',
      'stagegate connections --api chat --json',
      `stagegate connections send Sx8pJ3Zk0h2mQ1y7Vb4NcXw= '{"hello":"you"}'`,
      'stagegate connections close Sx8pJ3Zk0h2mQ1y7Vb4NcXw=',
    ],
  },
  env: {
    summary: 'Prints the environment variables that point AWS tools here.',
    usage: '',
    positionals: [0, 0],
    examples: ['eval "$(stagegate env)"', 'stagegate env --shell fish | source', 'stagegate env --json'],
  },
  doctor: {
    summary: 'Checks this machine and the state of the project, and says what to do.',
    usage: '[FOLDER]',
    positionals: [0, 1],
    examples: ['stagegate doctor'],
  },
  vtl: {
    summary: 'Renders a mapping template with an event, as API Gateway would.',
    usage: 'render TEMPLATE',
    positionals: [2, 2],
    examples: [
      'stagegate vtl render request.vtl --event event.json',
      'stagegate vtl render request.vtl --event event.json --trace',
    ],
  },
} as const satisfies Record<string, CommandEntry>;

export type CommandName = keyof typeof commands;

export const commandNames = Object.keys(commands) as readonly CommandName[];
