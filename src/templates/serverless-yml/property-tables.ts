// Every property a serverless.yml may have, and what Stagegate does with it: enforced, ignored for a stated reason, or
// refused with a way out. A property in none of the tables does not exist.
// Source: Serverless Framework, "Serverless.yml Reference", versions 3 and 4.

import { enforced, ignored, LENIENT, NO_ROLE, OWN_API, type PropertyTable, refused, waiting } from './property-treatment.ts';

const DEPLOYMENT = 'it steers deployments to AWS';
const WEBSOCKET_APIS = 'it applies to websocket events only, and those are refused where they stand';
const REST_APIS = 'it applies to http events only, and those are refused where they stand';
const NO_VPC = 'functions use the network of this machine';
const ACCOUNT = 'it belongs to the Serverless Framework account';
const AS_THEY_ARE = 'handlers run as they are in the folder';
const CUSTOM_DOMAIN = 'the API answers at its execute-api URL; docs/guides/custom-domains.md says how to give it another';

export const serviceProperties: PropertyTable = {
  service: enforced,
  provider: enforced,
  functions: enforced,
  params: enforced,
  stages: enforced,
  useDotenv: enforced,
  // Anything may stand in it; variables read from there.
  custom: enforced,
  plugins: enforced,
  frameworkVersion: ignored('Stagegate is not the Serverless Framework'),
  configValidationMode: ignored('Stagegate always validates'),
  disabledDeprecations: ignored('it silences messages of the Serverless Framework'),
  deprecationNotificationMode: ignored('it silences messages of the Serverless Framework'),
  variablesResolutionMode: ignored('variables are always resolved the newest way'),
  unresolvedVariablesNotificationMode: ignored('a variable without a value is always an error'),
  enableLocalInstallationFallback: ignored('Stagegate is not the Serverless Framework'),
  projectDir: ignored(DEPLOYMENT),
  package: enforced,
  build: enforced,
  app: ignored(ACCOUNT),
  org: ignored(ACCOUNT),
  tenant: ignored(ACCOUNT),
  console: ignored(ACCOUNT),
  dashboard: ignored(ACCOUNT),
  licenseKey: ignored(ACCOUNT),
  outputs: ignored(ACCOUNT),
  resources: enforced,
  layers: waiting('layers', refused('Lambda layers are not supported yet', LENIENT)),
  // Sections of plugins, and of what later versions build besides functions.
  ...Object.fromEntries(
    Object.entries({
      stepFunctions: 'state machines',
      appSync: 'AppSync APIs',
      constructs: 'constructs',
      agents: 'agents',
      sandboxes: 'sandboxes',
    }).map(([name, what]) => [name, refused(`${what} are not run`, LENIENT)]),
  ),
};

export const packageProperties: PropertyTable = {
  artifact: enforced,
  patterns: ignored('functions run from the service folder, nothing is packaged'),
  include: ignored('functions run from the service folder, nothing is packaged'),
  exclude: ignored('functions run from the service folder, nothing is packaged'),
  individually: ignored('functions run from the service folder, nothing is packaged'),
  excludeDevDependencies: ignored('functions run from the service folder, nothing is packaged'),
  path: ignored('functions run from the service folder, nothing is packaged'),
};

/** Properties of the provider that are about its REST API; keys and policies stood there in version 2. */
export const restApiSections = [
  'apiGateway',
  'apiName',
  'apiKeys',
  'usagePlan',
  'resourcePolicy',
  'endpointType',
  'vpcEndpointIds',
] as const;

/** Properties of the provider that are about its WebSocket API. */
export const webSocketSections = [
  'websocketsApiName',
  'websocketsApiRouteSelectionExpression',
  'websocketsDescription',
  'websocket',
] as const;

