// A disk that is full, read-only or broken is no bug of an operation: the caller is told, and nothing was acknowledged.

import type { StorageRefusal } from '../aws/guarded-operations.ts';
import { isStoreError } from '../store/store-error.ts';

/** What writing a file fails with when the file system, not the program, is at fault. */
const DISK_ERRORS: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE']);

/** What operations answer where the data folder could not be read or written. */
export const storageRefusal: StorageRefusal = {
  ...{ isStorageFailure, code: 'ServiceException', status: 500 },
  fields: { Type: 'Service' },
};

function isStorageFailure(error: unknown): boolean {
  return isStoreError(error) || (error instanceof Error && DISK_ERRORS.has((error as NodeJS.ErrnoException).code));
}
