// The door for AWS clients: one request in, one answer out, whatever protocol the client speaks.

import { randomUUID } from 'node:crypto';
import { type AccessKey, type Authentication, signatureError } from './authentication.ts';
import { AwsError } from './aws-error.ts';
import { decodeContent } from './content-encoding.ts';
import { serviceContract } from './contract.ts';
import { dispatch, headerOf, type NoOperation, type OperationCall } from './dispatch.ts';
import { readJsonInput, writeJsonError, writeJsonOutput } from './json-1-x.ts';
import type { Caller, OperationTable } from './operations.ts';
import { readQueryInput, writeQueryError, writeQueryOutput } from './query-xml.ts';
import { readRestInput, writeRestError, writeRestOutput } from './rest-json.ts';
import { readCborInput, writeCborError, writeCborOutput } from './rpc-v2-cbor.ts';
import { type Protocol, SERVICES, type ServiceName } from './services.ts';
import type { OperationShape, ServiceContract } from './shapes.ts';
import { verifySignature, wrongService } from './sigv4.ts';
import { hashBody } from './sigv4-canonical-request.ts';
import { assertOperation, validatedInput } from './validated-input.ts';
import { internalError, toWireError } from './wire-error.ts';
import type { WireRequest, WireResponse } from './wire-message.ts';

/** Where an unexpected failure happened, for the operator's log. */
export interface AwsFailureContext {
  readonly service: ServiceName;
  readonly operation: string;
  readonly requestId: string;
}

/** What an endpoint is made of. */
export interface AwsEndpointOptions {
  readonly services: Partial<Readonly<Record<ServiceName, OperationTable>>>;
  readonly authentication: Authentication;
  /** Twelve digits. */
  readonly accountId: string;
  readonly defaultRegion: string;
  /** A bug in an operation: the client gets a 500 that says nothing, this gets the reason. Must not throw. */
  onError(error: unknown, context: AwsFailureContext): void;
  /** Milliseconds since the epoch; the clock that signatures are checked against. Defaults to Date.now. */
  now?(): number;
}

/** The three ways to reach the operations. */
export interface AwsEndpoint {
  /** Answers any request; never rejects. The caller enforces its own body limit before it buffers. */
  handle(request: WireRequest): Promise<WireResponse>;
  /**
   * Whether the request names one of the services here (by signature scope, target header, Action, or path). A listener
   * that also answers API traffic asks this after it has ruled out execute-api hosts and paths.
   */
  claims(request: Omit<WireRequest, 'body'> & { readonly body?: Buffer }): boolean;
  /**
   * Runs one operation in process with the same validation. Members have the SDK's spelling, blobs are bytes, timestamps
   * are Dates. Without a caller: the endpoint's account and default region. Throws AwsError.
   */
  call(
    service: ServiceName,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    caller?: Partial<Caller>,
  ): Promise<Record<string, unknown>>;
}

/** Puts the services behind one door. */
export function createAwsEndpoint(options: AwsEndpointOptions): AwsEndpoint {
  return new Endpoint(options);
}

/** How far a signer's clock may be off. AWS: 15 minutes for its services (5 at API Gateway's own data plane). */
const CLOCK_SKEW_MS = 15 * 60_000;
// AWS: `Request must be smaller than 70167211 bytes for the CreateFunction operation`. Seen: recorded lambda answer.
const LAMBDA_BODY_BYTES_MAX = 70_167_211;
const BODY_BYTES_MAX = 16 * 1024 * 1024;

type Verdict = ReturnType<typeof verifySignature>;

/** How an answer will be spelled. */
interface Answer {
  readonly protocol: Protocol;
  readonly service: ServiceName;
  readonly operation: string;
}

class Endpoint implements AwsEndpoint {
  readonly #options: AwsEndpointOptions;

  constructor(options: AwsEndpointOptions) {
    this.#options = options;
  }

