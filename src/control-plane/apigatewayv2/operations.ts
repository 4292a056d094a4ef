// API Gateway v2 as a table of operations, for HTTP and WebSocket APIs.

import { guardedOperations } from '../../aws/guarded-operations.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Store } from '../../store/store.ts';
import { isStoreError } from '../../store/store-error.ts';
import { openApiOperations } from '../openapi/operations.ts';
import { apiMappingOperations } from './api-mappings.ts';
import { apiOperations } from './apis.ts';
import { authorizerOperations } from './authorizers.ts';
import { deploymentOperations } from './deployments.ts';
import { domainNameOperations } from './domain-names.ts';
import { integrationResponseOperations } from './integration-responses.ts';
import { integrationOperations } from './integrations.ts';
import { modelOperations } from './models.ts';
import { notYetEnforced, refuseNotYetEnforced } from './not-yet-enforced.ts';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';
import { routeResponseOperations } from './route-responses.ts';
import { routeOperations } from './routes.ts';
import { routingRuleOperations } from './routing-rules.ts';
import { awsQuotas, domainOf, type Quotas, type ServiceContext, type V2Operations } from './service.ts';
import { stageOperations } from './stages.ts';
import { tagOperations } from './tags.ts';
import { vpcLinkOperations } from './vpc-links.ts';

export interface ApiGatewayV2Options {
  readonly store: Store;
  /** The system clock by default. */
  readonly now?: () => Date;
  /** Asked about every role that an OpenAPI document names: throws AwsError when the caller may not pass it. */
  readonly assertMayPassRole?: (caller: Caller, roleArn: string) => void;
  /** AWS's figures where nothing else is said. */
  readonly quotas?: Partial<Quotas>;
  /** What `apiEndpoint` shows. AWS's form by default: `https://{apiId}.execute-api.{region}.amazonaws.com`. */
  readonly apiEndpoint?: (scope: Scope, apiId: string) => string;
}

/** Every operation refuses what is not enforced yet before it does anything, and answers 503 when the store cannot keep the change. */
export function apiGatewayV2Operations(options: ApiGatewayV2Options): V2Operations {
  const now = options.now ?? (() => new Date());
  const context: ServiceContext = {
    store: options.store,
    quotas: { ...awsQuotas, ...options.quotas },
    assertMayPassRole: options.assertMayPassRole,
    timestamp: () => `${now().toISOString().slice(0, 19)}Z`,
    apiEndpoint:
      options.apiEndpoint ?? ((scope, apiId) => `https://${apiId}.execute-api.${scope.region}.${domainOf(scope.region)}`),
  };
  const operationsOver = (store: Store): V2Operations => guardedTable(nouns({ ...context, store, holdsDeployments: true }));
  return guardedTable({ ...nouns(context), ...openApiOperations(context, operationsOver) });
}

function nouns(context: ServiceContext): V2Operations {
  return {
    ...apiOperations(context),
    ...routeOperations(context),
    ...routeResponseOperations(context),
    ...integrationOperations(context),
    ...integrationResponseOperations(context),
    ...modelOperations(context),
    ...authorizerOperations(context),
    ...stageOperations(context),
    ...deploymentOperations(context),
    ...domainNameOperations(context),
    ...apiMappingOperations(context),
    ...routingRuleOperations(context),
    ...tagOperations(context),
    ...vpcLinkOperations(context),
    ...operationsOfWhatIsNotYetMade(),
  };
}

function guardedTable(table: V2Operations): V2Operations {
  return guardedOperations(table, {
    ...{ isStorageFailure: isStoreError, code: 'ServiceUnavailableException', status: 503 },
    before: (operation, input) => refuseNotYetEnforced(notYetEnforced, operation, input),
  });
}
