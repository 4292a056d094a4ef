// What the conductor knows of an integration: it can be started, and it hears of what was started for it. The exchange passes its
// callbacks on to these methods, so that one integration object serves every request of its method without closures.

import type { UpstreamFailure, UpstreamResponse } from '../../../http1/message.ts';
import type { FunctionResult } from '../../ports.ts';
import type { AuthDecision } from '../auth-decision.ts';
import type { Exchange } from '../exchange.ts';

/** The integration of one method. Every member ends in an answer or in waiting for the next callback. */
export abstract class Integration {
  /** An integration cannot run without the decision that lets it. The body is in the exchange. */
  abstract start(exchange: Exchange, decision: AuthDecision): void;

  onUpstreamResponse(_exchange: Exchange, _response: UpstreamResponse): void {
    throw unexpected('an upstream response');
  }

  onUpstreamFailure(_exchange: Exchange, _failure: UpstreamFailure): void {
    throw unexpected('an upstream failure');
  }

  onFunctionResult(_exchange: Exchange, _result: FunctionResult): void {
    throw unexpected('a function result');
  }

  onDeadline(_exchange: Exchange): void {
    throw unexpected('a deadline');
  }
}

function unexpected(what: string): Error {
  return new Error(`This integration asked for no such thing as ${what}.`);
}
