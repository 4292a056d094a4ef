// The access log of one stage: a line for each exchange, written when the client has its answer.

import type { HttpApiPlan } from '../../model/http-api-plan.ts';
import { assembleLogLine, type LogLine } from '../context-variables/log-line.ts';
import type { Exchange } from '../http-api/exchange.ts';
import type { AccessLogs, LineSink } from '../ports.ts';

export class AccessLog {
  readonly #line: LogLine;
  readonly #sink: LineSink;
  /** The next log of the same stage. */
  readonly #next: AccessLog | undefined;

  constructor(line: LogLine, sink: LineSink, next: AccessLog | undefined) {
    this.#line = line;
    this.#sink = sink;
    this.#next = next;
  }

  /** Must be called once for each exchange, after it was counted. */
  write(exchange: Exchange): void {
    this.#sink.write(this.#line(exchange), exchange.at);
    this.#next?.write(exchange);
  }
}

/** The stage's own log and the one of all stages, or undefined when neither is asked for. */
export function assembleAccessLog(plan: HttpApiPlan, logs: AccessLogs | undefined): AccessLog | undefined {
  const everywhere = logs?.ofEveryStage;
  const shared = everywhere && new AccessLog(assembleLogLine(everywhere.format, plan), everywhere.sink, undefined);
  if (plan.accessLog === undefined) return shared;
  if (logs === undefined) throw new Error('There is nowhere to write access logs to.');
  const sink = logs.open(plan.accessLog.destination);
  return new AccessLog(assembleLogLine(plan.accessLog.format, plan), sink, shared);
}
