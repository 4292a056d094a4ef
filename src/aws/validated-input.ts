// Inputs of calls in process, held to the same shapes and constraints as those that arrive over the wire.

import { AwsError } from './aws-error.ts';
import { Violations } from './constraints.ts';
import { serviceContract } from './contract.ts';
import { isServiceName, type ServiceName } from './services.ts';
import { readMembers } from './shape-reader.ts';
import type { OperationShape } from './shapes.ts';
import { valueSource } from './value-source.ts';

/** What an operation may see of `input`, whose members have the SDK's spelling. Throws AwsError. */
export function validatedInput(
  service: ServiceName,
  name: string,
  input: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const shape = assertOperation(service, name).input;
  const read: Record<string, unknown> = {};
  if (shape === undefined) return read;
  const contract = serviceContract(service);
  const violations = new Violations(contract, name);
  readMembers({ contract, violations, source: valueSource }, shape, input, '', read);
  violations.throwIfAny();
  return read;
}

/** The operation's contract; throws AwsError when the service or the operation is none of AWS's. */
export function assertOperation(service: string, name: string): OperationShape {
  const operation = isServiceName(service) ? serviceContract(service).operation(name) : undefined;
  if (operation !== undefined) return operation;
  throw new AwsError('UnknownOperationException', `${name} of service ${service} is no operation that Stagegate knows`, {
    status: 404,
  });
}