export const providerProperties: PropertyTable = {
  name: enforced,
  runtime: enforced,
  stage: enforced,
  region: enforced,
  timeout: enforced,
  memorySize: enforced,
  environment: enforced,
  tags: enforced,
  logs: enforced,
  httpApi: enforced,
  profile: ignored('no AWS account is used'),
  stackName: ignored(DEPLOYMENT),
  stackTags: ignored(DEPLOYMENT),
  stackParameters: ignored(DEPLOYMENT),
  stackPolicy: ignored(DEPLOYMENT),
  notificationArns: ignored(DEPLOYMENT),
  rollbackConfiguration: ignored(DEPLOYMENT),
  disableRollback: ignored(DEPLOYMENT),
  deploymentMethod: ignored(DEPLOYMENT),
  deploymentBucket: ignored(DEPLOYMENT),
  deploymentPrefix: ignored(DEPLOYMENT),
  enableLegacyDeploymentBucket: ignored(DEPLOYMENT),
  disableDefaultOutputExportNames: ignored(DEPLOYMENT),
  lambdaHashingVersion: ignored(DEPLOYMENT),
  versionFunctions: ignored(DEPLOYMENT),
  pruneFunctionVersions: ignored(DEPLOYMENT),
  resolver: ignored(DEPLOYMENT),
  resolvers: ignored(DEPLOYMENT),
  iam: ignored(NO_ROLE),
  iamRoleStatements: ignored(NO_ROLE),
  iamManagedPolicies: ignored(NO_ROLE),
  role: ignored(NO_ROLE),
  rolePermissionsBoundary: ignored(NO_ROLE),
  cfnRole: ignored(DEPLOYMENT),
  kmsKeyArn: ignored('environment variables are not encrypted here'),
  architecture: ignored('functions run on the processor of this machine'),
  runtimeManagement: ignored('the runtime is the one of this machine'),
  ephemeralStorageSize: ignored('the disk of this machine is used'),
  logRetentionInDays: waiting('logGroups', ignored('no log groups are kept')),
  logDataProtectionPolicy: ignored('function logs stay on this machine'),
  tracing: enforced,
  provisionedConcurrency: ignored('it only warms functions up'),
  capacityProviders: ignored('functions run on this machine'),
  snapStart: ignored('it only makes functions start faster'),
  domain: ignored(CUSTOM_DOMAIN),
  domains: ignored(CUSTOM_DOMAIN),
  build: ignored(AS_THEY_ARE),
  // Read with the http events: rest-api-settings.ts.
  ...Object.fromEntries(restApiSections.map((name) => [name, waiting('restApis', ignored(REST_APIS))])),
  // Read with the websocket events: websocket-settings.ts.
  ...Object.fromEntries(webSocketSections.map((name) => [name, waiting('webSocketApis', ignored(WEBSOCKET_APIS))])),
  alb: ignored('it applies to alb events only, and those are refused where they stand'),
  cloudFront: ignored('it applies to cloudFront events only, and those are refused where they stand'),
  s3: ignored('it applies to s3 events only, and those are refused where they stand'),
  kafka: ignored('it applies to kafka events only, and those are refused where they stand'),
  eventBridge: ignored('it applies to eventBridge events only, and those are refused where they stand'),
  ecr: ignored('it applies to image functions only, and those are refused where they stand'),
  vpc: ignored(NO_VPC),
  layers: waiting('layers', refused('Lambda layers are not supported yet', LENIENT)),
  fileSystemConfig: refused('EFS file systems are not mounted', LENIENT),
};

export const providerLogProperties: PropertyTable = {
  lambda: enforced,
  httpApi: waiting('accessLogs', ignored('requests are told in the terminal')),
  restApi: waiting('restApiLogs', ignored('requests are told in the terminal')),
  websocket: waiting('webSocketApis', ignored(WEBSOCKET_APIS)),
  frameworkLambda: ignored(DEPLOYMENT),
};

/** `provider.logs.lambda` and `functions.*.logs`. */
export const functionLogProperties: PropertyTable = {
  logFormat: enforced,
  applicationLogLevel: enforced,
  systemLogLevel: enforced,
  logGroup: enforced,
};

export const httpApiProperties: PropertyTable = {
  cors: enforced,
  payload: enforced,
  metrics: enforced,
  disableDefaultEndpoint: enforced,
  name: enforced,
  description: enforced,
  shouldStartNameWithService: enforced,
  useProviderTags: enforced,
  id: ignored(OWN_API),
  authorizers: enforced,
  domain: refused('a domain is not made from here yet; docs/guides/custom-domains.md says how to make one', LENIENT),
  timeout: enforced,
};

/** `provider.httpApi.authorizers.*`. */
export const authorizerProperties: PropertyTable = {
  type: enforced,
  name: enforced,
  identitySource: enforced,
  issuerUrl: enforced,
  audience: enforced,
  functionName: enforced,
  functionArn: enforced,
  resultTtlInSeconds: enforced,
  enableSimpleResponses: enforced,
  payloadVersion: enforced,
  managedExternally: ignored('the permission of the function is made in any case'),
};

/** `authorizer` of an event, when it is a map. */
export const eventAuthorizerProperties: PropertyTable = {
  name: enforced,
  scopes: enforced,
  type: enforced,
  id: refused(
    'an authorizer of another API cannot be named',
    'Name one of provider.httpApi.authorizers, or run with --lenient to leave the route out.',
  ),
};

/** `provider.logs.httpApi`, when it is a map. */
export const accessLogProperties: PropertyTable = {
  format: enforced,
  logGroup: enforced,
};

/** `url` of a function, when it is a map. */
export const functionUrlProperties: PropertyTable = {
  authorizer: enforced,
  cors: enforced,
  invokeMode: enforced,
};

export const functionUrlCorsProperties: PropertyTable = {
  allowedOrigins: enforced,
  allowedHeaders: enforced,
  allowedMethods: enforced,
  allowCredentials: enforced,
  exposedResponseHeaders: enforced,
  maxAge: enforced,
};

/** `layers.*`. */
export const layerProperties: PropertyTable = {
  path: enforced,
  package: enforced,
  name: enforced,
  description: enforced,
  compatibleRuntimes: enforced,
  compatibleArchitectures: ignored('functions run on the processor of this machine'),
  licenseInfo: enforced,
  allowedAccounts: ignored('other accounts cannot be told apart here'),
  retain: ignored(DEPLOYMENT),
};

/** `destinations` of a function. */
export const destinationProperties: PropertyTable = {
  onSuccess: enforced,
  onFailure: enforced,
};

