// What is deployed, running: the stages of HTTP, REST and WebSocket APIs compiled from the store, kept equal to it by its change feed.

import type { ClientCertificates } from '../compile/client-certificates.ts';
import { DeploymentActivation } from '../compile/deployment-activation.ts';
import { assembleHttpApi } from '../compile/http-api/assemble.ts';
import { explainRoute } from '../compile/http-api/explain.ts';
import { type AccountLimits, planHttpApi } from '../compile/http-api/plan.ts';
import type { Surroundings } from '../compile/http-api/surroundings.ts';
import { waitingRoutes } from '../compile/http-api/waiting-routes.ts';
import { LiveDeployments } from '../compile/live-deployments.ts';
import { compileRestStage } from '../compile/rest-api/compile-stage.ts';
import { explainRestApi } from '../compile/rest-api/explain.ts';
import { waitingMethods } from '../compile/rest-api/waiting-methods.ts';
import type { SlotAllocator } from '../compile/slot-allocator.ts';
import { assembleWebSocketApi } from '../compile/websocket-api/assemble.ts';
import { explainWebSocketApi } from '../compile/websocket-api/explain.ts';
import { planWebSocketApi } from '../compile/websocket-api/plan.ts';
import { waitingWebSocketRoutes } from '../compile/websocket-api/waiting-routes.ts';
import { findSealedCertificate } from '../control-plane/apigateway/client-certificates.ts';
import { kindsUnderApi, loadDeployedRestStagesOf, restApiKey, restApiKind } from '../control-plane/apigateway/documents.ts';
import {
  type AnyApi,
  apiKind,
  findApi,
  loadApisOf,
  loadDeployedStagesOf,
  loadDeployedWebSocketStagesOf,
} from '../control-plane/apigatewayv2/documents.ts';
import type { RestApiPorts, Upstreams, WebSocketPorts } from '../data-plane/ports.ts';
import type { RestApiPipeline } from '../data-plane/rest-api/pipeline.ts';
import type { WebSocketApiPipeline } from '../data-plane/websocket-api/pipeline.ts';
import type { ClientCertificate } from '../http1/message.ts';
import type { Scope } from '../model/scope.ts';
import type { Change, Store } from '../store/store.ts';

export interface DeployedApisOptions {
  readonly store: Store;
  readonly slots: SlotAllocator;
  readonly accountLimits: AccountLimits | undefined;
  readonly surroundings: Surroundings;
  readonly ports: RestApiPorts & WebSocketPorts;
  readonly upstreams: Upstreams;
  readonly certificates: ClientCertificates;
  readonly onNotice: (notice: string) => void;
}

export interface DeployedApis {
  readonly httpApis: LiveDeployments;
  readonly restApis: LiveDeployments<RestApiPipeline>;
  readonly webSocketApis: LiveDeployments<WebSocketApiPipeline>;
  /** Resolves when the stages that a commit touched are compiled. `onRestApi` hears of the stages that a REST API has then. */
  apply(changes: readonly Change[], onRestApi: (scope: Scope, apiId: string, stages: ReadonlySet<string>) => void): Promise<void>;
  /** The plans that would serve a request, of every API or of the one that `api` names. */
  explain(method: string, path: string, api: string | undefined): unknown;
}

interface NamedPlan {
  readonly apiId: string;
  readonly apiName: string;
}

