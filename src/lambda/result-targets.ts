// Where results of asynchronous invocations go outside Lambda: SQS queues, SNS topics and EventBridge buses, as destinations and
// dead-letter queues. Called at the AWS endpoints of the options and signed with the keys of Stagegate's environment.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html

import { partitionOf } from '../aws/arn.ts';
import { hashBody, uriEncode } from '../aws/sigv4-canonical-request.ts';
import { type SigningCredentials, signRequest } from '../aws/sigv4-sign.ts';
import type { Upstreams } from '../data-plane/ports.ts';
import { HeaderBlock } from '../http1/header-block.ts';
import type { UpstreamOrigin } from '../http1/message.ts';
import { invalidParameter } from './function-arn.ts';

const SERVICES = ['sqs', 'sns', 'events'] as const;
export type TargetService = (typeof SERVICES)[number];

export interface ResultTargetOptions {
  /** Base URLs by service, `all` for the others; AWS's own when there is none. */
  readonly endpoints: ReadonlyMap<string, string>;
  readonly credentials: SigningCredentials | undefined;
  readonly upstreams: Upstreams;
  /** Between attempts at a service that is busy or not there. */
  readonly retryDelaysMs?: readonly number[];
}

export interface MessageAttribute {
  readonly name: string;
  readonly type: 'String' | 'Number';
  readonly value: string;
}

/** What is sent: a record, or an event with attributes that say what went wrong. */
export interface ResultMessage {
  /** JSON text. */
  readonly body: string;
  readonly attributes: readonly MessageAttribute[];
  /** For topics: the subject of mails. */
  readonly subject?: string;
  /** For EventBridge. */
  readonly detailType: string;
  /** The function's ARN, qualified. */
  readonly functionArn: string;
}

interface Target {
  readonly service: TargetService;
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

const TIMEOUT_MS = 5_000;
const RESPONSE_BYTES_MAX = 65_536;

export class ResultTargets {
  readonly #options: ResultTargetOptions | undefined;

  /** Undefined: nothing can be sent from here. */
  constructor(options: ResultTargetOptions | undefined) {
    this.#options = options;
  }

  /** Throws when nothing could ever be sent to it. `member` names the setting. */
  assertUsable(arn: string, member: string, services: readonly TargetService[] = SERVICES): void {
    const target = parseTarget(arn);
    if (target === undefined || !services.includes(target.service)) {
      throw invalidParameter(
        `Stagegate does not send results of asynchronous invocations to ${arn} (${member}) yet: name one of ${services.join(', ')}, or a Lambda function as a destination.`,
      );
    }
    if (this.#options?.credentials === undefined) {
      throw invalidParameter(
        `Stagegate sends to ${arn} (${member}) with keys of its own, and has none: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment, and --aws-endpoint for another address than AWS's.`,
      );
    }
  }

