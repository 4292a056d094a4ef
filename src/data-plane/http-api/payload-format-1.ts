// The event of payload format 1.0 on an HTTP API: the REST API's shape with differences. Names are Title-Case, Content-Length is
// present, `path` stays encoded while the path in requestContext is decoded, and empty maps are null.
// Seen: events recorded by the AWS .NET Lambda test tool; authorizer and identity from the developer guide's sample.

import type { HttpApiPlan, RoutePlan } from '../../model/http-api-plan.ts';
import { commonLogTime } from './clock.ts';
import { toEventBody } from './event-body.ts';
import type { Exchange } from './exchange.ts';
import { headerName } from './header-names.ts';
import type { PayloadFormat } from './payload-format.ts';
import { collectHeaders, parseQuery } from './request-parameters.ts';
import { decodePathText } from './request-path.ts';

export class PayloadFormat1 implements PayloadFormat {
  readonly #start: string;
  readonly #contextStart: string;
  readonly #contextEnd: string;
  readonly #stageVariables: string;

  constructor(plan: HttpApiPlan, route: RoutePlan) {
    const space = route.routeKey.indexOf(' ');
    const resource = JSON.stringify(space < 0 ? route.routeKey : route.routeKey.slice(space + 1));
    this.#start = `{"version":"1.0","resource":${resource},"path":`;
    this.#contextStart = `,"requestContext":{"accountId":${JSON.stringify(plan.scope.account)},"apiId":${JSON.stringify(plan.apiId)},"authorizer":`;
    // AWS: resourceId is the route key. Seen: recorded events.
    this.#contextEnd = `,"resourceId":${JSON.stringify(route.routeKey)},"resourcePath":${resource},"stage":${JSON.stringify(plan.stageName)}}`;
    const hasVariables = Object.keys(plan.stageVariables).length > 0;
    this.#stageVariables = `,"stageVariables":${hasVariables ? JSON.stringify(plan.stageVariables) : 'null'}`;
  }

  build(exchange: Exchange, body: Buffer, traceId: string): string {
    const { request, address } = exchange;
    const method = JSON.stringify(request.method);
    const headers = collectHeaders(request.headers.raw, {
      contentLength: body.length,
      traceId,
      forwardedFor: request.headers.get('x-forwarded-for'),
      sourceIp: request.remoteAddress,
      port: request.localPort,
      protocol: address.protocol,
    });
    let single = '';
    let multi = '';
    for (const [name, value] of headers) {
      const { titleMember } = headerName(name);
      const comma = single === '' ? '' : ',';
      // AWS: the single map keeps the last of repeated values. Seen: developer guide sample.
      single += `${comma}${titleMember}${JSON.stringify(typeof value === 'string' ? value : value.at(-1))}`;
      multi += `${comma}${titleMember}${JSON.stringify(typeof value === 'string' ? [value] : value)}`;
    }
    const eventBody = toEventBody(body, request.headers.get('content-type'));
    const path = JSON.stringify(decodePathText(address.pathWithMapping) ?? address.pathWithMapping);
    return (
      `${this.#start}${JSON.stringify(address.pathWithMapping)},"httpMethod":${method},"headers":{${single}}` +
      `,"multiValueHeaders":{${multi}}${queryJson(request.query)}${this.#contextStart}${exchange.decision?.authorizer1 ?? 'null'}` +
      `,"domainName":${JSON.stringify(address.domainName)}` +
      `,"domainPrefix":${JSON.stringify(address.domainPrefix)},"extendedRequestId":"${exchange.requestId}","httpMethod":${method}` +
      `${identityJson(exchange)},"path":${path},"protocol":"HTTP/1.1"` +
      `,"requestId":"${exchange.requestId}","requestTime":"${commonLogTime(exchange.at)}","requestTimeEpoch":${exchange.at}` +
      `${this.#contextEnd}${pathParametersJson(exchange)}${this.#stageVariables}` +
      `,"body":${eventBody.json ?? 'null'},"isBase64Encoded":${eventBody.isBase64Encoded}}`
    );
  }
}

function identityJson({ request, decision }: Exchange): string {
  const signer = decision?.authorizationType === 'AWS_IAM' ? decision.identity : undefined;
  const userAgent = JSON.stringify(request.headers.get('user-agent') ?? '');
  return (
    `,"identity":{"accessKey":${orNull(signer?.accessKey)},"accountId":${orNull(signer?.accountId)}` +
    `,"caller":${orNull(signer?.callerId)},"cognitoAmr":null,"cognitoAuthenticationProvider":null` +
    ',"cognitoAuthenticationType":null,"cognitoIdentityId":null,"cognitoIdentityPoolId":null' +
    `,"principalOrgId":${orNull(signer?.principalOrgId)},"sourceIp":${JSON.stringify(request.remoteAddress)}` +
    `,"user":${orNull(signer?.userId)},"userAgent":${userAgent},"userArn":${orNull(signer?.userArn)}}`
  );
}

function orNull(text: string | undefined): string {
  return text === undefined ? 'null' : JSON.stringify(text);
}

/** AWS: the single map keeps the last value, the multi map all in order. Seen: recorded events. */
function queryJson(query: string): string {
  const parameters = parseQuery(query);
  if (parameters.size === 0) return ',"queryStringParameters":null,"multiValueQueryStringParameters":null';
  let single = '';
  let multi = '';
  for (const [name, values] of parameters) {
    const member = `${single === '' ? '' : ','}${JSON.stringify(name)}:`;
    single += member + JSON.stringify(values.at(-1));
    multi += member + JSON.stringify(values);
  }
  return `,"queryStringParameters":{${single}},"multiValueQueryStringParameters":{${multi}}`;
}

function pathParametersJson(exchange: Exchange): string {
  if (exchange.pathParameters.length === 0) return ',"pathParameters":null';
  const members = exchange.pathParameters.map(({ name, value }) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `,"pathParameters":{${members.join(',')}}`;
}
