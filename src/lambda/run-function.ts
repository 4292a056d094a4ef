// An invocation from its function's entry to the pool, waiting for the code to be on disk when it is not.

import type { FunctionRefusal, FunctionResult } from '../data-plane/ports.ts';
import type { VersionEntry } from './function-entry.ts';
import type { FunctionTable } from './function-table.ts';
import type { Invocation } from './invocation.ts';
import type { Pool } from './pool.ts';

/** Runs an event; the invocation's receiver gets the answer or the refusal. */
export function runFunction(table: FunctionTable, pool: Pool, entry: VersionEntry, invocation: Invocation): void {
  const { version } = entry;
  if (version !== undefined) {
    const refusal = pool.invoke(version, invocation);
    if (refusal !== undefined) invocation.answer(refused(refusal, entry));
  } else if (entry.document === undefined) {
    invocation.answer(refused('ResourceNotFound', entry));
  } else {
    void prepareAndRun(table, pool, entry, invocation);
  }
}

/** A refusal with a message for the log and the developer. */
export function refused(refusal: FunctionRefusal, entry: VersionEntry, detail?: string): FunctionResult {
  const messages: Readonly<Record<FunctionRefusal, string>> = {
    ResourceNotFound: `Function not found: ${entry.arn}`,
    AccessDenied: `The resource policy of ${entry.arn} does not allow it`,
    TooManyRequests: 'Rate Exceeded.',
    RequestTooLarge: 'The event is larger than 6291456 bytes',
    ResourceNotReady: `The code of ${entry.arn} is not ready`,
    InvalidRequest: 'Lambda does not take this request',
    ServiceError: 'Lambda is shutting down',
  };
  return { kind: 'refused', refusal, message: detail ?? messages[refusal] };
}

async function prepareAndRun(table: FunctionTable, pool: Pool, entry: VersionEntry, invocation: Invocation): Promise<void> {
  let prepared: Awaited<ReturnType<FunctionTable['prepare']>>;
  try {
    prepared = await table.prepare(entry);
  } catch (error) {
    prepared = `The code of ${entry.arn} cannot be brought to disk: ${String(error)}`;
  }
  if (typeof prepared === 'string') {
    invocation.answer(refused(entry.document === undefined ? 'ResourceNotFound' : 'ResourceNotReady', entry, prepared));
    return;
  }
  const refusal = pool.invoke(prepared, invocation);
  if (refusal !== undefined) invocation.answer(refused(refusal, entry));
}
