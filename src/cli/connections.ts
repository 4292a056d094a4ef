// `stagegate connections`: who is connected to WebSocket APIs; a message to one of them, or its end.

import { UserError } from '../config/user-error.ts';
import type { Command, CommandContext } from './command.ts';
import { type ControlTarget, findControl, getJson, sendJson } from './control-client.ts';
import { formatAge } from './duration.ts';
import { alignColumns, cut } from './table.ts';
import { plainText } from './terminal.ts';
import type { WebSocketStage } from './websocket-stages.ts';

interface Connection {
  readonly connectionId: string;
  readonly apiId: string;
  readonly apiName: string;
  readonly stage: string;
  readonly connectedAt: number;
  readonly lastActiveAt: number;
  readonly sourceIp: string;
  readonly userAgent?: string;
  readonly principalId?: string;
}

interface Answer {
  readonly stages: readonly WebSocketStage[];
  readonly connections: readonly Connection[];
}

const LISTED = 1_000;

export const connections: Command = async (context) => {
  const target = findControl(context);
  const [verb, id, text] = context.positionals;
  if (verb === undefined) return list(context, target);
  if (verb === 'send' && id !== undefined && text !== undefined) {
    return act(context, target, 'POST', id, text === '-' ? await readAll(context.stdin) : Buffer.from(text, 'utf8'));
  }
  if (verb === 'close' && id !== undefined && text === undefined) return act(context, target, 'DELETE', id, undefined);
  throw new UserError('SG_BAD_ARGUMENT', `stagegate connections ${context.positionals.join(' ')} is not understood.`, {
    fix: 'Write stagegate connections, stagegate connections send ID TEXT (- reads it from standard input), or stagegate connections close ID.',
  });
};

async function list({ values, out }: CommandContext, target: ControlTarget): Promise<number> {
  const filter = values.api === undefined ? '' : `&api=${encodeURIComponent(values.api)}`;
  const answer = (await getJson(target, `/_stagegate/connections?limit=${LISTED}${filter}`)) as Answer;
  const stages = answer.stages.filter(({ apiId, apiName }) => values.api === undefined || [apiId, apiName].includes(values.api));
  if (values.json) {
    out.line(JSON.stringify({ ...answer, stages }, undefined, 2));
    return 0;
  }
  if (answer.connections.length === 0) {
    out.line(
      stages.length === 0
        ? `No WebSocket API${values.api === undefined ? '' : ` ${values.api}`} is deployed.`
        : 'Nobody is connected.',
    );
    for (const { apiName, url } of stages) out.line(`  ${plainText(apiName)}  ${url}`);
    return 0;
  }
  const now = Date.now();
  const who = answer.connections.some((one) => one.principalId !== undefined);
  const rows = answer.connections.map((one) => [
    plainText(one.connectionId),
    plainText(`${one.apiName}/${one.stage}`),
    formatAge(now - one.connectedAt),
    formatAge(now - one.lastActiveAt),
    one.sourceIp,
    ...(who ? [plainText(one.principalId ?? '')] : []),
    cut(plainText(one.userAgent ?? ''), 40),
  ]);
  const head = ['id', 'api/stage', 'age', 'idle', 'source', ...(who ? ['principal'] : []), 'user agent'];
  for (const line of alignColumns([head, ...rows])) out.line(line);
  const all = stages.reduce((sum, stage) => sum + stage.connections, 0);
  if (all > answer.connections.length) out.line(out.paint('dim', `... and ${all - answer.connections.length} older ones`));
  return 0;
}

async function act(
  { out }: CommandContext,
  target: ControlTarget,
  method: 'POST' | 'DELETE',
  id: string,
  body: Buffer | undefined,
): Promise<number> {
  const path = `/_stagegate/connections/${encodeURIComponent(id)}`;
  await sendJson(target, { method, path, ...(body === undefined ? {} : { body }) }).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.code !== 'SG_NOT_FOUND') throw error;
    throw new UserError('SG_NOT_FOUND', error.message, { fix: 'stagegate connections lists those that are open.', cause: error });
  });
  out.line(body === undefined ? 'Closed (1000).' : `Sent ${body.length} bytes.`);
  return 0;
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer | string));
  return Buffer.concat(chunks);
}
