// Invoke.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html

import { randomUUID } from 'node:crypto';
import type * as Lambda from '@aws-sdk/client-lambda';
import { AwsError } from '../aws/aws-error.ts';
import type { PartialOperations } from '../aws/operations.ts';
import type { FunctionRefusal, FunctionResult } from '../data-plane/ports.ts';
import { type FunctionReference, functionArn, functionNotFound, invalidParameter, parseFunctionName } from './function-arn.ts';
import { chooseVersion, type FunctionEntry, type VersionEntry } from './function-entry.ts';
import { scopeOf } from './function-reads.ts';
import { Invocation } from './invocation.ts';
import type { LambdaContext } from './lambda-context.ts';
import { ASYNC_REQUEST_BYTES_MAX, REQUEST_BYTES_MAX } from './limits.ts';
import { runFunction } from './run-function.ts';

/** AWS: the last 4 KB of the log. Seen: Invoke, X-Amz-Log-Type. */
const LOG_TAIL_BYTES = 4096;
/** AWS: 3,583 bytes of base64. Seen: Invoke, X-Amz-Client-Context. */
const CLIENT_CONTEXT_LENGTH_MAX = 3583;

/** The operations that run functions. */
export function invocationOperations(context: LambdaContext) {
  return {
    async Invoke(input, caller) {
      const reference = parseFunctionName(input.FunctionName ?? '', scopeOf(caller), input.Qualifier);
      const entry = context.table.entry(reference.scope, reference.name);
      const { qualifier } = reference;
      const target = entry.target(qualifier);
      if (target === undefined) {
        // AWS: here the name is qualified in any case. Seen: test/parity, test_invoke_exceptions.
        throw functionNotFound(reference.scope, reference.name, qualifier ?? '$LATEST');
      }
      refuseUnsupported(input);
      const type = input.InvocationType ?? 'RequestResponse';
      // Blobs arrive as bytes, whatever the SDK's client lets its callers pass.
      const event = readEvent(input.Payload as Uint8Array | undefined, type);
      const clientContext = readClientContext(input.ClientContext);
      if (type === 'DryRun') return { StatusCode: 204, Payload: new Uint8Array() };
      if (type === 'Event') {
        // AWS: the request id of the answer is the event's. Seen: test/parity, test_request_id_async_invoke_with_retry.
        const requestId = requestIdOf(caller.requestId);
        const hasRoom = await context.events.add(entry, qualifier, requestId, event, clientContext);
        if (!hasRoom) throw tooManyRequests(undefined);
        return { StatusCode: 202, Payload: new Uint8Array() };
      }
      const invokedArn = qualifier === undefined ? '' : functionArn(reference.scope, reference.name, qualifier);
      const wantsLog = input.LogType === 'Tail';
      const version = chooseVersion(target, Math.random);
      const { result, log } = await run(
        context,
        version,
        requestIdOf(caller.requestId),
        event,
        clientContext,
        invokedArn,
        wantsLog,
      );
      if (result.kind === 'refused') throw refusalError(result.refusal, result.message, reference, entry);
      return {
        StatusCode: 200,
        ExecutedVersion: version.number,
        ...(result.kind === 'functionError' && { FunctionError: 'Unhandled' }),
        ...(log !== undefined && { LogResult: log }),
        Payload: Buffer.from(result.payload),
      };
    },
  } satisfies PartialOperations<typeof Lambda>;
}

/** Members that would change which environment runs, or how: refused, never ignored. */
export function refuseUnsupported({
  TenantId,
  DurableExecutionName,
}: Pick<Lambda.InvokeCommandInput, 'TenantId' | 'DurableExecutionName'>): void {
  if (TenantId) throw invalidParameter('Stagegate does not run functions with tenant isolation yet. Leave TenantId out.');
  if (DurableExecutionName) {
    throw invalidParameter('Stagegate does not run durable functions yet. Leave DurableExecutionName out.');
  }
}

