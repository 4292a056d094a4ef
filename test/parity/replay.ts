// Makes the calls of a recorded test against our server, with the AWS SDK, and collects what differs from what AWS answered.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as lambdaModule from '@aws-sdk/client-lambda';
import type { AwsClients } from '../wire/aws-clients.ts';
import { account, activeFunction, role } from '../wire/deployed-api.ts';
import { rawRequest } from '../wire/raw-http.ts';
import { zipFile } from '../wire/zip-file.ts';
import { type Bindings, compare, type Difference } from './compare.ts';
import type { RecordedCall, RecordedTest } from './recordings.ts';

/** What a recorded test does not say itself. */
export interface Hint {
  /** The function's code (a Node module), by the order of creation; the last is used for all that follow. Default: an echo. */
  readonly code?: readonly string[];
  /** The same in Python, for tests that were recorded with Python functions. */
  readonly python?: readonly string[];
  /** The functions' names, by the order of creation, when the calls do not tell. `${uid}` is filled in. */
  readonly functions?: readonly string[];
  /** Creates the function before the first call (the recording left that call out) and keeps the answer under this record. */
  readonly createAs?: string;
  /** Creates the function before the first call; its answer was not recorded. */
  readonly create?: boolean;
  /** Values of expressions (`${…}`), by expression. Functions see what was answered so far. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The calls, when the recording has none or has only a loop. */
  readonly calls?: readonly RecordedCall[];
  /** Records whose call the recorded test repeated until the answer had this `Status`. */
  readonly until?: Readonly<Record<string, string>>;
  /** Calls (by their place) that only clean up after the recorded test. */
  readonly withoutCalls?: readonly number[];
  /** Calls that the recording left out (a paginator's), by the record they follow. */
  readonly callsAfter?: Readonly<Record<string, readonly RecordedCall[]>>;
  /** The region it runs in; the server's default when absent. */
  readonly region?: string;
  /** Records that are made from more than one answer; they are not compared, and why. */
  readonly leaveOut?: Readonly<Record<string, string>>;
}

export type Answers = ReadonlyMap<string, Record<string, unknown>>;

/** Members that AWS's answers have gained over the years; older recordings lack them. */
const later: readonly { readonly since: number; readonly members: readonly string[] }[] = [
  { since: 2025, members: ['LoggingConfig', 'RuntimeVersionConfig', 'SnapStart', 'EphemeralStorage', 'ConfigSha256'] },
];

export type Language = 'nodejs' | 'python';

const echo = 'exports.handler = async (event) => event;';
const pythonEcho = 'def handler(event, context):\n    return event\n';
const runtimes = { nodejs: 'nodejs22.x', python: 'python3.12' } as const;

/** What the functions of a recorded test were written in. */
export function languageOf({ records }: RecordedTest, calls: readonly RecordedCall[]): Language {
  const text = JSON.stringify([calls, records]);
  return /Runtime\.python|"Runtime":\s*"python/.test(text) && !/Runtime\.nodejs/.test(text) ? 'python' : 'nodejs';
}

/** Replays one test; every difference, with its path beginning with the record's name. */
export async function replay(
  clients: AwsClients,
  test: RecordedTest,
  calls: readonly RecordedCall[],
  hint: Hint,
  port: number,
  language: Language,
): Promise<Difference[]> {
  const run = new Replay(clients, test, calls, hint, port, language);
  return await run.run();
}

class Replay {
  readonly #clients: AwsClients;
  readonly #test: RecordedTest;
  readonly #calls: readonly RecordedCall[];
  readonly #hint: Hint;
  /** What functions are made in. */
  readonly #language: Language;
  /** Where function URLs are served. */
  readonly #port: number;
  readonly #uid = randomBytes(4).toString('hex');
  readonly #answers = new Map<string, Record<string, unknown>>();
  readonly #bindings: Bindings = new Map();
  readonly #differences: Difference[] = [];
  readonly #laterMembers: ReadonlySet<string>;
  #created = 0;

