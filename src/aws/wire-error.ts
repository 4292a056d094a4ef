// An error on its way out: what the service model adds to what the operation threw.

import { AwsError } from './aws-error.ts';
import { writeJsonStructure } from './json-writer.ts';
import type { ServiceName } from './services.ts';
import type { Member, ServiceContract, StructureShape } from './shapes.ts';
import type { WrittenFormat } from './timestamps.ts';

/** An error with everything a protocol needs to write it. */
export interface WireError {
  /** Name of the error shape, or the code itself when the model does not know it. */
  readonly name: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  readonly queryCode: string;
  readonly hasQueryCode: boolean;
  /** '' when there is nothing to say: the member is left out. */
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Undefined when the model does not know the error. */
  readonly structure: StructureShape | undefined;
}

/** The error a service answers when one of its operations had a bug. */
const INTERNAL_CODES: Partial<Readonly<Record<ServiceName, string>>> = {
  lambda: 'ServiceException',
  iam: 'ServiceFailure',
  'cognito-idp': 'InternalErrorException',
  cloudwatch: 'InternalServiceError',
  wafv2: 'WAFInternalErrorException',
};

/** The error that a bug in an operation of this service becomes. */
export function internalError(service: ServiceName): AwsError {
  const message = 'The request processing has failed because of an unknown error, exception or failure.';
  return new AwsError(INTERNAL_CODES[service] ?? 'InternalFailure', message, { status: 500 });
}

/** Looks the thrown error up in the service's model. */
export function toWireError(contract: ServiceContract, error: AwsError): WireError {
  const shape = contract.error(error.code);
  if (shape !== undefined) {
    return {
      name: shape.name,
      status: error.status ?? shape.status,
      fault: shape.fault,
      queryCode: shape.queryCode,
      hasQueryCode: shape.hasQueryCode,
      message: error.message,
      fields: error.fields,
      structure: shape.structure,
    };
  }
  const status = error.status ?? 400;
  return {
    name: error.code,
    status,
    fault: status >= 500 ? 'server' : 'client',
    queryCode: error.code,
    hasQueryCode: false,
    message: error.message,
    fields: error.fields,
    structure: undefined,
  };
}

/** Name of the member that carries the message when the shape has none, or there is no shape. */
export function messageKey(error: WireError): 'Message' | 'message' {
  // AWS: the reader's own complaints have a capital M. Seen: recorded apigateway answers.
  return error.name === 'SerializationException' ? 'Message' : 'message';
}

/** Whether the message needs a member that the shape does not have. */
export function needsMessageMember(error: WireError): boolean {
  return error.message !== '' && !error.structure?.members.some(isMessage);
}

/** The JSON members of an error without the braces. */
export function errorMembers(error: WireError, timestamps: WrittenFormat, wanted?: (member: Member) => boolean): string {
  const modelled =
    error.structure === undefined ? '' : writeJsonStructure(error.structure, errorValues(error), timestamps, wanted).slice(1, -1);
  if (!needsMessageMember(error)) return modelled;
  return `${modelled}${modelled === '' ? '' : ','}"${messageKey(error)}":${JSON.stringify(error.message)}`;
}

/** The members of the error as the model spells them; `message` fills whichever message member the shape has. */
export function errorValues(error: WireError): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = { ...error.fields };
  const member = error.structure?.members.find(isMessage);
  if (member !== undefined && error.message !== '') values[member.name] = error.message;
  return values;
}

/** Whether the member carries the message, in either spelling. */
export function isMessage(member: Member): boolean {
  return member.name.toLowerCase() === 'message';
}
