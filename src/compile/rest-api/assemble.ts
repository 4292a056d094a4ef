// Plan -> pipeline: turns the plan's data into the objects that serve requests. It decides nothing; everything was decided in plan.ts.

import { assembleAccessLog } from '../../data-plane/access-log/access-log.ts';
import { restContextVariable } from '../../data-plane/context-variables/rest-context-variables.ts';
import { TokenBucket } from '../../data-plane/http-api/throttle.ts';
import { serviceRole } from '../../data-plane/iam/service-role.ts';
import { cacheKeyPrefix } from '../../data-plane/method-cache/cache-key.ts';
import type { MethodCache } from '../../data-plane/method-cache/method-cache.ts';
import type { StageCaches } from '../../data-plane/method-cache/stage-caches.ts';
import type { BoundMeter, FunctionTarget, RestApiPorts, TokenVerifier, Tracing, Upstreams } from '../../data-plane/ports.ts';
import type { Authorizer } from '../../data-plane/rest-api/authorizer.ts';
import { CognitoAuthorizer } from '../../data-plane/rest-api/authorizers/cognito-authorizer.ts';
import { IamAuthorizer } from '../../data-plane/rest-api/authorizers/iam-authorizer.ts';
import { SharedLambdaAuthorizer } from '../../data-plane/rest-api/authorizers/lambda-authorizer.ts';
import { RequestAuthorizer } from '../../data-plane/rest-api/authorizers/request-authorizer.ts';
import { TokenAuthorizer } from '../../data-plane/rest-api/authorizers/token-authorizer.ts';
import { UnservableAuthorizer } from '../../data-plane/rest-api/authorizers/unservable.ts';
import { BinaryMediaTypes } from '../../data-plane/rest-api/content-handling.ts';
import { GatewayResponses } from '../../data-plane/rest-api/gateway-responses.ts';
import { AwsServiceIntegration } from '../../data-plane/rest-api/integrations/aws-service.ts';
import { HttpIntegration } from '../../data-plane/rest-api/integrations/http.ts';
import type { Integration } from '../../data-plane/rest-api/integrations/integration.ts';
import { LambdaIntegration } from '../../data-plane/rest-api/integrations/lambda.ts';
import { LambdaProxyIntegration } from '../../data-plane/rest-api/integrations/lambda-proxy.ts';
import { LambdaStreamIntegration } from '../../data-plane/rest-api/integrations/lambda-stream.ts';
import { MockIntegration } from '../../data-plane/rest-api/integrations/mock.ts';
import { ProxyEvent } from '../../data-plane/rest-api/integrations/proxy-event.ts';
import { UnservableIntegration } from '../../data-plane/rest-api/integrations/unservable.ts';
import { RequestValidator } from '../../data-plane/rest-api/method-request.ts';
import type { Canary, MethodPipeline, RestApiPipeline } from '../../data-plane/rest-api/pipeline.ts';
import { ResourcePolicy } from '../../data-plane/rest-api/resource-policy.ts';
import { ResourceTable } from '../../data-plane/rest-api/resource-selection.ts';
import { ResponseCache } from '../../data-plane/rest-api/response-cache.ts';
import { StageExecutionLog } from '../../data-plane/rest-api/stage-execution-log.ts';
import { compileMappingTemplate } from '../../data-plane/rest-api/vtl-template.ts';
import { apiNameDimension, methodDimensions, stageDimensions } from '../../data-plane/telemetry/api-dimensions.ts';
import { type MetricsOwner, REST_METRICS, RequestMetrics } from '../../data-plane/telemetry/request-metrics.ts';
import { StageTracer } from '../../data-plane/telemetry/stage-tracer.ts';
import { parsePolicy } from '../../iam-policy/policy-document.ts';
import type {
  RequestAuthorizerPlan,
  RestApiPlan,
  RestLambdaProxyPlan,
  RestMethodPlan,
  TokenAuthorizerPlan,
} from '../../model/rest-api-plan.ts';
import { sharingSchemaCompiler } from './schema-compiler.ts';

/** Clients decide about their requests, and nobody is told. */
const noTracing: Tracing = { sample: () => ({ isSampled: false, ruleName: 'none' }), record() {} };

