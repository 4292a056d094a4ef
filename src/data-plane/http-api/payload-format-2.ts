// The event of payload format 2.0. What does not change from request to request is JSON text made when the route is assembled; the
// rest is concatenated between. Members that have nothing to say are absent, not null.
// Seen: events recorded in aws-lambda-go and by the AWS .NET Lambda test tool.

import type { HeaderView } from '../../http1/message.ts';
import type { HttpApiPlan, RoutePlan } from '../../model/http-api-plan.ts';
import { commonLogTime } from './clock.ts';
import { toEventBody } from './event-body.ts';
import type { Exchange } from './exchange.ts';
import { headerName } from './header-names.ts';
import type { PayloadFormat } from './payload-format.ts';
import { collectReceived, forwardedChain, joined, parseQuery } from './request-parameters.ts';
import { decodePathText } from './request-path.ts';

export class PayloadFormat2 implements PayloadFormat {
  readonly #start: string;
  readonly #contextStart: string;
  readonly #contextRoute: string;
  readonly #end: string;

  constructor(plan: HttpApiPlan, route: RoutePlan) {
    const routeKey = JSON.stringify(route.routeKey);
    this.#start = `"routeKey":${routeKey},"rawPath":`;
    this.#contextStart = `},"requestContext":{"accountId":${JSON.stringify(plan.scope.account)},"apiId":${JSON.stringify(plan.apiId)}`;
    this.#contextRoute = `,"routeKey":${routeKey},"stage":${JSON.stringify(plan.stageName)},"time":"`;
    const hasVariables = Object.keys(plan.stageVariables).length > 0;
    this.#end = hasVariables ? `,"stageVariables":${JSON.stringify(plan.stageVariables)}}` : '}';
  }

  build(exchange: Exchange, body: Buffer, traceId: string): string {
    const eventBody = toEventBody(body, exchange.request.headers.get('content-type'));
    return (
      `{"version":"2.0",${this.#request(exchange, body.length, traceId)}` +
      `${eventBody.json === undefined ? '' : `,"body":${eventBody.json}`}${pathParametersJson(exchange)}` +
      `,"isBase64Encoded":${eventBody.isBase64Encoded}${this.#end}`
    );
  }

  /** AWS: the members of an event without the body; identitySource is an array. Seen: powertools' recorded events. */
  buildAuthorizerEvent(exchange: Exchange, routeArn: string, identity: readonly string[]): string {
    // Without identity sources the member is null. From memory of the service, not recorded.
    const identitySource = identity.length === 0 ? 'null' : JSON.stringify(identity);
    return (
      `{"version":"2.0","type":"REQUEST","routeArn":${JSON.stringify(routeArn)},"identitySource":${identitySource}` +
      `,${this.#request(exchange, exchange.request.body.length, exchange.traceId)}${pathParametersJson(exchange)}${this.#end}`
    );
  }

  /** From routeKey to the end of requestContext: what the event of an integration and of an authorizer share. */
  #request(exchange: Exchange, contentLength: number | undefined, traceId: string): string {
    const { request, address } = exchange;
    // AWS: rawPath is decoded, also `%2F`. Seen: recorded events (for `%20` and non-ASCII text).
    const path = JSON.stringify(decodePathText(address.pathWithStage) ?? address.pathWithStage);
    const { cookies, members, userAgent, forwardedFor } = sectionJson(request.headers);
    const authorizer = exchange.decision?.authorizer2;
    return (
      `${this.#start}${path},"rawQueryString":${JSON.stringify(request.query)}${cookies},"headers":{${members}` +
      `${contentLength === undefined ? '' : `"content-length":"${contentLength}",`}"x-amzn-trace-id":${JSON.stringify(traceId)}` +
      `,"x-forwarded-for":${JSON.stringify(forwardedChain(forwardedFor, request.remoteAddress))}` +
      `,"x-forwarded-port":"${request.localPort}","x-forwarded-proto":"${address.protocol}"` +
      `${queryJson(request.query)}${this.#contextStart}${authorizer === undefined ? '' : `,"authorizer":${authorizer}`}` +
      `,"domainName":${JSON.stringify(address.domainName)}` +
      `,"domainPrefix":${JSON.stringify(address.domainPrefix)},"http":{"method":${JSON.stringify(request.method)},"path":${path}` +
      `,"protocol":"HTTP/1.1","sourceIp":${JSON.stringify(request.remoteAddress)},"userAgent":${userAgent}}` +
      `,"requestId":"${exchange.requestId}"${this.#contextRoute}${commonLogTime(exchange.at)}","timeEpoch":${exchange.at}}`
    );
  }
}

/** What events show of a header section, whatever the request. */
interface SectionJson {
  /** The member `cookies`, or ''. */
  readonly cookies: string;
  /** Of `headers`, each with a comma behind it. */
  readonly members: string;
  readonly userAgent: string;
  readonly forwardedFor: string | undefined;
}

// A client that keeps its connection sends the same section again: made once, its events cost 1.0 instead of 2.2 us each.
const remembered = new WeakMap<HeaderView, SectionJson>();

function sectionJson(section: HeaderView): SectionJson {
  if (section.repeats !== true) return makeSectionJson(section);
  let json = remembered.get(section);
  if (json === undefined) {
    json = makeSectionJson(section);
    remembered.set(section, json);
  }
  return json;
}

function makeSectionJson(section: HeaderView): SectionJson {
  const headers = collectReceived(section.raw);
  const cookies = cookiesJson(headers.get('cookie'));
  headers.delete('cookie');
  let members = '';
  for (const [name, value] of headers) members += `${headerName(name).lowerMember}${JSON.stringify(joined(value))},`;
  const userAgent = JSON.stringify(section.get('user-agent') ?? '');
  return { cookies, members, userAgent, forwardedFor: section.get('x-forwarded-for') };
}

/** AWS: the Cookie header leaves `headers` and is split at `;`. Seen: recorded events. */
function cookiesJson(value: string | readonly string[] | undefined): string {
  if (value === undefined) return '';
  const cookies = (typeof value === 'string' ? [value] : value)
    .flatMap((field) => field.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
  return cookies.length === 0 ? '' : `,"cookies":${JSON.stringify(cookies)}`;
}

/** AWS: repeated keys are joined with a comma. Seen: recorded events. Closes the headers before it. */
function queryJson(query: string): string {
  if (query === '') return '';
  const parameters = parseQuery(query);
  if (parameters.size === 0) return '';
  let json = '';
  for (const [name, values] of parameters) {
    json += `${json === '' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(values.length === 1 ? values[0] : values.join(','))}`;
  }
  // The `}` that closes it is the one that contextStart begins with.
  return `},"queryStringParameters":{${json}`;
}

function pathParametersJson(exchange: Exchange): string {
  if (exchange.pathParameters.length === 0) return '';
  let json = '';
  for (const { name, value } of exchange.pathParameters) {
    json += `${json === '' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  }
  return `,"pathParameters":{${json}}`;
}
