// Makes the running system be what a service file asks for, with the same AWS operations an SDK would call. A reconcile:
// reads what is there, creates, updates what differs, deletes what is gone; without a difference it changes nothing.

import type { Place } from '../config/user-error.ts';
import { applyFunctions } from './apply-functions.ts';
import { applyHttpApi } from './apply-http-api.ts';
import { applyLayers } from './apply-layers.ts';
import { applyLogGroups } from './apply-log-groups.ts';
import { applyRestApi } from './apply-rest-api.ts';
import { applyWebSocketApi } from './apply-websocket-api.ts';
import type { DesiredState } from './desired-state.ts';

/** Runs one AWS operation; members have the SDK's spelling. Throws an error with AWS's code in `code`. */
export type AwsCall = (
  service: string,
  operation: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<Record<string, unknown>>;

/** One thing that was done, for the line that tells of a reload. */
export interface AppliedChange {
  readonly action: 'created' | 'updated' | 'deleted';
  readonly noun:
    | 'function'
    | 'layer'
    | 'url'
    | 'api'
    | 'rest api'
    | 'websocket api'
    | 'authorizer'
    | 'route'
    | 'method'
    | 'integration'
    | 'stage'
    | 'canary'
    | 'permission'
    | 'usage plan'
    | 'API key';
  readonly name: string;
}

export interface ApplyResult {
  readonly changes: readonly AppliedChange[];
  readonly apiId?: string;
  readonly restApiId?: string;
  readonly webSocketApiId?: string;
}

/** An AWS operation was refused while a desired state was applied. */
export class ApplyError extends Error {
  readonly operation: string;
  readonly awsCode: string;
  /** The function name or route key it was about; `places` of the reading says where that is written. */
  readonly subject: string | undefined;

  constructor(operation: string, awsCode: string, message: string, subject: string | undefined, cause: unknown) {
    super(message, { cause });
    this.name = 'ApplyError';
    this.operation = operation;
    this.awsCode = awsCode;
    this.subject = subject;
  }

  /** Where the thing is written, if that is known. */
  placeIn(places: ReadonlyMap<string, Place>): Place | undefined {
    return this.subject === undefined ? undefined : places.get(this.subject);
  }
}

/**
 * `previous` is what this process applied last: when nothing differs from it, nothing is called, and
 * functions that are as they were are not read again. Without it everything is
 * read from the running system, which may hold the state of an earlier run.
 */
export async function applyDesiredState(call: AwsCall, desired: DesiredState, previous?: DesiredState): Promise<ApplyResult> {
  if (previous !== undefined && JSON.stringify(previous) === JSON.stringify(desired)) {
    return {
      changes: [],
      ...(desired.api === undefined ? {} : { apiId: desired.apiId }),
      ...(desired.restApi === undefined ? {} : { restApiId: desired.restApiId }),
      ...(desired.webSocketApi === undefined ? {} : { webSocketApiId: desired.webSocketApiId }),
    };
  }
  const session = new ApplySession(call);
  // Functions first, so that no route ever leads to a function that is not there; functions that are gone come last.
  await applyLogGroups(session, desired);
  const layers = await applyLayers(session, desired);
  const removeGoneFunctions = await applyFunctions(session, desired, layers, previous);
  const apiId = await applyHttpApi(session, desired);
  const restApiId = await applyRestApi(session, desired);
  const webSocketApiId = await applyWebSocketApi(session, desired);
  await removeGoneFunctions();
  return {
    changes: session.changes,
    ...(apiId === undefined ? {} : { apiId }),
    ...(restApiId === undefined ? {} : { restApiId }),
    ...(webSocketApiId === undefined ? {} : { webSocketApiId }),
  };
}

/** The calls of one run and what they changed. */
export class ApplySession {
  readonly changes: AppliedChange[] = [];
  readonly #call: AwsCall;

  constructor(call: AwsCall) {
    this.#call = call;
  }

  /** Throws ApplyError. */
  async call(
    service: string,
    operation: string,
    input: Record<string, unknown>,
    subject?: string,
  ): Promise<Record<string, unknown>> {
    try {
      return await this.#call(service, operation, input);
    } catch (error) {
      throw toApplyError(error, operation, subject);
    }
  }

  /** Undefined when AWS says there is no such thing. */
  async find(service: string, operation: string, input: Record<string, unknown>): Promise<Record<string, unknown> | undefined> {
    try {
      return await this.#call(service, operation, input);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'NotFoundException' || code === 'ResourceNotFoundException') return undefined;
      throw toApplyError(error, operation, undefined);
    }
  }

  /** Every item of a paged list. */
  async list(
    service: string,
    operation: string,
    input: Record<string, unknown>,
    paging: Paging,
  ): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let next: unknown;
    do {
      const page = await this.call(service, operation, next === undefined ? input : { ...input, [paging.token]: next });
      items.push(...((page[paging.items] as Record<string, unknown>[] | undefined) ?? []));
      next = page[paging.nextToken];
    } while (next !== undefined && next !== null && next !== '');
    return items;
  }

  changed(action: AppliedChange['action'], noun: AppliedChange['noun'], name: string): void {
    this.changes.push({ action, noun, name });
  }
}

interface Paging {
  readonly items: string;
  readonly token: string;
  readonly nextToken: string;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code;
  return error instanceof Error && typeof code === 'string' ? code : undefined;
}

/** An error without a code is a bug and stays what it is. */
function toApplyError(error: unknown, operation: string, subject: string | undefined): unknown {
  const code = codeOf(error);
  if (code === undefined || (error as Error).name !== 'AwsError') return error;
  return new ApplyError(operation, code, (error as Error).message, subject, error);
}