/** The pipeline is frozen: a request that began in it ends in it, whatever is deployed meanwhile. */
export function assembleRestApi(plan: RestApiPlan, ports: RestApiPorts, upstreams: Upstreams, canary?: Canary): RestApiPipeline {
  const lambdaAuthorizers = new Map<string, SharedLambdaAuthorizer>();
  const verifiers = new Map<string, TokenVerifier>();
  const compileSchema = sharingSchemaCompiler();
  const stageCache = openStageCache(plan, ports.responseCaches);
  const apiDimension = apiNameDimension(plan.apiName, plan.apiId);
  return Object.freeze({
    plan,
    canary,
    resources: new ResourceTable(plan.methods.map(assembleMethod)),
    webAcl: ports.webAcls?.bind(plan),
    closed: plan.closedReason === undefined ? undefined : ({ refused: 'ACCESS_DENIED', reason: plan.closedReason } as const),
    resourcePolicy: assembleResourcePolicy(plan.resourcePolicy),
    accountThrottle: plan.accountThrottle && new TokenBucket(ports.counters, plan.accountThrottle, 'the account'),
    gatewayResponses: new GatewayResponses(plan.gatewayResponses),
    binaryMediaTypes: new BinaryMediaTypes(plan.binaryMediaTypes),
    metrics: assembleMetrics(stageDimensions(apiDimension, plan.stageName)),
    exchanges: ports.exchanges,
    deadlines: ports.deadlines,
    accessLog: assembleAccessLog(plan, ports.stageLogs, restContextVariable),
    executionLog: assembleExecutionLog(),
    tracer: plan.tracing === true ? new StageTracer(plan, ports.tracing ?? noTracing) : undefined,
    tracesData: plan.methods.some(({ executionLog }) => executionLog?.dataTrace === true),
    developerHeaders: ports.developerHeaders === true,
  });

  function assembleMethod(method: RestMethodPlan): MethodPipeline {
    const routeKey = `${method.httpMethod} ${method.resourcePath}`;
    return Object.freeze({
      plan: method,
      routeKey,
      authorizer: assembleAuthorizer(method),
      meter: method.apiKeyRequired ? assembleMeter(method) : undefined,
      throttle: method.throttle && new TokenBucket(ports.counters, method.throttle, `the method "${routeKey}"`),
      validator: method.validation && new RequestValidator(method.validation, compileSchema),
      cache: assembleCache(method),
      integration: assembleIntegration(method),
      metrics: method.detailedMetrics === true ? assembleMethodMetrics(method) : undefined,
    });
  }

  function assembleMetrics(dimensionSets: MetricsOwner['dimensionSets']): RequestMetrics | undefined {
    return ports.metrics && new RequestMetrics(ports.metrics, { scope: plan.scope, dimensionSets }, REST_METRICS);
  }

  function assembleMethodMetrics({ resourcePath, httpMethod }: RestMethodPlan): RequestMetrics | undefined {
    return assembleMetrics([methodDimensions(apiDimension, plan.stageName, resourcePath, httpMethod)]);
  }

  function assembleExecutionLog(): StageExecutionLog | undefined {
    if (plan.executionLog === undefined) return undefined;
    if (ports.stageLogs === undefined) throw new Error('There is nowhere to write execution logs to.');
    return new StageExecutionLog(ports.stageLogs.open(plan.executionLog));
  }

  function assembleCache({ cache, resourcePath, httpMethod }: RestMethodPlan): ResponseCache | undefined {
    if (cache === undefined || stageCache === undefined) return undefined;
    const { scope, apiId, stageName, deploymentId, cacheApart } = plan;
    const { namespace } = cache;
    const owner = cacheApart === true ? deploymentId : '';
    const prefix = cacheKeyPrefix({ scope, apiId, stageName, deploymentId: owner, namespace, resourcePath, httpMethod });
    return new ResponseCache(cache, stageCache, prefix);
  }

  /** Default deny: a method without authorizer compiles only when it says that it wants none. */
  function assembleAuthorizer(method: RestMethodPlan): Authorizer | undefined {
    const { authorization } = method;
    switch (authorization.type) {
      case 'NONE':
        return undefined;
      case 'AWS_IAM':
        return ports.callers === undefined
          ? new UnservableAuthorizer('AWS_IAM is not served: nothing here knows access keys.')
          : new IamAuthorizer(ports.callers);
      case 'TOKEN':
        return new TokenAuthorizer(authorization, sharedAuthorizer(authorization));
      case 'REQUEST':
        return new RequestAuthorizer(authorization, sharedAuthorizer(authorization), new ProxyEvent(plan, method));
      case 'COGNITO_USER_POOLS':
        return ports.tokens === undefined
          ? new UnservableAuthorizer('User pools are not served: nothing here verifies tokens.')
          : new CognitoAuthorizer(
              authorization,
              new Map(authorization.issuers.map((issuer) => [issuer, verifierOf(issuer)])),
              ports.deadlines,
            );
      case 'UNSERVABLE':
        return new UnservableAuthorizer(authorization.reason);
    }
  }

  function sharedAuthorizer(authorizer: TokenAuthorizerPlan | RequestAuthorizerPlan): SharedLambdaAuthorizer {
    let shared = lambdaAuthorizers.get(authorizer.authorizerId);
    if (shared === undefined) {
      shared = new SharedLambdaAuthorizer(plan, authorizer, bind(authorizer), ports);
      lambdaAuthorizers.set(authorizer.authorizerId, shared);
    }
    return shared;
  }

  function verifierOf(issuer: string): TokenVerifier {
    if (ports.tokens === undefined) throw new Error('A user pool was planned without anybody who verifies tokens.');
    const verifier = verifiers.get(issuer) ?? ports.tokens.verifier({ issuer, audiences: 'any' });
    verifiers.set(issuer, verifier);
    return verifier;
  }

  function assembleMeter({ resourcePath, httpMethod }: RestMethodPlan): BoundMeter {
    const { scope, apiId, stageName } = plan;
    return ports.meter?.bind({ scope, apiId, stageName, resourcePath, httpMethod }) ?? nobodyMeters;
  }

  function assembleIntegration(method: RestMethodPlan): Integration {
    const { integration } = method;
    const compile = compileMappingTemplate;
    switch (integration.type) {
      case 'MOCK':
        return new MockIntegration(integration, compile);
      case 'HTTP':
      case 'HTTP_PROXY':
        return new HttpIntegration(integration, plan.apiId, upstreams, compile, ports.clientCertificate);
      case 'AWS_PROXY':
        return assembleLambdaProxy(integration, new ProxyEvent(plan, method));
      case 'AWS_LAMBDA':
        return new LambdaIntegration(integration, bind(integration), ports.deadlines, compile);
      case 'AWS_SERVICE': {
        if (ports.awsCredentials === undefined && integration.asCaller !== true)
          throw new Error(`${integration.service} was planned without keys to sign its calls.`);
        const role = serviceRole(integration.role, plan.scope.account, ports.roles);
        return new AwsServiceIntegration(integration, plan.apiId, upstreams, ports.awsCredentials, role, compile);
      }
      case 'UNSERVABLE':
        return new UnservableIntegration(integration);
    }
  }

  function assembleLambdaProxy(integration: RestLambdaProxyPlan, event: ProxyEvent): Integration {
    const { stream } = integration;
    return stream === undefined
      ? new LambdaProxyIntegration(integration, bind(integration), event, ports.deadlines)
      : new LambdaStreamIntegration({ ...integration, stream }, bind(integration), event, ports.deadlines);
  }

  function bind({ functionArn, sourceArn, credentials }: Omit<FunctionTarget, 'scope'>) {
    return ports.functions.bind({ scope: plan.scope, functionArn, sourceArn, credentials });
  }
}

/** The stage's cache, the same for all its deployments; one that the stage has no more is emptied. */
function openStageCache(plan: RestApiPlan, caches: StageCaches | undefined): MethodCache | undefined {
  const { scope, apiId, stageName, cacheClusterSize } = plan;
  if (cacheClusterSize !== undefined) return caches?.open(scope, apiId, stageName, cacheClusterSize);
  caches?.close(scope, apiId, stageName);
  return undefined;
}

/** Fail closed: a method that requires a key is open to nobody where no key can be checked. */
const nobodyMeters: BoundMeter = {
  take: () => ({ kind: 'refused', refused: 'INVALID_API_KEY', reason: 'API keys are not checked here, so nobody has one.' }),
};

function assembleResourcePolicy(text: string | undefined): ResourcePolicy | undefined {
  if (text === undefined) return undefined;
  const policy = parsePolicy(text, 'resource');
  if (!('statements' in policy)) throw new Error(`A resource policy was planned that cannot be read: ${policy.message}`);
  return new ResourcePolicy(policy);
}
