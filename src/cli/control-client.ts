// Talks to the control listener of a running Stagegate: finds it, asks it for JSON or follows its lines.

import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { readAdministratorKey } from '../config/administrator-key.ts';
import { UserError } from '../config/user-error.ts';
import type { CommandContext } from './command.ts';
import { findRunningFile, type RunningFile, readRunningFile } from './running-file.ts';

export interface ControlTarget {
  /** Without a path. */
  readonly url: string;
  readonly running?: RunningFile;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly adminToken: string };
}

export const DEFAULT_CONTROL_URL = 'http://127.0.0.1:4566';
const ANSWER_LIMIT_BYTES = 256 * 1024 * 1024;
const ANSWER_TIMEOUT_MS = 15_000;

/** --control-url or its environment name, else the Stagegate of this folder or one above, else the usual address. */
export function findControl(context: Pick<CommandContext, 'values' | 'given' | 'workingDirectory'>): ControlTarget {
  const named = context.values.controlUrl;
  const running = named === undefined ? findRunningFile(context.workingDirectory) : undefined;
  const folders = [
    context.given.has('data') ? context.values.data : undefined,
    running?.dataDirectory,
    named === undefined && running === undefined ? 'stagegate-data' : undefined,
  ];
  const folder = folders.find((one) => one !== undefined);
  const credentials = folder === undefined ? undefined : readAdministratorKey(path.resolve(context.workingDirectory, folder));
  return {
    url: (named ?? running?.controlUrl ?? DEFAULT_CONTROL_URL).replace(/\/+$/, ''),
    ...(running === undefined ? {} : { running }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/**
 * The same, and the names of its service's functions also where the command runs in another folder than the service: a `stagegate dev`
 * tells in which folder it runs.
 */
export async function findService(
  context: Pick<CommandContext, 'values' | 'given' | 'workingDirectory'>,
): Promise<ControlTarget> {
  const target = findControl(context);
  if (target.running !== undefined) return target;
  const { pid, project } = (await getJson(target, '/_stagegate/health')) as { pid?: number; project?: string };
  const running = project === undefined ? undefined : readRunningFile(path.dirname(project));
  return running !== undefined && running.pid === pid ? { ...target, running } : target;
}

export interface ControlAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly timeoutMs?: number;
}

/** Throws UserError when nobody answers. */
export function send(target: ControlTarget, request: ControlRequest): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = open(target, request, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > ANSWER_LIMIT_BYTES) outgoing.destroy(new Error('the answer is larger than 256 MB'));
      });
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
      incoming.on('error', (error) => reject(unreachable(target, error)));
    });
    outgoing.setTimeout(request.timeoutMs ?? ANSWER_TIMEOUT_MS, () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (error) => reject(unreachable(target, error)));
    outgoing.end(request.body);
  });
}

/** The JSON of an endpoint under `/_stagegate/`. Throws UserError for anything but 200. */
export function getJson(target: ControlTarget, requestPath: string, timeoutMs?: number): Promise<unknown> {
  return sendJson(target, { method: 'GET', path: requestPath, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

/** The same for a request of any method. */
export async function sendJson(target: ControlTarget, request: ControlRequest): Promise<unknown> {
  const answer = await send(target, request);
  const text = answer.body.toString('utf8');
  if (answer.status === 200) {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw foreign(target, error);
    }
  }
  throw answerError(target, answer.status, messageOf(text));
}

/** Calls `onValue` for each line of JSON until the stream ends or `signal` is aborted. */
export function follow(
  target: ControlTarget,
  requestPath: string,
  onValue: (value: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    const outgoing = open(target, { method: 'GET', path: requestPath }, (incoming) => {
      if (incoming.statusCode !== 200) {
        incoming.resume();
        return reject(answerError(target, incoming.statusCode ?? 0, undefined));
      }
      let rest = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') onValue(JSON.parse(line));
      });
      incoming.on('end', resolve);
      incoming.on('error', () => resolve());
    });
    outgoing.on('error', (error) => (signal.aborted ? resolve() : reject(unreachable(target, error))));
    signal.addEventListener('abort', () => outgoing.destroy(), { once: true });
    outgoing.end();
  });
}

function open(
  target: ControlTarget,
  request: ControlRequest,
  onAnswer: (incoming: http.IncomingMessage) => void,
): http.ClientRequest {
  const url = new URL(target.url + request.path);
  const token = request.path.startsWith('/_stagegate/') ? target.credentials?.adminToken : undefined;
  const headers = { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...request.headers };
  const client = url.protocol === 'https:' ? https : http;
  return client.request(url, { method: request.method, headers, agent: false }, onAnswer);
}

function unreachable(target: ControlTarget, error: Error): UserError {
  return new UserError(
    'SG_NOT_RUNNING',
    `No Stagegate answers at ${target.url} (${(error as NodeJS.ErrnoException).code ?? error.message}).`,
    {
      fix: 'Start one with stagegate dev in the folder of your service, or name another with --control-url.',
      cause: error,
    },
  );
}

function foreign(target: ControlTarget, cause: unknown): UserError {
  return new UserError('SG_CONTROL_ANSWER', `What answers at ${target.url} is not a Stagegate.`, {
    fix: 'Name the control listener with --control-url; stagegate dev prints its address.',
    cause,
  });
}

function answerError(target: ControlTarget, status: number, message: string | undefined): UserError {
  if (status === 403 || status === 401) {
    return new UserError('SG_NOT_ALLOWED', `The Stagegate at ${target.url} does not take this caller.`, {
      fix: 'Name its data folder with --data (it holds credentials.json), or run the command in the folder it was started in.',
    });
  }
  if (status === 404 && message !== undefined) {
    return new UserError('SG_NOT_FOUND', message, { fix: 'Check the spelling; stagegate requests lists what is kept.' });
  }
  return new UserError(
    'SG_CONTROL_ANSWER',
    `The Stagegate at ${target.url} answered ${status}${message === undefined ? '' : `: ${message}`}.`,
    {
      fix: 'See its terminal; the versions of the two may differ.',
    },
  );
}

function messageOf(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
