// The composition root: options in, running system out. The only file that knows everybody.

import { createAwsEndpoint } from './aws/endpoint.ts';
import type { ServiceName } from './aws/services.ts';
import { ClientCertificates } from './compile/client-certificates.ts';
import { ACCOUNT_LIMITS, type AccountLimits } from './compile/http-api/plan.ts';
import type { Surroundings } from './compile/http-api/surroundings.ts';
import { LiveDomains } from './compile/live-domains.ts';
import { LiveUsagePlans } from './compile/live-usage-plans.ts';
import { testAuthorizer } from './compile/rest-api/test-authorizer.ts';
import { testInvoke } from './compile/rest-api/test-invoke.ts';
import { SlotAllocator } from './compile/slot-allocator.ts';
import {
  accountItself,
  administratorKey,
  authentication,
  functionCredentials,
  passing,
  sameSecret,
  signers,
} from './composition/authentication.ts';
import { openDeployedApis } from './composition/deployed-apis.ts';
import { openObservation } from './composition/observation.ts';
import { stageLogs } from './composition/stage-logs.ts';
import { openWebAcls } from './composition/web-acls.ts';
import { WebSocketConnections } from './composition/websocket-connections.ts';
import type { AdministratorKey } from './config/administrator-key.ts';
import type { IntegrationTargets } from './config/integration-targets.ts';
import { createMasterKey, ensureMasterKey } from './config/master-key.ts';
import type { VpcEndpointOption } from './config/vpc-endpoints.ts';
import { apiGatewayOperations } from './control-plane/apigateway/operations.ts';
import { usageChanges, usageDefinitions } from './control-plane/apigateway/usage-definitions.ts';
import { saveUsage } from './control-plane/apigateway/usage-records.ts';
import { isOfDomains, loadMappedDomains } from './control-plane/apigatewayv2/mapped-domains.ts';
import { apiGatewayV2Operations } from './control-plane/apigatewayv2/operations.ts';
import { LogFile } from './data-plane/access-log/log-file.ts';
import { AuthorizerResults } from './data-plane/authorizers/authorizer-results.ts';
import { TokenVerifiers } from './data-plane/authorizers/token-verifiers.ts';
import { createUrlCallerReader } from './data-plane/function-url/url-caller.ts';
import type { RoleLookup } from './data-plane/iam/role-lookup.ts';
import { createEgressPolicy, guardedConnect } from './data-plane/integrations/egress.ts';
import { StageCaches } from './data-plane/method-cache/stage-caches.ts';
import { createDocumentFetch } from './data-plane/outbound/fetch-document.ts';
import type { Deadlines, RestApiPorts, WebSocketPorts } from './data-plane/ports.ts';
import type { RestLambdaAnswer } from './data-plane/rest-api/authorizers/lambda-answer.ts';
import { ExchangeLog } from './data-plane/telemetry/exchange-log.ts';
import { createAdminEndpoints } from './front-door/admin-endpoints.ts';
import { createControlListener } from './front-door/control-listener.ts';
import { coreAnswer } from './front-door/core-answer.ts';
import { asksRestApi, createFrontDoor, createTrafficListener, type FrontDoorOptions } from './front-door/front-door.ts';
import { createFunctionUrlDoor } from './front-door/function-url-door.ts';
import { createHomeDoor, type HomeApis, homeHint } from './front-door/home-door.ts';
import { VpcEndpoints } from './front-door/vpc-endpoints.ts';
import type { RequestAddress, ServerRequest } from './http1/message.ts';
import { createHttp1Server } from './http1/server.ts';
import { TimerWheel } from './http1/timer-wheel.ts';
import { UpstreamPool } from './http1/upstream-pool.ts';
import type { IsolationTier } from './lambda/isolation.ts';
import { createLambdaService } from './lambda/lambda-service.ts';
import type { ResultTargetOptions } from './lambda/result-targets.ts';
import type { ExchangeRecord } from './model/exchange-record.ts';
import type { FunctionLogLine } from './model/function-log-line.ts';
import type { Scope } from './model/scope.ts';
import { SecretBox } from './secrets/secret-box.ts';
import { SecretDigest } from './secrets/secret-digest.ts';
import { CallerDirectory } from './services/iam/caller-directory.ts';
import { iamOperations } from './services/iam/operations.ts';
import { createLogsService } from './services/logs/logs-service.ts';
import { stsOperations } from './services/sts/operations.ts';
import { prepareDataDirectory } from './store/data-directory.ts';
import { createMemoryStore } from './store/memory.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import type { WebSocketLimits } from './websocket/websocket-limits.ts';