/** Resolves when everything that is deployed answers. */
export async function openDeployedApis(options: DeployedApisOptions): Promise<DeployedApis> {
  const { store, slots, accountLimits, surroundings, ports, upstreams, certificates, onNotice: onProblem } = options;
  const ofProtocol = (protocol: AnyApi['protocolType']) => ({
    apis: () => loadApisOf(store, protocol),
    exists: async (scope: Scope, apiId: string) => (await findApi(store, scope, apiId))?.protocolType === protocol,
  });
  const httpApis = new LiveDeployments();
  const http = new DeploymentActivation({
    deployed: { ...ofProtocol('HTTP'), of: (scope, apiId) => loadDeployedStagesOf(store, scope, apiId) },
    live: httpApis,
    slots,
    compile: ({ snapshot, stage }) =>
      assembleHttpApi(planHttpApi(snapshot, stage, slots, accountLimits, surroundings), ports, upstreams),
    waiting: ({ plan }) => waitingRoutes(plan),
    onProblem,
  });
  const webSocketApis = new LiveDeployments<WebSocketApiPipeline>();
  const webSocket = new DeploymentActivation({
    deployed: {
      ...ofProtocol('WEBSOCKET'),
      of: async (scope, apiId) => withCertificates(scope, await loadDeployedWebSocketStagesOf(store, scope, apiId)),
    },
    live: webSocketApis,
    slots,
    compile: ({ snapshot, stage, clientCertificate }) => {
      const plan = planWebSocketApi(snapshot, stage, slots, accountLimits, surroundings);
      return assembleWebSocketApi(plan, { ...ports, clientCertificate }, upstreams);
    },
    waiting: ({ plan }) => waitingWebSocketRoutes(plan),
    onProblem,
  });
  const restApis = new LiveDeployments<RestApiPipeline>();
  const rest = new DeploymentActivation({
    deployed: {
      apis: async () => (await store.scan(restApiKind)).map(({ key }) => ({ scope: key.scope, apiId: key.id })),
      exists: async (scope, apiId) => (await store.get(restApiKey(scope, apiId))) !== undefined,
      of: async (scope, apiId) => {
        const deployed = await loadDeployedRestStagesOf(store, scope, apiId);
        return withCertificates(
          scope,
          deployed.map((one) => ({ ...one, apiId })),
        );
      },
    },
    live: restApis,
    slots,
    compile: ({ clientCertificate, ...deployed }) => {
      const itsPorts = { ...ports, clientCertificate };
      return compileRestStage(deployed, { slots, accountLimits, surroundings, ports: itsPorts, upstreams });
    },
    waiting: ({ plan }) => waitingMethods(plan),
    onProblem,
  });
  await http.activateAll();
  await rest.activateAll();
  await webSocket.activateAll();

  function withCertificates<T extends { readonly stage: { readonly clientCertificateId?: string } }>(
    scope: Scope,
    deployed: readonly T[],
  ): Promise<readonly (T & { readonly clientCertificate: ClientCertificate | undefined })[]> {
    return Promise.all(
      deployed.map(async (one) => {
        const certificate = await findSealedCertificate(store, scope, one.stage.clientCertificateId);
        return { ...one, clientCertificate: certificates.open(certificate) };
      }),
    );
  }

  /** Messages of WebSocket APIs are no requests to the others. */
  function explainRequest(method: string, path: string, isMeant: (plan: NamedPlan) => boolean): readonly unknown[] {
    return [
      ...httpApis.pipelines().flatMap(({ plan }) => (isMeant(plan) ? [explainRoute(plan, method, path)] : [])),
      ...restApis.pipelines().flatMap(({ plan }) => (isMeant(plan) ? [explainRestApi(plan, method, path)] : [])),
    ];
  }

  return {
    httpApis,
    restApis,
    webSocketApis,
    async apply(changes, onRestApi) {
      for (const { scope, apiId } of touchedApis(changes, apiKind, isOfV2Apis)) {
        await http.refresh(scope, apiId);
        await webSocket.refresh(scope, apiId);
      }
      for (const { scope, apiId } of touchedApis(changes, restApiKind, isOfRestApis)) {
        await rest.refresh(scope, apiId);
        onRestApi(scope, apiId, new Set(restApis.stageNames(scope, apiId)));
      }
    },
    explain(method, path, api) {
      const isMeant = (plan: NamedPlan) => api === undefined || plan.apiId === api || plan.apiName === api;
      return [
        ...webSocketApis.pipelines().flatMap(({ plan }) => (isMeant(plan) ? explainWebSocketApi(plan, method, path) : [])),
        ...(path.startsWith('/') ? explainRequest(method, path, isMeant) : []),
      ];
    },
  };
}

const isOfV2Apis = (kind: string): boolean => kind.startsWith('apigatewayv2/');
const isOfRestApis = (kind: string): boolean => (kindsUnderApi as readonly string[]).includes(kind);

/** The APIs of one kind that a commit may have changed, each once. */
function touchedApis(
  changes: readonly Change[],
  kindOfApi: string,
  isUnderApi: (kind: string) => boolean,
): { readonly scope: Scope; readonly apiId: string }[] {
  const touched = new Map<string, { readonly scope: Scope; readonly apiId: string }>();
  for (const { key } of changes) {
    if (key.kind !== kindOfApi && !isUnderApi(key.kind)) continue;
    const apiId = key.kind === kindOfApi ? key.id : key.parent;
    // Nouns beside the APIs, like VPC links, have no parent.
    if (apiId === '') continue;
    touched.set(`${key.scope.account}/${key.scope.region}/${apiId}`, { scope: key.scope, apiId });
  }
  return [...touched.values()];
}
