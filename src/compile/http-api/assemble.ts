// Plan -> pipeline: turns the plan's data into the objects that serve requests. It decides nothing; everything was decided in plan.ts.

import { assembleAccessLog } from '../../data-plane/access-log/access-log.ts';
import type { Authorizer } from '../../data-plane/authorizers/authorizer.ts';
import { IamAuthorizer } from '../../data-plane/authorizers/iam-authorizer.ts';
import { JwtAuthorizer } from '../../data-plane/authorizers/jwt-authorizer.ts';
import { LambdaAuthorizer, SharedLambdaAuthorizer } from '../../data-plane/authorizers/lambda-authorizer.ts';
import { UnservableAuthorizer } from '../../data-plane/authorizers/unservable.ts';
import { contextVariable } from '../../data-plane/context-variables/context-variables.ts';
import { CorsPolicy } from '../../data-plane/http-api/cors.ts';
import { readLambdaResponse1 } from '../../data-plane/http-api/lambda-response-1.ts';
import { readLambdaResponse2 } from '../../data-plane/http-api/lambda-response-2.ts';
import { PayloadFormat1 } from '../../data-plane/http-api/payload-format-1.ts';
import { PayloadFormat2 } from '../../data-plane/http-api/payload-format-2.ts';
import type { HttpApiPipeline, RoutePipeline } from '../../data-plane/http-api/pipeline.ts';
import { RouteTable } from '../../data-plane/http-api/route-selection.ts';
import { TokenBucket } from '../../data-plane/http-api/throttle.ts';
import { serviceRole } from '../../data-plane/iam/service-role.ts';
import { AwsServiceIntegration } from '../../data-plane/integrations/aws-service.ts';
import { HttpProxyIntegration } from '../../data-plane/integrations/http-proxy.ts';
import type { Integration } from '../../data-plane/integrations/integration.ts';
import { LambdaProxyIntegration } from '../../data-plane/integrations/lambda-proxy.ts';
import { UnservableIntegration } from '../../data-plane/integrations/unservable.ts';
import type { BoundFunction, DataPlanePorts, FunctionTarget, TokenVerifier, Upstreams } from '../../data-plane/ports.ts';
import { apiIdDimension, methodDimensions, stageDimensions } from '../../data-plane/telemetry/api-dimensions.ts';
import { HTTP_METRICS, type MetricsOwner, RequestMetrics } from '../../data-plane/telemetry/request-metrics.ts';
import type {
  HttpApiPlan,
  JwtAuthorizerPlan,
  LambdaAuthorizerPlan,
  LambdaProxyPlan,
  RoutePlan,
} from '../../model/http-api-plan.ts';

