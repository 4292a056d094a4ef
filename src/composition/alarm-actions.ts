// What alarms do: topics and functions are told as on AWS, and (beyond AWS) URLs are posted to.

import type { Upstreams } from '../data-plane/ports.ts';
import { HeaderBlock } from '../http1/header-block.ts';
import { type ResultTargetOptions, ResultTargets } from '../lambda/result-targets.ts';
import type { AlarmNotification } from '../services/cloudwatch/alarm-notification.ts';

export interface AlarmActionsOptions {
  readonly upstreams: Upstreams;
  /** How SNS is reached. */
  readonly results: ResultTargetOptions;
  /** Invokes a function asynchronously; rejects when it is not accepted. */
  readonly invoke: (functionArn: string, event: string) => Promise<void>;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 65_536;

/** Runs one action. Resolves to why it failed, undefined when it did not. Never rejects. */
export function alarmActions({ upstreams, results, invoke }: AlarmActionsOptions) {
  const topics = new ResultTargets(results);
  return async (action: string, { subject, message, event }: AlarmNotification): Promise<string | undefined> => {
    if (/^https?:/.test(action)) return post(upstreams, action, message);
    if (action.includes(':sns:')) {
      return topics.send(action, { body: message, subject, attributes: [], detailType: '', functionArn: '' });
    }
    try {
      await invoke(action, event);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

function post(upstreams: Upstreams, url: string, body: string): Promise<string | undefined> {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return Promise.resolve('it is no URL');
  }
  const protocol = parsed.protocol === 'https:' ? 'https' : 'http';
  const port = parsed.port === '' ? (protocol === 'https' ? 443 : 80) : Number(parsed.port);
  const headers = new HeaderBlock();
  headers.add('Host', parsed.host);
  headers.add('Content-Type', 'application/json');
  headers.add('User-Agent', 'Stagegate');
  return new Promise((resolve) => {
    upstreams.send({
      origin: { protocol, host: parsed.hostname.replace(/^\[|\]$/g, ''), port },
      method: 'POST',
      target: `${parsed.pathname}${parsed.search}`,
      headers,
      body: Buffer.from(body),
      timeoutMs: TIMEOUT_MS,
      maxResponseBytes: ANSWER_BYTES_MAX,
      receiver: {
        onResponse({ status, body: answer }) {
          answer.discard();
          resolve(status >= 200 && status < 300 ? undefined : `it answered ${status}`);
        },
        onFailure: ({ message }) => resolve(message),
      },
    });
  });
}
