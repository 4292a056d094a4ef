// `stagegate ws`: a WebSocket in the terminal. Prints what comes, sends what is typed or piped in; with --message it asks once.
// What scripts read goes to stdout and is nothing but messages, when stdout is no terminal; what is told goes to stderr.

import readline from 'node:readline';
import { UserError } from '../config/user-error.ts';
import { connectWebSocket, HandshakeRefused, isUntrusted, type WebSocketClient } from '../websocket/client.ts';
import type { Command, CommandContext } from './command.ts';
import { findControl } from './control-client.ts';
import { formatClock } from './duration.ts';
import { plainText } from './terminal.ts';
import { stageNamed, urlOf, webSocketStages } from './websocket-stages.ts';

/** The connection ended, and not as one ends that is over. */
const EXIT_CLOSED = 4;
/** Nothing came within --wait. */
const EXIT_NO_ANSWER = 1;
/** RFC 6455 section 7.4: normal, going away, and no code at all. */
const ORDERLY: readonly number[] = [1000, 1001, 1005];

export const ws: Command = async (context) => {
  const url = await urlFor(context);
  const session = new Session(context);
  const client = await open(context, url, session);
  context.err.line(
    context.err.paint(
      'dim',
      `connected to ${url.href}${client.protocol === '' ? '' : `, subprotocol ${plainText(client.protocol)}`}`,
    ),
  );
  context.err.flush();
  return session.run(client);
};

async function urlFor(context: CommandContext): Promise<URL> {
  const [named] = context.positionals;
  if (named?.includes('://')) {
    const url = URL.parse(named.replace(/^http(s?):/, 'ws$1:'));
    if (url !== null && (url.protocol === 'ws:' || url.protocol === 'wss:')) return url;
    throw new UserError('SG_BAD_ARGUMENT', `${named} is no WebSocket URL.`, { fix: 'It begins with ws:// or wss://.' });
  }
  const target = findControl(context);
  return new URL(urlOf(stageNamed(named, await webSocketStages(target)), target));
}

async function open({ values }: CommandContext, url: URL, session: Session): Promise<WebSocketClient> {
  const protocols = values.protocol === undefined ? [] : values.protocol.split(',').map((text) => text.trim());
  try {
    return await connectWebSocket(
      { url, protocols, headers: { 'User-Agent': 'stagegate ws', ...Object.fromEntries(values.header) } },
      session,
    );
  } catch (error) {
    throw notOpened(url, error as Error);
  }
}

function notOpened(url: URL, error: Error): UserError {
  if (error instanceof HandshakeRefused) {
    return new UserError('SG_WEBSOCKET', `${url.href} answered ${error.status}: ${plainText(error.body) || 'nothing more'}`, {
      fix: 'stagegate requests says why; headers and subprotocols are given with --header and --protocol.',
      cause: error,
    });
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN') {
    return new UserError('SG_BAD_OPTION', `--header: ${error.message}`, {
      fix: 'For example: --header Auth:secret',
      cause: error,
    });
  }
  return new UserError('SG_WEBSOCKET', `${url.href} could not be opened (${code ?? error.message}).`, {
    fix: isUntrusted(error)
      ? "The server's certificate is signed by nobody whom this machine trusts. NODE_EXTRA_CA_CERTS=FILE adds whom you trust."
      : 'Check the URL; stagegate dev prints it.',
    cause: error,
  });
}

/** One connection: what it prints and when it is over. */
class Session {
  readonly #context: CommandContext;
  /** Is at a terminal: lines are typed. */
  readonly #isTyped: boolean;
  readonly #done: Promise<number>;
  #finish: (code: number) => void = () => {};
  #client: WebSocketClient | undefined;
  #lines: readline.Interface | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What is returned when the connection is closed. */
  #exitCode: number | undefined;
  #heard = 0;
  #inputEnded = false;

