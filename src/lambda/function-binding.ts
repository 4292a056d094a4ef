// The data plane's way to functions: bound once per route, permission checked then and whenever the policy changes; with
// credentials of an integration at every call.

import { randomUUID } from 'node:crypto';
import type { FunctionCallOptions } from '../data-plane/function-call-options.ts';
import type { RoleLookup } from '../data-plane/iam/role-lookup.ts';
import type {
  BoundFunction,
  FunctionCaller,
  FunctionPort,
  FunctionReceiver,
  FunctionResult,
  FunctionTarget,
} from '../data-plane/ports.ts';
import { callerContext } from '../iam-policy/caller-context.ts';
import { type AccessRequest, conditionContext, evaluatePolicies } from '../iam-policy/evaluate.ts';
import type { Policy } from '../iam-policy/policy-document.ts';
import { type AccessedFunction, refusalOfCaller } from './caller-access.ts';
import type { EventQueue } from './event-queue.ts';
import { functionArn, parseFunctionArn } from './function-arn.ts';
import { chooseVersion, type FunctionEntry, type InvocationTarget } from './function-entry.ts';
import type { FunctionTable } from './function-table.ts';
import { Invocation } from './invocation.ts';
import { logTail, readClientContext } from './invocations.ts';
import { ASYNC_REQUEST_BYTES_MAX } from './limits.ts';
import { LoggedAnswer } from './logged-answer.ts';
import type { Pool } from './pool.ts';
import { refused, runFunction } from './run-function.ts';

const ACTION = 'lambda:InvokeFunction';

/** Implements the port over this process's functions. */
export function createFunctionPort(surroundings: BindingSurroundings): FunctionPort {
  return {
    bind(target) {
      const reference = parseFunctionArn(target.functionArn);
      if (reference === undefined) return new Unbindable(target.functionArn);
      const entry = surroundings.table.entry(reference.scope, reference.name);
      return new Binding(surroundings, entry, reference.qualifier, target);
    },
  };
}

interface BindingSurroundings {
  readonly table: FunctionTable;
  readonly pool: Pool;
  readonly events: EventQueue;
  /** Roles that integrations name; without it none is known. */
  readonly roles: RoleLookup | undefined;
}

class Binding implements BoundFunction {
  readonly #surroundings: BindingSurroundings;
  readonly #entry: FunctionEntry;
  readonly #qualifier: string | undefined;
  readonly #target: FunctionTarget;
  /** What policies are asked about. */
  readonly #resource: string;
  /** Qualified when the route says so, else ''. */
  readonly #invokedArn: string;
  #generation = -1;
  #runs: InvocationTarget | undefined;
  #policy: Policy | undefined;
  #gatewayRefusal: string | undefined;

  constructor(surroundings: BindingSurroundings, entry: FunctionEntry, qualifier: string | undefined, target: FunctionTarget) {
    this.#surroundings = surroundings;
    this.#entry = entry;
    this.#qualifier = qualifier;
    this.#target = target;
    this.#invokedArn = qualifier === undefined ? '' : functionArn(entry.scope, entry.name, qualifier);
    this.#resource = qualifier === undefined || qualifier === '$LATEST' ? entry.arn : this.#invokedArn;
    this.#check();
  }