  async handle(request: WireRequest): Promise<WireResponse> {
    const requestId = randomUUID();
    let answer: Answer = { protocol: 'restJson1', service: 'apigateway', operation: '' };
    try {
      const verdict = this.#verify(request);
      const body = await readBody(request, verdict);
      const call = dispatch(request, () => body.toString('utf8'));
      const service = call.service ?? (call.protocol === 'awsQuery' ? 'iam' : 'apigateway');
      answer = { protocol: call.protocol, service, operation: call.found ? call.operation : '' };
      const key = this.#authenticate(request, call, verdict);
      if (!call.found) throw new AwsError(call.code, call.message, { status: call.status });
      const contract = serviceContract(call.service);
      assertBodyLimit(body, call);
      const operation = contract.operation(call.operation) as OperationShape;
      const perform = this.#operationOf(call.service, call.operation);
      const input = readInput(request, body, call, contract, operation);
      const account = key?.account ?? this.#options.accountId;
      const region = isRegion(call.scope?.region) ? call.scope.region : this.#options.defaultRegion;
      const { authentication } = this.#options;
      if (authentication.mode === 'required' && key !== undefined) {
        const { service: called, operation: name } = call;
        authentication.authorize?.({ key, service: called, operation: name, input, request, account, region });
      }
      const caller: Caller = {
        account,
        region,
        accessKeyId: call.scope?.accessKeyId,
        sessionToken: key === undefined ? headerOf(request.rawHeaders, 'x-amz-security-token') : key.sessionToken,
        key,
        requestId,
        remoteAddress: request.remoteAddress,
        host: headerOf(request.rawHeaders, 'host'),
        connectionsPath: call.connectionsPath,
      };
      const output = await perform(input as never, caller);
      return writeOutput(call.protocol, contract, operation, (output ?? {}) as Record<string, unknown>, requestId);
    } catch (error) {
      return this.#fail(answer, error, requestId);
    }
  }

  claims(request: Omit<WireRequest, 'body'> & { readonly body?: Buffer }): boolean {
    try {
      const call = dispatch(request, () => request.body?.toString('latin1') ?? '');
      return call.found ? this.#options.services[call.service] !== undefined : call.claimed;
    } catch {
      return false;
    }
  }

  async call(
    service: ServiceName,
    name: string,
    input: Readonly<Record<string, unknown>>,
    caller: Partial<Caller> = {},
  ): Promise<Record<string, unknown>> {
    assertOperation(service, name);
    const perform = this.#operationOf(service, name);
    const read = validatedInput(service, name, input);
    const requestId = caller.requestId ?? randomUUID();
    const { accountId: account, defaultRegion: region } = this.#options;
    try {
      return ((await perform(read as never, { account, region, ...caller, requestId })) ?? {}) as Record<string, unknown>;
    } catch (error) {
      if (error instanceof AwsError) throw error;
      this.#options.onError(error, { service, operation: name, requestId });
      const { code, message } = internalError(service);
      throw new AwsError(code, message, { status: 500, cause: error });
    }
  }

  #operationOf(service: ServiceName, operation: string): NonNullable<OperationTable[string]> {
    const table = this.#options.services[service];
    const perform = table !== undefined && Object.hasOwn(table, operation) ? table[operation] : undefined;
    if (perform !== undefined) return perform;
    throw new AwsError('NotImplementedException', `${operation} of service ${service} is not implemented yet by Stagegate`, {
      status: 501,
    });
  }

  /** Undefined when signatures are not asked for. */
  #verify(request: WireRequest): Verdict | undefined {
    const { authentication } = this.#options;
    if (authentication.mode === 'open') return undefined;
    if (request.body.length > LAMBDA_BODY_BYTES_MAX) throw tooLarge(LAMBDA_BODY_BYTES_MAX, 'requested');
    return verifySignature(
      { ...request, bodyHash: hashBody(request.body) },
      { now: this.#options.now?.() ?? Date.now(), credentials: authentication.credentials, clockSkewMs: CLOCK_SKEW_MS },
    );
  }

  /** The signer's key; undefined when none is asked for. Throws AwsError. */
  #authenticate(request: WireRequest, call: OperationCall | NoOperation, verdict: Verdict | undefined): AccessKey | undefined {
    if (verdict === undefined) return undefined;
    if (verdict.verified) {
      const expected = call.service === undefined ? undefined : SERVICES[call.service].signingName;
      if (expected !== undefined && verdict.scope.service !== expected)
        throw signatureError(wrongService(expected), call.protocol);
      return verdict.key;
    }
    // Only a request that tries no signature at all may be one of the unsigned operations.
    const isUnsigned = verdict.kind === 'missing' && headerOf(request.rawHeaders, 'authorization') === undefined;
    if (isUnsigned && call.found && serviceContract(call.service).unsignedOperations.has(call.operation)) return undefined;
    throw signatureError(verdict, call.protocol);
  }

  #fail({ protocol, service, operation }: Answer, error: unknown, requestId: string): WireResponse {
    const contract = serviceContract(service);
    if (error instanceof AwsError) {
      try {
        return writeError(protocol, contract, error, requestId);
      } catch (bug) {
        this.#options.onError(bug, { service, operation, requestId });
      }
    } else {
      this.#options.onError(error, { service, operation, requestId });
    }
    return writeError(protocol, contract, internalError(service), requestId);
  }
}

