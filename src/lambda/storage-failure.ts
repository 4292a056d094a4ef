// A disk that is full, read-only or broken is no bug of an operation: the caller is told, and nothing was acknowledged.

import { AwsError } from '../aws/aws-error.ts';
import type { OperationTable } from '../aws/operations.ts';
import { StoreError } from '../store/store-error.ts';

type Run = NonNullable<OperationTable[string]>;

/** What writing a file fails with when the file system, not the program, is at fault. */
const DISK_ERRORS: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

/** The operation, answering ServiceException where the data folder could not be read or written. */
export function orServiceException(run: Run): Run {
  return async (input, caller) => {
    try {
      return await run(input, caller);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      throw new AwsError(
        'ServiceException',
        'The request could not be kept. Nothing was acknowledged; try again when the data directory can be written.',
        { status: 500, fields: { Type: 'Service' }, cause: error },
      );
    }
  };
}

function isStorageFailure(error: unknown): boolean {
  return error instanceof StoreError || (error instanceof Error && DISK_ERRORS.has((error as NodeJS.ErrnoException).code));
}