  constructor(
    clients: AwsClients,
    test: RecordedTest,
    calls: readonly RecordedCall[],
    hint: Hint,
    port: number,
    language: Language,
  ) {
    this.#clients = clients;
    this.#language = language;
    this.#port = port;
    this.#test = test;
    this.#calls = (hint.calls ?? calls.filter((_, index) => hint.withoutCalls?.includes(index) !== true)).flatMap((call) => [
      call,
      ...(hint.callsAfter?.[call.record ?? ''] ?? []),
    ]);
    this.#hint = hint;
    this.#laterMembers = new Set(later.filter((entry) => test.year < entry.since).flatMap((entry) => entry.members));
  }

  async run(): Promise<Difference[]> {
    if (this.#hint.createAs !== undefined || this.#hint.create === true) await this.#createBefore();
    for (const [index, call] of this.#calls.entries()) {
      // Waiting for lines of a log is the recorded test's own affair.
      if (call.op?.startsWith('logs.') === true && call.record === undefined) continue;
      if (call.op === undefined) await this.#fetch(call, index);
      else await this.#make(call, index);
    }
    for (const name of Object.keys(this.#test.records)) {
      if (!this.#answers.has(name) && this.#hint.leaveOut?.[name] === undefined) {
        this.#differences.push({ path: name, expected: 'replayed', actual: 'no call makes this record' });
      }
    }
    return this.#differences;
  }

  async #make(call: RecordedCall, index: number): Promise<void> {
    const [service, operation = ''] = (call.op ?? '').split('.');
    const place = call.record ?? `calls.${index}.${operation}`;
    if (service !== 'lambda') {
      this.#differences.push({ path: `calls.${index}.${call.op}`, expected: 'made', actual: 'another service' });
      return;
    }
    const isHelper = operation === 'create_function' && call.args !== undefined && !('FunctionName' in call.args);
    const input = isHelper ? this.#helperInput(call) : this.#value(call.args ?? {});
    let answer = await send(this.#clients, operation, input as Record<string, unknown>);
    const status = this.#hint.until?.[call.record ?? ''];
    for (let attempt = 0; status !== undefined && answer['Status'] !== status && attempt < 200; attempt++) {
      await sleep(50);
      answer = await send(this.#clients, operation, input as Record<string, unknown>);
    }
    const failed = 'Error' in answer;
    if (!failed && /^(create|update)_function(_code|_configuration)?$/.test(operation)) {
      const name = (input as { FunctionName?: string }).FunctionName ?? '';
      await activeFunction(this.#clients, name).catch(() => undefined);
    }
    // The recorded test's own helper answers for two services at once.
    if (isHelper && !failed) answer = { CreateEventSourceMappingResponse: null, CreateFunctionResponse: answer };
    if (call.record === undefined) {
      if (failed !== (call.expect === 'error')) {
        this.#differences.push({ path: place, expected: call.expect ?? 'success', actual: answer['Error'] ?? 'success' });
      }
      this.#answers.set(place, answer);
      return;
    }
    this.#keep(call.record, answer);
  }

  /** A plain GET whose answer was not recorded must work; other requests are not replayed. */
  async #fetch(call: RecordedCall, index: number): Promise<void> {
    const place = `calls.${index}.${call.http ?? call.helper ?? 'step'}`;
    const [url] = this.#value((call.args?.['$args'] as unknown[]) ?? []) as unknown[];
    if (typeof url === 'string' && url.includes('.lambda-url.')) return this.#fetchFunctionUrl(call, url, place);
    if (call.http !== 'GET' || call.record !== undefined || typeof url !== 'string') {
      this.#differences.push({ path: place, expected: 'made', actual: 'left out' });
      return;
    }
    const response = await fetch(url);
    await response.arrayBuffer();
    if (response.status !== 200) this.#differences.push({ path: place, expected: 200, actual: response.status });
  }

  /** A request to a function URL: what was recorded of its answer is the status, and the body under a name of its own. */
  async #fetchFunctionUrl(call: RecordedCall, url: string, place: string): Promise<void> {
    const { host, pathname, search } = new URL(url);
    const data = this.#value(call.args?.['data']) as string | Buffer | undefined;
    const answer = await rawRequest(this.#port, {
      method: call.http ?? 'GET',
      target: `${pathname}${search}`,
      host,
      ...(data !== undefined && { body: data }),
    });
    const actual = { [call.record ?? place]: answer.status, response_data: answer.text() };
    for (const [record, value] of Object.entries(actual)) {
      const expected = this.#test.records[record] ?? (record === place ? 200 : value);
      this.#answers.set(record, { value });
      if (value !== expected) this.#differences.push({ path: record, expected, actual: value });
    }
  }

  #keep(record: string, answer: Record<string, unknown>): void {
    this.#answers.set(record, answer);
    if (!(record in this.#test.records) || this.#hint.leaveOut?.[record] !== undefined) return;
    const expected = withoutTransport(this.#test.records[record]);
    const options = { account, laterMembers: this.#laterMembers, anyRuntime: this.#language === 'nodejs' };
    // A paginator's answer has no status of its own.
    const { ResponseMetadata: _, ...members } = answer;
    const isPaginated = typeof expected === 'object' && expected !== null && !('ResponseMetadata' in expected);
    const actual = isPaginated ? members : answer;
    this.#differences.push(...compare(expected, actual, record, this.#bindings, options));
  }

  async #createBefore(): Promise<void> {
    const record = this.#hint.createAs;
    const input = this.#functionInput(record === undefined ? {} : this.#recordedFunction(record));
    const answer = await send(this.#clients, 'create_function', input);
    if ('Error' in answer) throw new Error(`the function of ${this.#test.name} cannot be made: ${JSON.stringify(answer)}`);
    await activeFunction(this.#clients, input['FunctionName'] as string);
    if (record === undefined) return;
    this.#keep(record, answer);
  }

  /** The input of the test library's create_function helper: its own argument names, and defaults that only its answer shows. */
  #helperInput(call: RecordedCall): Record<string, unknown> {
    const { handler, timeout, envvars, runtime } = call.args ?? {};
    const args = this.#value({ handler, timeout, envvars, runtime }) as Record<string, unknown>;
    const recorded = call.record === undefined ? {} : this.#recordedFunction(call.record);
    return this.#functionInput({
      Environment: { Variables: {} },
      ...(this.#language === 'python' && args['runtime'] !== undefined ? { Runtime: args['runtime'] } : {}),
      // The test may be newer than its recording.
      ...recorded,
      ...(args['handler'] === undefined ? {} : { Handler: args['handler'] }),
      ...(args['timeout'] === undefined ? {} : { Timeout: args['timeout'] }),
      ...(args['envvars'] === undefined ? {} : { Environment: { Variables: args['envvars'] } }),
    });
  }

  /** What a recorded answer of CreateFunction says about its request. */
  #recordedFunction(record: string): Record<string, unknown> {
    const answer = this.#test.records[record] as Record<string, unknown>;
    const shown = (answer['CreateFunctionResponse'] ?? answer) as Record<string, unknown>;
    const input: Record<string, unknown> = {};
    for (const member of ['Handler', 'Description', 'Timeout', 'MemorySize', 'Environment', 'TracingConfig']) {
      if (shown[member] !== undefined) input[member] = shown[member];
    }
    if (this.#language === 'python' && shown['Runtime'] !== undefined) input['Runtime'] = shown['Runtime'];
    const logging = shown['LoggingConfig'] as Record<string, unknown> | undefined;
    if (logging?.['LogFormat'] === 'JSON') {
      const { LogGroup: _, ...levels } = logging;
      input['LoggingConfig'] = levels;
    }
    if (shown['Version'] === '1') input['Publish'] = true;
    return input;
  }

  #functionInput(known: Record<string, unknown>): Record<string, unknown> {
    const order = this.#created++;
    const isPython = this.#language === 'python';
    const code = isPython ? (this.#hint.python ?? [pythonEcho]) : (this.#hint.code ?? [echo]);
    const handler = String(known['Handler'] ?? 'handler.handler');
    const file = handler.slice(0, handler.lastIndexOf('.'));
    const name = this.#hint.functions?.[order] ?? this.#hint.functions?.at(-1) ?? this.#functionNameInCalls();
    return {
      Timeout: 30,
      Runtime: runtimes[this.#language],
      ...known,
      FunctionName: this.#value(name),
      Handler: handler,
      Role: role,
      Code: { ZipFile: zipFile({ [`${file}.${isPython ? 'py' : 'js'}`]: code[Math.min(order, code.length - 1)] ?? '' }) },
    };
  }

  #functionNameInCalls(): string {
    for (const call of this.#calls) {
      const name = call.args?.['FunctionName'];
      if (typeof name === 'string' && /^[\w-]+\$\{uid\}[\w-]*$/.test(name)) return name;
    }
    return `fn-${'$'}{uid}`;
  }

  /** Fills in the expressions of a recorded argument. */
  #value(argument: unknown): unknown {
    if (typeof argument === 'string') {
      const whole = /^\$\{([^}]*)\}$/.exec(argument);
      if (whole !== null) return this.#expression(whole[1] ?? '');
      return argument.replaceAll(/\$\{([^}]*)\}/g, (_, expression: string) => String(this.#expression(expression)));
    }
    if (Array.isArray(argument)) return argument.map((item) => this.#value(item));
    if (typeof argument !== 'object' || argument === null || Buffer.isBuffer(argument)) return argument;
    const members = argument as Record<string, unknown>;
    if (typeof members['$bytes'] === 'string') return Buffer.from(members['$bytes']);
    // The recorded tests' own echo, which is also what their functions are made with.
    if (members['$file'] !== undefined)
      return zipFile(this.#language === 'python' ? { 'index.py': pythonEcho } : { 'index.js': echo });
    return Object.fromEntries(
      Object.entries(members).map(([name, value]) => [
        String(this.#value(name)),
        this.#language === 'nodejs' && name === 'Runtime' && /^python3\.(8|9|1\d)$/.test(String(value))
          ? runtimes.nodejs
          : this.#value(value),
      ]),
    );
  }

  #expression(expression: string): unknown {
    const known = this.#hint.values?.[expression];
    if (typeof known === 'function') return (known as (answers: Answers, uid: string) => unknown)(this.#answers, this.#uid);
    if (known !== undefined) return this.#value(known);
    if (expression === 'uid') return this.#uid;
    if (expression === 'region_name') return 'us-east-1';
    if (expression === 'account_id') return account;
    if (expression.startsWith('get_partition(')) return 'aws';
    if (expression === 'lambda_su_role') return role;
    if (/^zip_f(ile)?(_bytes)?$/.test(expression)) return this.#echoZip();
    const constant = /^(Runtime|Architecture|InvokeMode|LogFormat)\.(\w+)$/.exec(expression);
    if (constant?.[1] === 'Runtime') return this.#runtime(constant[2] ?? '');
    if (constant !== null) return constant[2];
    return this.#fromAnswer(expression);
  }

  /** `python3_12`, `nodejs18_x`; given-up ones are made with one that is not. */
  #runtime(constant: string): string {
    if (this.#language === 'python' && constant.startsWith('python')) return constant.replace('_', '.');
    return constant.startsWith('nodejs18') ? 'nodejs20.x' : runtimes.nodejs;
  }

  #echoZip(): Buffer {
    return zipFile({ 'index.js': echo, 'handler.js': echo, 'index.py': pythonEcho, 'handler.py': pythonEcho });
  }

  /** `name['A']['B']`, with an optional `.replace('x', 'y')`: a member of an earlier answer. */
  #fromAnswer(expression: string): unknown {
    const parts = /^(\w+)((?:\['\w+'\])+)(?:\.replace\('([^']*)', '([^']*)'\))?$/.exec(expression);
    const answer = parts === null ? undefined : this.#answers.get(parts[1] ?? '');
    if (parts === null || answer === undefined) {
      throw new Error(`${this.#test.name}: nothing says what \${${expression}} is; add it to the test's hint`);
    }
    let value: unknown = answer;
    for (const [, member = ''] of (parts[2] ?? '').matchAll(/\['(\w+)'\]/g)) value = (value as Record<string, unknown>)?.[member];
    return parts[3] === undefined ? value : String(value).replace(parts[3], parts[4] ?? '');
  }
}

/**
 * Sends a Lambda call (`get_function` or `GetFunction`); the answer in the recordings' form: the members, or `Error`, and the status.
 */
export async function send(
  clients: AwsClients,
  operation: string,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const name = `${operation.split('_').map(capital).join('')}Command`;
  const command = (lambdaModule as unknown as Record<string, (new (input: unknown) => never) | undefined>)[name];
  if (command === undefined) throw new Error(`the SDK has no ${name}`);
  try {
    const { $metadata: metadata, ...members } = (await clients.lambda.send(new command(input))) as {
      $metadata: { httpStatusCode?: number };
    } & Record<string, unknown>;
    return { ...plainMembers(members, operation), ResponseMetadata: { HTTPStatusCode: metadata.httpStatusCode } };
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    const failure = error as Error & { $metadata: { httpStatusCode?: number }; Type?: string; Reason?: string };
    return {
      Error: { Code: failure.name, Message: failure.message },
      ...(failure.Type === undefined ? {} : { Type: failure.Type }),
      ...(failure.Reason === undefined ? {} : { Reason: failure.Reason }),
      ResponseMetadata: { HTTPStatusCode: failure.$metadata.httpStatusCode },
    };
  }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The recorded answer without what depends on the connection, and with an error's message once. */
function withoutTransport(record: unknown): unknown {
  if (typeof record !== 'object' || record === null) return record;
  const { ResponseMetadata: metadata, message: _, Message: __, ...members } = record as Record<string, unknown>;
  const status = (metadata as { HTTPStatusCode?: number } | undefined)?.HTTPStatusCode;
  const shown = 'CreateFunctionResponse' in members ? helperRecord(members) : members;
  return status === undefined ? shown : { ...shown, ResponseMetadata: { HTTPStatusCode: status } };
}

function helperRecord(members: Record<string, unknown>): Record<string, unknown> {
  return { ...members, CreateFunctionResponse: withoutTransport(members['CreateFunctionResponse']) };
}

/** The SDK's answer as the recordings show one: bytes as text (or the JSON in it), times as text, nothing undefined. */
function plainMembers(members: Record<string, unknown>, operation: string): Record<string, unknown> {
  const plain = JSON.parse(
    JSON.stringify(members, (_, value) => (isBytes(value) ? Buffer.from(Object.values(value) as number[]).toString() : value)),
  ) as Record<string, unknown>;
  if (operation === 'invoke') plain['Payload'] ??= '';
  return plain;
}

function isBytes(value: unknown): value is object {
  return value instanceof Uint8Array;
}
