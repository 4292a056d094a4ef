// Lambda extensions of one execution environment: programs from /opt/extensions, or the function itself, that take part in its
// life over the Extensions API. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html

import { randomUUID } from 'node:crypto';
import { HeaderBlock } from '../../http1/header-block.ts';
import type { ServerRequest } from '../../http1/message.ts';
import type { FunctionVersion } from '../function-version.ts';
import type { Invocation } from '../invocation.ts';
import { parseJson, readSmallBody } from './json-body.ts';
import { answerJson, refuse } from './sandbox-api.ts';

const PREFIX = '/2020-01-01/extension/';
const EVENTS: ReadonlySet<string> = new Set(['INVOKE', 'SHUTDOWN']);
/** AWS: ten extensions. Seen: Lambda guide, "Lambda extensions". */
const EXTENSIONS_MAX = 10;

export type ShutdownReason = 'spindown' | 'timeout' | 'failure';

/** The environment, told how its extensions are doing. */
export interface ExtensionListener {
  /** Every one that has to be there has registered: the runtime may start. */
  extensionsRegistered(): void;
  /** All of them wait for their next event. */
  extensionsIdle(): void;
  extensionFailed(errorType: string, payload: string): void;
}

interface Extension {
  readonly name: string;
  readonly id: string;
  readonly isExternal: boolean;
  readonly events: ReadonlySet<string>;
  /** It waits for an event with this request. */
  poll: ServerRequest | undefined;
  /** Events it has not taken yet. */
  readonly pending: object[];
}

export class Extensions {
  readonly #version: FunctionVersion;
  /** Names of the external ones that have not registered yet. */
  readonly #expected: Set<string>;
  readonly #external: ReadonlySet<string>;
  readonly #registered = new Map<string, Extension>();
  #listener: ExtensionListener | undefined;
  #isClosedToNew = false;

  constructor(version: FunctionVersion, external: readonly string[]) {
    this.#version = version;
    this.#external = new Set(external);
    this.#expected = new Set(external);
  }

  open(listener: ExtensionListener): void {
    this.#listener = listener;
  }

  close(): void {
    this.#listener = undefined;
    this.#registered.clear();
  }

