// API Gateway v1 as a table of operations, for REST APIs. An operation that is not in the table answers 501 and is named.

import { guardedOperations } from '../../aws/guarded-operations.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Store } from '../../store/store.ts';
import { isStoreError } from '../../store/store-error.ts';
import { exportRestOperations } from '../openapi/export-rest-api.ts';
import { importDocumentationOperations } from '../openapi/import-documentation-parts.ts';
import { importRestOperations } from '../openapi/import-rest-api.ts';
import { sdkOperations } from '../sdk/sdks.ts';
import { accountOperations } from './account.ts';
import { authorizerOperations } from './authorizers.ts';
import { basePathMappingOperations } from './base-path-mappings.ts';
import { deploymentOperations } from './deployments.ts';
import { documentationPartOperations } from './documentation-parts.ts';
import { documentationVersionOperations } from './documentation-versions.ts';
import { domainNameAccessAssociationOperations } from './domain-name-access-associations.ts';
import { domainNameOperations } from './domain-names.ts';
import { explainedRefusals } from './explained-refusals.ts';
import { gatewayResponseOperations } from './gateway-responses.ts';
import { integrationResponseOperations } from './integration-responses.ts';
import { integrationOperations } from './integrations.ts';
import { methodResponseOperations } from './method-responses.ts';
import { methodOperations } from './methods.ts';
import { modelOperations } from './models.ts';
import { NotYetRunNotices } from './not-yet-run.ts';
import { requestValidatorOperations } from './request-validators.ts';
import { resourceOperations } from './resources.ts';
import { restApiOperations } from './rest-apis.ts';
import {
  awsQuotas,
  type Quotas,
  type ServiceContext,
  type StageCaches,
  type StageWebAcls,
  type V1Operations,
} from './service.ts';
import { stageOperations } from './stages.ts';
import { tagOperations } from './tags.ts';
import { type AuthorizerTester, testInvokeAuthorizerOperations } from './test-invoke-authorizer.ts';
import { type MethodTester, testInvokeOperations } from './test-invoke-method.ts';
import { type UsageContext, usageQuotas } from './usage-context.ts';
import { usageOperations } from './usage-operations.ts';
import { vpcLinkOperations } from './vpc-links.ts';

export interface ApiGatewayOptions {
  readonly store: Store;
  /** The system clock by default. */
  readonly now?: () => Date;
  /** Asked about every role that an OpenAPI document names: throws AwsError when the caller may not pass it. */
  readonly assertMayPassRole?: (caller: Caller, roleArn: string) => void;
  /** AWS's figures where nothing else is said. */
  readonly quotas?: Partial<Quotas>;
  /** What FlushStageCache empties; nothing is cached when left out. */
  readonly caches?: StageCaches;
  /** Something the operator should read once: a feature that was asked for and does not run. */
  readonly onNotice?: (notice: string) => void;
  /** No stage has a web ACL when left out. */
  readonly webAcls?: StageWebAcls;
  /** Runs methods for TestInvokeMethod; without it the operation is not in the table. */
  readonly testMethod?: MethodTester;
  /** Asks authorizers for TestInvokeAuthorizer; without it the operation is not in the table. */
  readonly testAuthorizer?: AuthorizerTester;
  /** Where clients call a stage, for generated SDKs; without it there are none. */
  readonly invokeUrl?: (apiId: string, stageName: string) => string;
  /** API keys and usage plans; without it their operations are not in the table. */
  readonly usage?: Pick<UsageContext, 'keySecrets' | 'counts'> & { readonly quotas?: Partial<UsageContext['quotas']> };
}

const noWebAcls: StageWebAcls = { ofStage: () => undefined, forgetStages: async () => {} };
const noCaches: StageCaches = { flushResponses: async () => {} };

/** Every operation answers 503 when the store cannot keep the change. */
export function apiGatewayOperations(options: ApiGatewayOptions): V1Operations {
  const now = options.now ?? (() => new Date());
  const onNotice = options.onNotice ?? (() => {});
  const context: ServiceContext = {
    store: options.store,
    quotas: { ...awsQuotas, ...options.quotas },
    caches: options.caches ?? noCaches,
    webAcls: options.webAcls ?? noWebAcls,
    notices: new NotYetRunNotices(onNotice),
    assertMayPassRole: options.assertMayPassRole,
    timestamp: () => `${now().toISOString().slice(0, 19)}Z`,
  };
  const operationsOver = (store: Store): V1Operations => guardedTable(nouns({ ...context, store }));
  const table = guardedTable({
    ...nouns(context),
    ...importRestOperations(context, operationsOver),
    ...exportRestOperations(context),
    ...importDocumentationOperations(context, operationsOver),
    ...(options.invokeUrl && sdkOperations(context, options.invokeUrl)),
    ...(options.testMethod && testInvokeOperations(context, options.testMethod)),
    ...(options.testAuthorizer && testInvokeAuthorizerOperations(context, options.testAuthorizer)),
    ...(options.usage && usageOperations({ ...context, ...options.usage, quotas: { ...usageQuotas, ...options.usage.quotas } })),
  });
  return explainedRefusals(table, onNotice);
}

function nouns(context: ServiceContext): V1Operations {
  return {
    ...restApiOperations(context),
    ...resourceOperations(context),
    ...accountOperations(context),
    ...authorizerOperations(context),
    ...basePathMappingOperations(context),
    ...deploymentOperations(context),
    ...documentationPartOperations(context),
    ...documentationVersionOperations(context),
    ...domainNameOperations(context),
    ...domainNameAccessAssociationOperations(context),
    ...gatewayResponseOperations(context),
    ...integrationResponseOperations(context),
    ...integrationOperations(context),
    ...methodResponseOperations(context),
    ...methodOperations(context),
    ...modelOperations(context),
    ...requestValidatorOperations(context),
    ...stageOperations(context),
    ...tagOperations(context),
    ...vpcLinkOperations(context),
  };
}

function guardedTable(table: V1Operations): V1Operations {
  return guardedOperations(table, { isStorageFailure: isStoreError, code: 'ServiceUnavailableException', status: 503 });
}
