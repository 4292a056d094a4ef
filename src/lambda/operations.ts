// Every Lambda operation that is there, in one table.

import type * as Lambda from '@aws-sdk/client-lambda';
import type { PartialOperations } from '../aws/operations.ts';
import { functionExtraOperations } from './function-extras.ts';
import { functionOperations } from './functions.ts';
import { invocationOperations } from './invocations.ts';
import type { LambdaContext } from './lambda-context.ts';
import { operationsOfWhatIsNotYetMade } from './not-yet-made.ts';
import { permissionOperations } from './permissions.ts';
import { reservedConcurrencyOperations } from './reserved-concurrency.ts';
import { tagOperations } from './tags.ts';

export type LambdaOperations = PartialOperations<typeof Lambda>;

/** The table the dispatcher asks. */
export function lambdaOperations(context: LambdaContext): LambdaOperations {
  return {
    ...functionOperations(context),
    ...invocationOperations(context),
    ...permissionOperations(context),
    ...tagOperations(context),
    ...reservedConcurrencyOperations(context),
    ...functionExtraOperations(context),
    ...operationsOfWhatIsNotYetMade(context),
  };
}
