// Pending becomes Active, InProgress becomes Successful: a change of its own, with a revision of its own, as on AWS.

import { randomUUID } from 'node:crypto';
import type { DocumentKey, Transaction } from '../store/store.ts';
import { conflict, type FunctionReference, functionArn } from './function-arn.ts';
import { type FunctionDocument, functionKey, versionKey } from './function-document.ts';
import type { LambdaContext } from './lambda-context.ts';

const settling = new WeakMap<LambdaContext, Map<string, Promise<void>>>();

/** What a start of this process finds unfinished: functions that were Pending or InProgress when it was stopped. */
export function settleUnfinished(context: LambdaContext): void {
  for (const entry of context.table.all()) {
    const { scope, name } = entry;
    for (const document of entry.documents()) if (isUnsettled(document)) settleLater(context, { scope, name }, [document]);
  }
}

/** Unless functions are to stay InProgress for a while as on AWS, the step before is waited for. */
export async function settled(context: LambdaContext, { scope, name }: Pick<FunctionReference, 'scope' | 'name'>): Promise<void> {
  if (context.limits.settleMs === 0) await settling.get(context)?.get(functionArn(scope, name));
}

/** Refuses a change while the one before is not over. */
export function assertSettled({ scope, name }: FunctionReference, document: FunctionDocument): void {
  if (!isUnsettled(document)) return;
  throw conflict(
    `The operation cannot be performed at this time. An update is in progress for resource: ${functionArn(scope, name)}`,
  );
}

/** Finishes a function, or a version of it, unless it was changed again meanwhile. */
export function settleLater(
  context: LambdaContext,
  { scope, name }: Pick<FunctionReference, 'scope' | 'name'>,
  documents: readonly FunctionDocument[],
): void {
  const arn = functionArn(scope, name);
  const running = settling.get(context) ?? new Map<string, Promise<void>>();
  settling.set(context, running);
  const before = running.get(arn);
  const settle = async (): Promise<void> => {
    if (context.limits.settleMs > 0) await new Promise((resolve) => setTimeout(resolve, context.limits.settleMs).unref());
    await context.store.transact(async (transaction) => {
      for (const { version, revisionId } of documents) {
        await finish(
          transaction,
          version === undefined ? functionKey(scope, name) : versionKey(scope, name, version),
          revisionId,
        );
      }
    });
    await before;
  };
  const work = settle()
    .catch((error: unknown) => context.notice(`Function ${name} stays unfinished: ${String(error)}`))
    .finally(() => {
      if (running.get(arn) === work) running.delete(arn);
    });
  running.set(arn, work);
  if (context.limits.settleMs === 0) context.background(work);
}

async function finish(transaction: Transaction, key: DocumentKey, revisionId: string): Promise<void> {
  const document = await transaction.get<FunctionDocument>(key);
  if (document?.revisionId !== revisionId || !isUnsettled(document)) return;
  await transaction.put(key, {
    ...document,
    state: 'Active',
    lastUpdateStatus: 'Successful',
    revisionId: randomUUID(),
  } satisfies FunctionDocument);
}

function isUnsettled({ state, lastUpdateStatus }: FunctionDocument): boolean {
  return state === 'Pending' || lastUpdateStatus === 'InProgress';
}
