// The HTTP listener of one execution environment, `AWS_LAMBDA_RUNTIME_API`: an address of its own on the loopback
// interface, and on Linux only for the environment's own processes.

import { randomInt } from 'node:crypto';
import net from 'node:net';
import { HeaderBlock } from '../../http1/header-block.ts';
import type { Http1Limits } from '../../http1/limits.ts';
import type { ServerRequest } from '../../http1/message.ts';
import { createHttp1Server, type Http1Server } from '../../http1/server.ts';
import { adoptAcceptedSocket, probeReadMode } from '../../http1/tcp-transport.ts';
import type { TimerWheel } from '../../http1/timer-wheel.ts';
import { RESPONSE_BYTES_MAX, STREAMED_RESPONSE_BYTES_MAX } from '../limits.ts';
import { ownsConnection, processTree } from '../process-tree.ts';

/** A runtime waits for its next event, and pauses in its answer, as long as it likes: the function's timeout ends it. */
const HOURS_MS = 86_400_000;
const LIMITS: Partial<Http1Limits> = {
  lineBytes: 65_536,
  headBytes: 65_536,
  trailerBytes: 1_048_576,
  bodyBytes: STREAMED_RESPONSE_BYTES_MAX + RESPONSE_BYTES_MAX,
  requestsPerConnection: Number.MAX_SAFE_INTEGER,
  connections: 64,
  headMs: HOURS_MS,
  bodyIdleMs: HOURS_MS,
  bodyBytesPerSecond: 0,
  idleMs: HOURS_MS,
  writeStallMs: HOURS_MS,
};
const PROCESSES_LOOKED_AT = 1024;

/** Answers a request, or says that it is none of its own. */
export type SandboxRoutes = (request: ServerRequest) => boolean;

export class SandboxApi {
  readonly #http: Http1Server;
  readonly #routes: SandboxRoutes[] = [];
  #listener: net.Server | undefined;
  readonly #rootPids: number[] = [];
  #address: Promise<string> | undefined;

  constructor(wheel: TimerWheel) {
    this.#http = createHttp1Server({ limits: LIMITS, wheel, onRequest: (request) => this.#onRequest(request), onFault() {} });
  }

  /** Asks `routes` after those added before. */
  add(routes: SandboxRoutes): void {
    this.#routes.push(routes);
  }

  /** Listens, once. The value of AWS_LAMBDA_RUNTIME_API. */
  listen(): Promise<string> {
    this.#address ??= this.#listen();
    return this.#address;
  }

  async #listen(): Promise<string> {
    const mode = await probeReadMode();
    // Only Linux answers on the whole of 127/8. The address is not secret (it is in /proc); who connects is looked at.
    const host =
      process.platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}` : '127.0.0.1';
    const listener = net.createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      if (this.#admits(socket)) this.#http.accept(adoptAcceptedSocket(socket, mode));
      else socket.destroy();
    });
    this.#listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen({ port: 0, host }, () => resolve());
    });
    listener.on('error', () => {});
    return `${host}:${(listener.address() as net.AddressInfo).port}`;
  }

  /** This process and its descendants may connect. */
  admit(rootPid: number): void {
    this.#rootPids.push(rootPid);
  }

  close(): void {
    this.#listener?.close();
    void this.#http.close();
  }

  #admits(socket: net.Socket): boolean {
    if (process.platform !== 'linux') return true;
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) return false;
    const pids = this.#rootPids.flatMap((pid) => processTree(pid, PROCESSES_LOOKED_AT));
    return ownsConnection(pids, remoteAddress, remotePort);
  }

  #onRequest(request: ServerRequest): void {
    for (const route of this.#routes) if (route(request)) return;
    request.body.discard();
    answerText(request, 404, '404 page not found\n');
  }
}

export function answerJson(request: ServerRequest, status: number, value: unknown): void {
  const headers = new HeaderBlock();
  headers.add('Content-Type', 'application/json');
  request.respond(status, headers, Buffer.from(`${JSON.stringify(value)}\n`));
}

/** The error object of Lambda's own APIs inside an environment. */
export function refuse(request: ServerRequest, status: number, errorType: string, errorMessage: string): void {
  answerJson(request, status, { errorMessage, errorType });
}

export function answerText(request: ServerRequest, status: number, text: string): void {
  const headers = new HeaderBlock();
  headers.add('Content-Type', 'text/plain; charset=utf-8');
  request.respond(status, headers, Buffer.from(text));
}