function run(
  context: LambdaContext,
  entry: VersionEntry,
  requestId: string,
  event: string,
  clientContext: string,
  invokedArn: string,
  keepsLog: boolean,
): Promise<{ result: FunctionResult; log: string | undefined }> {
  return new Promise((resolve) => {
    let result: FunctionResult | undefined;
    const invocation: Invocation = new Invocation({
      requestId,
      event,
      traceId: entry.function.traceOf(''),
      clientContext,
      invokedArn,
      keepsLog,
      receiver: {
        onFunctionResult(given) {
          result = given;
          if (!keepsLog || given.kind === 'refused') resolve({ result, log: undefined });
        },
      },
      onReported() {
        if (result !== undefined && keepsLog) resolve({ result, log: logTail(invocation.log ?? []) });
      },
    });
    runFunction(context.table, context.pool, entry, invocation);
  });
}

/** The last 4 KB of the lines, in base64. */
export function logTail(lines: readonly string[]): string {
  const tail: string[] = [];
  let bytes = 0;
  for (let index = lines.length - 1; index >= 0 && bytes < LOG_TAIL_BYTES; index--) {
    const line = `${lines[index]}\n`;
    tail.unshift(line);
    bytes += Buffer.byteLength(line);
  }
  return Buffer.from(tail.join('')).subarray(-LOG_TAIL_BYTES).toString('base64');
}

/** Everything in the system is named by a request id of this form; whatever else a caller has is not one. */
export function requestIdOf(requestId: string): string {
  return /^[0-9a-f-]{36}$/.test(requestId) ? requestId : randomUUID();
}

/** The event as JSON text. */
export function readEvent(payload: Uint8Array | undefined, type: string): string {
  const bytesMax = type === 'Event' ? ASYNC_REQUEST_BYTES_MAX : REQUEST_BYTES_MAX;
  if (payload === undefined || payload.length === 0) return '{}';
  if (payload.length > bytesMax) {
    const message = `${payload.length} byte payload is too large for the ${type} invocation type (limit ${bytesMax} bytes)`;
    throw new AwsError('RequestTooLargeException', message, { fields: { Type: 'User' } });
  }
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString();
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: Could not parse payload into json: ${(error as Error).message}`,
      { fields: { Type: 'User' } },
    );
  }
  return text;
}

/** The context as JSON text on one line, or ''. */
export function readClientContext(given: string | undefined): string {
  if (given === undefined || given === '') return '';
  if (given.length > CLIENT_CONTEXT_LENGTH_MAX) {
    throw invalidContent(`The client context must be at most ${CLIENT_CONTEXT_LENGTH_MAX} bytes long.`);
  }
  try {
    return JSON.stringify(JSON.parse(Buffer.from(given, 'base64').toString()));
  } catch {
    throw invalidContent('Client context must be a valid Base64-encoded JSON object.');
  }
}

function invalidContent(message: string): AwsError {
  return new AwsError('InvalidRequestContentException', message, { fields: { Type: 'User' } });
}

// AWS: Seen: test/parity, test_lambda_concurrency_block.
function tooManyRequests(entry: FunctionEntry | undefined): AwsError {
  const isReserved = entry?.document?.reservedConcurrency !== undefined;
  const Reason = isReserved ? 'ReservedFunctionConcurrentInvocationLimitExceeded' : 'ConcurrentInvocationLimitExceeded';
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', { fields: { Reason, Type: 'User' } });
}

/** What a refused invocation throws. */
export function refusalError(
  refusal: FunctionRefusal,
  message: string,
  { scope, name, qualifier }: FunctionReference,
  entry: FunctionEntry,
): AwsError {
  switch (refusal) {
    case 'ResourceNotFound':
      return functionNotFound(scope, name, qualifier ?? '$LATEST');
    case 'TooManyRequests':
      return tooManyRequests(entry);
    case 'RequestTooLarge':
      return new AwsError('RequestTooLargeException', message, { fields: { Type: 'User' } });
    case 'AccessDenied':
      return new AwsError('AccessDeniedException', message, { status: 403 });
    case 'ResourceNotReady':
      return new AwsError('ResourceNotReadyException', message, { fields: { Type: 'User' } });
    case 'InvalidRequest':
      return invalidContent(message);
    case 'ServiceError':
      return new AwsError('ServiceException', message, { fields: { Type: 'Service' } });
  }
}