  /** Resolves to why it was not delivered, undefined when it was. Never rejects. */
  async send(arn: string, message: ResultMessage): Promise<string | undefined> {
    const target = parseTarget(arn);
    const { credentials, retryDelaysMs = [300, 1500] } = this.#options ?? {};
    if (target === undefined) return 'it is no queue, topic or event bus';
    if (credentials === undefined) return 'Stagegate has no AWS keys in its environment';
    for (let attempt = 0; ; attempt++) {
      const problem = await this.#try(target, message, credentials);
      const delayMs = retryDelaysMs[attempt];
      if (problem === undefined || !problem.isPassing || delayMs === undefined) return problem?.text;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  #try(
    target: Target,
    message: ResultMessage,
    credentials: SigningCredentials,
  ): Promise<{ readonly text: string; readonly isPassing: boolean } | undefined> {
    const { upstreams, endpoints } = this.#options as ResultTargetOptions;
    const endpoint = endpointOf(target, endpoints);
    const request = requests[target.service](target, message);
    const body = Buffer.from(request.body);
    const headers = signedHeaders(request, body, endpoint, target, credentials);
    return new Promise((resolve) => {
      upstreams.send({
        origin: endpoint.origin,
        method: 'POST',
        target: `${endpoint.basePath}/`,
        headers,
        body,
        timeoutMs: TIMEOUT_MS,
        maxResponseBytes: RESPONSE_BYTES_MAX,
        receiver: {
          onResponse({ status, body: answer }) {
            answer.readAll(RESPONSE_BYTES_MAX, {
              onBody(bytes) {
                const said = bytes.toString('utf8').slice(0, 300);
                if (status === 200 && !/"FailedEntryCount"\s*:\s*[1-9]/.test(said)) resolve(undefined);
                else resolve({ text: `it answered ${status}: ${said}`, isPassing: status === 429 || status >= 500 });
              },
              onBodyFailure: (failure) => resolve({ text: `its answer broke off (${failure})`, isPassing: true }),
            });
          },
          onFailure: ({ message: text, kind }) => resolve({ text, isPassing: kind !== 'refused' }),
        },
      });
    });
  }
}

interface ServiceCall {
  readonly contentType: string;
  readonly target?: string;
  readonly body: string;
}

const requests: Readonly<Record<TargetService, (target: Target, message: ResultMessage) => ServiceCall>> = {
  sqs: ({ region, account, name }, { body, attributes }) => ({
    contentType: 'application/x-amz-json-1.0',
    target: 'AmazonSQS.SendMessage',
    body: JSON.stringify({
      QueueUrl: `https://sqs.${region}.${domainOf(region)}/${account}/${name}`,
      MessageBody: body,
      ...(attributes.length > 0 && {
        MessageAttributes: Object.fromEntries(
          attributes.map(({ name: key, type, value }) => [key, { DataType: type, StringValue: value }]),
        ),
      }),
    }),
  }),
  sns: ({ arn }, { body, subject, attributes }) => ({
    contentType: 'application/x-www-form-urlencoded',
    body: [
      ['Action', 'Publish'],
      ['Version', '2010-03-31'],
      ['TopicArn', arn],
      ['Message', body],
      ...(subject === undefined ? [] : [['Subject', subject]]),
      ...attributes.flatMap(({ name, type, value }, index) => [
        [`MessageAttributes.entry.${index + 1}.Name`, name],
        [`MessageAttributes.entry.${index + 1}.Value.DataType`, type],
        [`MessageAttributes.entry.${index + 1}.Value.StringValue`, value],
      ]),
    ]
      .map(([name = '', value = '']) => `${uriEncode(name)}=${uriEncode(value)}`)
      .join('&'),
  }),
  events: ({ arn, name }, { body, detailType, functionArn }) => ({
    contentType: 'application/x-amz-json-1.1',
    target: 'AWSEvents.PutEvents',
    body: JSON.stringify({
      Entries: [
        {
          Source: 'lambda',
          DetailType: detailType,
          Detail: body,
          EventBusName: name.slice('event-bus/'.length),
          Resources: [functionArn, arn],
        },
      ],
    }),
  }),
};

interface Endpoint {
  readonly origin: UpstreamOrigin;
  readonly host: string;
  /** What stands before the path; '' for none. */
  readonly basePath: string;
}

function endpointOf({ service, region }: Target, endpoints: ReadonlyMap<string, string>): Endpoint {
  const given = endpoints.get(service) ?? endpoints.get('all') ?? `https://${service}.{region}.${domainOf(region)}`;
  const url = new URL(given.replaceAll('{region}', region));
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
  return {
    origin: { protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port },
    host: url.host,
    basePath: url.pathname.replace(/\/$/, ''),
  };
}

function signedHeaders(
  { contentType, target: operation }: ServiceCall,
  body: Buffer,
  { host, basePath }: Endpoint,
  { region, service }: Target,
  credentials: SigningCredentials,
): HeaderBlock {
  const signed = ['Host', host, 'Content-Type', contentType];
  if (operation !== undefined) signed.push('X-Amz-Target', operation);
  const request = { method: 'POST', path: `${basePath}/`, query: '', rawHeaders: signed, bodyHash: hashBody(body) };
  const block = new HeaderBlock();
  for (let i = 0; i < signed.length; i += 2) block.add(signed[i] as string, signed[i + 1] as string);
  for (const [name, value] of signRequest(request, credentials, { region, service, now: Date.now() })) {
    // Without one of them the call would go out unsigned.
    if (!block.add(name, value)) throw new Error(`The ${name} header of a signed request cannot be sent.`);
  }
  return block;
}

/** Undefined for what is none of the three services', or no ARN at all. Its parts become part of a URL and a signature. */
function parseTarget(arn: string): Target | undefined {
  const parts = /^arn:aws[a-z-]*:(sqs|sns|events):([a-z]{2,8}(?:-[a-z]{1,12}){1,3}-\d{1,2}):(\d{12}):([\w./-]{1,256})$/.exec(arn);
  if (parts === null) return undefined;
  const [, service, region = '', account = '', name = ''] = parts;
  if (service === 'events' && !name.startsWith('event-bus/')) return undefined;
  return { service: service as TargetService, arn, region, account, name };
}

function domainOf(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}
