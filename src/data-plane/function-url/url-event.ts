// The event of a function URL: payload format 2.0 with what only URLs say.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html

import type { ServerRequest } from '../../http1/message.ts';
import { commonLogTime } from '../http-api/clock.ts';
import { toEventBody } from '../http-api/event-body.ts';
import { headerName } from '../http-api/header-names.ts';
import { collectHeaders, joined, parseQuery } from '../http-api/request-parameters.ts';
import { decodePathText } from '../http-api/request-path.ts';
import type { CallerCredentials } from '../iam/caller-credentials.ts';

export interface UrlEventInput {
  readonly request: ServerRequest;
  /** Below the URL, beginning with `/`. Undecoded. */
  readonly path: string;
  readonly urlId: string;
  readonly domainName: string;
  readonly requestId: string;
  readonly traceId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly body: Buffer;
  /** Undefined for a URL that anybody may call. */
  readonly caller: CallerCredentials | undefined;
}

/** JSON text. Members that have nothing to say are absent. */
export function urlEvent(input: UrlEventInput): string {
  const { request, body, caller, urlId } = input;
  const path = decodePathText(input.path) ?? input.path;
  const received = collectHeaders(request.headers.raw, {
    contentLength: body.length,
    traceId: input.traceId,
    forwardedFor: request.headers.get('x-forwarded-for'),
    sourceIp: request.remoteAddress,
    port: request.localPort,
    protocol: 'http',
  });
  const cookies = cookiesOf(received.get('cookie'));
  received.delete('cookie');
  const query = [...parseQuery(request.query)].map(([name, values]) => [name, values.join(',')]);
  const eventBody = toEventBody(body, request.headers.get('content-type'));
  return JSON.stringify({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: request.query,
    ...(cookies.length > 0 && { cookies }),
    headers: Object.fromEntries([...received].map(([name, value]) => [headerName(name).lower, joined(value)])),
    ...(query.length > 0 && { queryStringParameters: Object.fromEntries(query) }),
    requestContext: {
      accountId: caller?.account ?? 'anonymous',
      apiId: urlId,
      ...(caller !== undefined && { authorizer: { iam: iamOf(caller) } }),
      domainName: input.domainName,
      domainPrefix: urlId,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.remoteAddress,
        userAgent: request.headers.get('user-agent') ?? '',
      },
      requestId: input.requestId,
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(input.at),
      timeEpoch: input.at,
    },
    ...(eventBody.json !== undefined && { body: JSON.parse(eventBody.json) }),
    isBase64Encoded: eventBody.isBase64Encoded,
  });
}

function iamOf({ accessKeyId, account, arn, userId }: CallerCredentials): object {
  return {
    accessKey: accessKeyId,
    accountId: account,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId,
  };
}

function cookiesOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return (typeof value === 'string' ? [value] : value)
    .flatMap((field) => field.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
}