/** State is kept per region, so the name must look like one. */
function isRegion(region: string | undefined): region is string {
  return region !== undefined && /^[a-z0-9-]{1,64}$/.test(region);
}

/** The body with its content coding undone; a body whose signature is wrong is not worth decompressing. */
async function readBody(request: WireRequest, verdict: Verdict | undefined): Promise<Buffer> {
  const coding = headerOf(request.rawHeaders, 'content-encoding');
  if (coding === undefined || verdict?.verified === false) return request.body;
  return decodeContent(request.body, coding, BODY_BYTES_MAX);
}

function assertBodyLimit(body: Buffer, call: OperationCall): void {
  const limit = call.service === 'lambda' ? LAMBDA_BODY_BYTES_MAX : BODY_BYTES_MAX;
  if (body.length > limit) throw tooLarge(limit, call.operation);
}

function tooLarge(limit: number, operation: string): AwsError {
  const message = `Request must be smaller than ${limit} bytes for the ${operation} operation`;
  return new AwsError('RequestEntityTooLargeException', message, { status: 413 });
}

function readInput(
  request: WireRequest,
  body: Buffer,
  call: OperationCall,
  contract: ServiceContract,
  operation: OperationShape,
): Record<string, unknown> {
  switch (call.protocol) {
    case 'awsQuery':
      return readQueryInput(contract, operation, call.parameters);
    case 'rpcv2Cbor':
      return readCborInput(contract, operation, body);
    case 'restJson1':
      return readRestInput(contract, operation, {
        labels: call.rest?.labels ?? new Map(),
        query: call.parameters,
        routeParameters: call.rest?.routeParameters ?? new Set(),
        header: (name) => headerOf(request.rawHeaders, name),
        body,
      });
    default:
      return readJsonInput(contract, operation, body);
  }
}

function writeOutput(
  protocol: Protocol,
  contract: ServiceContract,
  operation: OperationShape,
  output: Readonly<Record<string, unknown>>,
  requestId: string,
): WireResponse {
  const headers: [string, string][] = [['x-amzn-RequestId', requestId]];
  switch (protocol) {
    case 'restJson1':
      return writeRestOutput(operation, output, headers);
    case 'awsQuery':
      return writeQueryOutput(contract, operation, output, requestId, headers);
    case 'rpcv2Cbor':
      return writeCborOutput(operation, output, headers);
    default:
      return writeJsonOutput(operation, output, protocol === 'awsJson1.0' ? '1.0' : '1.1', headers);
  }
}

function writeError(protocol: Protocol, contract: ServiceContract, error: AwsError, requestId: string): WireResponse {
  const headers: [string, string][] = [['x-amzn-RequestId', requestId]];
  const wire = toWireError(contract, error);
  switch (protocol) {
    case 'restJson1':
      return writeRestError(wire, headers);
    case 'awsQuery':
      return writeQueryError(contract, wire, requestId, headers);
    case 'rpcv2Cbor':
      return writeCborError(contract, wire, headers);
    default:
      return writeJsonError(contract, wire, protocol === 'awsJson1.0' ? '1.0' : '1.1', headers);
  }
}
