// InvokeWithResponseStream.
// https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html

import type * as Lambda from '@aws-sdk/client-lambda';
import type { PartialOperations } from '../aws/operations.ts';
import type { FunctionResult, FunctionStreamError } from '../data-plane/ports.ts';
import { functionArn, functionNotFound, parseFunctionName } from './function-arn.ts';
import { chooseVersion } from './function-entry.ts';
import { scopeOf } from './function-reads.ts';
import { Invocation } from './invocation.ts';
import { logTail, readClientContext, readEvent, refusalError, refuseUnsupported, requestIdOf } from './invocations.ts';
import type { LambdaContext } from './lambda-context.ts';
import { PieceQueue } from './piece-queue.ts';
import { runFunction } from './run-function.ts';

/** The operation whose answer is a sequence of events. */
export function responseStreamingOperations(context: LambdaContext) {
  return {
    async InvokeWithResponseStream(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      const entry = context.table.entry(reference.scope, reference.name);
      const { qualifier } = reference;
      const target = entry.target(qualifier);
      if (target === undefined) {
        throw functionNotFound(reference.scope, reference.name, qualifier ?? '$LATEST');
      }
      refuseUnsupported(input);
      const event = readEvent(input.Payload as Uint8Array | undefined, 'RequestResponse');
      const clientContext = readClientContext(input.ClientContext);
      if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
      const invokedArn = qualifier === undefined ? '' : functionArn(reference.scope, reference.name, qualifier);
      const version = chooseVersion(target, Math.random);
      const answer = await new Promise<StreamedInvocation>((resolve) => {
        const streamed = new StreamedInvocation(input.LogType === 'Tail', resolve);
        const invocation: Invocation = new Invocation({
          requestId: requestIdOf(caller.requestId),
          event,
          traceId: entry.traceOf(''),
          clientContext,
          invokedArn,
          keepsLog: input.LogType === 'Tail',
          receiver: streamed,
          onReported: () => streamed.reported(logTail(invocation.log ?? [])),
        });
        runFunction(context.table, context.pool, version, invocation);
      });
      if (answer.refusal !== undefined) {
        throw refusalError(answer.refusal.refusal, answer.refusal.message, reference, entry);
      }
      return {
        StatusCode: 200,
        ExecutedVersion: version.number,
        ResponseStreamContentType: answer.contentType,
        // The SDK's type is its client's; events are what the wire wants.
        EventStream: answer.events as never,
      };
    },
  } satisfies PartialOperations<typeof Lambda>;
}

/** An answer on its way into the event stream, whole or in pieces. */
class StreamedInvocation {
  readonly events = new PieceQueue();
  contentType = 'application/json';
  refusal: Extract<FunctionResult, { kind: 'refused' }> | undefined;
  readonly #waitsForLog: boolean;
  readonly #begun: (self: StreamedInvocation) => void;
  #end: { ErrorCode?: string; ErrorDetails?: string } | undefined;
  #log: string | undefined;

  constructor(waitsForLog: boolean, begun: (self: StreamedInvocation) => void) {
    this.#waitsForLog = waitsForLog;
    this.#begun = begun;
  }

  onFunctionResult(result: FunctionResult): void {
    if (result.kind === 'refused') this.refusal = result;
    else if (result.kind === 'returned') {
      this.events.write(Buffer.from(result.payload));
      this.#complete(undefined);
    } else this.#complete(result.payload);
    this.#begun(this);
  }

  onFunctionStream(contentType: string): PieceQueue {
    this.contentType = contentType;
    this.events.onEnd = (error: FunctionStreamError | undefined) => this.#complete(error?.payload);
    this.#begun(this);
    return this.events;
  }

  reported(log: string): void {
    this.#log = log;
    this.#finish();
  }

  #complete(error: string | undefined): void {
    this.#end = error === undefined ? {} : { ErrorCode: 'Unhandled', ErrorDetails: error };
    this.#finish();
  }

  /** The last event has the log, when it is wanted: it waits for the REPORT line. */
  #finish(): void {
    if (this.#end === undefined || (this.#waitsForLog && this.#log === undefined)) return;
    this.events.finish({ InvokeComplete: { ...this.#end, ...(this.#waitsForLog && { LogResult: this.#log }) } });
  }
}
