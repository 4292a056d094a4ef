// Every Lambda operation that is there, in one table.

import type * as Lambda from '@aws-sdk/client-lambda';
import { guardedOperations } from '../aws/guarded-operations.ts';
import type { PartialOperations } from '../aws/operations.ts';
import { aliasOperations } from './aliases.ts';
import { eventInvokeConfigOperations } from './event-invoke-configs.ts';
import { functionExtraOperations } from './function-extras.ts';
import { functionUrlOperations } from './function-urls.ts';
import { functionOperations } from './functions.ts';
import { invocationOperations } from './invocations.ts';
import type { LambdaContext } from './lambda-context.ts';
import { layerPermissionOperations } from './layer-permissions.ts';
import { layerOperations } from './layers.ts';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';
import { permissionOperations } from './permissions.ts';
import { provisionedConcurrencyOperations } from './provisioned-concurrency.ts';
import { reservedConcurrencyOperations } from './reserved-concurrency.ts';
import { responseStreamingOperations } from './response-streaming.ts';
import { runtimeManagementOperations } from './runtime-management.ts';
import { storageRefusal } from './storage-failure.ts';
import { tagOperations } from './tags.ts';
import { versionOperations } from './versions.ts';

export type LambdaOperations = PartialOperations<typeof Lambda>;

/** The table the dispatcher asks. */
export function lambdaOperations(context: LambdaContext): LambdaOperations {
  const operations: LambdaOperations = {
    ...functionOperations(context),
    ...versionOperations(context),
    ...aliasOperations(context),
    ...invocationOperations(context),
    ...eventInvokeConfigOperations(context),
    ...functionUrlOperations(context),
    ...layerOperations(context),
    ...layerPermissionOperations(context),
    ...responseStreamingOperations(context),
    ...permissionOperations(context),
    ...tagOperations(context),
    ...reservedConcurrencyOperations(context),
    ...provisionedConcurrencyOperations(context),
    ...functionExtraOperations(context),
    ...runtimeManagementOperations(context),
    ...operationsOfWhatIsNotYetMade(context),
  };
  return guardedOperations(operations, storageRefusal);
}