/** The pipeline is frozen: a request that began in it ends in it, whatever is deployed meanwhile. */
export function assembleHttpApi(plan: HttpApiPlan, ports: DataPlanePorts, upstreams: Upstreams): HttpApiPipeline {
  const lambdaAuthorizers = new Map<string, SharedLambdaAuthorizer>();
  // What routes have in common they share: 500 routes that each have their own are 3 % slower, because a request then finds less of
  // what it needs in the processor's cache.
  const jwtAuthorizers = new Map<string, Authorizer>();
  const httpProxies = new Map<string, Integration>();
  const verifiers = new Map<string, TokenVerifier>();
  return Object.freeze({
    plan,
    cors: plan.corsConfiguration && new CorsPolicy(plan.corsConfiguration),
    routes: new RouteTable(plan.routes.map(assembleRoute)),
    accountThrottle: plan.accountThrottle && new TokenBucket(ports.counters, plan.accountThrottle, 'the account'),
    metrics: assembleMetrics(stageDimensions(apiIdDimension(plan.apiId), plan.stageName)),
    exchanges: ports.exchanges,
    accessLog: assembleAccessLog(plan, ports.stageLogs, contextVariable),
    deadlines: ports.deadlines,
    developerHeaders: ports.developerHeaders === true,
  });

  function assembleRoute(route: RoutePlan): RoutePipeline {
    return Object.freeze({
      plan: route,
      routeKey: route.routeKey,
      method: route.method,
      segments: route.segments,
      authorizer: assembleAuthorizer(route),
      throttle: route.throttle && new TokenBucket(ports.counters, route.throttle, `the route "${route.routeKey}"`),
      integration: assembleIntegration(route),
      metrics: route.detailedMetricsEnabled ? assembleRouteMetrics(route) : undefined,
    });
  }

  function assembleMetrics(dimensionSets: MetricsOwner['dimensionSets']): RequestMetrics | undefined {
    return ports.metrics && new RequestMetrics(ports.metrics, { scope: plan.scope, dimensionSets }, HTTP_METRICS);
  }

  function assembleRouteMetrics({ routeKey, method }: RoutePlan): RequestMetrics | undefined {
    // `$default` is both.
    const resource = routeKey.slice(routeKey.indexOf(' ') + 1);
    return assembleMetrics([methodDimensions(apiIdDimension(plan.apiId), plan.stageName, resource, method)]);
  }

  /** Default deny: a route without authorizer compiles only when it says that it wants none. */
  function assembleAuthorizer(route: RoutePlan): Authorizer | undefined {
    const { routeKey, authorizationType, authorizer } = route;
    if (authorizationType === 'NONE' && authorizer === undefined) return undefined;
    switch (authorizer?.type) {
      case 'REQUEST':
        return assembleLambdaAuthorizer(route, authorizer);
      case 'JWT':
        return shared(jwtAuthorizers, authorizer, assembleJwtAuthorizer);
      case 'AWS_IAM':
        return ports.callers === undefined
          ? new UnservableAuthorizer({ type: 'UNSERVABLE', reason: 'AWS_IAM is not served: nothing here knows access keys.' })
          : new IamAuthorizer(ports.callers);
      case 'UNSERVABLE':
        return new UnservableAuthorizer(authorizer);
      case undefined:
        throw new Error(`The route "${routeKey}" has authorizationType ${authorizationType} and no authorizer.`);
    }
  }

  function assembleLambdaAuthorizer(route: RoutePlan, authorizer: LambdaAuthorizerPlan): Authorizer {
    let shared = lambdaAuthorizers.get(authorizer.authorizerId);
    if (shared === undefined) {
      shared = new SharedLambdaAuthorizer(plan, authorizer, bind(authorizer), ports);
      lambdaAuthorizers.set(authorizer.authorizerId, shared);
    }
    const isFormat2 = authorizer.payloadFormatVersion === '2.0';
    return new LambdaAuthorizer(shared, isFormat2 ? new PayloadFormat2(plan, route) : new PayloadFormat1(plan, route));
  }

  function assembleJwtAuthorizer(authorizer: JwtAuthorizerPlan): Authorizer {
    let verifier = verifiers.get(authorizer.authorizerId);
    if (verifier === undefined) {
      verifier = ports.tokens?.verifier(authorizer);
      if (verifier === undefined) {
        const reason = `The JWT authorizer "${authorizer.name}" is not served: nothing here verifies tokens.`;
        return new UnservableAuthorizer({ type: 'UNSERVABLE', reason });
      }
      verifiers.set(authorizer.authorizerId, verifier);
    }
    return new JwtAuthorizer(authorizer, verifier, ports.deadlines);
  }

  function assembleIntegration(route: RoutePlan): Integration {
    const { integration } = route;
    switch (integration.type) {
      case 'AWS_PROXY':
        return assembleLambdaProxy(route, integration);
      case 'HTTP_PROXY':
        return shared(httpProxies, integration, (same) => new HttpProxyIntegration(same, upstreams));
      case 'AWS_SERVICE': {
        if (ports.awsCredentials === undefined && integration.asCaller !== true)
          throw new Error(`${integration.subtype} was planned without keys to sign it.`);
        const role = serviceRole(integration.role, plan.scope.account, ports.roles);
        return new AwsServiceIntegration(integration, upstreams, ports.awsCredentials, role);
      }
      case 'UNSERVABLE':
        return new UnservableIntegration(integration);
    }
  }

  function assembleLambdaProxy(route: RoutePlan, integration: LambdaProxyPlan): Integration {
    const isFormat2 = integration.payloadFormatVersion === '2.0';
    return new LambdaProxyIntegration(
      integration,
      bind(integration),
      isFormat2 ? new PayloadFormat2(plan, route) : new PayloadFormat1(plan, route),
      isFormat2 ? readLambdaResponse2 : readLambdaResponse1,
      ports.deadlines,
    );
  }

  function bind({ functionArn, sourceArn, credentials }: Omit<FunctionTarget, 'scope'>): BoundFunction {
    return ports.functions.bind({ scope: plan.scope, functionArn, sourceArn, credentials });
  }
}

/** What is made of a plan; the same for plans that say the same. */
function shared<P, T>(made: Map<string, T>, plan: P, make: (plan: P) => T): T {
  const key = JSON.stringify(plan);
  let found = made.get(key);
  if (found === undefined) {
    found = make(plan);
    made.set(key, found);
  }
  return found;
}