  constructor(context: CommandContext) {
    this.#context = context;
    this.#isTyped = (context.stdin as { isTTY?: boolean }).isTTY === true;
    this.#done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  async run(client: WebSocketClient): Promise<number> {
    const { values, stop, err } = this.#context;
    this.#client = client;
    const onStop = () => this.#end(0);
    stop.addEventListener('abort', onStop, { once: true });
    if (values.message === undefined) this.#readLines(client);
    else {
      client.sendText(values.message);
      if (values.wait === 0) this.#end(0);
      else this.#timer = setTimeout(() => this.#endUnanswered(), values.wait * 1000);
    }
    const code = await this.#done;
    stop.removeEventListener('abort', onStop);
    clearTimeout(this.#timer);
    this.#lines?.close();
    err.flush();
    return code;
  }

  onMessage(payload: Buffer, isText: boolean): void {
    const { values } = this.#context;
    this.#heard += 1;
    this.#print(payload, isText);
    if (values.message !== undefined) this.#end(0);
    else if (this.#inputEnded) this.#waitForQuiet();
  }

  onClose(code: number, reason: string): void {
    const { err, out, values } = this.#context;
    const words = `closed with ${code}${reason === '' ? '' : ` ${plainText(reason)}`}`;
    if (values.json) out.line(JSON.stringify({ at: Date.now(), type: 'close', code, reason }));
    this.#clearPrompt();
    err.line(err.paint(ORDERLY.includes(code) ? 'dim' : 'yellow', words));
    const unanswered = values.message !== undefined && this.#heard === 0 && this.#exitCode === undefined;
    this.#finish(this.#exitCode ?? (!ORDERLY.includes(code) ? EXIT_CLOSED : unanswered ? EXIT_NO_ANSWER : 0));
  }

  #readLines(client: WebSocketClient): void {
    const { stdin, stdout, values } = this.#context;
    const lines = readline.createInterface({
      input: stdin,
      ...(this.#isTyped ? { output: stdout, prompt: '> ' } : { crlfDelay: Number.POSITIVE_INFINITY }),
    });
    this.#lines = lines;
    lines.on('line', (line) => {
      // Enter alone sends nothing; a pipe says what it means.
      if (line !== '' || !this.#isTyped) client.sendText(line);
      if (this.#isTyped) lines.prompt();
    });
    lines.on('SIGINT', () => this.#end(0));
    lines.on('close', () => {
      this.#inputEnded = true;
      if (this.#isTyped || values.wait === 0) this.#end(0);
      else this.#waitForQuiet();
    });
    if (this.#isTyped) lines.prompt();
  }

  /** After the last line of a pipe: until nothing comes any more. */
  #waitForQuiet(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(0), this.#context.values.wait * 1000);
  }

  #endUnanswered(): void {
    const { err, values } = this.#context;
    err.line(
      `No message came within ${values.wait} s. Routes answer only with a route response (routeResponseSelectionExpression).`,
    );
    this.#end(EXIT_NO_ANSWER);
  }

  #end(exitCode: number): void {
    this.#exitCode ??= exitCode;
    clearTimeout(this.#timer);
    this.#client?.close(1000);
  }

  #print(payload: Buffer, isText: boolean): void {
    const { out, values } = this.#context;
    const at = Date.now();
    const text = isText ? payload.toString('utf8') : payload.toString('base64');
    if (values.json) {
      out.line(JSON.stringify({ at, type: 'message', ...(isText ? { text } : { base64: text }) }));
      return;
    }
    if (!out.isTerminal) {
      out.line(text);
      return;
    }
    this.#clearPrompt();
    const mark = isText ? '<' : '< (binary, base64)';
    out.line(`${out.paint('dim', formatClock(at))} ${out.paint('cyan', mark)} ${plainText(text)}`);
    out.flush();
    if (this.#isTyped) this.#lines?.prompt(true);
  }

  /** What comes is not written behind what is being typed. */
  #clearPrompt(): void {
    const { stdout, out } = this.#context;
    if (!this.#isTyped || !out.isTerminal) return;
    readline.clearLine(stdout, 0);
    readline.cursorTo(stdout, 0);
  }
}