export type { HomeApis } from './front-door/home-door.ts';

export interface StagegateOptions {
  /** API traffic. 0 picks a free port. */
  readonly host: string;
  readonly port: number;
  /** AWS APIs, health; 0 picks a free port. */
  readonly controlHost: string;
  readonly controlPort: number;
  /** A folder for state, or undefined to keep nothing. */
  readonly dataDirectory: string | undefined;
  readonly accountId: string;
  readonly defaultRegion: string;
  /** `open` takes any key and serves loopback only; `required` takes signed requests only. */
  readonly auth: 'open' | 'required';
  /** Functions may be folders (`S3Bucket: hot-reload`), captures are level 2, reset is allowed. */
  readonly dev: boolean;
  /** What `apiEndpoint` of an API shows: AWS's form (the default) or the address under which this gateway serves it. */
  readonly apiEndpoint?: 'aws' | 'local';
  /** What all APIs of an account and region share; AWS's figures when left out, `none` lifts it. */
  readonly accountThrottle?: AccountLimits | 'none';
  /** What integrations call that is not in their definition; nothing when left out. */
  readonly integrationTargets?: IntegrationTargets;
  /** By which VPC endpoint clients of private REST APIs come; by none when left out. */
  readonly vpcEndpoints?: readonly VpcEndpointOption[];
  /** How functions are kept apart; the highest tier that works when left out. */
  readonly isolation?: IsolationTier | 'auto';
  /** Commands that speak the Lambda Runtime API, for runtimes that do not run here by themselves. */
  readonly runtimes?: Readonly<Record<string, readonly string[]>>;
  /** Functions (by name) that a debugger may attach to, with the port of each: one environment at a time, no timeouts. */
  readonly inspect?: ReadonlyMap<string, number>;
  /** Where a line for every request of every stage goes: `stdout` or a file. */
  readonly accessLog?: string;
  /** `json`, `clf`, or a format with `$context` variables; `json` when left out. */
  readonly accessLogFormat?: string;
  /** Limits of WebSocket connections that are not AWS's own. */
  readonly webSocketLimits?: Partial<WebSocketLimits>;
  /** Origins of web pages that may open WebSockets; absent: any, as on AWS. */
  readonly webSocketOrigins?: ReadonlySet<string> | undefined;
  /** Megabytes that log events may take; then the oldest go. */
  readonly logStorageMb?: number;
  /** What requests are for that name no API, on the listener of API traffic: those of a service under development. Nothing without it. */
  readonly home?: () => HomeApis | undefined;
  /** Something the operator should read once: an old runtime name, a stage that could not be compiled. */
  readonly onNotice?: (notice: string) => void;
  /**
   * Called after `POST /_stagegate/reset` forgot everything; the caller of reset gets its answer when this resolved, and a 500
   * when it rejected. Resets follow one after the other.
   */
  readonly onReset?: () => Promise<void>;
  /** A bug: the request got a 500, the process lives on. */
  readonly onError?: (error: unknown) => void;
}