export const corsProperties: PropertyTable = {
  allowedOrigins: enforced,
  allowedHeaders: enforced,
  allowedMethods: enforced,
  allowCredentials: enforced,
  exposedResponseHeaders: enforced,
  maxAge: enforced,
};

export const functionProperties: PropertyTable = {
  handler: enforced,
  runtime: enforced,
  timeout: enforced,
  memorySize: enforced,
  environment: enforced,
  name: enforced,
  description: enforced,
  tags: enforced,
  events: enforced,
  httpApi: enforced,
  package: enforced,
  reservedConcurrency: enforced,
  logs: enforced,
  role: ignored(NO_ROLE),
  iamRoleStatements: ignored(NO_ROLE),
  iamRoleStatementsInherit: ignored(NO_ROLE),
  iamRoleStatementsName: ignored(NO_ROLE),
  iamPermissionsBoundary: ignored(NO_ROLE),
  iam: ignored(NO_ROLE),
  kmsKeyArn: ignored('environment variables are not encrypted here'),
  awsKmsKeyArn: ignored('environment variables are not encrypted here'),
  architecture: ignored('functions run on the processor of this machine'),
  runtimeManagement: ignored('the runtime is the one of this machine'),
  ephemeralStorageSize: ignored('the disk of this machine is used'),
  provisionedConcurrency: ignored('it only warms functions up'),
  snapStart: ignored('it only makes functions start faster'),
  disableLogs: ignored('function logs stay on this machine'),
  logRetentionInDays: waiting('logGroups', ignored('no log groups are kept')),
  logDataProtectionPolicy: ignored('function logs stay on this machine'),
  tracing: enforced,
  versionFunction: ignored(DEPLOYMENT),
  recursiveLoop: ignored('no event source that could close a loop is run'),
  dependsOn: ignored(DEPLOYMENT),
  build: ignored(AS_THEY_ARE),
  capacityProvider: ignored('functions run on this machine'),
  // Of plugins that are ignored as well.
  prune: ignored(DEPLOYMENT),
  deploymentSettings: ignored(DEPLOYMENT),
  warmup: ignored('it only warms functions up'),
  alarms: ignored('no alarms are raised here'),
  maximumRetryAttempts: waiting(
    'eventInvokeConfigs',
    ignored('it applies to asynchronous event sources, and those are refused where they stand'),
  ),
  maximumEventAge: waiting(
    'eventInvokeConfigs',
    ignored('it applies to asynchronous event sources, and those are refused where they stand'),
  ),
  image: refused(
    'container images are not run',
    'Give the function a handler for local runs, or run with --lenient to leave the function out.',
  ),
  url: waiting(
    'functionUrls',
    refused('function URLs are not served yet', 'Add an httpApi event to reach the function, or run with --lenient.'),
  ),
  layers: waiting('layers', refused('Lambda layers are not supported yet', LENIENT)),
  vpc: ignored(NO_VPC),
  fileSystemConfig: refused('EFS file systems are not mounted', LENIENT),
  onError: waiting('eventInvokeConfigs', refused('dead-letter targets of asynchronous invocations are not called', LENIENT)),
  destinations: waiting('eventInvokeConfigs', refused('destinations of asynchronous invocations are not called', LENIENT)),
  condition: refused('CloudFormation conditions are not evaluated', LENIENT),
  durableConfig: refused('durable functions are not run', LENIENT),
  tenancy: refused('functions are not kept apart by tenant', LENIENT),
};

export const httpApiEventProperties: PropertyTable = {
  method: enforced,
  path: enforced,
  timeout: enforced,
  authorizer: enforced,
  cors: refused('an httpApi event has no cors of its own', 'Move it to provider.httpApi.cors, which holds for the whole API.'),
  operationId: ignored('it only names the operation in exports'),
};

/** `provider.tracing`. */
export const tracingProperties: PropertyTable = { apiGateway: enforced, lambda: enforced };

/** Events other than httpApi: what each is, to say what will not happen. */
export const otherEvents: Readonly<Record<string, string>> = {
  http: 'a REST API route (http event)',
  websocket: 'a WebSocket API route',
  alb: 'an Application Load Balancer rule',
  s3: 'an S3 bucket notification',
  schedule: 'a schedule',
  sns: 'an SNS subscription',
  sqs: 'an SQS queue',
  stream: 'a DynamoDB or Kinesis stream',
  kafka: 'a Kafka topic',
  msk: 'an MSK topic',
  activemq: 'an ActiveMQ queue',
  rabbitmq: 'a RabbitMQ queue',
  alexaSkill: 'an Alexa skill',
  alexaSmartHome: 'an Alexa smart home skill',
  iot: 'an IoT rule',
  iotFleetProvisioning: 'an IoT fleet provisioning hook',
  cloudwatchEvent: 'a CloudWatch event',
  cloudwatchLog: 'a CloudWatch log subscription',
  cognitoUserPool: 'a Cognito user pool trigger',
  eventBridge: 'an EventBridge rule',
  cloudFront: 'a CloudFront function',
  documentDb: 'a DocumentDB stream',
};
