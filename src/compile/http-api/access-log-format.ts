// The text of an access log format as pieces: literal text and the names of `$context` variables.

import { parseArn } from '../../aws/arn.ts';
import type { AccessLogSettings } from '../../model/http-api.ts';
import type { AccessLogFormat, AccessLogPiece, AccessLogPlan } from '../../model/http-api-plan.ts';

const VARIABLE = /\$context\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)/g;

export function planAccessLog({ destinationArn, format }: AccessLogSettings): AccessLogPlan {
  const arn = parseArn(destinationArn);
  const logGroupName = /^log-group:([^:]+)(:\*)?$/.exec(arn?.resource ?? '')?.[1];
  if (arn === undefined || logGroupName === undefined) {
    throw new Error(`The access log's destination ${destinationArn} is not the ARN of a log group.`);
  }
  const { account, region } = arn;
  return { destination: { scope: { account, region }, logGroupName }, format: parseAccessLogFormat(format) };
}

/** What is no `$context.` variable is literal text. */
export function parseAccessLogFormat(text: string): AccessLogFormat {
  const line = text.replace(/\r?\n$/, '');
  const pieces: AccessLogPiece[] = [];
  let at = 0;
  for (const match of line.matchAll(VARIABLE)) {
    if (match.index > at) pieces.push(line.slice(at, match.index));
    pieces.push({ variable: match[1] as string });
    at = match.index + match[0].length;
  }
  if (at < line.length) pieces.push(line.slice(at));
  const first = line.trimStart()[0];
  return { escaping: first === '{' || first === '[' ? 'json' : first === '<' ? 'xml' : 'text', pieces };
}

/** `json` and `clf`, the formats that `--access-log-format` knows by name. */
export const namedAccessLogFormats: Readonly<Record<string, string>> = {
  json:
    '{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp",' +
    '"method":"$context.httpMethod","path":"$context.path","protocol":"$context.protocol","domain":"$context.domainName",' +
    '"apiId":"$context.apiId","stage":"$context.stage","routeKey":"$context.routeKey","status":$context.status,' +
    '"responseLength":$context.responseLength,"latency":$context.responseLatency,"integrationLatency":"$context.integrationLatency",' +
    '"error":"$context.integrationErrorMessage","userAgent":"$context.identity.userAgent"}',
  clf: '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.path $context.protocol" $context.status $context.responseLength $context.requestId',
};
