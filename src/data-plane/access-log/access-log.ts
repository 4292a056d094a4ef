// The access log of one stage: a line for each exchange, written when the client has its answer. Each kind of API has its own exchanges and
// variables.

import type { AccessLogPlan } from '../../model/http-api-plan.ts';
import { assembleLogLine, type LogLine, type LogVariables } from '../context-variables/log-line.ts';
import type { LineSink, StageLogs } from '../ports.ts';

export class AccessLog<E extends { readonly at: number }> {
  readonly #line: LogLine<E>;
  readonly #sink: LineSink;
  /** The next log of the same stage. */
  readonly #next: AccessLog<E> | undefined;

  constructor(line: LogLine<E>, sink: LineSink, next: AccessLog<E> | undefined) {
    this.#line = line;
    this.#sink = sink;
    this.#next = next;
  }

  /** Must be called once for each exchange, after it was counted. */
  write(exchange: E): void {
    this.#sink.write(this.#line(exchange), exchange.at);
    this.#next?.write(exchange);
  }
}

/** The stage's own log and the one of all stages, or undefined when neither is asked for. */
export function assembleAccessLog<E extends { readonly at: number }, P extends { readonly accessLog?: AccessLogPlan }>(
  plan: P,
  logs: StageLogs | undefined,
  variables: LogVariables<E, P>,
): AccessLog<E> | undefined {
  const everywhere = logs?.ofEveryStage;
  const shared = everywhere && new AccessLog(assembleLogLine(everywhere.format, plan, variables), everywhere.sink, undefined);
  if (plan.accessLog === undefined) return shared;
  if (logs === undefined) throw new Error('There is nowhere to write access logs to.');
  const sink = logs.open(plan.accessLog.destination);
  return new AccessLog(assembleLogLine(plan.accessLog.format, plan, variables), sink, shared);
}