  invoke(
    event: string,
    traceId: string,
    receiver: FunctionReceiver,
    by?: FunctionCaller,
    options: FunctionCallOptions = plain,
  ): void {
    if (options.qualifier !== undefined && options.qualifier !== this.#qualifier) {
      this.#qualified(options.qualifier, receiver)?.invoke(event, traceId, receiver, by, options);
      return;
    }
    const runs = this.#allowed(receiver, by);
    const clientContext = runs && this.#clientContext(options, receiver);
    if (runs === undefined || clientContext === undefined) return;
    const requestId = randomUUID();
    if (options.isDryRun === true) {
      receiver.onFunctionRequest?.(requestId, '');
      receiver.onFunctionResult(accepted);
      return;
    }
    const received = oneLine(traceId);
    const trace = this.#entry.traceOf(received);
    const version = chooseVersion(runs, Math.random);
    receiver.onFunctionRequest?.(requestId, trace, version.number);
    const logged = options.wantsLog === true ? new LoggedAnswer(receiver) : undefined;
    const invocation: Invocation = new Invocation({
      ...{ requestId, event, traceId: trace, callerTrace: received, clientContext },
      ...{ receiver: logged ?? receiver, invokedArn: this.#invokedArn },
      ...(logged && { keepsLog: true, onReported: () => logged.reported(logTail(invocation.log ?? [])) }),
    });
    const { table, pool } = this.#surroundings;
    runFunction(table, pool, version, invocation);
  }

  enqueue(event: string, receiver: FunctionReceiver, by?: FunctionCaller, options: FunctionCallOptions = plain): void {
    if (options.qualifier !== undefined && options.qualifier !== this.#qualifier) {
      this.#qualified(options.qualifier, receiver)?.enqueue(event, receiver, by, options);
      return;
    }
    if (this.#allowed(receiver, by) === undefined) return;
    const clientContext = this.#clientContext(options, receiver);
    if (clientContext === undefined) return;
    if (Buffer.byteLength(event) > ASYNC_REQUEST_BYTES_MAX) {
      const what = `The event is larger than the ${ASYNC_REQUEST_BYTES_MAX} bytes of asynchronous invocations`;
      receiver.onFunctionResult(refused('RequestTooLarge', this.#entry, what));
      return;
    }
    const requestId = randomUUID();
    receiver.onFunctionRequest?.(requestId, '');
    this.#surroundings.events.add(this.#entry, this.#qualifier, requestId, event, clientContext).then(
      (hasRoom) => receiver.onFunctionResult(hasRoom ? accepted : refused('TooManyRequests', this.#entry)),
      (error: unknown) =>
        receiver.onFunctionResult(refused('ServiceError', this.#entry, `The event was not kept: ${String(error)}`)),
    );
  }

  /** The same route to a version or an alias; undefined when the receiver was told that there is no such thing. */
  #qualified(qualifier: string, receiver: FunctionReceiver): Binding | undefined {
    if (this.#qualifier === undefined) return new Binding(this.#surroundings, this.#entry, qualifier, this.#target);
    // AWS: this sentence. Seen: Invoke of a qualified name with another qualifier.
    const message = 'The derived qualifier from the function name does not match the specified qualifier.';
    receiver.onFunctionResult({ kind: 'refused', refusal: 'InvalidRequest', message });
    return undefined;
  }

  /** As JSON text or ''; undefined when the receiver was told that it is none. */
  #clientContext({ clientContext }: FunctionCallOptions, receiver: FunctionReceiver): string | undefined {
    if (clientContext === undefined) return '';
    try {
      return readClientContext(clientContext);
    } catch (error) {
      receiver.onFunctionResult({ kind: 'refused', refusal: 'InvalidRequest', message: (error as Error).message });
      return undefined;
    }
  }

  /** What runs; undefined when the receiver was told why nothing does. */
  #allowed(receiver: FunctionReceiver, by: FunctionCaller | undefined): InvocationTarget | undefined {
    if (this.#generation !== this.#entry.generation) this.#check();
    const refusal = this.#runs === undefined ? undefined : this.#refusal(by);
    if (this.#runs !== undefined && refusal === undefined) return this.#runs;
    const kind = this.#runs === undefined ? 'ResourceNotFound' : 'AccessDenied';
    receiver.onFunctionResult(refused(kind, this.#entry, refusal));
    return undefined;
  }

  #check(): void {
    this.#generation = this.#entry.generation;
    this.#runs = this.#entry.target(this.#qualifier);
    // AWS: every version and alias has a policy of its own; that of the function does not speak for them.
    this.#policy = this.#entry.policy(this.#qualifier);
    this.#gatewayRefusal = this.#refusalOfGateway();
  }

  /** Roles and callers are asked about each time: their policies change apart from the function, and may speak of the hour. */
  #refusal(by: FunctionCaller | undefined): string | undefined {
    const { credentials } = this.#target;
    if (credentials === undefined) return this.#gatewayRefusal;
    if (credentials.type === 'role') return this.#refusalOfRole(credentials.roleArn);
    if (by === undefined) return 'The integration passes the credentials of its caller on, and the request has no signer.';
    return refusalOfCaller(this.#accessed(), ACTION, by.credentials, callerContext(by.credentials, by.request));
  }

  /** AWS: with a role its policies decide, not what the function says about API Gateway. Seen: developer guide, Integration. */
  #refusalOfRole(roleArn: string): string | undefined {
    const { sourceArn, scope } = this.#target;
    const role = this.#surroundings.roles?.(roleArn, { sourceArn, sourceAccount: scope.account });
    // A role that is not known here cannot be asked: the function decides, as without one.
    if (role === undefined) return this.#gatewayRefusal;
    // AWS: this sentence. From memory of its execution logs.
    if (role === 'untrusting') return `API Gateway does not have permission to assume the provided role ${roleArn}`;
    const facts = {
      ...{ nowMs: Date.now(), region: scope.region, secureTransport: true },
      ...{ sourceIp: undefined, userAgent: undefined, referer: undefined },
    };
    return refusalOfCaller(this.#accessed(), ACTION, role, callerContext(role, facts));
  }

  #accessed(): AccessedFunction {
    return { account: this.#entry.scope.account, functionArn: this.#resource, policy: this.#policy };
  }

  #refusalOfGateway(): string | undefined {
    const { sourceArn, scope } = this.#target;
    const request: AccessRequest = {
      principal: { kind: 'service', service: 'apigateway.amazonaws.com' },
      action: ACTION,
      resource: this.#resource,
      context: conditionContext({
        'aws:SourceArn': sourceArn,
        'aws:SourceAccount': scope.account,
        'aws:PrincipalIsAWSService': 'true',
        'aws:PrincipalServiceName': 'apigateway.amazonaws.com',
      }),
    };
    if (this.#policy !== undefined && evaluatePolicies([this.#policy], request).effect === 'allow') return undefined;
    const name = this.#resource.split(':').slice(6).join(':');
    return `API Gateway may not invoke ${name}: its resource policy allows no lambda:InvokeFunction by apigateway.amazonaws.com from ${sourceArn}. Add it with AddPermission (aws lambda add-permission).`;
  }
}

const plain: FunctionCallOptions = {};

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
