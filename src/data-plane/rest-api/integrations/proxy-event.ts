// The event of a Lambda proxy integration on a REST API. What does not change from request to request is JSON text made when the method
// is assembled. Empty maps are null. Also the part of it that REQUEST authorizers see.
// Seen: events recorded by LocalStack's tests.

import { isUtf8 } from 'node:buffer';
import type { RestApiPlan, RestMethodPlan } from '../../../model/rest-api-plan.ts';
import { commonLogTime } from '../../http-api/clock.ts';
import type { Exchange } from '../exchange.ts';
import { bytesOf, textOf } from '../payload.ts';

export class ProxyEvent {
  readonly #resource: string;
  readonly #contextStart: string;
  readonly #contextEnd: string;
  /** Undefined when there are none. */
  readonly #stageVariables: string | undefined;
  readonly #requiresKey: boolean;

  constructor(plan: RestApiPlan, method: RestMethodPlan) {
    this.#resource = JSON.stringify(method.resourcePath);
    this.#contextStart =
      `{"resourceId":${JSON.stringify(method.resourceId)},"resourcePath":${this.#resource}` +
      (method.operationName === undefined ? '' : `,"operationName":${JSON.stringify(method.operationName)}`);
    this.#contextEnd =
      `,"deploymentId":${JSON.stringify(plan.deploymentId)},"apiId":${JSON.stringify(plan.apiId)}` +
      `${plan.isCanary === undefined ? '' : `,"isCanaryRequest":${plan.isCanary}`}}`;
    const hasVariables = Object.keys(plan.stageVariables).length > 0;
    this.#stageVariables = hasVariables ? JSON.stringify(plan.stageVariables) : undefined;
    this.#requiresKey = method.apiKeyRequired;
  }

  build(exchange: Exchange): string {
    const { body } = exchange;
    // AWS: base64 for the API's binary types; what is no text at all could not be passed as text. Seen: LocalStack.
    const isBase64 =
      exchange.pipeline.binaryMediaTypes.matches(exchange.request.headers.get('content-type')) ||
      (typeof body !== 'string' && !isUtf8(body));
    const bodyJson = body.length === 0 ? 'null' : JSON.stringify(isBase64 ? bytesOf(body).toString('base64') : textOf(body));
    return `{${this.#request(exchange, this.#authorizerJson(exchange), 'null', exchange.fields.isSigned)},"body":${bodyJson},"isBase64Encoded":${isBase64 && body.length > 0}}`;
  }

  /** The event of a REQUEST authorizer. AWS: maps that are empty are empty here. Seen: developer guide's sample, public logs. */
  buildForAuthorizer(exchange: Exchange, methodArn: string): string {
    return `{"type":"REQUEST","methodArn":${JSON.stringify(methodArn)},${this.#request(exchange, '', '{}')}}`;
  }

  /** `none` is what stands for an empty map. */
  #request(exchange: Exchange, authorizer: string, none: 'null' | '{}', hidesSignature = false): string {
    const { address } = exchange;
    const method = JSON.stringify(exchange.httpMethod);
    return (
      `"resource":${this.#resource},"path":${JSON.stringify(address.eventPath ?? address.path)},"httpMethod":${method}` +
      `${headersJson(exchange, none, hidesSignature)}${queryJson(exchange, none)},"pathParameters":${pathParametersJson(exchange, none)}` +
      `,"stageVariables":${this.#stageVariables ?? none},"requestContext":${this.#contextStart}${authorizer}` +
      `,"httpMethod":${method},"extendedRequestId":"${exchange.extendedRequestId}","requestTime":"${commonLogTime(exchange.at)}"` +
      `,"path":${JSON.stringify(address.pathWithMapping)},"accountId":${JSON.stringify(exchange.pipeline.plan.scope.account)}` +
      `,"protocol":"HTTP/1.1","stage":${JSON.stringify(exchange.pipeline.plan.stageName)}` +
      `,"domainPrefix":${JSON.stringify(address.domainPrefix)},"requestTimeEpoch":${exchange.at},"requestId":"${exchange.requestId}"` +
      `${this.#identityJson(exchange)},"domainName":${JSON.stringify(address.domainName)}${this.#contextEnd}`
    );
  }

  #identityJson({ request, decision, apiKey, address }: Exchange): string {
    const identity = decision?.identity;
    const key =
      this.#requiresKey || apiKey !== undefined
        ? `,"apiKey":${JSON.stringify(apiKey?.value ?? null)},"apiKeyId":${JSON.stringify(apiKey?.id ?? null)}`
        : '';
    const { vpcEndpoint } = address;
    // AWS: there for private APIs. From memory of the service.
    const vpc =
      vpcEndpoint === undefined ? '' : `,"vpcId":${text(vpcEndpoint.vpcId)},"vpceId":${JSON.stringify(vpcEndpoint.vpceId)}`;
    return (
      `,"identity":{"cognitoIdentityPoolId":null,"accountId":${text(identity?.accountId)},"cognitoIdentityId":null` +
      `,"caller":${text(identity?.callerId)},"sourceIp":${JSON.stringify(request.remoteAddress)},"principalOrgId":null` +
      `,"accessKey":${text(identity?.accessKey)},"cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null` +
      `,"userArn":${text(identity?.userArn)},"userAgent":${text(request.headers.get('user-agent'))},"user":${text(identity?.userId)}${key}${vpc}}`
    );
  }

  #authorizerJson({ decision }: Exchange): string {
    switch (decision?.authorizationType) {
      case 'CUSTOM':
        return `,"authorizer":${JSON.stringify({
          ...decision.context,
          principalId: decision.principalId,
          integrationLatency: decision.integrationLatencyMs ?? 0,
        })}`;
      case 'COGNITO_USER_POOLS':
        return `,"authorizer":${JSON.stringify({ claims: decision.claims })}`;
      default:
        return '';
    }
  }
}

function text(value: string | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

/** AWS: the single map keeps the last of repeated values. Seen: recorded events. */
function headersJson(exchange: Exchange, none: string, hidesSignature: boolean): string {
  let single = '';
  let multi = '';
  const add = (name: string, values: readonly string[]): void => {
    const member = `${single === '' ? '' : ','}${JSON.stringify(name)}:`;
    single += member + JSON.stringify(values.at(-1));
    multi += member + JSON.stringify(values);
  };
  for (const [name, values] of exchange.fields.headers) {
    if (!hidesSignature || name !== 'Authorization') add(name, values);
  }
  // AWS: null without any, which is so in tests alone. From memory of the service (tests in the console).
  if (single === '') return `,"headers":${none},"multiValueHeaders":${none}`;
  return `,"headers":{${single}},"multiValueHeaders":{${multi}}`;
}

function queryJson({ fields }: Exchange, none: string): string {
  if (fields.query.size === 0) return `,"queryStringParameters":${none},"multiValueQueryStringParameters":${none}`;
  let single = '';
  let multi = '';
  for (const [name, values] of fields.query) {
    const member = `${single === '' ? '' : ','}${JSON.stringify(name)}:`;
    single += member + JSON.stringify(values.at(-1));
    multi += member + JSON.stringify(values);
  }
  return `,"queryStringParameters":{${single}},"multiValueQueryStringParameters":{${multi}}`;
}

function pathParametersJson({ pathParameters }: Exchange, none: string): string {
  if (pathParameters.length === 0) return none;
  return `{${pathParameters.map(({ name, value }) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}
