// Which AWS features that a service file can ask for run in this system. One that is false is refused where it stands in the
// file; its mapping to AWS operations is there and tested all the same. Whoever makes an operation run sets its line to true.

export const runningFeatures = {
  /** CreateAuthorizer with REQUEST. */
  lambdaAuthorizers: true,
  /** CreateAuthorizer with JWT. */
  jwtAuthorizers: true,
  /** Routes with AuthorizationType AWS_IAM. */
  iamAuthorization: true,
  /** AccessLogSettings of a stage, and CreateLogGroup. */
  accessLogs: true,
  /** CreateLogGroup and PutRetentionPolicy, for resources of the file. */
  logGroups: true,
  /** CreateFunctionUrlConfig. */
  functionUrls: true,
  /** InvokeMode RESPONSE_STREAM of a function URL. */
  functionUrlStreaming: true,
  /** PublishLayerVersion and Layers of a function. */
  layers: true,
  /** PutFunctionEventInvokeConfig. */
  eventInvokeConfigs: true,
  /** Queues, topics and buses as targets of asynchronous events: true where there are AWS keys, which `dev` knows. */
  resultTargets: false,
  /** CreateRestApi and what is under it, from http events. */
  restApis: true,
  /** CreateApi with WEBSOCKET and what is under it, from websocket events. */
  webSocketApis: true,
  /** AccessLogSettings and logging levels of a stage of a REST API. */
  restApiLogs: true,
  /** Endpoint type PRIVATE. */
  privateEndpoints: true,
  pythonRuntimes: true,
  providedRuntimes: true,
  rubyRuntimes: true,
  javaRuntimes: false,
} as const satisfies Record<string, boolean>;

export type FeatureName = keyof typeof runningFeatures;
export type Features = Readonly<Record<FeatureName, boolean>>;

export const allFeatures: Features = Object.fromEntries(Object.keys(runningFeatures).map((name) => [name, true])) as Record<
  FeatureName,
  boolean
>;

export const noFeatures: Features = Object.fromEntries(Object.keys(runningFeatures).map((name) => [name, false])) as Record<
  FeatureName,
  boolean
>;
