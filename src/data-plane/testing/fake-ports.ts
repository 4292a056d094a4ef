// In-memory neighbours of the data plane: functions, backends, deadlines and a sink that remembers its records.

import type { UpstreamCall, UpstreamFailure, UpstreamResponse, UpstreamTicket } from '../../http1/message.ts';
import type { TimerNode } from '../../http1/timer-wheel.ts';
import type { ExchangeRecord } from '../../model/exchange-record.ts';
import type { AccessLogDestination } from '../../model/http-api-plan.ts';
import { AuthorizerResults } from '../authorizers/authorizer-results.ts';
import type { FunctionCallOptions } from '../function-call-options.ts';
import type { CallerLookup } from '../iam/caller-credentials.ts';
import type {
  BoundFunction,
  DataPlanePorts,
  Deadlines,
  ExchangeSink,
  FunctionReceiver,
  FunctionResult,
  FunctionTarget,
  LineSink,
  RefusedToken,
  StageLogs,
  TokenVerifier,
  TokenVerifierPort,
  Upstreams,
  VerifiedToken,
} from '../ports.ts';
import { toRecord } from '../telemetry/exchange-report.ts';
import type { FinishedExchange } from '../telemetry/finished-exchange.ts';
import { MetricsCollector } from '../telemetry/metrics-collector.ts';
import { FakeBody, FakeHeaders } from './fake-messages.ts';

type Handler = (event: string, traceId: string) => FunctionResult | undefined;

export class FakeFunctions {
  readonly bound: FunctionTarget[] = [];
  readonly events: string[] = [];
  readonly waiting: FunctionReceiver[] = [];
  /** Events of asynchronous invocations, and what their callers are told. */
  readonly queued: string[] = [];
  queueAnswer: FunctionResult = { kind: 'returned', payload: '' };
  /** Lambda's id of every invocation; undefined tells none. */
  requestId: string | undefined = undefined;
  /** The trace header that functions see. */
  trace = '';
  /** The version that runs. */
  version: string | undefined = undefined;
  /** What the last call was asked for beyond its event. */
  options: FunctionCallOptions | undefined = undefined;
  /** What every function answers; undefined leaves the caller waiting. */
  handler: Handler = () => ({ kind: 'returned', payload: '{"statusCode":200}' });

  bind(target: FunctionTarget): BoundFunction {
    this.bound.push(target);
    return {
      invoke: (event, traceId, receiver, _by, options) => {
        this.options = options;
        if (this.requestId !== undefined) receiver.onFunctionRequest?.(this.requestId, this.trace, this.version);
        if (options?.isDryRun === true) {
          receiver.onFunctionResult({ kind: 'returned', payload: '' });
          return;
        }
        this.events.push(event);
        const result = this.handler(event, traceId);
        if (result === undefined) this.waiting.push(receiver);
        else receiver.onFunctionResult(result);
      },
      enqueue: (event, receiver, _by, options) => {
        this.options = options;
        this.queued.push(event);
        receiver.onFunctionResult(this.queueAnswer);
      },
    };
  }
}

export class FakeUpstreams implements Upstreams {
  readonly calls: UpstreamCall[] = [];
  answer: (call: UpstreamCall) => UpstreamResponse | UpstreamFailure = () => fakeResponse(200, [], 'ok');

  send(call: UpstreamCall): UpstreamTicket {
    this.calls.push(call);
    const answer = this.answer(call);
    if ('kind' in answer) call.receiver.onFailure(answer);
    else call.receiver.onResponse(answer);
    return { cancel() {} };
  }
}

export function fakeResponse(
  status: number,
  headers: readonly (readonly [string, string])[],
  body: string | FakeBody,
): UpstreamResponse {
  const content = typeof body === 'string' ? new FakeBody(body) : body;
  const declared = headers.find(([name]) => name.toLowerCase() === 'content-length');
  return { status, headers: new FakeHeaders(headers), body: content, declaredLength: declared && Number(declared[1]) };
}

/** Deadlines that come when the test says so. */
export class FakeDeadlines implements Deadlines {
  readonly waiting = new Map<TimerNode, number>();

  schedule(node: TimerNode, dueMs: number): void {
    this.waiting.set(node, dueMs);
  }

  cancel(node: TimerNode): void {
    this.waiting.delete(node);
  }

  expireAll(): void {
    for (const node of [...this.waiting.keys()]) {
      this.waiting.delete(node);
      node.onDeadline();
    }
  }
}

export class FakeExchanges implements ExchangeSink {
  readonly records: ExchangeRecord[] = [];
  captureLevel: 0 | 1 | 2 = 0;
  off = false;

  level(): 0 | 1 | 2 {
    return this.captureLevel;
  }

  record(exchange: FinishedExchange): void {
    this.records.push(toRecord(exchange));
  }
}

/** Knows the verdicts about the tokens that a test names; every other token is refused. */
export class FakeTokens implements TokenVerifierPort {
  readonly verdicts = new Map<string, VerifiedToken | RefusedToken | Promise<VerifiedToken | RefusedToken>>();
  readonly rules: { readonly issuer: string; readonly audiences: readonly string[] }[] = [];
  readonly asked: string[] = [];

  verifier({ issuer, audiences }: { readonly issuer: string; readonly audiences: readonly string[] }): TokenVerifier {
    this.rules.push({ issuer, audiences });
    return {
      verify: (token) => {
        this.asked.push(token);
        return this.verdicts.get(token) ?? { fault: 'nobody knows the token.', description: 'the token is unknown' };
      },
    };
  }
}

/** Log groups that remember their lines. */
export class FakeStageLogs implements StageLogs {
  readonly lines: string[] = [];
  readonly opened: AccessLogDestination[] = [];
  ofEveryStage: StageLogs['ofEveryStage'] = undefined;

  open(destination: AccessLogDestination): LineSink {
    this.opened.push(destination);
    return { write: (line) => this.lines.push(line) };
  }
}

export class FakePorts implements DataPlanePorts {
  readonly functions = new FakeFunctions();
  readonly exchanges = new FakeExchanges();
  readonly counters = new Int32Array(new SharedArrayBuffer(4 * 4096));
  readonly metrics = new MetricsCollector();
  readonly deadlines = new FakeDeadlines();
  readonly awsCredentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  authorizerResults = new AuthorizerResults();
  readonly tokens = new FakeTokens();
  callers?: CallerLookup;
  readonly stageLogs = new FakeStageLogs();
  developerHeaders = false;
}
