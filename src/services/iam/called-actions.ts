// The actions that a call of the control plane needs, and the resources it needs them on: what policies are asked about.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html

import { partitionOf } from '../../aws/arn.ts';
import type { AuthenticatedCall } from '../../aws/authentication.ts';
import type { ServiceName } from '../../aws/services.ts';
import { isCallerCredentials } from '../../model/integration-credentials.ts';
import { apiGatewayActions } from './api-gateway-actions.ts';
import { cloudwatchActions } from './cloudwatch-actions.ts';
import { type IamActionNames, iamResource } from './iam-resource.ts';
import { taggingActions, tagKeys } from './tagging-actions.ts';
import { wafActions } from './waf-actions.ts';

/** One question to the policies. */
export interface CalledAction {
  /** `lambda:CreateFunction` */
  readonly action: string;
  /** An ARN, or `*` for what is done to nothing in particular. */
  readonly resource: string;
  /** Another action that will do when nothing is said about the first. */
  readonly alternative?: string;
  /** Condition keys of the service. */
  readonly keys?: Readonly<Record<string, string | readonly string[]>> | undefined;
}

/** Service prefixes of actions, where they are not the service's own name. */
const PREFIXES: Partial<Readonly<Record<ServiceName, string>>> = {
  apigatewayv2: 'apigateway',
  apigatewaymanagementapi: 'execute-api',
};

/** Operations whose action is named differently. */
const ACTION_NAMES: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  'lambda:InvokeWithResponseStream': 'lambda:InvokeFunction',
  'lambda:GetLayerVersionByArn': 'lambda:GetLayerVersion',
  'apigatewaymanagementapi:PostToConnection': 'execute-api:ManageConnections',
  'apigatewaymanagementapi:GetConnection': 'execute-api:ManageConnections',
  'apigatewaymanagementapi:DeleteConnection': 'execute-api:ManageConnections',
};

/** Members that hand a role to a service: whoever names one needs iam:PassRole on it. */
const PASSED_ROLES: readonly { readonly service: ServiceName; readonly member: string; readonly to: string }[] = [
  { service: 'lambda', member: 'Role', to: 'lambda.amazonaws.com' },
  { service: 'apigateway', member: 'credentials', to: 'apigateway.amazonaws.com' },
  { service: 'apigateway', member: 'authorizerCredentials', to: 'apigateway.amazonaws.com' },
  { service: 'apigatewayv2', member: 'CredentialsArn', to: 'apigateway.amazonaws.com' },
  { service: 'apigatewayv2', member: 'AuthorizerCredentialsArn', to: 'apigateway.amazonaws.com' },
];

/** Paths by which a patch of a REST API's integration, authorizer or account does the same. */
const PATCHED_ROLES = new Set(['/credentials', '/authorizerCredentials', '/cloudwatchRoleArn']);

/**
 * AWS: who one is may be asked by anybody with a key, and so may session tokens; neither can be denied. Seen: STS's API reference.
 * AssumeRole asks both sides itself: a role that trusts a caller by name needs no policy of the caller's.
 */
const FREE = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken', 'sts:AssumeRole']);

/** Every question; all must be allowed. None for what anybody may do. */
export function calledActions(call: AuthenticatedCall, names: IamActionNames): readonly CalledAction[] {
  const { service, operation } = call;
  if (FREE.has(`${service}:${operation}`)) return [];
  const passed = PASSED_ROLES.flatMap(({ service: taking, member, to }) => {
    return taking === service ? passedRole(call.input[member], to) : [];
  });
  return [...withTags(call, ownActions(call, names)), ...passed, ...(service === 'apigateway' ? patchedRoles(call) : [])];
}

function withTags(call: AuthenticatedCall, own: readonly CalledAction[]): readonly CalledAction[] {
  const tags = tagKeys(call);
  const [first] = own;
  if (tags === undefined || first === undefined) return own;
  return [...own, ...taggingActions(call, first)].map((each) => ({ ...each, keys: { ...each.keys, ...tags } }));
}

function patchedRoles({ input }: AuthenticatedCall): readonly CalledAction[] {
  const patch = input['patchOperations'];
  if (!Array.isArray(patch)) return [];
  return patch.flatMap(({ path, value }: { readonly path?: unknown; readonly value?: unknown }) =>
    PATCHED_ROLES.has(String(path)) ? passedRole(value, 'apigateway.amazonaws.com') : [],
  );
}

export function passedRole(role: unknown, to: string): readonly CalledAction[] {
  // Who passes on callers' own credentials passes no role.
  if (typeof role !== 'string' || role === '' || isCallerCredentials(role)) return [];
  return [{ action: 'iam:PassRole', resource: role, keys: { 'iam:PassedToService': to } }];
}

function ownActions(call: AuthenticatedCall, names: IamActionNames): readonly CalledAction[] {
  const { service, operation } = call;
  switch (service) {
    case 'apigateway':
    case 'apigatewayv2':
      return apiGatewayActions(call);
    case 'cloudwatch':
      return cloudwatchActions(call);
    case 'wafv2':
      return wafActions(call);
    case 'iam':
      return [{ action: `iam:${operation}`, ...iamResource(call, names) }];
    default: {
      const action = ACTION_NAMES[`${service}:${operation}`] ?? `${PREFIXES[service] ?? service}:${operation}`;
      const resource = service === 'lambda' ? lambdaResource(call) : service === 'logs' ? logsResource(call) : '*';
      return [{ action, resource }];
    }
  }
}

const FUNCTION_NAME =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:[a-z]{2,5}(?:-[a-z]+)+-\d:)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9\-_.]+)(?::([$a-zA-Z0-9\-_.]+))?$/;

function lambdaResource({ input, account, region }: AuthenticatedCall): string {
  const { FunctionName, Qualifier, LayerName, VersionNumber, UUID, Resource, Arn } = input;
  const prefix = `arn:${partitionOf(region)}:lambda:${region}`;
  if (typeof FunctionName === 'string') {
    const [, owner = account, name = FunctionName, derived] = FUNCTION_NAME.exec(FunctionName) ?? [];
    const qualifier = typeof Qualifier === 'string' ? Qualifier : derived;
    return `${prefix}:${owner}:function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`;
  }
  if (typeof LayerName === 'string') {
    const name = LayerName.startsWith('arn:') ? LayerName : `${prefix}:${account}:layer:${LayerName}`;
    return typeof VersionNumber === 'number' ? `${name}:${VersionNumber}` : name;
  }
  if (typeof UUID === 'string') return `${prefix}:${account}:event-source-mapping:${UUID}`;
  for (const arn of [Resource, Arn]) if (typeof arn === 'string') return arn;
  return '*';
}

// AWS: a log group is asked about as its (unnamed) stream. Seen: texts of AccessDeniedException in public reports
// (`… logs:CreateLogGroup on resource: arn:aws:logs:…:log-group:/aws/x:log-stream:`).
function logsResource({ input, account, region }: AuthenticatedCall): string {
  const { resourceArn, logGroupName, logGroupIdentifier, logGroupNamePrefix, logStreamName } = input;
  if (typeof resourceArn === 'string') return resourceArn;
  const group = [logGroupName, logGroupIdentifier, logGroupNamePrefix].find((name) => typeof name === 'string') ?? '';
  const name = String(group)
    .replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '')
    .replace(/:\*$/, '');
  const stream = typeof logStreamName === 'string' ? logStreamName : '';
  return `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${name}:log-stream:${stream}`;
}
