// The data plane's way to functions: bound once per route, permission checked then and whenever the policy changes.

import { randomUUID } from 'node:crypto';
import type {
  BoundFunction,
  FunctionPort,
  FunctionReceiver,
  FunctionRefusal,
  FunctionResult,
  FunctionTarget,
} from '../data-plane/ports.ts';
import { type AccessRequest, conditionContext, evaluatePolicies } from '../iam-policy/evaluate.ts';
import type { EventQueue } from './event-queue.ts';
import { functionArn, parseFunctionArn } from './function-arn.ts';
import { chooseVersion, type FunctionEntry, type InvocationTarget } from './function-entry.ts';
import type { FunctionTable } from './function-table.ts';
import { functionTrace } from './function-trace.ts';
import { Invocation } from './invocation.ts';
import { ASYNC_REQUEST_BYTES_MAX } from './limits.ts';
import type { Pool } from './pool.ts';
import { refused, runFunction } from './run-function.ts';

/** Implements the port over this process's functions. */
export function createFunctionPort(table: FunctionTable, pool: Pool, events: EventQueue): FunctionPort {
  return {
    bind(target) {
      const reference = parseFunctionArn(target.functionArn);
      if (reference === undefined) return new Unbindable(target.functionArn);
      return new Binding(table, pool, events, table.entry(reference.scope, reference.name), reference.qualifier, target);
    },
  };
}

class Binding implements BoundFunction {
  readonly #table: FunctionTable;
  readonly #pool: Pool;
  readonly #events: EventQueue;
  readonly #entry: FunctionEntry;
  readonly #qualifier: string | undefined;
  readonly #request: AccessRequest;
  /** Qualified when the route says so, else ''. */
  readonly #invokedArn: string;
  #generation = 0;
  #refusal: FunctionRefusal | undefined;
  #runs: InvocationTarget | undefined;

  constructor(
    table: FunctionTable,
    pool: Pool,
    events: EventQueue,
    entry: FunctionEntry,
    qualifier: string | undefined,
    target: FunctionTarget,
  ) {
    this.#table = table;
    this.#pool = pool;
    this.#events = events;
    this.#entry = entry;
    this.#qualifier = qualifier;
    this.#invokedArn = qualifier === undefined ? '' : functionArn(entry.scope, entry.name, qualifier);
    this.#request = {
      principal: { kind: 'service', service: 'apigateway.amazonaws.com' },
      action: 'lambda:InvokeFunction',
      resource: qualifier === undefined || qualifier === '$LATEST' ? entry.arn : this.#invokedArn,
      context: conditionContext({
        'aws:SourceArn': target.sourceArn,
        'aws:SourceAccount': target.scope.account,
        'aws:PrincipalIsAWSService': 'true',
        'aws:PrincipalServiceName': 'apigateway.amazonaws.com',
      }),
    };
    this.#check();
  }

  invoke(event: string, traceId: string, receiver: FunctionReceiver): void {
    if (this.#generation !== this.#entry.generation) this.#check();
    if (this.#refusal !== undefined || this.#runs === undefined) {
      receiver.onFunctionResult(refused(this.#refusal ?? 'ResourceNotFound', this.#entry, this.#explanation()));
      return;
    }
    const requestId = randomUUID();
    const trace = functionTrace(oneLine(traceId), this.#entry.lineage);
    receiver.onFunctionRequest?.(requestId, trace);
    const invocation = new Invocation({
      requestId,
      event,
      traceId: trace,
      receiver,
      invokedArn: this.#invokedArn,
    });
    runFunction(this.#table, this.#pool, chooseVersion(this.#runs, Math.random), invocation);
  }

  enqueue(event: string, receiver: FunctionReceiver): void {
    if (this.#generation !== this.#entry.generation) this.#check();
    if (this.#refusal !== undefined || this.#runs === undefined) {
      receiver.onFunctionResult(refused(this.#refusal ?? 'ResourceNotFound', this.#entry, this.#explanation()));
      return;
    }
    if (Buffer.byteLength(event) > ASYNC_REQUEST_BYTES_MAX) {
      const what = `The event is larger than the ${ASYNC_REQUEST_BYTES_MAX} bytes of asynchronous invocations`;
      receiver.onFunctionResult(refused('RequestTooLarge', this.#entry, what));
      return;
    }
    const requestId = randomUUID();
    receiver.onFunctionRequest?.(requestId, '');
    this.#events.add(this.#entry, this.#qualifier, requestId, event, '').then(
      (hasRoom) => receiver.onFunctionResult(hasRoom ? accepted : refused('TooManyRequests', this.#entry)),
      (error: unknown) =>
        receiver.onFunctionResult(refused('ServiceError', this.#entry, `The event was not kept: ${String(error)}`)),
    );
  }

  #check(): void {
    this.#generation = this.#entry.generation;
    this.#refusal = undefined;
    this.#runs = this.#entry.target(this.#qualifier);
    // AWS: every version and alias has a policy of its own; that of the function does not speak for them.
    const policy = this.#entry.policy(this.#qualifier);
    if (this.#runs === undefined) {
      this.#refusal = 'ResourceNotFound';
    } else if (policy === undefined || evaluatePolicies([policy], this.#request).effect !== 'allow') {
      this.#refusal = 'AccessDenied';
    }
  }

  #explanation(): string | undefined {
    if (this.#refusal !== 'AccessDenied') return undefined;
    const source = this.#request.context.get('aws:sourcearn')?.[0];
    const name = this.#request.resource.split(':').slice(6).join(':');
    return `API Gateway may not invoke ${name}: its resource policy allows no lambda:InvokeFunction by apigateway.amazonaws.com from ${source}. Add it with AddPermission (aws lambda add-permission).`;
  }
}

const accepted: FunctionResult = { kind: 'returned', payload: '' };

/** What stands in the route is no function's ARN. */
class Unbindable implements BoundFunction {
  readonly #arn: string;

  constructor(arn: string) {
    this.#arn = arn;
  }

  invoke(_event: string, _traceId: string, receiver: FunctionReceiver): void {
    this.enqueue('', receiver);
  }

  enqueue(_event: string, receiver: FunctionReceiver): void {
    receiver.onFunctionResult({
      kind: 'refused',
      refusal: 'ResourceNotFound',
      message: `Not the ARN of a function: ${this.#arn}`,
    });
  }
}

// The trace id travels in a line of the frame's head.
function oneLine(text: string): string {
  return text.includes('\n') ? '' : text;
}
