// awsJson1.0 and awsJson1.1: the operation in X-Amz-Target, everything else in a JSON body.

import { Violations } from './constraints.ts';
import { encodeEventFrame, encodeEventStream } from './event-stream.ts';
import { jsonSourceOf } from './json-source.ts';
import { parseJsonBody } from './json-text.ts';
import { writeJsonStructure } from './json-writer.ts';
import { readMembers } from './shape-reader.ts';
import type { Member, OperationShape, ServiceContract } from './shapes.ts';
import { errorMembers, type WireError } from './wire-error.ts';
import type { WireResponse } from './wire-message.ts';

const TIMESTAMPS = 'epoch-seconds';

/** Reads and validates the input. Throws AwsError. */
export function readJsonInput(contract: ServiceContract, operation: OperationShape, body: Buffer): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (operation.input === undefined) return input;
  const violations = new Violations(contract, operation.name);
  const raw = body.length === 0 ? undefined : (parseJsonBody(body) ?? undefined);
  readMembers({ contract, violations, source: jsonSourceOf(contract.service) }, operation.input, raw, '', input);
  violations.throwIfAny();
  return input;
}

/** The answer to a successful operation. */
export function writeJsonOutput(
  operation: OperationShape,
  output: Readonly<Record<string, unknown>>,
  version: '1.0' | '1.1',
  headers: [string, string][],
): WireResponse {
  const structure = operation.output;
  const stream = structure?.members.find(isEventStream);
  if (structure !== undefined && stream !== undefined) return writeStream(structure.members, stream, output, headers);
  headers.push(['Content-Type', `application/x-amz-json-${version}`]);
  const body = structure === undefined ? '' : writeJsonStructure(structure, output, TIMESTAMPS);
  return { status: 200, headers, body: Buffer.from(body) };
}

function isEventStream(member: Member): boolean {
  return member.shape.type === 'union' && member.shape.eventStream;
}

/** Events of an RPC answer come after one frame that carries the other members. */
function writeStream(
  members: readonly Member[],
  stream: Member,
  output: Readonly<Record<string, unknown>>,
  headers: [string, string][],
): WireResponse {
  if (stream.shape.type !== 'union') throw new TypeError('an event stream is a union');
  headers.push(['Content-Type', 'application/vnd.amazon.eventstream']);
  const initial = writeJsonStructure(
    { type: 'structure', name: '', members, eventStream: false },
    output,
    TIMESTAMPS,
    (m) => m !== stream,
  );
  const first = encodeEventFrame(
    [
      [':message-type', 'event'],
      [':event-type', 'initial-response'],
      [':content-type', 'application/json'],
    ],
    Buffer.from(initial),
  );
  return { status: 200, headers, body: Buffer.concat([first, encodeEventStream(stream.shape, output[stream.name], TIMESTAMPS)]) };
}

/** The answer to a failed operation. `namespaceOf` tells how the service qualifies its `__type`. */
export function writeJsonError(
  contract: ServiceContract,
  error: WireError,
  version: '1.0' | '1.1',
  headers: [string, string][],
): WireResponse {
  headers.push(['Content-Type', `application/x-amz-json-${version}`]);
  headers.push(['x-amzn-ErrorType', error.name]);
  // AWS: cognito-idp repeats the message in a header, which browsers read. Seen: answers of the service in browsers.
  if (contract.service === 'cognito-idp' && /^[ -~]{1,1024}$/.test(error.message))
    headers.push(['x-amzn-ErrorMessage', error.message]);
  addQueryError(error, headers);
  // AWS: cloudwatch qualifies the type, the json1.1 services do not. Seen: recorded cloudwatch answers.
  const type = version === '1.0' ? qualifiedType(contract, error) : error.name;
  const members = errorMembers(error, TIMESTAMPS);
  const body = `{"__type":${JSON.stringify(type)}${members === '' ? '' : ','}${members}}`;
  return { status: error.status, headers, body: Buffer.from(body) };
}

/** `com.amazonaws.cloudwatch#ResourceNotFound`, as json1.0 and CBOR answers name an error. */
export function qualifiedType(contract: ServiceContract, error: WireError): string {
  // AWS: a broken constraint is the framework's error. Seen: recorded cloudwatch answers (json and cbor).
  if (error.queryCode === 'ValidationError') return 'com.amazon.coral.validate#ValidationException';
  // AWS: the name space carries the API's version. Seen: the same answers.
  const space = contract.service === 'cloudwatch' ? `${contract.namespace}.v2010_08_01` : contract.namespace;
  return `${space}#${error.name}`;
}

/** `x-amzn-query-error: Code;Sender` lets clients that came from awsQuery see the old code. */
export function addQueryError(error: WireError, headers: [string, string][]): void {
  if (!error.hasQueryCode) return;
  headers.push(['x-amzn-query-error', `${error.queryCode};${error.fault === 'client' ? 'Sender' : 'Receiver'}`]);
}
