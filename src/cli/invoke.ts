// `stagegate invoke FUNCTION`: one Invoke operation, its answer on stdout, its log on stderr.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../config/user-error.ts';
import { callAws } from './aws-call.ts';
import type { Command, CommandContext } from './command.ts';
import { type ControlAnswer, type ControlTarget, findService, getJson } from './control-client.ts';
import { functionNameOf, noSuchFunction } from './function-names.ts';
import { type SampleRoute, sampleEvent, sampleNames } from './sample-events.ts';
import { plainText } from './terminal.ts';

/** A function may run for 15 minutes. */
const TIMEOUT_MS = 15 * 60 * 1000 + 5000;
/** AWS: the largest event of a synchronous invocation. Source: Lambda quotas. */
const EVENT_LIMIT_BYTES = 6 * 1024 * 1024;

export const invoke: Command = async (context) => {
  const { out, err, values, positionals } = context;
  const [named = ''] = positionals;
  const target = await findService(context);
  const body = await readEvent(context, target);
  const functionName = functionNameOf(target, named);
  const answer = await callInvoke(context, target, functionName, body);
  const text = answer.body.toString('utf8');
  if (answer.status !== 200) throw refusal(answer, functionName, text, target);
  const log = answer.headers['x-amz-log-result'];
  if (values.log && typeof log === 'string') {
    for (const line of Buffer.from(log, 'base64').toString('utf8').trimEnd().split('\n'))
      err.line(err.paint('dim', plainText(line)));
  }
  out.line(prettyJson(text));
  if (answer.headers['x-amz-function-error'] === undefined) return 0;
  out.flush();
  throw new UserError('SG_FUNCTION_ERROR', `${functionName} failed; its error is printed above.`, {
    fix: values.log ? 'Correct the function and invoke it again.' : 'Add --log to see what it wrote.',
  });
};

function callInvoke(context: CommandContext, target: ControlTarget, functionName: string, body: Buffer): Promise<ControlAnswer> {
  const requestPath = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  return callAws(context, target, {
    service: 'lambda',
    method: 'POST',
    path: requestPath,
    headers: {
      'x-amz-invocation-type': 'RequestResponse',
      ...(context.values.log ? { 'x-amz-log-type': 'Tail' } : {}),
    },
    body,
    timeoutMs: TIMEOUT_MS,
  });
}

async function readEvent(context: CommandContext, target: ControlTarget): Promise<Buffer> {
  const { values, stdin, workingDirectory } = context;
  const sources = [values.sample ?? values.eventData, values.path, values.event].filter((one) => one !== undefined);
  if (sources.length > 1) {
    throw new UserError('SG_EVENT', 'The event is given more than once.', {
      fix: 'Use one of --data, --event FILE, --event - and --sample.',
    });
  }
  if (values.sample !== undefined) return Buffer.from(JSON.stringify(await readSample(values.sample, context, target)));
  if (values.eventData !== undefined) return checkedEvent(Buffer.from(values.eventData), '--data');
  if (values.path !== undefined) return checkedEvent(readEventFile(path.resolve(workingDirectory, values.path)), values.path);
  if (values.event === 'stdin' || values.event === '-') return checkedEvent(await readAll(stdin), 'standard input');
  if (values.event !== undefined) return checkedEvent(readEventFile(path.resolve(workingDirectory, values.event)), values.event);
  return Buffer.from('{}');
}

/** `--data` is what the sample carries: the body of a request, the message of a queue. */
async function readSample(
  text: string,
  { values, given }: CommandContext,
  target: ControlTarget,
): Promise<Readonly<Record<string, unknown>>> {
  const [name = '', request] = text.split(/:(.*)/s);
  const known = sampleNames.find((one) => one === name);
  if (known === undefined) {
    throw new UserError('SG_EVENT', `There is no sample ${name}.`, { fix: `The samples are ${sampleNames.join(', ')}.` });
  }
  const route = request === undefined ? undefined : await routeOf(request, target);
  return sampleEvent(known, {
    region: (given.has('region') ? values.region : undefined) ?? 'us-east-1',
    account: '000000000000',
    now: Date.now(),
    ...(request === undefined ? {} : { request }),
    ...(route === undefined ? {} : { route }),
    ...(values.eventData === undefined ? {} : { body: values.eventData }),
  });
}

/** The route that answers such a request in the running system, so that path variables are there. */
async function routeOf(request: string, target: ControlTarget): Promise<SampleRoute | undefined> {
  const [, method = 'GET', path = '/'] = /^(?:([A-Za-z]+) +)?([^?]*)/.exec(request) ?? [];
  const query = new URLSearchParams({ method: method.toUpperCase(), path });
  const answer = await getJson(target, `/_stagegate/explain?${query}`);
  const explanations = (Array.isArray(answer) ? answer : [answer]) as readonly { readonly match?: SampleRoute }[];
  return explanations.find(({ match }) => match !== undefined)?.match;
}

function readEventFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError('SG_EVENT', `The event cannot be read: ${(error as Error).message}`, {
      fix: 'Check the path; it begins in the working directory.',
      cause: error,
    });
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > EVENT_LIMIT_BYTES) throw tooLarge('standard input');
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

function checkedEvent(event: Buffer, origin: string): Buffer {
  if (event.length > EVENT_LIMIT_BYTES) throw tooLarge(origin);
  try {
    JSON.parse(event.toString('utf8'));
  } catch (error) {
    throw new UserError('SG_EVENT', `The event from ${origin} is not JSON: ${(error as Error).message}`, {
      fix: `Write JSON, e.g. --data '{"name":"value"}'.`,
    });
  }
  return event;
}

function tooLarge(origin: string): UserError {
  return new UserError('SG_EVENT', `The event from ${origin} is larger than 6 MB.`, {
    fix: 'Lambda takes at most 6 MB; send less.',
  });
}

function refusal(answer: ControlAnswer, functionName: string, text: string, target: ControlTarget): UserError {
  let message = text.trim();
  try {
    const parsed = JSON.parse(text) as { message?: string; Message?: string };
    message = parsed.message ?? parsed.Message ?? message;
  } catch {
    // Not JSON: told as it is.
  }
  if (answer.status === 404) {
    return noSuchFunction(target, functionName);
  }
  if (answer.status === 403) {
    return new UserError('SG_NOT_ALLOWED', `The invocation was refused: ${message}`, {
      fix: 'Set STAGEGATE_DATA to the data folder of the running Stagegate, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    });
  }
  return new UserError('SG_CONTROL_ANSWER', `The invocation was refused with ${answer.status}: ${message}`, {
    fix: 'See the terminal of the running Stagegate.',
  });
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
