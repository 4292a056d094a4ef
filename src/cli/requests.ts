// `stagegate requests`: the last requests as a table, one of them stage by stage, or all as they come.

import { UserError } from '../config/user-error.ts';
import type { CapturedMessage, ExchangeRecord, StageName, StepRecord, TemplateRecord } from '../model/exchange-record.ts';
import type { Command, CommandContext } from './command.ts';
import { type ControlTarget, findControl, follow, getJson } from './control-client.ts';
import { formatClock, formatMicroseconds } from './duration.ts';
import { shortReason } from './function-error.ts';
import { requestLines, requestWords, statusColour } from './request-lines.ts';
import { alignColumns, cut } from './table.ts';
import { plainText, type Terminal } from './terminal.ts';

export const requests: Command = async (context) => {
  const target = findControl(context);
  const [id] = context.positionals;
  if (id !== undefined) return showOne(context, target, id);
  if (context.values.follow) return followAll(context, target);
  return list(context, target);
};

async function list({ values, out }: CommandContext, target: ControlTarget): Promise<number> {
  const answer = (await getJson(target, `/_stagegate/requests?limit=${values.limit}`)) as { requests: readonly ExchangeRecord[] };
  if (values.json) {
    out.line(JSON.stringify(answer.requests, undefined, 2));
    return 0;
  }
  if (answer.requests.length === 0) {
    out.line('No requests yet.');
    return 0;
  }
  // Newest last: it is then next to the prompt.
  const rows = answer.requests
    .toReversed()
    .map((record) => [
      formatClock(record.at),
      ...wordsOf(record),
      out.paint(statusColour(record.status), String(record.status)),
      formatMicroseconds(record.totalUs).padStart(8),
      plainText(record.requestId),
      record.reason === undefined ? '' : out.paint('yellow', cut(plainText(shortReason(record.reason)), 80)),
    ]);
  for (const line of alignColumns([['time', 'method', 'path', 'status', '    took', 'id', ''], ...rows])) out.line(line);
  return 0;
}

function wordsOf(record: ExchangeRecord): readonly [verb: string, what: string] {
  const { verb, what } = requestWords(record);
  return [plainText(verb), cut(plainText(what), 48)];
}

async function followAll({ values, out, stop }: CommandContext, target: ControlTarget): Promise<number> {
  await follow(
    target,
    '/_stagegate/requests?follow=1',
    (value) => {
      const record = value as ExchangeRecord;
      if (values.json) out.line(JSON.stringify(record));
      else for (const line of requestLines(record, undefined, out)) out.line(line);
    },
    stop,
  );
  return 0;
}

async function showOne({ values, out }: CommandContext, target: ControlTarget, id: string): Promise<number> {
  const record = (await getJson(target, `/_stagegate/requests/${encodeURIComponent(id)}`).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.code !== 'SG_NOT_FOUND') throw error;
    throw new UserError('SG_NOT_FOUND', `There is no request ${id} among those that are kept (the last 2,000).`, {
      fix: 'stagegate requests lists the last ones; --limit 2000 all of them.',
      cause: error,
    });
  })) as ExchangeRecord;
  if (values.json) out.line(JSON.stringify(record, undefined, 2));
  else for (const line of requestDetail(record, out)) out.line(line);
  return 0;
}