  /** None, or all of them wait for their next event. */
  get areIdle(): boolean {
    if (this.#expected.size > 0) return false;
    for (const { poll, pending } of this.#registered.values()) if (poll === undefined || pending.length > 0) return false;
    return true;
  }

  /** AWS: what the environment gives them to shut down: 2 s with external ones, 0.5 s with internal ones only. */
  get shutdownMs(): number {
    const interested = [...this.#registered.values()];
    if (interested.some(({ isExternal }) => isExternal)) return 2000;
    return interested.length > 0 ? 500 : 0;
  }

  /** The handler is loaded: nobody registers any more. */
  initialized(): void {
    this.#isClosedToNew = true;
  }

  invoke(invocation: Invocation, deadlineMs: number): void {
    this.#publish('INVOKE', {
      eventType: 'INVOKE',
      deadlineMs,
      requestId: invocation.requestId,
      invokedFunctionArn: invocation.invokedArn || this.#version.functionArn,
      tracing: { type: 'X-Amzn-Trace-Id', value: invocation.traceId },
    });
  }

  shutdown(shutdownReason: ShutdownReason): void {
    this.#publish('SHUTDOWN', { eventType: 'SHUTDOWN', shutdownReason, deadlineMs: Date.now() + this.shutdownMs });
  }

  /** An external one's process has ended. */
  ended(name: string, code: number | null, signal: string | null): void {
    const requestless = signal === null ? `exit status ${code}` : `signal: ${signal}`;
    this.#fail('Extension.Crash', { errorType: 'Extension.Crash', errorMessage: `Error: extension ${name}: ${requestless}` });
  }

  readonly route = (request: ServerRequest): boolean => {
    if (!request.path.startsWith(PREFIX) || this.#listener === undefined) return false;
    const call = `${request.method} ${request.path.slice(PREFIX.length)}`;
    if (call === 'POST register') this.#register(request);
    else if (call === 'GET event/next') this.#next(request);
    else if (call === 'POST init/error' || call === 'POST exit/error') this.#onError(request);
    else return false;
    return true;
  };

  /** The extension a request is from; undefined when it was refused. */
  identify(request: ServerRequest): { readonly name: string; readonly isExternal: boolean } | undefined {
    return this.#identify(request);
  }

  #register(request: ServerRequest): void {
    const name = request.headers.get('lambda-extension-name') ?? '';
    readSmallBody(request, (body) => {
      const given = parseJson(body) as { events?: unknown } | undefined;
      const events = given?.events ?? [];
      if (name === '') return refuse(request, 400, 'Extension.InvalidExtensionName', 'Empty extension name');
      if (!Array.isArray(events)) return refuse(request, 400, 'InvalidRequestFormat', 'events must be a list');
      const unknown = events.find((event) => typeof event !== 'string' || !EVENTS.has(event));
      if (unknown !== undefined) {
        return refuse(request, 400, 'Extension.InvalidEventType', `Event ${String(unknown).slice(0, 100)} is not supported`);
      }
      const isExternal = this.#external.has(name);
      if (!isExternal && events.includes('SHUTDOWN')) {
        // AWS: internal ones end with the runtime. Seen: Lambda guide, Extensions API, "Register".
        return refuse(request, 400, 'Extension.InvalidEventType', 'SHUTDOWN is not supported for internal extensions');
      }
      const isKnown = [...this.#registered.values()].some((extension) => extension.name === name);
      if (this.#isClosedToNew || isKnown || this.#registered.size >= EXTENSIONS_MAX) {
        return refuse(request, 403, 'Extension.RegistrationClosed', 'Extension registration closed already');
      }
      const id = randomUUID();
      this.#registered.set(id, { name, id, isExternal, events: new Set(events), poll: undefined, pending: [] });
      const headers = new HeaderBlock();
      headers.add('Content-Type', 'application/json');
      headers.add('Lambda-Extension-Identifier', id);
      const { functionName, version: functionVersion, handler, scope } = this.#version;
      const features = request.headers.get('lambda-extension-accept-feature') ?? '';
      const accountId = features.split(',').some((feature) => feature.trim() === 'accountId') ? { accountId: scope.account } : {};
      request.respond(200, headers, Buffer.from(JSON.stringify({ functionName, functionVersion, handler, ...accountId })));
      if (this.#expected.delete(name) && this.#expected.size === 0) this.#listener?.extensionsRegistered();
    });
  }

  #next(request: ServerRequest): void {
    request.body.discard();
    const extension = this.#identify(request);
    if (extension === undefined) return;
    extension.poll = request;
    request.onAbort = () => {
      if (extension.poll === request) extension.poll = undefined;
    };
    this.#give(extension);
    if (this.areIdle) this.#listener?.extensionsIdle();
  }

  #onError(request: ServerRequest): void {
    const extension = this.#identify(request);
    if (extension === undefined) {
      request.body.discard();
      return;
    }
    const errorType = request.headers.get('lambda-extension-function-error-type') || 'Extension.Unknown';
    readSmallBody(request, (body) => {
      answerJson(request, 202, { status: 'OK' });
      const given = parseJson(body) as { errorMessage?: unknown } | undefined;
      const errorMessage = typeof given?.errorMessage === 'string' ? given.errorMessage : '';
      this.#fail(errorType, { errorType, errorMessage: `extension ${extension.name}: ${errorMessage}` });
    });
  }

  #fail(errorType: string, error: object): void {
    this.#listener?.extensionFailed(errorType, JSON.stringify(error));
  }

  #identify(request: ServerRequest): Extension | undefined {
    const id = request.headers.get('lambda-extension-identifier');
    const extension = id === undefined ? undefined : this.#registered.get(id);
    if (id === undefined)
      refuse(request, 403, 'Extension.MissingExtensionIdentifier', 'Missing Lambda-Extension-Identifier header');
    else if (extension === undefined) refuse(request, 403, 'Extension.UnknownExtensionIdentifier', 'Unknown extension');
    return extension;
  }

  #publish(type: string, event: object): void {
    for (const extension of this.#registered.values()) {
      if (!extension.events.has(type)) continue;
      extension.pending.push(event);
      this.#give(extension);
    }
  }

  #give(extension: Extension): void {
    const { poll, pending } = extension;
    if (poll === undefined || pending.length === 0) return;
    const headers = new HeaderBlock();
    headers.add('Content-Type', 'application/json');
    headers.add('Lambda-Extension-Event-Identifier', randomUUID());
    poll.onAbort = null;
    extension.poll = undefined;
    if (poll.respond(200, headers, Buffer.from(JSON.stringify(pending[0])))) pending.shift();
  }
}
