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
  readonly #stageVariables: string | undefined;

  constructor(plan: HttpApiPlan, route: RoutePlan) {
    const space = route.routeKey.indexOf(' ');
    const resource = JSON.stringify(space < 0 ? route.routeKey : route.routeKey.slice(space + 1));
    this.#start = `"resource":${resource},"path":`;
    this.#contextStart = `,"requestContext":{"accountId":${JSON.stringify(plan.scope.account)},"apiId":${JSON.stringify(plan.apiId)}`;
    // AWS: resourceId is the route key. Seen: recorded events.
    this.#contextEnd = `,"resourceId":${JSON.stringify(route.routeKey)},"resourcePath":${resource},"stage":${JSON.stringify(plan.stageName)}}`;
    const hasVariables = Object.keys(plan.stageVariables).length > 0;
    this.#stageVariables = hasVariables ? JSON.stringify(plan.stageVariables) : undefined;
  }

  build(exchange: Exchange, body: Buffer, traceId: string): string {
    const eventBody = toEventBody(body, exchange.request.headers.get('content-type'));
    const authorizer = `,"authorizer":${exchange.decision?.authorizer1 ?? 'null'}`;
    return (
      `{"version":"1.0",${this.#request(exchange, body.length, traceId, authorizer, 'null')}` +
      `,"pathParameters":${pathParametersJson(exchange) ?? 'null'},"stageVariables":${this.#stageVariables ?? 'null'}` +
      `,"body":${eventBody.json ?? 'null'},"isBase64Encoded":${eventBody.isBase64Encoded}}`
    );
  }

  /**
   * AWS: the event of a REST API's REQUEST authorizer with a version; identity sources are one text with commas, twice; maps that hold
   * nothing are empty, not null. Seen: developer guide samples.
   */
  buildAuthorizerEvent(exchange: Exchange, routeArn: string, identity: readonly string[]): string {
    const identitySource = identity.length === 0 ? 'null' : JSON.stringify(identity.join(','));
    return (
      `{"version":"1.0","type":"REQUEST","methodArn":${JSON.stringify(routeArn)},"identitySource":${identitySource}` +
      `,"authorizationToken":${identitySource}` +
      `,${this.#request(exchange, exchange.request.body.length, exchange.traceId, '', '{}')}` +
      `,"pathParameters":${pathParametersJson(exchange) ?? '{}'},"stageVariables":${this.#stageVariables ?? '{}'}}`
    );
  }

  /** From resource to the end of requestContext: what the event of an integration and of an authorizer share. */
  #request(
    exchange: Exchange,
    contentLength: number | undefined,
    traceId: string,
    authorizer: string,
    noParameters: string,
  ): string {
    const { request, address } = exchange;
    const method = JSON.stringify(request.method);
    const headers = collectHeaders(request.headers.raw, {
      contentLength,
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
    const path = JSON.stringify(decodePathText(address.pathWithMapping) ?? address.pathWithMapping);
    return (
      `${this.#start}${JSON.stringify(address.pathWithMapping)},"httpMethod":${method},"headers":{${single}}` +
      `,"multiValueHeaders":{${multi}}${queryJson(request.query, noParameters)}${this.#contextStart}${authorizer}` +
      `,"domainName":${JSON.stringify(address.domainName)}` +
      `,"domainPrefix":${JSON.stringify(address.domainPrefix)},"extendedRequestId":"${exchange.requestId}","httpMethod":${method}` +
      `${identityJson(exchange)},"path":${path},"protocol":"HTTP/1.1"` +
      `,"requestId":"${exchange.requestId}","requestTime":"${commonLogTime(exchange.at)}","requestTimeEpoch":${exchange.at}` +
      this.#contextEnd
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
function queryJson(query: string, none: string): string {
  const parameters = parseQuery(query);
  if (parameters.size === 0) return `,"queryStringParameters":${none},"multiValueQueryStringParameters":${none}`;
  let single = '';
  let multi = '';
  for (const [name, values] of parameters) {
    const member = `${single === '' ? '' : ','}${JSON.stringify(name)}:`;
    single += member + JSON.stringify(values.at(-1));
    multi += member + JSON.stringify(values);
  }
  return `,"queryStringParameters":{${single}},"multiValueQueryStringParameters":{${multi}}`;
}

function pathParametersJson(exchange: Exchange): string | undefined {
  if (exchange.pathParameters.length === 0) return undefined;
  const members = exchange.pathParameters.map(({ name, value }) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${members.join(',')}}`;
}