export interface RunningStagegate {
  readonly port: number;
  readonly controlPort: number;
  /** `http://127.0.0.1:8080` */
  readonly apiUrl: string;
  readonly controlUrl: string;
  readonly administrator: AdministratorKey;
  /**
   * Runs one AWS operation in process, validated like a request from outside: `call('apigatewayv2', 'CreateApi', { Name: … })`.
   * Members have the SDK's spelling. Throws AwsError.
   */
  call(service: string, operation: string, input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** The invoke URL of an API's stage on the traffic listener, ending in `/` only for `$default`. */
  invokeUrl(apiId: string, stageName: string): string;
  onExchange(listener: (record: ExchangeRecord) => void): () => void;
  onFunctionLog(listener: (line: FunctionLogLine) => void): () => void;
  /** Tells the function pool that a function's folder changed: idle environments go, busy ones finish first. */
  functionCodeChanged(functionName: string): void;
  /** Stops accepting, lets requests in flight finish (at most `graceMs`), ends functions, closes the store. */
  close(graceMs?: number): Promise<void>;
}

/** Bytes of a control-plane request: a zip of 50 MB is 67 MB as base64. */
const CONTROL_BODY_LIMIT_BYTES = 72 * 1024 * 1024;
/** Words of the shared counters buffer (4 MB): throttle buckets take 4 each. */
const COUNTER_WORDS = 1024 * 1024;
/** So much longer than usual an integration may take while functions are inspected: a day. */
const INSPECTED_MS = 86_400_000;
/** Words for what API keys use, 8 for each key and plan: two million that come. Memory is taken when a word is written first. */
const USAGE_COUNTER_WORDS = 16 * 1024 * 1024;
/** What the response cache of one stage may take, however large its cluster is. */
const RESPONSE_CACHE_BYTES = 128 * 2 ** 20;
const VERSION = '0.1.0';

/** Starts everything; resolves when both listeners answer. Rejects with the system's error when an address cannot be listened on. */
export async function startStagegate(options: StagegateOptions): Promise<RunningStagegate> {
  const onError = options.onError ?? ((error: unknown) => console.error(error));
  const onNotice = options.onNotice ?? ((notice: string) => console.error(notice));
  const startedAt = Date.now();
  // The access log may lie in it.
  if (options.dataDirectory !== undefined) prepareDataDirectory(options.dataDirectory);
  // Opened before anything that would have to be closed when it cannot be.
  const accessLogFile =
    options.accessLog === undefined
      ? undefined
      : new LogFile({
          target: options.accessLog,
          onLoss: (lines, reason) => onNotice(`${lines} lines of the access log ${options.accessLog} were lost: ${reason}.`),
        });
  const store: Store =
    options.dataDirectory === undefined ? createMemoryStore() : await openSqliteStore({ directory: options.dataDirectory });
  const administrator = administratorKey(options.dataDirectory);
  const masterKey = options.dataDirectory === undefined ? createMasterKey() : ensureMasterKey(options.dataDirectory);
  const secrets = new SecretBox(masterKey);
  const keyDigest = new SecretDigest(masterKey, 'api keys');
  const certificates = new ClientCertificates(secrets, onNotice);
  const sockets = new WebSocketConnections(options.dataDirectory);
  const usagePlans = new LiveUsagePlans({
    definitions: usageDefinitions(store),
    store: { save: (records) => saveUsage(store, records) },
    digest: keyDigest,
    counters: new Int32Array(new SharedArrayBuffer(USAGE_COUNTER_WORDS * Int32Array.BYTES_PER_ELEMENT)),
    onNotice,
  });
  await usagePlans.start();
  const callers = new CallerDirectory(store, secrets, onNotice);
  await callers.start();
  const wheel = new TimerWheel(onError);
  // The control listener is made further down; its port is asked for when a backend is connected to.
  const egress = createEgressPolicy(() => control.port);
  const upstreams = new UpstreamPool({ wheel, onFault: onError, connect: guardedConnect(egress) });
  const exchanges = new ExchangeLog({ level: options.dev ? 2 : 0 });
  const logListeners = new Set<(line: FunctionLogLine) => void>();
  let controlUrl = '';

  const localEndpoint = (_scope: Scope, apiId: string) => `http://${apiId}.execute-api.localhost:${traffic.port}`;

  const logs = await createLogsService({
    store,
    dataDirectory: options.dataDirectory,
    ...(options.logStorageMb === undefined ? {} : { bytesMax: options.logStorageMb * 2 ** 20 }),
    onNotice,
    onError,
  });
  const results: ResultTargetOptions = {
    endpoints: options.integrationTargets?.awsEndpoints ?? new Map(),
    credentials: options.integrationTargets?.awsCredentials,
    upstreams,
  };
  const observation = await openObservation({
    ...{ store, dataDirectory: options.dataDirectory, onNotice, onError },
    scope: { account: options.accountId, region: options.defaultRegion },
    actions: {
      ...{ upstreams, results },
      async invoke(FunctionName, event) {
        await aws.call('lambda', 'Invoke', { FunctionName, InvocationType: 'Event', Payload: Buffer.from(event) });
      },
    },
  });
  const roles: RoleLookup = (roleArn, use) => callers.assumedByApiGateway(roleArn, use);
  const lambda = await createLambdaService({
    store,
    dataDirectory: options.dataDirectory,
    endpointUrl: () => controlUrl,
    allowFolders: options.dev,
    ...(options.isolation !== undefined && { isolation: options.isolation }),
    ...(options.runtimes !== undefined && { runtimes: options.runtimes }),
    // Where no key is asked for, any does, and the `test` of every function names one set of tables of a local DynamoDB.
    ...(options.auth === 'required' && { credentials: functionCredentials({ directory: callers, secrets, onNotice }) }),
    metrics: observation.functionMetrics,
    tracing: observation.functionTracing,
    results,
    ...(options.inspect === undefined ? {} : { inspect: options.inspect }),
    roles,
    ...(options.apiEndpoint === 'local' && {
      functionUrl: (_scope: Scope, urlId: string) => `http://${urlId}.lambda-url.localhost:${traffic.port}/`,
    }),
    onLog: (line, source) => {
      for (const listener of logListeners) listener(line);
      // AWS: an event of a text log ends with its line's end. Seen: test/parity, test_invocation_type_event_error.
      const message = source.logFormat === 'Text' ? `${line.text}\n` : line.text;
      if (message !== '') logs.append(source, line.at, message);
      observation.cloudwatch.logged(line.text, source.scope);
    },
    onNotice,
  });

  const waf = await openWebAcls({ store, logs, metrics: observation.metrics, onNotice, onError });
  const responseCaches = new StageCaches(RESPONSE_CACHE_BYTES);
  const aws = createAwsEndpoint({
    services: {
      apigateway: apiGatewayOperations({
        store,
        onNotice,
        caches: {
          flushResponses: async (scope, restApiId, stageName) => responseCaches.flush(scope, restApiId, stageName),
        },
        usage: { keySecrets: { box: secrets, digest: keyDigest }, counts: usagePlans },
        testMethod: ({ tester, clientCertificate, ...tested }) => {
          const signer = callers.callerOf(tester) ?? accountItself(options.accountId, administrator);
          const itsPorts = { ...ports, clientCertificate: certificates.open(clientCertificate) };
          return testInvoke({ ...tested, signer }, { surroundings, ports: itsPorts, upstreams });
        },
        invokeUrl: (apiId, stageName) => running.invokeUrl(apiId, stageName),
        webAcls: waf,
        testAuthorizer: (tested) => testAuthorizer(tested, { surroundings, ports, upstreams }),
        assertMayPassRole: passing('apigateway'),
      }),
      apigatewayv2: apiGatewayV2Operations({
        store,
        assertMayPassRole: passing('apigatewayv2'),
        ...(options.apiEndpoint === 'local' ? { apiEndpoint: localEndpoint } : {}),
      }),
      lambda: lambda.operations,
      iam: iamOperations({ store, secrets, userNameOf: (caller) => callers.callerOf(caller)?.userName, onNotice }),
      sts: stsOperations({ directory: callers, secrets }),
      logs: logs.operations,
      cloudwatch: observation.cloudwatch.operations,
      xray: observation.xray.operations,
      wafv2: waf.operations,
    },
    authentication: authentication(options.auth, administrator, callers),
    accountId: options.accountId,
    defaultRegion: options.defaultRegion,
    onError: (error) => onError(error),
  });

  const authorizerResults = new AuthorizerResults();
  const restAuthorizerResults = new AuthorizerResults<RestLambdaAnswer>();
  const counters = new Int32Array(new SharedArrayBuffer(COUNTER_WORDS * Int32Array.BYTES_PER_ELEMENT));
  const surroundings: Surroundings = {
    vpcTargets: options.integrationTargets?.vpcTargets ?? new Map(),
    awsEndpoints: options.integrationTargets?.awsEndpoints ?? new Map(),
    hasAwsKeys: options.integrationTargets?.awsCredentials !== undefined,
    ...(options.integrationTargets?.cognitoIssuer === undefined
      ? {}
      : { cognitoIssuer: options.integrationTargets.cognitoIssuer }),
  };
  const ports: RestApiPorts & WebSocketPorts = {
    functions: lambda.functions,
    exchanges,
    counters,
    deadlines: options.inspect === undefined || options.inspect.size === 0 ? wheel : postponed(wheel),
    awsCredentials: options.integrationTargets?.awsCredentials,
    authorizerResults,
    restAuthorizerResults,
    responseCaches,
    meter: usagePlans.meter,
    tokens: new TokenVerifiers(createDocumentFetch(upstreams)),
    callers: signers(options.accountId, administrator, callers),
    roles,
    stageLogs: stageLogs(logs, accessLogFile, options.accessLogFormat ?? 'json'),
    metrics: observation.metrics,
    tracing: observation.xray,
    webAcls: waf,
    developerHeaders: options.dev,
    ...sockets.ports,
  };
  const deployed = await openDeployedApis({
    store,
    slots: new SlotAllocator(counters),
    accountLimits: options.accountThrottle === 'none' ? undefined : (options.accountThrottle ?? ACCOUNT_LIMITS),
    surroundings,
    ports,
    upstreams,
    certificates,
    onNotice,
  });
  const domains = new LiveDomains();
  domains.replace(await loadMappedDomains(store));
  store.subscribe(async (changes) => {
    await usagePlans.apply(usageChanges(changes));
    await observation.apply(changes);
    await waf.apply(changes);
    await deployed.apply(changes, (scope, apiId, stages) => responseCaches.retain(scope, apiId, stages));
    if (changes.some(({ key }) => isOfDomains(key))) domains.replace(await loadMappedDomains(store));
    sockets.closeOrphans();
  });

  let resetting: Promise<void> = Promise.resolve();
  const reset = (): Promise<void> => {
    const done = resetting.then(async () => {
      await store.reset();
      exchanges.clear();
      authorizerResults.clear();
      restAuthorizerResults.clear();
      responseCaches.clear();
      sockets.clear();
      lambda.clear();
      logs.clear();
      observation.clear();
      waf.clear();
      await options.onReset?.();
    });
    resetting = done.catch(() => {});
    return done;
  };

  const vpcEndpoints = new VpcEndpoints({
    endpoints: options.vpcEndpoints ?? [],
    openToThisMachine: options.auth === 'open',
    onNotice,
  });
  const doorOptions: FrontDoorOptions = {
    live: deployed.httpApis,
    liveRestApis: deployed.restApis,
    liveWebSocketApis: deployed.webSocketApis,
    webSocketDoor: sockets.door({
      live: deployed.webSocketApis,
      callers: options.auth === 'open' ? undefined : signers(options.accountId, administrator, callers),
      limits: options.webSocketLimits ?? {},
      origins: options.webSocketOrigins,
    }),
    domains,
    vpcEndpoints,
  };
  const apiDoor = createFrontDoor(doorOptions);
  const refuse = (status: number, _reason: string, address: RequestAddress | undefined) =>
    coreAnswer(status, address !== undefined && asksRestApi(doorOptions, address));
  const urlDoor = createFunctionUrlDoor(lambda.functionUrls, {
    callerOf: createUrlCallerReader({
      callers: signers(options.accountId, administrator, callers),
      openAccount: options.auth === 'open' ? options.accountId : undefined,
    }),
    records: exchanges,
    onError,
  });
  const frontDoor = (request: ServerRequest): boolean => apiDoor(request) || urlDoor(request);
  const homeDoor = createHomeDoor(doorOptions, options.home ?? (() => undefined));
  const traffic = createHttp1Server({
    onRequest: createTrafficListener(
      (request) => frontDoor(request) || homeDoor(request),
      options.home === undefined ? undefined : () => homeHint(options.home?.()),
    ),
    announceKeepAlive: true,
    wheel,
    refusal: refuse,
    onFault: onError,
  });
  const control = createHttp1Server({
    onRequest: createControlListener({
      apiTraffic: frontDoor,
      adminEndpoints: createAdminEndpoints({
        health: () => ({
          status: 'ok',
          product: 'stagegate',
          version: VERSION,
          pid: process.pid,
          uptimeSeconds: Math.round((Date.now() - startedAt) / 1000),
          apiUrl: running.apiUrl,
          controlUrl: running.controlUrl,
          auth: options.auth,
          project: options.dev ? options.dataDirectory : undefined,
          exchangesDropped: exchanges.dropped,
          logLinesDropped: logs.dropped,
          revision: store.revision(),
        }),
        recentExchanges: (limit) => exchanges.recent(limit),
        findExchange: (requestId) => exchanges.find(requestId),
        onExchange: (listener) => exchanges.onExchange(listener),
        recentLogs: (functionName, limit) => lambda.logs(functionName).slice(-limit),
        onLog: (listener) => subscribe(logListeners, listener),
        webSockets: sockets.admin((apiId, stageName) => running.invokeUrl(apiId, stageName).replace(/^http/, 'ws')),
        downloadCode: (query) => lambda.downloadCode(query),
        metrics: () =>
          observation.scrape({
            stagegate_start_time_seconds: { help: 'When the process started.', value: startedAt / 1000 },
            stagegate_resident_memory_bytes: { help: 'Memory of the process.', value: process.memoryUsage.rss() },
            stagegate_log_lines_dropped: { help: 'Log lines that could not be kept.', value: logs.dropped },
          }),
        explain: (method, path, api) => deployed.explain(method, path, api),
        reset: options.dev ? reset : undefined,
        token: options.auth === 'required' ? (presented) => sameSecret(presented, administrator.adminToken) : undefined,
        onError,
      }),
      aws,
      openAuth: options.auth === 'open',
      bodyLimitBytes: CONTROL_BODY_LIMIT_BYTES,
      onError,
    }),
    announceKeepAlive: true,
    wheel,
    refusal: refuse,
    limits: { bodyBytes: CONTROL_BODY_LIMIT_BYTES, headBytes: 65_536, lineBytes: 32_768 },
    onFault: onError,
  });

  const running: RunningStagegate = {
    get port() {
      return traffic.port;
    },
    get controlPort() {
      return control.port;
    },
    get apiUrl() {
      return url(options.host, traffic.port);
    },
    get controlUrl() {
      return url(options.controlHost, control.port);
    },
    administrator,
    call: (service, operation, input) => aws.call(service as ServiceName, operation, input),
    invokeUrl: (apiId, stageName) =>
      `http://${apiId}.execute-api.localhost:${traffic.port}/${stageName === '$default' ? '' : stageName}`,
    onExchange: (listener) => exchanges.onExchange(listener),
    onFunctionLog: (listener) => subscribe(logListeners, listener),
    functionCodeChanged: (functionName) => lambda.functionCodeChanged(functionName),
    async close(graceMs = 5000) {
      await Promise.all([traffic.drain(graceMs), control.drain(Math.min(graceMs, 1000))]);
      await sockets.idle(graceMs);
      upstreams.close();
      await lambda.close(graceMs);
      await logs.close();
      await observation.close();
      await accessLogFile?.close();
      await usagePlans.close();
      sockets.close();
      await store.close();
    },
  };

  try {
    await Promise.all([
      traffic.listen({ host: options.host, port: options.port }),
      control.listen({ host: options.controlHost, port: options.controlPort }),
    ]);
  } catch (error) {
    await running.close(0);
    throw error;
  }
  controlUrl = running.controlUrl;
  sockets.finishLeft();
  return running;
}

/** For debugging: whoever stops at a breakpoint must not be told that the integration timed out. */
function postponed(wheel: TimerWheel): Deadlines {
  return {
    schedule: (node, dueMs) => wheel.schedule(node, dueMs + INSPECTED_MS),
    cancel: (node) => wheel.cancel(node),
  };
}

function subscribe<L>(listeners: Set<L>, listener: L): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function url(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