/** Every stage with its finding, then the messages as far as they were captured. */
export function requestDetail(record: ExchangeRecord, out: Terminal): string[] {
  const { verb, what } = requestWords(record);
  const lines = [
    `${out.paint('bold', `${plainText(verb)} ${plainText(what)}`)}  ${out.paint(statusColour(record.status), String(record.status))}  ${formatMicroseconds(record.totalUs)}`,
    '',
    ...alignColumns([
      ['  request', plainText(record.requestId)],
      ['  at', new Date(record.at).toISOString()],
      ...(record.apiKind === 'function-url'
        ? [['  function url', `${record.apiId} of ${record.functionName}`]]
        : [
            ['  api', `${record.apiId}, stage ${record.stage}, deployment ${record.deploymentId}`],
            ['  route', record.routeKey === '' ? 'none' : plainText(record.routeKey)],
          ]),
      ...(record.connection === undefined ? [] : [['  connection', record.connection.connectionId]]),
      ['  from', record.sourceIp],
      ['  bytes', `${record.bytesIn} in, ${record.bytesOut} out`],
      ...(record.integrationUs === undefined ? [] : [['  integration', formatMicroseconds(record.integrationUs)]]),
    ]),
  ];
  if (record.level === 0) lines.push('', `  ${out.paint('dim', 'Stages and messages are not kept by stagegate start.')}`);
  if (record.reason !== undefined) lines.push('', `  ${out.paint('yellow', `why: ${plainText(shortReason(record.reason))}`)}`);
  if (record.steps !== undefined && record.steps.length > 0) {
    lines.push('', '  stages');
    const rows = record.steps.map((step) => [
      `    ${step.stage}`,
      step.outcome === 'refused' ? out.paint('yellow', 'refused') : step.outcome,
      formatMicroseconds(step.durationUs).padStart(8),
      plainText(describeFinding(step)),
    ]);
    lines.push(...alignColumns(rows));
  }
  for (const template of record.templates ?? []) lines.push('', ...templateLines(template));
  // A function gets an event, which has no header lines of its own.
  const toFunction = record.integrationRequest?.headers.length === 0;
  const parts: readonly (readonly [string, CapturedMessage | undefined])[] = [
    ['request', record.request],
    [toFunction ? 'event to the function' : 'request to the integration', record.integrationRequest],
    [toFunction ? 'answer of the function' : 'answer of the integration', record.integrationResponse],
    ['response', record.response],
  ];
  for (const [title, message] of parts) if (message !== undefined) lines.push('', `  ${title}`, ...messageLines(message));
  return lines;
}

const templateTitles: Partial<Record<StageName, string>> = {
  integrationRequest: 'template of the integration request',
  integrationResponse: 'template of the integration response',
};

/** A line per line of the template: its number, how often it ran when that was not once, its text and what it did. */
function templateLines({ stage, lines, truncated }: TemplateRecord): string[] {
  const rows = lines.map(({ line, runs, source, value }) => [
    `    ${line}`,
    runs === 1 ? '' : `x${runs}`,
    cut(plainText(source.trim()), 60),
    cut(plainText(value), 200),
  ]);
  return [
    `  ${templateTitles[stage] ?? stage}`,
    ...alignColumns(rows),
    ...(truncated === true ? ['    … more lines, not kept'] : []),
  ];
}

/** A stage's finding in words: `status 200`; a refusal is the answer the gateway makes, its reason stands above. */
function describeFinding({ stage, finding }: StepRecord): string {
  if (typeof finding !== 'object' || finding === null) return finding === undefined ? '' : String(finding);
  if (Array.isArray(finding)) {
    const values = finding.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
    return stage === 'route' && values !== '' ? `path variables ${values}` : values;
  }
  const { slot: _, reason, ...members } = finding as Record<string, unknown>;
  if (typeof members['refused'] === 'string') return members['refused'];
  if (reason !== undefined) members['reason'] = reason;
  return Object.entries(members)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function messageLines(message: CapturedMessage): string[] {
  const headers = message.headers.map(([name, value]) => `    ${plainText(name)}: ${plainText(value)}`);
  if (message.bodyBytes === 0) return headers;
  const note = message.truncated === true ? ` (the first part of ${message.bodyBytes} bytes)` : '';
  if (message.body === undefined) return [...headers, `    body of ${message.bodyBytes} bytes, not captured`];
  if (message.bodyEncoding === 'base64') return [...headers, `    body, base64${note}: ${cut(message.body, 400)}`];
  const body = prettyJson(message.body)
    .split('\n')
    .map((line) => `    ${plainText(line)}`);
  return [...headers, ...(headers.length > 0 ? [''] : []), ...body, ...(note === '' ? [] : [`   ${note}`])];
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
