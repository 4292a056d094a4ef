// What a traced stage of a REST API tells X-Ray about its requests.
// AWS: the segment of a stage and its members. Seen: public segments of API Gateway; developer guide, "X-Ray tracing".

import { partitionOf } from '../../aws/arn.ts';
import type { RestApiPlan, RestMethodPlan } from '../../model/rest-api-plan.ts';
import type { Tracing } from '../ports.ts';
import type { Exchange } from '../rest-api/exchange.ts';
import { decideTrace, type TraceDecision } from './trace-header.ts';

type Members = Readonly<Record<string, unknown>>;

export class StageTracer {
  readonly #plan: RestApiPlan;
  readonly #tracing: Tracing;
  readonly #name: string;
  readonly #resourceArn: string;
  /** By method: what its integration calls, if anybody. */
  readonly #called: ReadonlyMap<RestMethodPlan, Called | undefined>;

  constructor(plan: RestApiPlan, tracing: Tracing) {
    this.#plan = plan;
    this.#tracing = tracing;
    this.#name = segmentName(`${plan.apiName}/${plan.stageName}`);
    const { region } = plan.scope;
    this.#resourceArn = `arn:${partitionOf(region)}:apigateway:${region}::/restapis/${plan.apiId}/stages/${plan.stageName}`;
    this.#called = new Map(plan.methods.map((method) => [method, calledBy(method)]));
  }

  decide(exchange: Exchange, received: string | undefined): TraceDecision {
    return decideTrace(received, exchange.at, () => {
      const { host, httpMethod, address } = { host: exchange.address.domainName, ...exchange };
      return this.#tracing.sample(
        {
          ...{ scope: this.#plan.scope, serviceName: this.#name, serviceType: 'AWS::ApiGateway::Stage' },
          ...{ host, httpMethod, urlPath: address.path, resourceArn: this.#resourceArn },
        },
        exchange.at,
      );
    });
  }

  /** Tells a finished request, if it is sampled. */
  record(exchange: Exchange): void {
    const decision = exchange.trace as TraceDecision;
    if (decision.isSampled) this.#tracing.record(this.#plan.scope, this.#segment(exchange, decision));
  }

  #segment(exchange: Exchange, decision: TraceDecision): Members {
    const { scope, apiId, stageName } = this.#plan;
    const { request, address, status } = exchange;
    const startTime = exchange.at / 1000;
    const forwarded = request.headers.get('x-forwarded-for');
    const call = this.#call(exchange, decision, startTime);
    return {
      ...{ id: decision.segmentId, trace_id: decision.root },
      ...(decision.parent === undefined ? {} : { parent_id: decision.parent }),
      ...{ name: this.#name, start_time: startTime, end_time: startTime + exchange.totalUs / 1e6 },
      ...{ origin: 'AWS::ApiGateway::Stage', resource_arn: this.#resourceArn },
      http: {
        request: {
          url: `${address.protocol}://${address.domainName}${address.pathWithStage}`,
          method: exchange.httpMethod,
          ...present('user_agent', request.headers.get('user-agent')),
          client_ip: request.remoteAddress,
          ...(forwarded === undefined ? {} : { x_forwarded_for: true }),
        },
        response: { status, content_length: 0 },
      },
      aws: {
        api_gateway: { account_id: scope.account, request_id: exchange.requestId, rest_api_id: apiId, stage: stageName },
        ...(decision.ruleName === undefined ? {} : { xray: { sampling_rule_name: decision.ruleName } }),
      },
      annotations: { 'aws:api_id': apiId, 'aws:api_stage': stageName },
      metadata: { default: { extended_request_id: exchange.extendedRequestId, request_id: exchange.requestId } },
      ...failureOf(status),
      ...(call === undefined ? {} : { subsegments: [call] }),
    };
  }

  /** The call of the integration, as far as it came. */
  #call(exchange: Exchange, { subsegmentId }: TraceDecision, startTime: number): Members | undefined {
    const { method, integrationStartedAt, integrationUs } = exchange;
    const called = method === undefined || integrationStartedAt === 0 ? undefined : this.#called.get(method.plan);
    if (called === undefined) return undefined;
    const begun = startTime + (integrationStartedAt - exchange.request.startedAt) / 1000;
    const answered = exchange.integrationStatus === 0 ? {} : { response: { status: exchange.integrationStatus } };
    const { request, ...rest } = called;
    return {
      ...{ id: subsegmentId, start_time: begun, end_time: begun + (integrationUs ?? 0) / 1e6 },
      ...rest,
      http: { request: { method: exchange.httpMethod, ...request }, ...answered },
      ...failureOf(exchange.integrationStatus === 0 ? exchange.status : exchange.integrationStatus),
    };
  }
}

interface Called {
  readonly name: string;
  readonly namespace: 'aws' | 'remote';
  readonly aws?: Members;
  /** Without a method: that of the client's request. */
  readonly request: Members;
}

/** Undefined for methods that call nobody. */
function calledBy({ integration }: RestMethodPlan): Called | undefined {
  switch (integration.type) {
    case 'AWS_PROXY':
    case 'AWS_LAMBDA': {
      const [, , , region = '', , , name = ''] = integration.functionArn.split(':');
      const url = `https://lambda.${region}.amazonaws.com/2015-03-31/functions/${integration.functionArn}/invocations`;
      return {
        ...{ name: 'Lambda', namespace: 'aws', request: { url, method: 'POST' } },
        aws: { function_name: name, region, operation: 'Invoke', resource_names: [name] },
      };
    }
    case 'AWS_SERVICE': {
      const { service, region, method = 'POST', endpoint } = integration;
      return { name: service, namespace: 'aws', aws: { region }, request: { url: endpoint, method } };
    }
    case 'HTTP':
    case 'HTTP_PROXY': {
      const { protocol, host, port, method } = integration;
      const name = host.map((piece) => (typeof piece === 'string' ? piece : '*')).join('');
      return {
        ...{ name: segmentName(name), namespace: 'remote' },
        request: { url: `${protocol}://${name}:${port}`, ...present('method', method), traced: true },
      };
    }
    default:
      return undefined;
  }
}

function failureOf(status: number): Members {
  if (status >= 500) return { fault: true };
  if (status === 429) return { error: true, throttle: true };
  return status >= 400 ? { error: true } : {};
}

/** AWS: 200 characters, of letters, digits, blanks and some signs. Seen: X-Ray developer guide, segment documents. */
export function segmentName(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu, '').slice(0, 200) || '-';
}

function present(name: string, value: string | undefined): Members {
  return value === undefined ? {} : { [name]: value };
}
