// What Lambda tells X-Ray about sampled invocations, and the daemon that functions' own SDKs send their segments to.
// AWS: two segments, of the service and of the function. Seen: X-Ray developer guide, "AWS Lambda and AWS X-Ray".

import { createSocket, type Socket } from 'node:dgram';
import { partitionOf } from '../aws/arn.ts';
import { fieldsOf, newSegmentId } from '../data-plane/telemetry/trace-header.ts';
import type { FunctionTracing } from '../lambda/function-tracing.ts';
import type { FunctionVersion } from '../lambda/function-version.ts';
import type { Invocation } from '../lambda/invocation.ts';
import type { Scope } from '../model/scope.ts';
import type { XRayService } from '../services/xray/xray-service.ts';

type Members = Readonly<Record<string, unknown>>;

export interface TracedFunctionsOptions {
  readonly xray: Pick<XRayService, 'record' | 'recordText'>;
  /** Where segments go whose trace is not known. */
  readonly scope: Scope;
  readonly random?: () => number;
  /** What functions send cannot be heard. */
  readonly onNotice?: (text: string) => void;
}

// AWS: the default rule; functions know no other. Seen: Lambda developer guide, "Visualize Lambda function invocations".
const FIXED_RATE = 0.05;
/** Functions that have taken one in this second. */
const TAKEN_MAX = 10_000;
/** Traces whose segments may still come. */
const KNOWN_MAX = 20_000;
/** AWS: what stands before each segment. Seen: X-Ray developer guide, "Sending segment documents to the X-Ray daemon". */
const DATAGRAM_HEADER = '"format"';

export class TracedFunctions implements FunctionTracing {
  readonly #options: TracedFunctionsOptions;
  readonly #random: () => number;
  readonly #socket: Socket;
  #daemonAddress: string | undefined;
  #second = 0;
  readonly #taken = new Set<string>();
  readonly #scopes = new Map<string, Scope>();

  constructor(options: TracedFunctionsOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#socket = createSocket('udp4').unref();
    // Without it functions work all the same; only what their SDKs say is not heard.
    this.#socket.on('error', ({ message }) => {
      options.onNotice?.(`Segments that functions send to the X-Ray daemon's address are not received: ${message}`);
    });
    this.#socket.on('message', (bytes) => this.#hear(bytes));
    this.#socket.bind(0, '127.0.0.1', () => {
      this.#daemonAddress = `127.0.0.1:${this.#socket.address().port}`;
    });
  }

  get daemonAddress(): string | undefined {
    return this.#daemonAddress;
  }

  takes(functionArn: string): boolean {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second || this.#taken.size >= TAKEN_MAX) {
      this.#second = second;
      this.#taken.clear();
    }
    if (!this.#taken.has(functionArn)) {
      this.#taken.add(functionArn);
      return true;
    }
    return this.#random() < FIXED_RATE;
  }

  ended(version: FunctionVersion, invocation: Invocation): void {
    const { root, parent: functionId } = fieldsOf(invocation.traceId);
    if (root === undefined || functionId === undefined) return;
    const { scope } = version;
    this.#remember(root, scope);
    const startTime = (Date.now() - (performance.now() - invocation.startedAt)) / 1000;
    const endTime = startTime + invocation.durationMs / 1000;
    const serviceId = newSegmentId();
    const parent = fieldsOf(invocation.callerTrace).parent;
    const failed = invocation.status === 'success' ? {} : { fault: true };
    const trace = { trace_id: root, name: version.functionName, start_time: startTime, end_time: endTime };
    const partition = partitionOf(scope.region);
    const functionArn = version.functionArn.replace(/^arn:[^:]+/, `arn:${partition}`);
    this.#options.xray.record(scope, {
      ...{ id: serviceId, ...trace },
      ...(parent === undefined ? {} : { parent_id: parent }),
      ...{ origin: 'AWS::Lambda', resource_arn: functionArn, http: { response: { status: 200 } } },
      aws: { request_id: invocation.requestId },
      ...failed,
    });
    this.#options.xray.record(scope, {
      ...{ id: functionId, ...trace, parent_id: serviceId, origin: 'AWS::Lambda::Function' },
      aws: {
        function_arn: functionArn,
        account_id: scope.account,
        function_name: version.functionName,
        request_id: invocation.requestId,
      },
      ...failed,
      subsegments: [
        ...initializationOf(invocation, startTime),
        {
          id: newSegmentId(),
          name: 'Invocation',
          start_time: startTime,
          end_time: endTime,
          aws: { function_arn: functionArn },
          ...failed,
        },
      ],
    });
  }

  /** A datagram: a line that says that JSON follows, and a segment. What is anything else is dropped. */
  #hear(bytes: Buffer): void {
    const text = bytes.toString('utf8');
    const end = text.indexOf('\n');
    if (end < 0 || !text.slice(0, end).includes(DATAGRAM_HEADER)) return;
    const document = text.slice(end + 1).trim();
    const [, root] = /"trace_id"\s*:\s*"(1-[0-9a-f]{8}-[0-9a-f]{24})"/i.exec(document) ?? [];
    if (root === undefined) return;
    this.#options.xray.recordText(this.#scopes.get(root) ?? this.#options.scope, document);
  }

  #remember(root: string, scope: Scope): void {
    if (this.#scopes.size >= KNOWN_MAX) {
      const [oldest] = this.#scopes.keys();
      this.#scopes.delete(oldest as string);
    }
    this.#scopes.set(root, scope);
  }

  close(): void {
    this.#socket.close();
  }
}

/** AWS: of the first invocation of an environment that was started for it. Seen: X-Ray developer guide, "AWS Lambda and AWS X-Ray". */
function initializationOf({ initDurationMs }: Invocation, startTime: number): readonly Members[] {
  if (initDurationMs === undefined) return [];
  return [{ id: newSegmentId(), name: 'Initialization', start_time: startTime - initDurationMs / 1000, end_time: startTime }];
}
